// pread() into frames of the database's own: the buffer pool of most databases, for which nothing has to be remapped.
// With `dropsFrames` each frame's memory is given up before it is filled again (vmcache.ts).
//
// The window is anonymous memory. A remap copies the unit in, after copying out what the frames held if it was written:
// the database keeps its own dirty flags, since the kernel does not know what the frames stand for.
// A unit is what one pread() brought in. It is written back whole, by one pwrite(), if any of its pages was written; of a
// unit that a later remap cuts, each part is written back on its own when it leaves. In a pool's run nothing is cut.
// Frames are copies: a database keeps a page in one frame. Rows of --ops that show a page twice get two copies that live
// apart, and what is written back last stays. A page that was never remapped is read when it is first touched.
// Left out: latches, checkpoints (nothing is written back but what leaves), O_DIRECT.

import { assert, EINVAL } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RemapStrategy, StrategyEntry, StrategySizes } from './strategy.ts'

// Bits of a frame's state.
const LOADED = 1
const DIRTY = 2
/** Another unit begins here, or frames that hold nothing. */
const BEGINS = 4

export class PreadCopy implements RemapStrategy {
  private readonly kernel: Kernel
  private readonly filePages: number
  private readonly dropsFrames: boolean
  /** Frame (window page) -> file page. */
  private readonly pageOf: Int32Array
  /** One more than there are frames: the end of the last unit is marked too. */
  private readonly state: Uint8Array

  constructor(kernel: Kernel, { windowPages, filePages }: StrategySizes, dropsFrames: boolean) {
    this.kernel = kernel
    this.filePages = filePages
    this.dropsFrames = dropsFrames
    this.pageOf = Int32Array.from({ length: windowPages }, (_, vpn) => vpn)
    this.state = new Uint8Array(windowPages + 1)
  }

  setup(windowPages: number): number {
    return this.kernel.mmapAnonymous(0, windowPages)
  }

  /** Refused, it leaves the window showing what it showed. */
  remap(vpn: number, pages: number, pgoff: number): number {
    if (pgoff + pages > this.filePages) return -EINVAL // a short read is an error to a database
    const error = this.writeBack(vpn, vpn + pages) || this.drop(vpn, pages)
    return error < 0 ? error : this.load(vpn, pages, pgoff)
  }

  touch(vpn: number, write: number): number {
    const { state } = this
    if ((state[vpn] & LOADED) === 0) this.loadUntouched(vpn)
    if (write === 1) state[vpn] |= DIRTY
    return this.kernel.touch(vpn, write)
  }

  /** Copies out the units of frames vpn..end-1 that were written. Their flags stay: a second copy would do no harm. */
  private writeBack(vpn: number, end: number): number {
    const { state } = this
    for (let at = vpn; at < end; ) {
      const first = at
      let flags = state[at++]
      while (at < end && (state[at] & BEGINS) === 0) flags |= state[at++]
      if ((flags & DIRTY) === 0) continue
      const error = this.kernel.pwrite(first, at - first, this.pageOf[first])
      if (error < 0) return error
    }
    return 0
  }

  /** Gives up the memory of frames that hold something; they are read again before anything is seen in them. */
  private drop(vpn: number, pages: number): number {
    const { state } = this
    let held = 0
    for (let at = vpn; at < vpn + pages; at++) held |= state[at] & LOADED
    if (!this.dropsFrames || held === 0) return 0
    const error = this.kernel.dontNeed(vpn, pages)
    if (error < 0) return error
    state[vpn + pages] |= BEGINS
    state.fill(BEGINS, vpn, vpn + pages)
    return 0
  }

  private load(vpn: number, pages: number, pgoff: number): number {
    const { state, pageOf } = this
    const end = vpn + pages
    const error = this.kernel.pread(vpn, pages, pgoff)
    state[end] |= BEGINS
    if (error < 0) {
      state.fill(BEGINS, vpn, end) // half a copy is worth nothing: the next touch reads what was here
      return error
    }
    for (let at = vpn, page = pgoff; at < end; at++, page++) {
      pageOf[at] = page
      state[at] = LOADED
    }
    state[vpn] = LOADED | BEGINS
    return 0
  }

  private loadUntouched(vpn: number): void {
    const page = this.pageOf[vpn]
    const error = this.load(vpn, 1, page)
    assert(error === 0, `file page ${page} could not be read into frame ${vpn}: ${error}`)
  }
}

export const preadCopy = {
  name: 'pread-copy',
  summary: 'pread() into private frames, pwrite() of what was written: nothing is remapped, everything copied',
  uses: ['copies'],
  maps: 'window',
  create: (kernel, sizes) => new PreadCopy(kernel, sizes, false),
} as const satisfies StrategyEntry
