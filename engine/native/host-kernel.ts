// The running kernel behind the interface of the models: each call is the real one, on real memory.
//
// The window lies inside a reservation (PROT_NONE) that nothing else uses, so that MAP_FIXED can hit nothing of the process's
// own. Refusals are negative errnos; an access that the kernel answers with a signal ends the process, which is why every
// lane has one of its own. Counters of what the database does are kept here, all others are the kernel's (counted-run.ts).
// Left out: memory pressure, guarded mappings with a handler.

import { CounterSet } from '../counters.ts'
import { InvariantError } from '../errors.ts'
import type { CountingKernel } from '../kernel/kernel.ts'
import { PAGE_BYTES, PAGE_SHIFT } from '../units.ts'
import {
  type Libc,
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
/** Windows begin at a multiple of this, so that page tables lie alike in each; and views are of this size. */
const ALIGN_BYTES = 2 ** 30
const VIEW_SHIFT = 30 - PAGE_SHIFT
const VIEW_MASK = (1 << VIEW_SHIFT) - 1
/** Addresses a small integer can hold: no object for each call to a window of up to 1 GiB. */
const LOW_BASE = ALIGN_BYTES
/** Where in its page a write goes: what the page began with stays. */
const WRITTEN_BYTE = 8

/** Calls a strategy may make; a filter for them. */
export const WINDOW_CALLS = [SYS_MMAP, SYS_REMAP_FILE_PAGES, SYS_PREAD, SYS_PWRITE, SYS_MADVISE]

export class HostKernel implements CountingKernel {
  readonly counters = new CounterSet()
  readonly stockRefusalAt = -1
  readonly lowmemExhaustedAt = -1
  /** First address of the window. */
  readonly base: number
  readonly bytes: number
  private readonly libc: Libc
  private readonly descriptor: number
  private readonly reserved: readonly [address: number, bytes: number]
  private readonly views: readonly Uint8Array[]
  /** What was read: kept so that no access can be left out. */
  private sum = 0

  /** Reserves addresses for so many pages; `descriptor`: the backing file. */
  constructor(libc: Libc, descriptor: number, windowPages: number) {
    this.libc = libc
    this.descriptor = descriptor
    this.bytes = windowPages * PAGE_BYTES
    this.reserved = reserve(libc, this.bytes)
    this.base = Math.ceil(this.reserved[0] / ALIGN_BYTES) * ALIGN_BYTES
    const views: Uint8Array[] = []
    for (let at = 0; at < this.bytes; at += ALIGN_BYTES)
      views.push(libc.view(this.base + at, Math.min(this.bytes - at, ALIGN_BYTES)))
    this.views = views
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
    return this.libc.syscall(SYS_REMAP_FILE_PAGES, at, pages * PAGE_BYTES, 0, pgoff, flags, 0) < 0 ? this.refused() : 0
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
    return this.libc.syscall(SYS_MADVISE, at, pages * PAGE_BYTES, MADV_DONTNEED, 0, 0, 0) < 0 ? this.refused() : 0
  }

  touch(vpn: number, write: number): number {
    const view = this.views[vpn >>> VIEW_SHIFT]
    const at = (vpn & VIEW_MASK) << PAGE_SHIFT
    if (write === 0) this.sum = (this.sum + view[at]) | 0
    else view[at + WRITTEN_BYTE] = 1
    return 0
  }

  /** Four bytes at the beginning of a page, as a number. */
  firstWord(vpn: number): number {
    const view = this.views[vpn >>> VIEW_SHIFT]
    return new DataView(view.buffer).getUint32((vpn & VIEW_MASK) << PAGE_SHIFT, true)
  }

  /** Nothing is mapped in the window any more. */
  clear(): void {
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED
    this.libc.syscall(SYS_MMAP, this.base, this.bytes, PROT_NONE, flags, -1, 0)
    this.restartCounts()
  }

  restartCounts(): void {
    Object.assign(this.counters, new CounterSet())
  }

  /** Gives the addresses back; no page may be touched any more. */
  release(): void {
    this.libc.syscall(SYS_MUNMAP, this.reserved[0], this.reserved[1], 0, 0, 0, 0)
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
    const { libc } = this
    const at = this.base + vpn * PAGE_BYTES
    const result = libc.syscall(SYS_MMAP, at, pages * PAGE_BYTES, prot, flags, descriptor, pgoff * PAGE_BYTES)
    return result === -1 ? this.refused() : 0
  }

  private copy(call: number, vpn: number, pages: number, pgoff: number): number {
    const c = this.counters
    c.syscalls++
    const at = this.base + vpn * PAGE_BYTES
    const bytes = this.libc.syscall(call, this.descriptor, at, pages * PAGE_BYTES, pgoff * PAGE_BYTES, 0, 0)
    if (bytes < 0) return this.refused()
    c.bytesCopied += bytes
    return 0
  }

  private refused(): number {
    return -this.libc.errno()
  }
}

function reserve(libc: Libc, bytes: number): readonly [number, number] {
  const low = bytes <= ALIGN_BYTES ? libc.reserve(LOW_BASE, bytes, PROT_NONE) : -1
  if (low > 0) return [low, bytes]
  const address = libc.reserve(0, bytes + ALIGN_BYTES, PROT_NONE)
  if (address < 0) throw new InvariantError(`no addresses for ${bytes} bytes: errno ${libc.errno()}`)
  return [address, bytes + ALIGN_BYTES]
}
