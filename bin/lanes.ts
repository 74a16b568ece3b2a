// One lane from its plan to its result: the kernel it starts on, and which of its counts apply.

import { AttributedReplay } from '../engine/attributed-replay.ts'
import { absentPages, BackingFile } from '../engine/backing-file.ts'
import { Breakdown, type Part } from '../engine/breakdown.ts'
import { type CostModel, price } from '../engine/cost.ts'
import { COUNTER_NAMES, type CounterName, CounterSet } from '../engine/counters.ts'
import { assert, ENOMEM } from '../engine/errors.ts'
import { FirstOperations } from '../engine/first-operations.ts'
import { type SharedMemory, sharedMemory } from '../engine/kernel/machine.ts'
import { type Circumstance, evidenceOf, type KernelModel, rulesOf } from '../engine/kernel/model.ts'
import { SimulatedKernel } from '../engine/kernel/simulated-kernel.ts'
import type { LaneResult } from '../engine/lane-group.ts'
import type { Lane } from '../engine/replay.ts'
import type { Counts, MeasuredBy, Origin, Outcome, RunSpec } from '../engine/run.ts'
import type { Simulation } from '../engine/simulate.ts'
import { withFaultsElsewhere } from '../engine/strategy/faults-elsewhere.ts'
import type { StrategyEntry } from '../engine/strategy/strategy.ts'
import type { PageGroup } from '../engine/trace.ts'
import type { Geometry } from '../engine/window.ts'
import type { ReportRow } from '../reports/report.ts'
import type { LaneTables } from './memory.ts'
import { mappedPages, type Unsupported } from './support.ts'

/** What all lanes of a comparison have in common. */
export type SharedSpec = Omit<RunSpec, 'kernel' | 'strategy' | 'otherVmas'>

export interface LanePlan {
  readonly spec: RunSpec
  readonly model: KernelModel
  readonly strategy: StrategyEntry
  /** null if neither the user nor the kernel model names one. */
  readonly cost: CostModel | null
  readonly mapLimit: number
  /** Share of the file's pages that exist before the run, 0 to 1. */
  readonly writtenShare: number
  /** Groups of file pages to attribute counts to; empty where all pages are alike. */
  readonly groups: readonly PageGroup[]
  /** Whether the whole breakdown is to be reported, and the numbers whose origin is. */
  readonly breaksDown: boolean
  readonly explained: readonly CounterName[]
  /** Share of the remaps before which the process faults outside the window, 0 to 1. */
  readonly otherFaultShare: number
  /** null if this kernel can run it. */
  readonly unsupported: Unsupported | null
  /** Of a lane that the running kernel ran. */
  readonly measured?: MeasuredBy
}

/** Whether no file page is mapped at two places and none is missing: then a unit can be handled as one cell. */
function mapsPagesOnce(plan: LanePlan, input: 'pool' | 'ops'): boolean {
  const isComplete = plan.writtenShare === 1 && plan.spec.reclaim === 0
  return input === 'pool' && isComplete && !plan.strategy.fillsWindow
}

/** log2 of the pages of a cell, the smallest piece a call maps: a file mapped as a whole is mapped by one call. */
function cellShiftOf(plan: LanePlan, sizes: Geometry, input: 'pool' | 'ops'): number {
  if (plan.strategy.maps === 'file') return trailingZeros(sizes.filePages)
  return mapsPagesOnce(plan, input) ? sizes.unitShift : 0
}

/** What startLanes() will need memory for. Memory pressure takes pages of the file away that were all there. */
export function tablesOf(plan: LanePlan, sizes: Geometry, input: 'pool' | 'ops'): LaneTables {
  return {
    mappedPages: mappedPages(plan.strategy, sizes),
    cellPages: 2 ** cellShiftOf(plan, sizes, input),
    otherVmas: plan.spec.otherVmas ?? plan.model.otherVmas,
    notesPages: plan.spec.backing === 'disk' || plan.writtenShare < 1 || plan.spec.reclaim > 0 || input === 'ops',
    chainsPages: plan.spec.processes > 1 && plan.model.pteChains !== null,
  }
}

/** A fresh kernel with the window mapped for the first time in each of its processes; counting starts after that. */
export function startLanes(plan: LanePlan, sizes: Geometry, input: 'pool' | 'ops'): readonly Lane[] {
  const { processes, backing } = plan.spec
  const file = new BackingFile(sizes.filePages, backing, absentPages(plan.writtenShare))
  const shared = processes > 1 ? sharedMemory(plan.model, sizes.filePages) : null
  return Array.from({ length: processes }, () => startLane(plan, sizes, input, file, shared))
}

function startLane(
  plan: LanePlan,
  sizes: Geometry,
  input: 'pool' | 'ops',
  file: BackingFile,
  shared: SharedMemory | null,
): Lane {
  const { spec, model, mapLimit } = plan
  const { windowPages, filePages } = sizes
  const pagesMappedOnce = mapsPagesOnce(plan, input)
  const counters = new CounterSet()
  const isApart = plan.breaksDown || plan.explained.length > 0
  const breakdown = isApart ? new Breakdown(counters, groupNames(plan.groups)) : null
  const options = {
    windowPages: mappedPages(plan.strategy, sizes),
    cellShift: cellShiftOf(plan, sizes, input),
    tlbEntries: spec.tlb === 'none' ? 0 : spec.tlb,
    otherVmas: spec.otherVmas ?? model.otherVmas,
    mapLimit,
    threads: spec.threads,
    pagesMappedOnce,
    breakdown,
    shared,
  }
  const kernel = new SimulatedKernel(model, options, file, counters)
  const created = plan.strategy.create(kernel, { windowPages, filePages })
  const strategy = plan.otherFaultShare > 0 ? withFaultsElsewhere(created, kernel, plan.otherFaultShare) : created
  const error = strategy.setup(windowPages)
  assert(error === 0, `${spec.strategy} on ${spec.kernel}: the first mapping of the window failed with ${error}`)
  if (breakdown === null) return { strategy, kernel }
  const firsts = new FirstOperations(kernel, plan.explained)
  const lane = { strategy, kernel, breakdown, ...(plan.explained.length > 0 ? { firsts } : {}) }
  return input === 'ops' ? lane : { ...lane, attributed: new AttributedReplay(breakdown, plan.groups, sizes) }
}

function groupNames(groups: readonly PageGroup[]): readonly (string | null)[] {
  return groups.length === 0 ? [null] : groups.map(group => group.name)
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
    const { model, unsupported, cost } = plan
    const counts = countsOf(lane, plan, input)
    const parts = lane?.parts?.map(part => withoutUncounted(part, counts)) ?? null
    const did = whatWasDone(plan, lane)
    const guesses = rulesOf(model, did).flatMap(rule => (rule.evidence === 'guess' ? [rule.what] : []))
    const result = {
      spec: { ...plan.spec, accesses: simulation.accesses },
      evidence: lane?.counters ? evidenceOf(model, did) : null,
      outcome: outcomeOf(plan, lane),
      traceHash: simulation.traceHash,
      firstFailureAccess: lane?.firstFailureAccess ?? null,
      stockLimitAccess: lane?.stockLimitAccess ?? null,
      lowmemExhaustedAccess: lane?.lowmemExhaustedAccess ?? null,
      counts,
      breakdown: plan.breaksDown ? parts : null,
      origins: parts === null || plan.explained.length === 0 ? null : originsOf(plan.explained, parts, lane!.first),
      windowsFull: simulation.windowsFull,
      guesses: unsupported ? [] : [...new Set([...model.guesses, ...guesses])],
      ...(plan.measured ? { measured: plan.measured } : {}),
      machine: model.machine,
    }
    return { result, price: lane?.counters && cost ? price(counts, cost) : null, stockMapCount: model.maxMapCount }
  })
}

/** What a lane did beside mapping, reading and remapping: it decides which of the model's rules its counts rest on. */
function whatWasDone(plan: LanePlan, lane: LaneResult | null): ReadonlySet<Circumstance> {
  const { strategy, spec } = plan
  const did = new Set<Circumstance>(strategy.uses)
  if (spec.backing !== 'shmem') did.add(spec.backing)
  if (spec.contents !== 'written') did.add('sparse')
  if (spec.threads > 1) did.add('threads')
  if (plan.otherFaultShare > 0) did.add('other-faults')
  if (spec.processes > 1) did.add('processes')
  if (spec.reclaim > 0 || lane?.totals.pagesReclaimed) did.add('reclaim')
  if (spec.reclaim > 0 && lane?.totals.pagesReclaimed) did.add('pressure')
  if (lane?.totals.writes) did.add('writes')
  if (lane && (lane.error !== 0 || lane.totals.failedRemaps)) did.add('refusals')
  return did
}

function outcomeOf(plan: LanePlan, lane: LaneResult | null): Outcome {
  if (plan.unsupported !== null) {
    const { reason, why } = plan.unsupported
    return { state: 'unsupported', reason, why }
  }
  if (!lane || lane.error === 0) return { state: 'completed' }
  assert(
    lane.error === -ENOMEM,
    `${plan.spec.strategy} on ${plan.spec.kernel}: a remap inside the window failed with ${lane.error}`,
  )
  return { state: 'stopped', errno: 'ENOMEM' }
}

/** null where nothing was counted, or where there is no such thing: on this kernel, past a pool, with a TLB of no entries. */
function countsOf(lane: LaneResult | null, { spec, model }: LanePlan, input: 'pool' | 'ops'): Counts {
  const counted: Record<CounterName, number | null> = { ...(lane?.counters ?? new CounterSet()) }
  for (const name of lane?.counters ? model.uncounted : COUNTER_NAMES) counted[name] = null
  if (spec.tlb === 'none') counted.tlbHits = counted.tlbMisses = null
  if (input === 'ops') counted.windowHits = null
  if (input === 'ops') counted.reclaimVmas = counted.reclaimPtes = null // its rows say which pages go
  return counted
}

/** How numbers arose; one that was not measured did not. */
function originsOf(
  explained: readonly CounterName[],
  parts: readonly Part[],
  first: LaneResult['first'],
): readonly Origin[] {
  return explained.map((counter, i) => ({
    counter,
    parts: parts.flatMap(({ relation, step, counts }) =>
      counts[counter] === undefined ? [] : [{ relation, step, count: counts[counter] }],
    ),
    first: first[i]!,
  }))
}

/** A part of counts has what they have. */
function withoutUncounted(part: Part, counts: Counts): Part {
  const known = Object.entries(part.counts).filter(([name]) => counts[name as CounterName] !== null)
  return { ...part, counts: Object.fromEntries(known) }
}

/** How often 2 divides a whole number below 2^32. */
function trailingZeros(value: number): number {
  return 31 - Math.clz32(value & -value)
}
