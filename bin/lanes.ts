// One lane from its plan to its result: the kernel it starts on, and which of its counts apply.

import { BackingFile } from '../engine/backing-file.ts'
import { type CostModel, price } from '../engine/cost.ts'
import { COUNTER_NAMES, type CounterName, CounterSet } from '../engine/counters.ts'
import { assert, ENOMEM } from '../engine/errors.ts'
import type { KernelModel } from '../engine/kernel/kernel.ts'
import { SimulatedKernel } from '../engine/kernel/simulated-kernel.ts'
import type { Lane } from '../engine/replay.ts'
import type { Counts, Outcome, RunSpec } from '../engine/run.ts'
import type { LaneResult, Simulation } from '../engine/simulate.ts'
import type { StrategyEntry } from '../engine/strategy/strategy.ts'
import { formatSize, PAGE_BYTES } from '../engine/units.ts'
import type { Geometry } from '../engine/window.ts'
import type { ReportRow } from '../reports/report.ts'

/** What all lanes of a comparison have in common. */
export type SharedSpec = Omit<RunSpec, 'kernel' | 'strategy' | 'otherVmas'>

export interface LanePlan {
  readonly spec: RunSpec
  readonly model: KernelModel
  readonly strategy: StrategyEntry
  readonly cost: CostModel
  readonly mapLimit: number
  /** null if this kernel can run it. */
  readonly unsupported: Unsupported | null
}

/** Why a kernel cannot run a lane: a word for the outcome column, and a sentence for the user. */
export interface Unsupported {
  readonly reason: string
  readonly sentence: string
}

/** Whether a kernel has addresses for the window and for the other vmas; null if it has. */
export function unsupportedBy(model: KernelModel, windowPages: number, otherVmas: number): Unsupported | null {
  const { name, windowBase, addressEnd, othersBase, othersStride } = model
  const windowBytes = windowPages * PAGE_BYTES
  if (windowBase + windowBytes > addressEnd) {
    const sentence = `--window ${formatSize(windowBytes)}: ${name} has addresses for ${formatSize(addressEnd - windowBase)}`
    return { reason: 'window-exceeds-address-space', sentence }
  }
  const isBelow = othersBase < windowBase
  const roomBytes = (isBelow ? windowBase : addressEnd) - othersBase
  const most = !isBelow && othersBase < windowBase + windowBytes ? 0 : Math.floor(roomBytes / othersStride)
  if (otherVmas <= most) return null
  return {
    reason: 'other-vmas-exceed-address-space',
    sentence: `--other-vmas ${otherVmas}: ${name} has addresses for ${most}`,
  }
}

/** A fresh kernel with the window mapped for the first time; counting starts after that. */
export function startLane(plan: LanePlan, sizes: Geometry, cellShift: number, pagesMappedOnce: boolean): Lane {
  const { spec, model, mapLimit } = plan
  const options = {
    windowPages: sizes.windowPages,
    cellShift,
    tlbEntries: spec.tlb === 'none' ? 0 : spec.tlb,
    otherVmas: spec.otherVmas,
    mapLimit,
    pagesMappedOnce,
  }
  const kernel = new SimulatedKernel(model, options, new BackingFile(sizes.filePages, 'shmem'), new CounterSet())
  const strategy = plan.strategy.create(kernel)
  const error = strategy.setup(sizes.windowPages)
  assert(error === 0, `${spec.strategy} on ${spec.kernel}: the first mapping of the window failed with ${error}`)
  return { strategy, kernel }
}

/** The rows of a report: one for each plan, priced, in their order. `simulation` has the lanes that could run. */
export function rowsOf(
  plans: readonly LanePlan[],
  simulation: Simulation,
  input: 'pool' | 'ops',
): readonly ReportRow[] {
  const results = simulation.lanes[Symbol.iterator]()
  return plans.map(plan => {
    const lane = plan.unsupported === null ? (results.next().value ?? null) : null
    const counts = countsOf(lane, plan.spec, input)
    const result = {
      spec: { ...plan.spec, accesses: simulation.accesses },
      evidence: plan.model.evidence,
      outcome: outcomeOf(plan, lane),
      traceHash: simulation.traceHash,
      firstFailureAccess: lane?.firstFailureAccess ?? null,
      stockLimitAccess: lane?.stockLimitAccess ?? null,
      counts,
      guesses: plan.model.guesses,
      machine: plan.model.machine,
    }
    return { result, price: lane?.counters ? price(counts, plan.cost) : null, stockMapCount: plan.model.maxMapCount }
  })
}

function outcomeOf(plan: LanePlan, lane: LaneResult | null): Outcome {
  if (plan.unsupported !== null) return { state: 'unsupported', reason: plan.unsupported.reason }
  if (!lane || lane.error === 0) return { state: 'completed' }
  assert(
    lane.error === -ENOMEM,
    `${plan.spec.strategy} on ${plan.spec.kernel}: a remap inside the window failed with ${lane.error}`,
  )
  return { state: 'stopped', errno: 'ENOMEM' }
}

/** null where nothing was counted, or where the run has no such thing: a pool past which rows go, a TLB of no entries. */
function countsOf(lane: LaneResult | null, spec: RunSpec, input: 'pool' | 'ops'): Counts {
  const counted: Record<CounterName, number | null> = { ...(lane?.counters ?? new CounterSet()) }
  if (!lane?.counters) {
    for (const name of COUNTER_NAMES) counted[name] = null
    return counted
  }
  if (spec.tlb === 'none') counted.tlbHits = counted.tlbMisses = null
  if (input === 'ops') counted.windowHits = null
  return counted
}
