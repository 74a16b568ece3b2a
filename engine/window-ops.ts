// What the database asks of its window, decided once by stage one and replayed on every lane by stage two.

import { BLOCK_ACCESSES, OP_READ, OP_WRITE } from './trace.ts'

// Kinds of a window operation. A touch is one user access to one page; its kind is the access's op.
export const OP_TOUCH_READ = OP_READ
export const OP_TOUCH_WRITE = OP_WRITE
export const OP_REMAP = 2

/** Every access may cost a remap and a touch. */
export const WINDOW_OPS = 2 * BLOCK_ACCESSES

/**
 * A reusable block of window operations, one column per field.
 * Touch: (kind, vpn, pgoff). Remap: (kind, vpn, pages, pgoff), and the touches that follow belong to the same access.
 */
export class WindowOps {
  readonly kind = new Uint8Array(WINDOW_OPS)
  /** First page in the window. */
  readonly vpn = new Uint32Array(WINDOW_OPS)
  /** First page in the backing file. */
  readonly pgoff = new Uint32Array(WINDOW_OPS)
  /** Length of a remap in pages; not written for touches. */
  readonly pages = new Uint32Array(WINDOW_OPS)
  length = 0
  /** How many of the operations are touches. */
  touches = 0
}
