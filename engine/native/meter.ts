// Counts what the running kernel does during a section of work: by tracepoints where permitted, else by what every process
// may ask about itself.
//
// Full: kernel entries, faults by address, flushes by kind, vma objects. Basic: faults of the whole process. That an event
// can be opened proves nothing (without privilege tracepoints open and stay at zero), so each meter first counts ten calls,
// or ten faults, of its own. What disturbs is counted, too: other calls and faults of this thread, lost CPU time.

import { readFileSync } from 'node:fs'
import { PAGE_BYTES } from '../units.ts'
import { type Libc, PROT_READ_WRITE, SYS_GETPPID, SYS_MUNMAP } from './libc.ts'
import { type EventSpec, PERF_COUNT_SW_PAGE_FAULTS, PerfEvents, PerfRefused } from './perf-events.ts'

export type Level = 'full' | 'basic'

/** What happened during one section. */
export interface Reading {
  /** Counts of perf events by name, without the meter's own calls. */
  readonly events: Readonly<Record<string, number>>
  /** Faults that getrusage() counts, of user accesses and inside calls. */
  readonly minorFaults: number
  /** Times this thread lost the CPU. */
  readonly preemptions: number
}

/** Reasons of the tracepoint tlb_flush; include/linux/mm_types.h. */
const LOCAL_MM_SHOOTDOWN = 3
const REMOTE_SEND_IPI = 4
/** What tlb_flush reports as the pages of a whole flush. */
const ALL_PAGES = '18446744073709551615'
const SELF_TEST = 10
/** Calls of the meter that are counted, too: usage() twice, and stop(). */
const OWN_CALLS = 3

export class Meter {
  readonly level: Level
  /** Why no more is counted; empty if all is. */
  readonly why: string
  private readonly libc: Libc
  private readonly events: PerfEvents | null
  private readonly before = { faults: 0, preemptions: 0 }
  private readonly after = { faults: 0, preemptions: 0 }

  /** Counts faults at addresses base..base+bytes-1 and calls of these numbers. */
  constructor(libc: Libc, base: number, bytes: number, calls: readonly number[]) {
    this.libc = libc
    const full = tested(libc, tracepoints(base, bytes, calls), 'allCalls', makeCalls, SELF_TEST + 1) // and stop()
    const basic = typeof full === 'string' ? tested(libc, USER_FAULTS, 'userFaults', takeFaults, SELF_TEST) : full
    this.events = typeof basic === 'string' ? null : basic
    this.level = typeof full === 'string' ? 'basic' : 'full'
    this.why = typeof full === 'string' ? full : ''
  }

  /** Counts during `section`, which allocates nothing and runs before all other threads if `first`. */
  count(section: () => number, first: boolean): { readonly result: number; readonly reading: Reading } {
    const { libc, events, before, after } = this
    if (first) libc.runFirst(true)
    // Asked inside: what disturbs between the two is seen by the events, too.
    events?.start()
    libc.usage(before)
    const result = section()
    libc.usage(after)
    events?.stop()
    if (first) libc.runFirst(false)
    const counted = { ...events?.read() }
    if (counted.allCalls !== undefined) counted.allCalls -= OWN_CALLS
    return {
      result,
      reading: {
        events: counted,
        minorFaults: after.faults - before.faults,
        preemptions: after.preemptions - before.preemptions,
      },
    }
  }

  close(): void {
    this.events?.close()
  }
}

const USER_FAULTS: readonly EventSpec[] = [
  { name: 'userFaults', software: PERF_COUNT_SW_PAGE_FAULTS, excludesKernel: true },
]

function tracepoints(base: number, bytes: number, calls: readonly number[]): readonly EventSpec[] {
  const inWindow = `address >= ${base} && address < ${base + bytes}`
  const isVma = 'name == "vm_area_struct"'
  const isLocal = `reason == ${LOCAL_MM_SHOOTDOWN}`
  return [
    { name: 'allCalls', tracepoint: 'raw_syscalls/sys_enter' },
    { name: 'calls', tracepoint: 'raw_syscalls/sys_enter', filter: calls.map(call => `id == ${call}`).join(' || ') },
    { name: 'allUserFaults', tracepoint: 'exceptions/page_fault_user' },
    { name: 'userFaults', tracepoint: 'exceptions/page_fault_user', filter: inWindow },
    { name: 'allKernelFaults', tracepoint: 'exceptions/page_fault_kernel' },
    { name: 'kernelFaults', tracepoint: 'exceptions/page_fault_kernel', filter: inWindow },
    { name: 'wholeFlushes', tracepoint: 'tlb/tlb_flush', filter: `${isLocal} && pages == ${ALL_PAGES}` },
    { name: 'rangeFlushes', tracepoint: 'tlb/tlb_flush', filter: `${isLocal} && pages != ${ALL_PAGES}` },
    { name: 'remoteFlushes', tracepoint: 'tlb/tlb_flush', filter: `reason == ${REMOTE_SEND_IPI}` },
    { name: 'vmaAllocs', tracepoint: 'kmem/kmem_cache_alloc', filter: isVma },
    { name: 'vmaFrees', tracepoint: 'kmem/kmem_cache_free', filter: isVma },
  ]
}

/** The events, if they can be opened and one of them counts what is done on purpose; else why not. */
function tested(
  libc: Libc,
  specs: readonly EventSpec[],
  counter: string,
  deed: (libc: Libc) => void,
  expected: number,
): PerfEvents | string {
  try {
    const events = new PerfEvents(libc, specs)
    events.start()
    deed(libc)
    events.stop()
    const counted = events.read()[counter]!
    if (counted >= expected && counted <= expected + SELF_TEST) return events // Node may have done something, too
    events.close()
    return `the self-test should have counted ${expected}, and counted ${counted}`
  } catch (error) {
    if (error instanceof PerfRefused) return error.message
    throw error
  }
}

function makeCalls(libc: Libc): void {
  for (let i = 0; i < SELF_TEST; i++) libc.syscall(SYS_GETPPID, 0, 0, 0, 0, 0, 0)
}

/** A fault for each page of fresh memory. */
function takeFaults(libc: Libc): void {
  const bytes = SELF_TEST * PAGE_BYTES
  const address = libc.reserve(0, bytes, PROT_READ_WRITE)
  const view = libc.view(address, bytes)
  for (let at = 0; at < bytes; at += PAGE_BYTES) view[at] = 1
  libc.syscall(SYS_MUNMAP, address, bytes, 0, 0, 0, 0)
}

/** Mappings of this process that begin in base..base+bytes-1 and may be accessed: the window's vmas. */
export function windowVmas(base: number, bytes: number): number {
  let vmas = 0
  for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
    const start = Number.parseInt(line, 16)
    if (start >= base && start < base + bytes && !line.includes(' ---p ')) vmas++
  }
  return vmas
}
