// What the database asks of its window, decided once by stage one and replayed on every lane by stage two.

import { BLOCK_ACCESSES, OP_READ, OP_WRITE } from './trace.ts'

// An operation is one number: the window page above, the kind in the low two bits. A touch is one user access to one page;
// its kind is the access's op.
export const OP_TOUCH_READ = OP_READ
export const OP_TOUCH_WRITE = OP_WRITE
export const OP_REMAP = 2
export const OP_KIND_BITS = 2
export const OP_KIND_MASK = 3

/** Every access of a trace block may cost a remap and a touch. */
export const WINDOW_OPS = 2 * BLOCK_ACCESSES

/** A reusable block of window operations. Packed, because the block has to stay in the CPU's nearest caches. */
export class WindowOps {
  readonly op = new Int32Array(WINDOW_OPS)
  /** First file page of a remap; not written for touches. */
  readonly pgoff = new Int32Array(WINDOW_OPS)
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
}
