// The running kernel behind the interface of the models: each call is the real one, on real memory.
//
// Refusals are negative errnos. Counters of what the database does are kept here, all others are the kernel's (measure.ts).
// The hands that make the calls and accesses are this process's (host-window.ts), or note them for later
// (recorded-calls.ts). Left out: memory pressure, guarded mappings with a handler.

import { CounterSet } from '../counters.ts'
import { InvariantError } from '../errors.ts'
import type { CountingKernel } from '../kernel/kernel.ts'
import { PAGE_BYTES } from '../units.ts'
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_NONE,
  PROT_READ_WRITE,
  SYS_MADVISE,
  SYS_MMAP,
  SYS_MUNMAP,
  SYS_PREAD,
  SYS_PWRITE,
  SYS_REMAP_FILE_PAGES,
} from './libc.ts'

const MADV_DONTNEED = 4
/** Calls a strategy may make; a filter for them. */
export const WINDOW_CALLS = [SYS_MMAP, SYS_REMAP_FILE_PAGES, SYS_PREAD, SYS_PWRITE, SYS_MADVISE]

/** Who makes calls and accesses to a window of addresses. */
export interface Hands {
  /** First address of the window. */
  readonly base: number
  readonly bytes: number
  /** What holds the window and nothing else. */
  readonly reserved: readonly [address: number, bytes: number]
  /** A call's result in its low 32 bits, -1 for a failure, of which errno() then tells. */
  syscall(nr: number, a: number, b: number, c: number, d: number, e: number, f: number): number
  errno(): number
  /** An access to a page of the window; 0. */
  touch(vpn: number, write: number): number
}

export class HostKernel implements CountingKernel {
  readonly counters = new CounterSet()
  readonly stockRefusalAt = -1
  readonly lowmemExhaustedAt = -1
  readonly base: number
  readonly bytes: number
  private readonly hands: Hands
  private readonly descriptor: number

  /** `descriptor`: the backing file. */
  constructor(hands: Hands, descriptor: number) {
    this.hands = hands
    this.descriptor = descriptor
    this.base = hands.base
    this.bytes = hands.bytes
  }

  mmapFixed(vpn: number, pages: number, pgoff: number, flags: number): number {
    return this.map(vpn, pages, PROT_READ_WRITE, MAP_SHARED | MAP_FIXED | flags, this.descriptor, pgoff)
  }

  mmapAnonymous(vpn: number, pages: number): number {
    return this.map(vpn, pages, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
  }

  mmapGuarded(vpn: number, pages: number, pgoff: number): number {
    return this.map(vpn, pages, PROT_NONE, MAP_SHARED | MAP_FIXED, this.descriptor, pgoff)
  }

  remapFilePages(vpn: number, pages: number, pgoff: number, flags: number): number {
    this.counters.syscalls++
    const at = this.base + vpn * PAGE_BYTES
    return this.hands.syscall(SYS_REMAP_FILE_PAGES, at, pages * PAGE_BYTES, 0, pgoff, flags, 0) < 0 ? this.refused() : 0
  }

  pread(vpn: number, pages: number, pgoff: number): number {
    return this.copy(SYS_PREAD, vpn, pages, pgoff)
  }

  pwrite(vpn: number, pages: number, pgoff: number): number {
    this.counters.writebacks++
    return this.copy(SYS_PWRITE, vpn, pages, pgoff)
  }

  dontNeed(vpn: number, pages: number): number {
    this.counters.syscalls++
    const at = this.base + vpn * PAGE_BYTES
    return this.hands.syscall(SYS_MADVISE, at, pages * PAGE_BYTES, MADV_DONTNEED, 0, 0, 0) < 0 ? this.refused() : 0
  }

  touch(vpn: number, write: number): number {
    return this.hands.touch(vpn, write)
  }

  /** Nothing is mapped in the window any more. */
  clear(): void {
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED
    this.hands.syscall(SYS_MMAP, this.base, this.bytes, PROT_NONE, flags, -1, 0)
    this.restartCounts()
  }

  restartCounts(): void {
    Object.assign(this.counters, new CounterSet())
  }

  /** Gives the addresses back; no page may be touched any more. */
  release(): void {
    const [address, bytes] = this.hands.reserved
    this.hands.syscall(SYS_MUNMAP, address, bytes, 0, 0, 0, 0)
  }

  returnFromSignal(): void {
    throw new InvariantError('no handler was installed')
  }

  reclaim(): void {
    throw new InvariantError('the running kernel takes pages back when it wants to')
  }

  sweep(): void {
    this.reclaim()
  }

  switchTo(): void {
    throw new InvariantError('the running kernel decides what runs')
  }

  settle(): void {}

  restartPeaks(): void {}

  check(): void {}

  private map(vpn: number, pages: number, prot: number, flags: number, descriptor: number, pgoff: number): number {
    this.counters.syscalls++
    const at = this.base + vpn * PAGE_BYTES
    const result = this.hands.syscall(SYS_MMAP, at, pages * PAGE_BYTES, prot, flags, descriptor, pgoff * PAGE_BYTES)
    return result === -1 ? this.refused() : 0
  }

  private copy(call: number, vpn: number, pages: number, pgoff: number): number {
    const c = this.counters
    c.syscalls++
    const at = this.base + vpn * PAGE_BYTES
    const bytes = this.hands.syscall(call, this.descriptor, at, pages * PAGE_BYTES, pgoff * PAGE_BYTES, 0, 0)
    if (bytes < 0) return this.refused()
    c.bytesCopied += bytes
    return 0
  }

  private refused(): number {
    return -this.hands.errno()
  }
}
