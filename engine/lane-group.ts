// One strategy on one kernel in every process of a run: what its processes count together, and when something happened to it
// for the first time, in accesses of all of them.

import { addedUp, type Part } from './breakdown.ts'
import { type CounterSet, since, snapshot, together } from './counters.ts'
import { InvariantError } from './errors.ts'
import type { FirstOperation } from './first-operations.ts'
import { type Lane, replay } from './replay.ts'
import type { WindowOps } from './window-ops.ts'

/** What one lane's run came to. */
export interface LaneResult {
  /** 0, or the negative errno of the remap at which the lane stopped. */
  readonly error: number
  /** What was counted after the warm-up; null if the lane stopped before that. */
  readonly counters: Readonly<CounterSet> | null
  /** The same by kernel step and group of pages; null if nobody asked. */
  readonly parts: readonly Part[] | null
  /** The first operations that raised each counter somebody asked about; of one process alone. */
  readonly first: readonly (readonly FirstOperation[])[]
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

/** `lanes`: one for each process. A refusal in one of them stops all. */
export class LaneGroup {
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

  /** Memory pressure takes pages of a process. */
  sweep(process: number): void {
    if (this.error === 0) this.lanes[process]!.kernel.sweep()
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
    const own = lanes.map((lane, process) => finishLane(lane, this.starts[process]!))
    const counters = together(own)
    if (error === 0) checkAccesses(counters, accesses, touchesPerRemap)
    const sinceWarmup = (at: number): number | null => (at < 0 ? null : at - warmedUp)
    return {
      error,
      counters: this.stoppedBefore ? null : counters,
      parts: this.stoppedBefore ? null : partsOf(lanes, own),
      first: lanes[0]!.firsts?.all() ?? [],
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

/** Where the counts of some lanes come from, added up; null if nobody asked. `counts`: of each lane. */
export function partsOf(lanes: readonly Lane[], counts: readonly Readonly<CounterSet>[]): readonly Part[] | null {
  const parts = lanes.map(({ breakdown }, i) => breakdown?.parts(counts[i]!) ?? null)
  return parts.some(part => part === null) ? null : addedUp(parts.flatMap(part => part ?? []))
}

/** What a lane counted since `start`, after checking its structures against each other and its counters. */
export function finishLane(lane: Lane, start: CounterSet): CounterSet {
  lane.kernel.settle()
  lane.kernel.check()
  return since(start, lane.kernel.counters)
}
