// Which accesses write, where a workload knows only their share.
//
// One number is drawn per access whatever the share is, so that the pages of a trace do not depend on it.

import type { Rng } from '../engine/rng.ts'
import { OP_READ, OP_WRITE, type TraceBlock } from '../engine/trace.ts'

/** Fills the op column: each access writes with probability `share`, to 32 bits. */
export function fillOps(block: TraceBlock, rng: Rng, share: number): void {
  const limit = Math.round(share * 2 ** 32)
  const { op } = block
  for (let i = 0; i < block.capacity; i++) op[i] = rng.next() < limit ? OP_WRITE : OP_READ
}
