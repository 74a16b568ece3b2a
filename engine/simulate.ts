// The driver: fill a block, plan it, replay it on every lane, until the accesses are done; with several processes in turns.
//
// A lane is one strategy on one kernel; of several processes each has a stream, a pool and lanes of its own, whose kernels
// share what kernels share. Process p runs on CPU p mod `cpus`. All turns are equally long: left out are processes that
// wait, a scheduler that prefers some, and time slices cut short.

import type { BufferPool } from './buffer-pool.ts'
import { type CounterSet, since, snapshot, together } from './counters.ts'
import { InvariantError } from './errors.ts'
import { type Lane, replay } from './replay.ts'
import { MAX_BLOCK_ACCESSES, MIN_BLOCK_ACCESSES, TraceBlock, TraceHash, type TraceSource } from './trace.ts'
import { WindowOps } from './window-ops.ts'

/** Accesses that a process makes before the next one's turn; a process alone goes on. */
export const TURN_ACCESSES = 4096

export interface Phases {
  /** Page accesses before counting starts, and page accesses counted, of all processes together. */
  readonly warmup: number
  readonly accesses: number
}

/** One database process. */
export interface Process {
  readonly source: TraceSource
  readonly pool: BufferPool
  /** As many as every other process has, in the same order. */
  readonly lanes: readonly Lane[]
}

/** What one lane's run came to. */
export interface LaneResult {
  /** 0, or the negative errno of the remap at which the lane stopped. */
  readonly error: number
  /** What was counted after the warm-up; null if the lane stopped before that. */
  readonly counters: Readonly<CounterSet> | null
  /** The same with the warm-up: what has happened to the lane's kernel by the end. */
  readonly totals: Readonly<CounterSet>
  /**
   * Counted accesses made when the lane's kernel first refused a remap, when the stock limit would first have refused
   * a call, and when lowmem was exhausted; negative in the warm-up (and before it, when the window was first mapped); null
   * for never.
   */
  readonly firstFailureAccess: number | null
  readonly stockLimitAccess: number | null
  readonly lowmemExhaustedAccess: number | null
}

export interface Simulation {
  readonly accesses: number
  readonly traceHash: string
  readonly lanes: readonly LaneResult[]
}

/** Runs all lanes on the same accesses. `onProgress` is told the accesses made so far, once per block. */
export function simulate(
  processes: readonly Process[],
  cpus: number,
  phases: Phases,
  onProgress: (accesses: number) => void = () => {},
): Simulation {
  const isAlone = processes.length === 1
  const capacity = isAlone ? blockCapacity(phases) : TURN_ACCESSES
  const traces = processes.map(() => new TraceBlock(capacity))
  const hash = new TraceHash()
  const ops = new WindowOps(capacity)
  const groups = processes[0]!.lanes.map((_, i) => new LaneGroup(processes.map(({ lanes }) => lanes[i]!)))
  /** The next access of each process in its block, and whether its trace has ended. */
  const next = processes.map(() => 0)
  const hasEnded = processes.map(() => false)
  const lastOn: number[] = Array.from({ length: cpus }, () => -1)
  let done = 0
  let at = -1
  let left = 0 // of the turn of process `at`

  /** Makes up to `budget` accesses of process `at`: the rest of its block. */
  const runBlock = (budget: number): number => {
    const { source, pool } = processes[at]!
    const trace = traces[at]!
    if (next[at] === trace.length && !pool.hasPending) {
      next[at] = 0
      hasEnded[at] = source.fill(trace) === 0
      if (hasEnded[at]) return 0
    }
    const to = pool.plan(trace, next[at]!, budget, ops)
    hash.update(trace, next[at]!, to)
    next[at] = to
    for (const group of groups) group.replay(at, ops)
    return ops.touches
  }

  /** The next process whose trace goes on has its turn; false if there is none. */
  const nextTurn = (): boolean => {
    if (hasEnded.every(ended => ended)) return false
    do at = (at + 1) % processes.length
    while (hasEnded[at])
    left = isAlone ? Number.POSITIVE_INFINITY : TURN_ACCESSES
    const cpu = at % cpus
    if (lastOn[cpu] !== at && lastOn[cpu] !== -1) for (const group of groups) group.switchTo(at)
    lastOn[cpu] = at
    return true
  }

  /** Makes accesses until `end` have been made in all, or every trace has ended. */
  const runUntil = (end: number): void => {
    while (done < end) {
      if (left === 0 && !nextTurn()) return
      const made = runBlock(Math.min(end - done, left))
      done += made
      left = hasEnded[at] ? 0 : left - made
      if (left === 0 || done === end) for (const group of groups) group.endTurn(at)
      onProgress(done)
    }
  }

  runUntil(phases.warmup)
  for (const group of groups) group.beginCounting()
  const warmedUp = done
  runUntil(phases.warmup + phases.accesses)
  for (const { pool } of processes) pool.check()
  const accesses = done - warmedUp
  const results = groups.map(group => group.finish(accesses, warmedUp, ops.touchesPerRemap))
  return { accesses, traceHash: hash.digest(), lanes: results }
}

/** The same strategy on the same kernel in every process; it stops as a whole. */
class LaneGroup {
  private readonly lanes: readonly Lane[]
  private error = 0
  private stoppedBefore = false
  private starts: readonly CounterSet[] = []
  // Accesses made by all processes; -1 for never.
  private stockRefusalAt = -1
  private lowmemExhaustedAt = -1

  constructor(lanes: readonly Lane[]) {
    this.lanes = lanes
    for (let process = 0; process < lanes.length; process++) this.endTurn(process) // of mapping its window
  }

  replay(process: number, ops: WindowOps): void {
    if (this.error === 0) this.error = replay(ops, this.lanes[process]!)
  }

  switchTo(process: number): void {
    if (this.error === 0) this.lanes[process]!.kernel.switchTo()
  }

  /** Takes note of what happened for the first time; only this process has made accesses since the last turn ended. */
  endTurn(process: number): void {
    const lane = this.lanes[process]!
    const { kernel } = lane
    kernel.settle() // tells what it gave back, too
    const byAll = (own: number) => this.accessesMade() - accessesMade(lane) + own
    if (this.stockRefusalAt < 0 && kernel.stockRefusalAt >= 0) this.stockRefusalAt = byAll(kernel.stockRefusalAt)
    if (this.lowmemExhaustedAt < 0 && kernel.lowmemExhaustedAt >= 0)
      this.lowmemExhaustedAt = byAll(kernel.lowmemExhaustedAt)
  }

  beginCounting(): void {
    this.stoppedBefore = this.error !== 0
    this.starts = this.lanes.map(beginCounting)
  }

  finish(accesses: number, warmedUp: number, touchesPerRemap: number): LaneResult {
    const { lanes, error } = this
    const counters = together(lanes.map((lane, process) => finishLane(lane, this.starts[process]!)))
    if (error === 0) checkAccesses(counters, accesses, touchesPerRemap)
    const sinceWarmup = (at: number): number | null => (at < 0 ? null : at - warmedUp)
    return {
      error,
      counters: this.stoppedBefore ? null : counters,
      totals: together(lanes.map(lane => snapshot(lane.kernel.counters))),
      firstFailureAccess: error === 0 ? null : this.accessesMade() - warmedUp,
      stockLimitAccess: sinceWarmup(this.stockRefusalAt),
      lowmemExhaustedAccess: sinceWarmup(this.lowmemExhaustedAt),
    }
  }

  private accessesMade(): number {
    return this.lanes.reduce((sum, lane) => sum + accessesMade(lane), 0)
  }
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
  return snapshot(lane.kernel.counters)
}

/** What a lane counted since `start`, after checking its structures against each other and its counters. */
export function finishLane(lane: Lane, start: CounterSet): CounterSet {
  lane.kernel.settle()
  lane.kernel.check()
  return since(start, lane.kernel.counters)
}
