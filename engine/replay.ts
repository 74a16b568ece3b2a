// Stage two: one block of window operations through one lane.

import type { AttributedReplay } from './attributed-replay.ts'
import type { Breakdown } from './breakdown.ts'
import type { FirstOperations } from './first-operations.ts'
import type { CountingKernel } from './kernel/kernel.ts'
import type { RemapStrategy } from './strategy/strategy.ts'
import { OP_KIND_BITS, OP_KIND_MASK, OP_REMAP, OP_TOUCH_WRITE, type WindowOps } from './window-ops.ts'

/** One competitor: a strategy on a kernel, with its own counters. */
export interface Lane {
  readonly strategy: RemapStrategy
  readonly kernel: CountingKernel
  /** Where its counts come from, if somebody asked; with `attributed`, also on whose behalf. */
  readonly breakdown?: Breakdown
  readonly attributed?: AttributedReplay
  /** How some of its numbers arose, if somebody asked. */
  readonly firsts?: FirstOperations
}

/** A strategy through which the touches of its lane have to go. */
type TouchingStrategy = Required<RemapStrategy>

export function isTouching(strategy: RemapStrategy): strategy is TouchingStrategy {
  return strategy.touch !== undefined
}

/** Replays a block; returns 0, or the negative errno of the first refused remap, where it stops. */
export function replay(ops: WindowOps, lane: Lane): number {
  const { strategy, kernel, attributed } = lane
  if (attributed !== undefined) return attributed.replay(ops, lane)
  const error = isTouching(strategy) ? replayThrough(ops, strategy, lane) : replayMapped(ops, lane)
  if (error < 0) return error
  const c = kernel.counters
  c.windowHits += ops.hits
  c.remaps += ops.remaps
  c.writes += ops.writes
  return 0
}

/** Touches go to the kernel: the page of the window is the kernel's. */
function replayMapped(ops: WindowOps, lane: Lane): number {
  const { op: planned, pgoff, length, unitPages } = ops
  const { strategy, kernel } = lane
  for (let i = 0; i < length; i++) {
    const op = planned[i]
    const kind = op & OP_KIND_MASK
    if (kind === OP_REMAP) {
      const error = strategy.remap(op >>> OP_KIND_BITS, unitPages, pgoff[i])
      if (error < 0) {
        countPart(ops, i, lane)
        return error
      }
    } else kernel.touch(op >>> OP_KIND_BITS, kind)
  }
  return 0
}

/** The same through the strategy: a loop of its own, so that each loop's calls meet few classes and stay inlined. */
function replayThrough(ops: WindowOps, strategy: TouchingStrategy, lane: Lane): number {
  const { op: planned, pgoff, length, unitPages } = ops
  for (let i = 0; i < length; i++) {
    const op = planned[i]
    const kind = op & OP_KIND_MASK
    if (kind === OP_REMAP) {
      const error = strategy.remap(op >>> OP_KIND_BITS, unitPages, pgoff[i])
      if (error < 0) {
        countPart(ops, i, lane)
        return error
      }
    } else strategy.touch(op >>> OP_KIND_BITS, kind)
  }
  return 0
}

/** Counts what stage one planned in operations 0..end-1, of which `end` is the refused remap. */
function countPart(ops: WindowOps, end: number, lane: Lane): void {
  const c = lane.kernel.counters
  let remaps = 0
  for (let i = 0; i < end; i++) {
    const kind = ops.op[i] & OP_KIND_MASK
    if (kind === OP_REMAP) remaps++
    else if (kind === OP_TOUCH_WRITE) c.writes++
  }
  c.remaps += remaps
  c.windowHits += end - remaps - remaps * ops.touchesPerRemap - ops.carried
  c.failedRemaps++
}
