// What the database asks of its window, decided once by stage one and replayed on every lane by stage two.

import { MIN_BLOCK_ACCESSES, OP_READ, OP_WRITE } from './trace.ts'

// An operation is one number: the window page above, the kind in the low two bits. A touch is one user access to one page;
// its kind is the access's op.
export const OP_TOUCH_READ = OP_READ
export const OP_TOUCH_WRITE = OP_WRITE
export const OP_REMAP = 2
/** The kernel takes pages back; only where operations are given row by row. */
export const OP_RECLAIM = 3
export const OP_KIND_BITS = 2
export const OP_KIND_MASK = 3

/** A reusable block of window operations. Packed, because the block has to stay in the CPU's nearest caches. */
export class WindowOps {
  readonly capacity: number
  readonly op: Int32Array
  /** First file page of a remap; not written for touches. */
  readonly pgoff: Int32Array
  /** Pages of every remap in this block. */
  unitPages = 1
  length = 0
  // What the block holds, so that a lane need not count it again.
  touches = 0
  writes = 0
  remaps = 0
  /** Touches at the beginning of the block that complete a unit remapped in the block before. */
  carried = 0
  /** Touches that follow a remap: one, or one for each page of the unit. */
  touchesPerRemap = 1
  /** Touches that found their block in the window. */
  hits = 0

  /** Holds what a trace block of so many accesses comes to: each may cost a remap and a touch. */
  constructor(accesses: number = MIN_BLOCK_ACCESSES) {
    this.capacity = 2 * accesses
    this.op = new Int32Array(this.capacity)
    this.pgoff = new Int32Array(this.capacity)
  }
}
