// The driver: fill a block, plan it, replay it on every lane, until the accesses are done.

import type { Part } from './breakdown.ts'
import type { BufferPool } from './buffer-pool.ts'
import { type CounterSet, since, snapshot } from './counters.ts'
import { InvariantError } from './errors.ts'
import type { FirstOperation } from './first-operations.ts'
import { type Lane, replay } from './replay.ts'
import { MAX_BLOCK_ACCESSES, MIN_BLOCK_ACCESSES, TraceBlock, TraceHash, type TraceSource } from './trace.ts'
import { WindowOps } from './window-ops.ts'

export interface Phases {
  /** Page accesses before counting starts, and page accesses counted. */
  readonly warmup: number
  readonly accesses: number
  /** Accesses, counted or not, between two sweeps of memory pressure; 0 or absent for none. */
  readonly reclaimEvery?: number
}

/** What one lane's run came to. */
export interface LaneResult {
  /** 0, or the negative errno of the remap at which the lane stopped. */
  readonly error: number
  /** What was counted after the warm-up; null if the lane stopped before that. */
  readonly counters: Readonly<CounterSet> | null
  /** The same by kernel step and group of pages; null if nobody asked. */
  readonly parts: readonly Part[] | null
  /** The first operations that raised each counter somebody asked about. */
  readonly first: readonly (readonly FirstOperation[])[]
  /** The same with the warm-up: what has happened to the lane's kernel by the end. */
  readonly totals: Readonly<CounterSet>
  /**
   * Counted accesses made when the lane's kernel first refused a remap, and when the stock limit would first have refused
   * a call; negative in the warm-up (and before it, when the window was first mapped); null for never.
   */
  readonly firstFailureAccess: number | null
  readonly stockLimitAccess: number | null
}

export interface Simulation {
  readonly accesses: number
  readonly traceHash: string
  readonly lanes: readonly LaneResult[]
}

/** Runs all lanes on the same accesses. `onProgress` is told the accesses made so far, once per block. */
export function simulate(
  source: TraceSource,
  pool: BufferPool,
  lanes: readonly Lane[],
  phases: Phases,
  onProgress: (accesses: number) => void = () => {},
): Simulation {
  const trace = new TraceBlock(blockCapacity(phases))
  const hash = new TraceHash()
  const ops = new WindowOps(trace.capacity)
  const errors = lanes.map(() => 0)
  const pressureEvery = phases.reclaimEvery || Number.POSITIVE_INFINITY
  let pressureAt = pressureEvery
  let next = 0
  let done = 0

  /** Makes accesses until `end` have been made in all, or the trace ends. */
  const runUntil = (end: number): void => {
    while (done < end) {
      if (next === trace.length && !pool.hasPending) {
        next = 0
        if (source.fill(trace) === 0) return
      }
      const to = pool.plan(trace, next, Math.min(end, pressureAt) - done, ops)
      hash.update(trace, next, to)
      next = to
      done += ops.touches
      for (let i = 0; i < lanes.length; i++) if (errors[i] === 0) errors[i] = replay(ops, lanes[i])
      if (done === pressureAt) {
        pressureAt += pressureEvery
        for (let i = 0; i < lanes.length; i++) if (errors[i] === 0) lanes[i].kernel.sweep()
      }
      onProgress(done)
    }
  }

  runUntil(phases.warmup)
  const stoppedBefore = errors.map(error => error !== 0)
  const starts = lanes.map(lane => beginCounting(lane))
  const warmedUp = done
  runUntil(phases.warmup + phases.accesses)
  pool.check()
  const accesses = done - warmedUp
  const results = lanes.map((lane, i) => {
    const counters = finishLane(lane, starts[i])
    const { stockRefusalAt } = lane.kernel
    if (errors[i] === 0) checkAccesses(counters, accesses, ops.touchesPerRemap)
    return {
      error: errors[i],
      counters: stoppedBefore[i] ? null : counters,
      parts: stoppedBefore[i] ? null : partsOf(lane, counters),
      first: lane.firsts?.all() ?? [],
      totals: snapshot(lane.kernel.counters),
      firstFailureAccess: errors[i] === 0 ? null : accessesMade(lane) - warmedUp,
      stockLimitAccess: stockRefusalAt < 0 ? null : stockRefusalAt - warmedUp,
    }
  })
  return { accesses, traceHash: hash.digest(), lanes: results }
}

/** No larger than the run: a short one should not generate what it never uses. */
function blockCapacity({ warmup, accesses }: Phases): number {
  return Math.max(MIN_BLOCK_ACCESSES, Math.min(MAX_BLOCK_ACCESSES, warmup + accesses))
}

/** Every access is looked up in the TLB; where one page is touched per remap, it also finds its block or has it remapped. */
function checkAccesses(c: CounterSet, accesses: number, touchesPerRemap: number): void {
  const looked = c.tlbHits + c.tlbMisses - c.signalsHandled // what a handler had to help is made twice
  if (looked !== accesses) throw new InvariantError(`${accesses} accesses, but ${looked} looked up in the TLB`)
  const made = c.windowHits + c.remaps + c.failedRemaps
  if (touchesPerRemap === 1 && made !== accesses)
    throw new InvariantError(`${accesses} accesses, but ${made} hits and remaps`)
}

function accessesMade(lane: Lane): number {
  return lane.kernel.counters.tlbHits + lane.kernel.counters.tlbMisses
}

/** Restarts the peaks and remembers where the counts stand. */
export function beginCounting(lane: Lane): CounterSet {
  lane.kernel.restartPeaks()
  lane.breakdown?.restart()
  lane.attributed?.restart()
  lane.firsts?.restart()
  return snapshot(lane.kernel.counters)
}

/** Where a lane's counts come from, null if nobody asked. */
export function partsOf({ breakdown }: Lane, counters: Readonly<CounterSet>): readonly Part[] | null {
  return breakdown?.parts(counters) ?? null
}

/** What a lane counted since `start`, after checking its structures against each other and its counters. */
export function finishLane(lane: Lane, start: CounterSet): CounterSet {
  lane.kernel.settle()
  lane.kernel.check()
  return since(start, lane.kernel.counters)
}
