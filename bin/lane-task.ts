// A lane's work as it is sent to a process of its own, and what that process makes of it.

import { absentPages } from '../engine/backing-file.ts'
import { HostKernel } from '../engine/native/host-kernel.ts'
import { HostWindow } from '../engine/native/host-window.ts'
import { planAll, planWork, rowsWork, type Site } from '../engine/native/lane-work.ts'
import { Libc } from '../engine/native/libc.ts'
import type { Work } from '../engine/native/measure.ts'
import { OpsRows } from '../engine/ops-rows.ts'
import type { StrategySizes } from '../engine/strategy/strategy.ts'
import { openPool, strategyNamed } from './compose.ts'
import type { RunRequest } from './request.ts'
import { mappedPages } from './support.ts'

/** Stage one by its request, or operations that are already there. */
export type LaneTask =
  | { readonly kind: 'pool'; readonly strategy: string; readonly request: RunRequest }
  | {
      readonly kind: 'rows'
      readonly strategy: string
      readonly sizes: StrategySizes
      readonly writtenShare: number
      readonly traces: readonly RowsTrace[]
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

function openPlan(libc: Libc, { strategy, request }: Extract<LaneTask, { kind: 'pool' }>): OpenedWorks {
  const { sizes, source, pool } = openPool(request)
  const plan = planAll(source, pool, request.warmup, request.accesses)
  const site = siteOf(libc, strategy, sizes, request.writtenShare)
  warm(planWork(site, { ...plan, warmup: [], counted: plan.counted.slice(0, 1) }))
  return { kernel: site.kernel, works: [planWork(site, plan)], traceHash: plan.traceHash }
}

function openRows(libc: Libc, task: Extract<LaneTask, { kind: 'rows' }>): OpenedWorks {
  const { strategy, sizes, traces, writtenShare } = task
  const site = siteOf(libc, strategy, sizes, writtenShare)
  const works = traces.map(({ rows, warmup }) => rowsWork(site, Object.assign(new OpsRows(), rows), warmup))
  if (works.length > 0) warm(works[0]!)
  return { kernel: site.kernel, works, traceHash: '' }
}

function siteOf(libc: Libc, strategy: string, sizes: StrategySizes, writtenShare: number): Site {
  const entry = strategyNamed(strategy)
  const kernel = new HostKernel(new HostWindow(libc, mappedPages(entry, sizes)), FILE_DESCRIPTOR)
  return { libc, kernel, descriptor: FILE_DESCRIPTOR, entry, sizes, isAbsent: absentPages(writtenShare) }
}

function warm(work: Work): void {
  for (let i = 0; i < WARM_RUNS; i++) {
    work.prepare()
    work.section()
  }
}
