// The driver: fill a block, plan it, replay it on every lane, until the accesses are done; with several processes in turns.
//
// A lane is one strategy on one kernel; of several processes each has a stream, a pool and lanes of its own, whose kernels
// share what kernels share. Process p runs on CPU p mod `cpus`. All turns are equally long: left out are processes that
// wait, a scheduler that prefers some, and time slices cut short.

import type { BufferPool } from './buffer-pool.ts'
import { LaneGroup, type LaneResult } from './lane-group.ts'
import type { Lane } from './replay.ts'
import { MAX_BLOCK_ACCESSES, MIN_BLOCK_ACCESSES, TraceBlock, TraceHash, type TraceSource } from './trace.ts'
import { WindowOps } from './window-ops.ts'

/** Accesses that a process makes before the next one's turn; a process alone goes on. */
export const TURN_ACCESSES = 4096

export interface Phases {
  /** Page accesses before counting starts, and page accesses counted, of all processes together. */
  readonly warmup: number
  readonly accesses: number
  /** Accesses, counted or not, between two sweeps of memory pressure, of one process alone; 0 or absent for none. */
  readonly reclaimEvery?: number
}

/** One database process. */
export interface Process {
  readonly source: TraceSource
  readonly pool: BufferPool
  /** As many as every other process has, in the same order. */
  readonly lanes: readonly Lane[]
}

export interface Simulation {
  readonly accesses: number
  readonly traceHash: string
  readonly lanes: readonly LaneResult[]
  /** Whether the pool of every process was full at the end; null without a pool. */
  readonly windowsFull: boolean | null
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
  const pressureEvery = phases.reclaimEvery || Number.POSITIVE_INFINITY
  let pressureAt = pressureEvery
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
      const made = runBlock(Math.min(end - done, left, pressureAt - done))
      done += made
      if (done === pressureAt) {
        pressureAt += pressureEvery
        for (const group of groups) group.sweep(at)
      }
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
  const windowsFull = processes.every(({ pool }) => pool.isFull)
  return { accesses, traceHash: hash.digest(), lanes: results, windowsFull }
}

/** No larger than the run: a short one should not generate what it never uses. */
function blockCapacity({ warmup, accesses }: Phases): number {
  return Math.max(MIN_BLOCK_ACCESSES, Math.min(MAX_BLOCK_ACCESSES, warmup + accesses))
}
