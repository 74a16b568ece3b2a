// Lanes on the running kernel, beside those on models: planned like them, run by a process of their own each, reported in
// the same rows.
//
// What cannot be measured is empty; the limit of vmas is the machine's own; there is no modelled TLB.

import { closeSync } from 'node:fs'
import { release } from 'node:os'
import { COUNTER_NAMES, type CounterName, CounterSet } from '../engine/counters.ts'
import { ENOMEM, InvariantError } from '../engine/errors.ts'
import { linux618 } from '../engine/kernel/linux-6.18.ts'
import type { KernelModel } from '../engine/kernel/model.ts'
import type { LaneResult } from '../engine/lane-group.ts'
import { HOST } from '../engine/native/host-model.ts'
import type { HostCounts, Measurement } from '../engine/native/measure.ts'
import type { Verified } from '../engine/native/verify.ts'
import type { HostFile, MeasuredBy, RunSpec } from '../engine/run.ts'
import type { Simulation } from '../engine/simulate.ts'
import type { StrategyEntry } from '../engine/strategy/strategy.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import type { Geometry } from '../engine/window.ts'
import type { ReportRow } from '../reports/report.ts'
import { type Hindrance, machineHindrance, memoryHindrance, vmaHindrance } from './host-guard.ts'
import { createBackingFile, isDeath, perform } from './host-process.ts'
import type { LaneTask } from './lane-task.ts'
import type { LanePlan } from './lanes.ts'
import type { ChildAnswer } from './native-child.ts'
import type { RunRequest } from './request.ts'
import type { Unsupported } from './support.ts'

/** What the specification of such a lane says in place of what was asked for. */
export const HOST_SPEC = { maxMapCount: 'stock', tlb: 'none', otherVmas: null } as const satisfies Partial<RunSpec>

/** A process that takes longer has hung: two minutes, and for each access many times what one takes. */
const LEAST_LIMIT_MS = 120_000
const LIMIT_MS_PER_PAGE = 0.5
/** Tries of a lane that is disturbed, and when no further one begins. */
const PATIENCE = { tries: 6, ms: 30_000 }
/** An operation planned ahead: its number and its file page; an access may be two. */
export const BYTES_PER_ACCESS = 16
/** Vmas that a remap may add: it may cut one in three. */
const VMAS_PER_REMAP = 2

/** What a refusal comes from: EPERM, EAGAIN and ENOSYS of include/uapi/asm-generic/errno*.h. */
const HINTS: Readonly<Record<number, string>> = {
  1: ': not permitted',
  11: ': more locked memory than ulimit -l permits',
  38: ': this kernel has no such call',
}
const ASKED = `--kernel ${HOST}`
const MEASURED = 'is not measured: it cannot be asked of the running kernel'

/** The running kernel where models are listed: its rows rest on what it does. */
export const hostKernel: KernelModel = {
  ...linux618,
  name: HOST,
  summary: 'the running kernel: real calls on real memory, counted; needs Linux on x86-64 and koffi',
  machine: `x86-64, Linux ${release()}, running`,
  basis: 'counted on this machine while it ran',
  rules: [
    {
      what: 'each counter is what the running kernel did; what it does not let us count is empty',
      evidence: 'measured',
      source: 'tracepoints, getrusage, /proc/self/maps',
    },
  ],
  guesses: [],
  lacks: {
    sigbus: linux618.lacks.sigbus,
    disk: 'measured on a file in /dev/shm alone',
    ramfs: 'measured on a file in /dev/shm alone',
    threads: 'a process on several CPUs is not measured',
    processes: 'several processes are not measured',
    reclaim: `memory pressure ${MEASURED}`,
    'other-faults': `faults elsewhere ${MEASURED}`,
  },
  uncounted: [],
  cost: null,
}

/** What decides whether a lane fits this machine. */
export interface HostNeeds {
  readonly strategy: StrategyEntry
  readonly sizes: Geometry
  readonly request: RunRequest
  /** Remaps there may be at most. */
  readonly mostRemaps: number
}

/** Why this machine cannot run a lane; null if it can. */
export function hostHindrance(needs: HostNeeds): Unsupported | null {
  const { strategy, request, mostRemaps } = needs
  const { reclaim, otherFaultShare, accesses, warmup } = request
  const { lacks } = hostKernel
  if (reclaim > 0) return refused({ reason: 'no-reclaim', why: lacks.reclaim! }, `--reclaim on ${HOST}`)
  if (otherFaultShare > 0)
    return refused({ reason: 'no-other-faults', why: lacks['other-faults']! }, `--other-faults on ${HOST}`)
  const planned = (accesses + warmup) * BYTES_PER_ACCESS + frameBytes(strategy, request, mostRemaps)
  const hindrance = machineHindrance() ?? roomHindrance(request, mostRemaps, planned) ?? laneHindrance(needs)
  return hindrance === null ? null : refused(hindrance, ASKED)
}

/** Null if there is room for the file, with the pages that so many remaps may add to it, and `planned` bytes beside it. */
export function roomHindrance(
  { fileBytes, unitBytes, writtenShare, hostFile }: RunRequest,
  mostRemaps: number,
  planned: number,
): Hindrance | null {
  const most = Math.min(fileBytes, fileBytes * writtenShare + (mostRemaps + 1) * unitBytes)
  return memoryHindrance(most, hostFile, planned)
}

/** Bytes of frames that a strategy which copies comes to fill; rows of --ops may read the whole window without a remap. */
export function frameBytes(
  { uses }: Pick<StrategyEntry, 'uses'>,
  { windowBytes, unitBytes, opsFile }: Pick<RunRequest, 'windowBytes' | 'unitBytes' | 'opsFile'>,
  mostRemaps: number,
): number {
  if (!uses.includes('copies')) return 0
  return opsFile === null ? Math.min(windowBytes, (mostRemaps + 1) * unitBytes) : windowBytes
}

/** Null if the vmas of a lane cannot come to the machine's limit. */
export function laneHindrance({ strategy, sizes, mostRemaps }: Omit<HostNeeds, 'request'>): Hindrance | null {
  const { windowPages, unitPages } = sizes
  // Copies and a file mapped as a whole leave the window one vma.
  if (strategy.maps === 'file' || strategy.uses.includes('copies')) return null
  const vmas = Math.min(windowPages / unitPages, 1 + VMAS_PER_REMAP * mostRemaps)
  return vmaHindrance(vmas, unitPages * PAGE_BYTES, windowPages * PAGE_BYTES)
}

function refused({ reason, why }: Hindrance, option: string): Unsupported {
  return { reason, why, sentence: `${option}: ${why}` }
}

/** Lanes that a model runs in this process. */
export function isModelled({ model, unsupported }: LanePlan): boolean {
  return unsupported === null && model.name !== HOST
}

/** The plans as they came out, and the results of all that ran, in their order. */
export interface Measured {
  readonly plans: readonly LanePlan[]
  readonly simulation: Simulation
}

/** Runs the lanes on the running kernel, `simulation` having run the others; `taskOf` says what a lane's process is asked. */
export function measureHostLanes(
  plans: readonly LanePlan[],
  simulation: Simulation,
  sizes: Geometry,
  { hostFile, verifies }: Pick<RunRequest, 'hostFile' | 'verifies'>,
  taskOf: (plan: LanePlan) => LaneTask,
): Measured {
  const runs = plans.map(plan => plan.unsupported === null && plan.model.name === HOST)
  if (!runs.includes(true)) return { plans, simulation }
  const modelled = simulation.lanes[Symbol.iterator]()
  const lanes: LaneResult[] = []
  const descriptor = createBackingFile(sizes.filePages, plans[0].writtenShare, hostFile)
  try {
    const finished = plans.map((plan, i) => {
      if (!runs[i]) {
        if (plan.unsupported === null) lanes.push(modelled.next().value!)
        return plan
      }
      const { spec } = plan
      const task = { kind: 'count', work: taskOf(plan), patience: PATIENCE, verifies } as const
      const answer = perform(task, descriptor, limitMs(spec))
      if (isDeath(answer)) return { ...plan, unsupported: refused(answer, `--strategy ${spec.strategy} on ${HOST}`) }
      if (answer.traceHash !== '' && answer.traceHash !== simulation.traceHash) {
        throw new InvariantError(`trace ${answer.traceHash} was measured, ${simulation.traceHash} planned`)
      }
      const measurement = answer.measurements[0]
      const { error } = measurement
      if (error !== 0 && error !== -ENOMEM) {
        const why = `the kernel refused a call of the strategy (errno ${-error})${HINTS[-error] ?? ''}`
        return {
          ...plan,
          unsupported: refused({ reason: `errno-${-error}`, why }, `--strategy ${spec.strategy} on ${HOST}`),
        }
      }
      if (answer.verified?.first) {
        return { ...plan, unsupported: refused(wrongPages(answer.verified), `--verify of ${spec.strategy} on ${HOST}`) }
      }
      lanes.push(laneResult(measurement))
      const model = { ...plan.model, uncounted: COUNTER_NAMES.filter(name => measurement.counts[name] === undefined) }
      return { ...plan, model, measured: describe(answer, measurement, hostFile) }
    })
    return { plans: finished, simulation: { ...simulation, lanes } }
  } finally {
    closeSync(descriptor)
  }
}

/** After how long a lane has hung, in milliseconds. */
export function limitMs({ accesses, warmup, unitBytes }: Pick<RunSpec, 'accesses' | 'warmup' | 'unitBytes'>): number {
  return LEAST_LIMIT_MS + (accesses + warmup) * (unitBytes / PAGE_BYTES) * LIMIT_MS_PER_PAGE
}

/** Why a lane has no result that ran and showed other pages than it should. */
export const WRONG_PAGES = 'wrong-pages'

/** A lane that shows other pages than it should has no result. */
export function wrongPages({ touches, wrong, first }: Verified): Hindrance {
  const { vpn, expected, found } = first!
  const where = `window page ${vpn} showed file page ${found} instead of ${expected}`
  return { reason: WRONG_PAGES, why: `${wrong} of ${touches} touches saw a wrong page: ${where}` }
}

/** A line for each lane that showed wrong pages, with the first of them. */
export function wrongPageNotes(rows: readonly ReportRow[]): readonly string[] {
  return rows.flatMap(({ result: { spec, outcome } }) =>
    outcome.state === 'unsupported' && outcome.reason === WRONG_PAGES
      ? [`remapbench: --verify of ${spec.strategy} on ${spec.kernel}: ${outcome.why}`]
      : [],
  )
}

/** How the counts of a lane came about. */
function describe(
  { level, why, verified }: ChildAnswer,
  { accepted, tries, noise }: Measurement,
  file: HostFile,
): MeasuredBy {
  return { level, why, file, accepted, tries, ...noise, verifiedTouches: verified?.touches ?? null }
}

function laneResult({ counts, error }: Measurement): LaneResult {
  const counters = withCounts(counts)
  const { windowHits, remaps } = counters
  return {
    error,
    counters,
    parts: null,
    first: [],
    totals: counters,
    firstFailureAccess: error === 0 ? null : windowHits + remaps,
    stockLimitAccess: null,
    lowmemExhaustedAccess: null,
  }
}

function withCounts(counts: HostCounts): CounterSet {
  const counters = new CounterSet()
  for (const name of Object.keys(counts) as CounterName[]) counters[name] = counts[name]!
  return counters
}
