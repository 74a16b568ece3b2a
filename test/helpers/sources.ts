// A trace given access by access, as a source.

import type { TraceBlock, TraceSource } from '../../engine/trace.ts'
import type { NaiveAccess } from './naive-run.ts'

/** Hands the accesses out in blocks of odd sizes. */
export function sourceOf(trace: readonly NaiveAccess[]): TraceSource {
  let next = 0
  return {
    fill(block: TraceBlock): number {
      block.length = Math.min(trace.length - next, 1 + (next % 777))
      for (let i = 0; i < block.length; i++, next++) {
        block.op[i] = trace[next]!.write ? 1 : 0
        block.page[i] = trace[next]!.page
      }
      return block.length
    },
  }
}
