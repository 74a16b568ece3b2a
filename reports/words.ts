// Counters as people say them in a sentence, one and many.

import { COUNTERS, type CounterName } from '../engine/counters.ts'

const WORDS: Readonly<Partial<Record<CounterName, readonly [one: string, many: string]>>> = {
  kernelEntries: ['kernel entry', 'kernel entries'],
  syscalls: ['system call', 'system calls'],
  pageFaults: ['page fault', 'page faults'],
  populateFaults: ['fault in a call', 'faults in calls'],
  fileReads: ['file page brought in', 'file pages brought in'],
  wrongPages: ['fault on a wrong page', 'faults on wrong pages'],
  bytesCopied: ['byte copied', 'bytes copied'],
  tlbFullFlushes: ['whole TLB flush', 'whole TLB flushes'],
  tlbRangeFlushes: ['ranged TLB flush', 'ranged TLB flushes'],
  tlbRangePages: ['invalidation in a ranged flush', 'invalidations in ranged flushes'],
  tlbPageInvalidations: ['one-page invalidation', 'one-page invalidations'],
  signalsHandled: ['signal handled', 'signals handled'],
  ipiRounds: ['round of IPIs', 'rounds of IPIs'],
  tlbMisses: ['TLB miss', 'TLB misses'],
  pageCacheLookups: ['page-cache look-up', 'page-cache look-ups'],
  vmaLookupLevels: ['walk of the vma tree', 'vma-tree nodes visited'],
  vmasPeak: ['vma', 'vmas'],
}

/** What `no` or `one` goes before. */
export function one(name: CounterName): string {
  return WORDS[name]?.[0] ?? COUNTERS[name].help
}

/** What `fewer` or `leave out` goes before. */
export function many(name: CounterName): string {
  return WORDS[name]?.[1] ?? COUNTERS[name].help
}
