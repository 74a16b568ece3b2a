// The system calls a strategy may use, and one kernel version as numbers.
//
// Calls return 0 or a negative errno, as the kernel does; an access returns 0 or a negative signal number.
// Addresses are pages of the window: vpn 0 is its first page.

import type { CounterSet } from '../counters.ts'

/** Flags of mmapFixed and remapFilePages; values of the patch, include/asm-i386/mman.h (mail of 14 Oct 2002). */
export const MAP_POPULATE = 0x8000
export const MAP_NONBLOCK = 0x10000

/** The system-call surface, in pages. Byte-level argument rules are in syscalls.ts. */
export interface Kernel {
  /** mmap(MAP_SHARED|MAP_FIXED|flags) of file pages pgoff.. over window pages vpn..; pages >= 1. */
  mmapFixed(vpn: number, pages: number, pgoff: number, flags: number): number
  /** remap_file_pages() of window pages vpn.. to file pages pgoff..; pages >= 1. */
  remapFilePages(vpn: number, pages: number, pgoff: number, flags: number): number
  /** One user access; `write` is 1 for a write, 0 for a read. Returns 0, -SIGBUS or -SIGSEGV. */
  touch(vpn: number, write: number): number
}

/** A kernel that counts: what the driver needs to know of a lane's kernel. */
export interface CountingKernel extends Kernel {
  readonly counters: CounterSet
  /** Accesses made when the stock limit would first have refused a call; -1 while it has not. */
  readonly stockRefusalAt: number
  /** Brings levels and peaks of the counters up to date. */
  settle(): void
  /** A new phase begins: peaks restart at the present level. */
  restartPeaks(): void
  /** Throws an InvariantError if the structures contradict each other or the counters. */
  check(): void
}

/** What a model's counts rest on, strongest first. */
export type Evidence = 'executed' | 'measured' | 'source' | 'guess'

/** One kernel version, build and machine as numbers. Data only; every number has its source beside it. */
export interface KernelModel {
  /** Named by the release it describes; what the user types. */
  readonly name: string
  readonly summary: string
  /** What the model rests on, in a sentence or two. */
  readonly basis: string
  /** The rules that are not known from source or execution; printed with the reports. */
  readonly guesses: readonly string[]
  readonly evidence: Evidence
  /** The machine in one phrase, for report headings. */
  readonly machine: string
  /** sizeof(struct vm_area_struct), before the slab cache pads it. */
  readonly vmaStructBytes: number
  /** L1 cache line the kernel was built for: pads slab objects and sizes pte chains. */
  readonly cacheLineBytes: number
  /** Bytes of a pte_chain's reference to one pte. */
  readonly pteReferenceBytes: number
  readonly maxMapCount: number
  /** Pages one page-table page maps, and pages one page-directory slot maps. */
  readonly tablePages: number
  readonly directoryPages: number
  /** Whether page-table pages (last level) may come from highmem. */
  readonly pageTablesInHighmem: boolean
  /** Freed pages after which an unmapping flushes and goes on; MAX_SAFE_INTEGER where it gathers all. */
  readonly gatherPages: number
  /** How an over-mapping of exactly one present page flushes: the whole TLB, or that page. */
  readonly onePageUnmapFlush: 'whole' | 'page'
  /** Lowmem per process beside vmas, chains and last-level page tables, in bytes. */
  readonly fixedLowmemBytes: number
  /** First address of the window and end of a process's addresses, in bytes. */
  readonly windowBase: number
  readonly addressEnd: number
  /** Vmas of the rest of the process, and where they lie: one page each, from othersBase on, othersStride apart. */
  readonly otherVmas: number
  readonly othersBase: number
  readonly othersStride: number
  /** Name of the cost model that prices this kernel's counters unless the user names another. */
  readonly cost: string
}
