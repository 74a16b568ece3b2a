// Anonymous memory as large as the file, each file page at an address of its own: V. Leis, A. Alhomssi, T. Ziegler,
// Y. Loeck, C. Dietrich, "Virtual-Memory Assisted Buffer Management", SIGMOD 2023.
//
// Slots are a matter of accounting. What leaves its slot is written back if it was written and dropped with MADV_DONTNEED;
// what comes is read with pread(). Consecutive pages go in one call. A page stays as long as any window page shows it.
// A unit is what one pread() brought in. It is written back whole, by one pwrite(), if any of its pages was written; of a
// unit that a later remap cuts, each part is written back on its own when it leaves. In a pool's run nothing is cut.
// A page that no remap asked for is read when it is first touched.
// Left out: exmap, the kernel module of the same paper; page states and their latches; eviction in batches.

import { assert, EINVAL } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RemapStrategy, StrategyEntry, StrategySizes } from './strategy.ts'

// Bits of a file page's state.
const LOADED = 1
const DIRTY = 2
/** Another unit begins here. */
const BEGINS = 4

class Vmcache implements RemapStrategy {
  private readonly kernel: Kernel
  private readonly filePages: number
  /** Window page -> file page, which is also the kernel's page. */
  private readonly pageOf: Int32Array
  /** File page -> window pages that show it, loaded or not. */
  private readonly users: Int32Array
  /** Of file pages, and one more: the end of the last unit is marked too. */
  private readonly state: Uint8Array

  constructor(kernel: Kernel, { windowPages, filePages }: StrategySizes) {
    this.kernel = kernel
    this.filePages = filePages
    this.pageOf = Int32Array.from({ length: windowPages }, (_, vpn) => vpn)
    this.users = new Int32Array(filePages).fill(1, 0, windowPages)
    this.state = new Uint8Array(filePages + 1)
  }

  setup(): number {
    return this.kernel.mmapAnonymous(0, this.filePages)
  }

  /** After a call that failed none is made: what could not go stays for its next user, what is missing a touch reads. */
  remap(vpn: number, pages: number, pgoff: number): number {
    const { pageOf, users } = this
    if (pgoff + pages > this.filePages) return -EINVAL
    for (let i = 0; i < pages; i++) users[pgoff + i]++ // before any leaves: a page that is wanted again stays
    const error = this.releaseUnused(vpn, vpn + pages)
    for (let i = 0; i < pages; i++) pageOf[vpn + i] = pgoff + i
    return error < 0 ? error : this.loadMissing(pgoff, pgoff + pages)
  }

  touch(vpn: number, write: number): number {
    const { state } = this
    const page = this.pageOf[vpn]
    if ((state[page] & LOADED) === 0) this.loadUntouched(page)
    if (write === 1) state[page] |= DIRTY
    return this.kernel.touch(page, write)
  }

  /** Takes window pages vpn..end-1 from the users of what they show, and drops what has none left. */
  private releaseUnused(vpn: number, end: number): number {
    const { pageOf, users, state } = this
    let error = 0
    let first = 0
    let after = 0 // file pages first..after-1 are to go
    for (let at = vpn; at < end; at++) {
      const page = pageOf[at]
      if (--users[page] > 0 || (state[page] & LOADED) === 0) continue
      if (page !== after) {
        if (first < after && error === 0) error = this.drop(first, after)
        first = page
      }
      after = page + 1
    }
    if (first < after && error === 0) error = this.drop(first, after)
    return error
  }

  /** Writes back the units of loaded pages first..end-1 that were written, then gives up the memory of all of them. */
  private drop(first: number, end: number): number {
    const { kernel, state } = this
    for (let page = first; page < end; ) {
      const unit = page
      let flags = state[page++]
      while (page < end && (state[page] & BEGINS) === 0) flags |= state[page++]
      if ((flags & DIRTY) === 0) continue
      const error = kernel.pwrite(unit, page - unit, unit)
      if (error < 0) return error
    }
    const error = kernel.dontNeed(first, end - first)
    if (error === 0) state.fill(0, first, end)
    return error
  }

  /** Reads what is not loaded of file pages first..end-1. */
  private loadMissing(first: number, end: number): number {
    const { state } = this
    for (let page = first; page < end; ) {
      const missing = page
      while (page < end && (state[page] & LOADED) === 0) page++
      if (page > missing) {
        const error = this.load(missing, page)
        if (error < 0) return error
      } else page++
    }
    return 0
  }

  private load(first: number, end: number): number {
    const { state } = this
    const error = this.kernel.pread(first, end - first, first)
    if (error < 0) return error
    state.fill(LOADED, first, end)
    state[first] |= BEGINS
    state[end] |= BEGINS
    return 0
  }

  private loadUntouched(page: number): void {
    const error = this.load(page, page + 1)
    assert(error === 0, `file page ${page} could not be read: ${error}`)
  }
}

export const vmcache = {
  name: 'vmcache',
  summary: 'each file page at its own address in anonymous memory: pread() in, MADV_DONTNEED out',
  uses: ['copies'],
  maps: 'file',
  create: (kernel, sizes) => new Vmcache(kernel, sizes),
} as const satisfies StrategyEntry
