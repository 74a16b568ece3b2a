// A lane's work as it is sent to a process of its own, and what that process makes of it.

import { absentPages } from '../engine/backing-file.ts'
import { HostKernel } from '../engine/native/host-kernel.ts'
import { HostWindow } from '../engine/native/host-window.ts'
import { type Plan, planAll, planWork, recordPlan, rowsWork, type Site } from '../engine/native/lane-work.ts'
import { Libc } from '../engine/native/libc.ts'
import type { Work } from '../engine/native/measure.ts'
import { playPlainly } from '../engine/native/recorded-calls.ts'
import { type Verified, verifyPlan } from '../engine/native/verify.ts'
import { OpsRows } from '../engine/ops-rows.ts'
import type { StrategySizes } from '../engine/strategy/strategy.ts'
import type { WindowOps } from '../engine/window-ops.ts'
import { openPool, strategyNamed } from './compose.ts'
import type { RunRequest } from './request.ts'
import { mappedPages } from './support.ts'
import type { TimedPart, TimedWork } from './timing-child.ts'

/** Stage one by its request, or operations that are already there. */
export type LaneTask =
  | PoolTask
  | {
      readonly kind: 'rows'
      readonly strategy: string
      readonly sizes: StrategySizes
      readonly writtenShare: number
      readonly traces: readonly RowsTrace[]
    }

export interface PoolTask {
  readonly kind: 'pool'
  readonly strategy: string
  readonly request: RunRequest
}

/** OpsRows as they travel, and how many of them are not counted. */
export interface RowsTrace {
  readonly rows: Pick<OpsRows, 'op' | 'vpn' | 'pages' | 'pgoff' | 'length'>
  readonly warmup: number
}

export interface OpenedWorks {
  readonly kernel: HostKernel
  /** One for each trace; of a pool there is one. */
  readonly works: readonly Work[]
  readonly traceHash: string
  /** Of a pool: does its work once more and looks at what the window shows. */
  verify?(): Verified
}

/** Work that is timed, and what is done in it. */
export interface TimedJob {
  readonly work: Work
  readonly done: TimedWork
  /** After a round: a negative errno if a call was refused that the section itself did not look at. */
  refused?(): number
}

/** The backing file, in a process that was started with it. */
export const FILE_DESCRIPTOR = 3
/** Runs before anything is counted, for the compiler of the process. */
const WARM_RUNS = 3

/** To be called first: from here on the process ends with the one that started it, and leaves no core file. */
export function enter(parent: number): Libc {
  const libc = new Libc()
  if (!libc.dieWith(parent)) throw new Error('the process that asked has gone')
  libc.forbidCoreFiles()
  return libc
}

/** Plans and maps; what it returns has run before. */
export function openWorks(libc: Libc, task: LaneTask): OpenedWorks {
  return task.kind === 'pool' ? openPlan(libc, task) : openRows(libc, task)
}

function openPlan(libc: Libc, task: PoolTask): OpenedWorks {
  const { site, plan, window } = planOf(libc, task)
  const verify = () => verifyPlan(site, window, plan)
  return { kernel: site.kernel, works: [planWork(site, plan)], traceHash: plan.traceHash, verify }
}

/** The same for timing: with its first part, and that part again by a bare loop, of the same calls at the same places. */
export function openTimedWorks(libc: Libc, task: PoolTask): Readonly<Record<TimedPart, TimedJob>> {
  const { site, plan, window } = planOf(libc, task)
  const sample = { ...plan, counted: plan.counted.slice(0, 1) }
  const recorded = recordPlan(site, sample, window)
  const sampleWork = planWork(site, sample)
  const plainWork = {
    prepare: sampleWork.prepare,
    section: () => {
      playPlainly(libc, window.views, recorded)
      return 0
    },
  }
  warm(plainWork)
  const done = doneIn(sample)
  return {
    whole: { work: planWork(site, plan), done: doneIn(plan) },
    sample: { work: sampleWork, done },
    plain: { work: plainWork, done, refused: () => recorded.firstError() },
  }
}

function doneIn({ counted }: Plan): TimedWork {
  const sum = (of: (block: WindowOps) => number) => counted.reduce((total, block) => total + of(block), 0)
  return { accesses: sum(block => block.touches), remaps: sum(block => block.remaps) }
}

function planOf(libc: Libc, { strategy, request }: PoolTask) {
  const { sizes, source, pool } = openPool(request)
  const plan = planAll(source, pool, request.warmup, request.accesses)
  const { site, window } = siteOf(libc, strategy, sizes, request.writtenShare)
  warm(planWork(site, { ...plan, warmup: [], counted: plan.counted.slice(0, 1) }))
  return { plan, site, window }
}

function openRows(libc: Libc, task: Extract<LaneTask, { kind: 'rows' }>): OpenedWorks {
  const { strategy, sizes, traces, writtenShare } = task
  const { site } = siteOf(libc, strategy, sizes, writtenShare)
  const works = traces.map(({ rows, warmup }) => rowsWork(site, Object.assign(new OpsRows(), rows), warmup))
  if (works.length > 0) warm(works[0]!)
  return { kernel: site.kernel, works, traceHash: '' }
}

function siteOf(libc: Libc, strategy: string, sizes: StrategySizes, writtenShare: number) {
  const entry = strategyNamed(strategy)
  const window = new HostWindow(libc, mappedPages(entry, sizes))
  const kernel = new HostKernel(window, FILE_DESCRIPTOR)
  const isAbsent = absentPages(writtenShare)
  const site: Site = { libc, kernel, descriptor: FILE_DESCRIPTOR, entry, sizes, isAbsent }
  return { site, window }
}

function warm(work: Work): void {
  for (let i = 0; i < WARM_RUNS; i++) {
    work.prepare()
    work.section()
  }
}
