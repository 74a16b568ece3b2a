// The system calls a strategy may use.
//
// Calls return 0 or a negative errno, as the kernel does; an access returns 0 or a negative signal number.
// Addresses are pages of the window: vpn 0 is its first page.

import type { CounterSet } from '../counters.ts'

/** Flags of mmapFixed and remapFilePages; values of the patch, include/asm-i386/mman.h (mail of 14 Oct 2002), and since. */
export const MAP_LOCKED = 0x2000
export const MAP_POPULATE = 0x8000
export const MAP_NONBLOCK = 0x10000

/** The system-call surface, in pages. Byte-level argument rules are in syscalls.ts. */
export interface Kernel {
  /** mmap(MAP_SHARED|MAP_FIXED|flags) of file pages pgoff.. over window pages vpn..; pages >= 1. */
  mmapFixed(vpn: number, pages: number, pgoff: number, flags: number): number
  /** remap_file_pages() of window pages vpn.. to file pages pgoff..; pages >= 1. */
  remapFilePages(vpn: number, pages: number, pgoff: number, flags: number): number
  /** mmap(MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED) of memory of the process's own; pages >= 1. */
  mmapAnonymous(vpn: number, pages: number): number
  /** pread() of file pages pgoff.. into window pages vpn...; pages >= 1. */
  pread(vpn: number, pages: number, pgoff: number): number
  /** pwrite() of window pages vpn.. to file pages pgoff...; pages >= 1. */
  pwrite(vpn: number, pages: number, pgoff: number): number
  /** madvise(MADV_DONTNEED) of window pages vpn...; pages >= 1. */
  dontNeed(vpn: number, pages: number): number
  /** mmap(PROT_NONE, MAP_SHARED|MAP_FIXED) of file pages pgoff..: every fault is a signal; pages >= 1. */
  mmapGuarded(vpn: number, pages: number, pgoff: number): number
  /** rt_sigreturn(): a handler has put right what an access was signalled for, which is now made again. */
  returnFromSignal(): void
  /** One user access; `write` is 1 for a write, 0 for a read. Returns 0, -SIGBUS or -SIGSEGV. */
  touch(vpn: number, write: number): number
}

/** A kernel that counts: what the driver needs to know of a lane's kernel. */
export interface CountingKernel extends Kernel {
  readonly counters: CounterSet
  /** Accesses made when the stock limit would first have refused a call; -1 while it has not. */
  readonly stockRefusalAt: number
  /** Accesses this process had made when it took lowmem that there was not; -1 if it has not. */
  readonly lowmemExhaustedAt: number
  /** Memory pressure: the kernel unmaps window pages vpn.. and drops them from memory, as far as it may. */
  reclaim(vpn: number, pages: number): void
  /** Memory pressure: the kernel takes back the next pages of the window, by its own choice. */
  sweep(): void
  /** A CPU that ran another process runs this one [switch_mm]. */
  switchTo(): void
  /** Brings levels and peaks of the counters up to date. */
  settle(): void
  /** A new phase begins: peaks restart at the present level. */
  restartPeaks(): void
  /** Throws an InvariantError if the structures contradict each other or the counters. */
  check(): void
}
