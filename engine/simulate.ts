// The driver: fill a block, plan it, replay it on every lane, until the accesses are done.

import type { BufferPool } from './buffer-pool.ts'
import { type CounterSet, since, snapshot } from './counters.ts'
import { InvariantError } from './errors.ts'
import { type Lane, replay } from './replay.ts'
import { MAX_BLOCK_ACCESSES, MIN_BLOCK_ACCESSES, TraceBlock, TraceHash, type TraceSource } from './trace.ts'
import { WindowOps } from './window-ops.ts'

export interface Phases {
  /** Page accesses before counting starts, and page accesses counted. */
  readonly warmup: number
  readonly accesses: number
}

/** What one lane's run came to. */
export interface LaneResult {
  /** 0, or the negative errno of the remap at which the lane stopped. */
  readonly error: number
  /** What was counted after the warm-up. */
  readonly counters: Readonly<CounterSet>
  /** Counted accesses made when the lane's kernel first refused a remap, and when the stock limit would have; -1 for never. */
  readonly firstFailureAccess: number
  readonly stockLimitAccess: number
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
  let next = 0
  let done = 0

  /** Makes accesses until `end` have been made in all, or the trace ends. */
  const runUntil = (end: number): void => {
    while (done < end) {
      if (next === trace.length && !pool.hasPending) {
        next = 0
        if (source.fill(trace) === 0) return
      }
      const to = pool.plan(trace, next, end - done, ops)
      hash.update(trace, next, to)
      next = to
      done += ops.touches
      for (let i = 0; i < lanes.length; i++) if (errors[i] === 0) errors[i] = replay(ops, lanes[i])
      onProgress(done)
    }
  }

  runUntil(phases.warmup)
  const starts = lanes.map(lane => beginCounting(lane))
  const warmedUp = done
  runUntil(phases.warmup + phases.accesses)
  pool.check()
  const accesses = done - warmedUp
  const results = lanes.map((lane, i) => finishLane(lane, starts[i], accesses, errors[i]))
  if (ops.touchesPerRemap === 1) for (const result of results) checkAccesses(result, accesses)
  return { accesses, traceHash: hash.digest(), lanes: results }
}

/** No larger than the run: a short one should not generate what it never uses. */
function blockCapacity({ warmup, accesses }: Phases): number {
  return Math.max(MIN_BLOCK_ACCESSES, Math.min(MAX_BLOCK_ACCESSES, warmup + accesses))
}

/** Where one page is touched per remap, an access finds its block, has it remapped, or is the one where the lane stopped. */
function checkAccesses({ error, counters: c }: LaneResult, accesses: number): void {
  const made = c.windowHits + c.remaps + c.failedRemaps
  if (error === 0 && made !== accesses) throw new InvariantError(`${accesses} accesses, but ${made} hits and remaps`)
}

/** Restarts the peaks and remembers where the counts stand. */
export function beginCounting(lane: Lane): CounterSet {
  lane.kernel.restartPeaks()
  return snapshot(lane.kernel.counters)
}

/** What one lane counted since `start`, after checking the laws that every lane obeys. */
export function finishLane(lane: Lane, start: CounterSet, accesses: number, error: number): LaneResult {
  const { kernel } = lane
  kernel.settle()
  kernel.check()
  const counters = since(start, kernel.counters)
  const made = counters.tlbHits + counters.tlbMisses
  if (error === 0 && made !== accesses)
    throw new InvariantError(`${accesses} accesses, but ${made} looked up in the TLB`)
  return {
    error,
    counters,
    firstFailureAccess: counters.failedRemaps > 0 ? made : -1,
    stockLimitAccess: kernel.stockRefusalAt < 0 ? -1 : kernel.stockRefusalAt - start.tlbHits - start.tlbMisses,
  }
}
