// The process that measures: one for each lane on the running kernel, so that a signal costs a row and not the program.
//
// It is started by host-process.ts, pinned to one CPU, with the backing file as descriptor 3. A request comes in on standard
// input, counters go out on standard output; nothing is written anywhere, and it ends with its parent.

import { readFileSync, writeSync } from 'node:fs'
import { cpus } from 'node:os'
import { deserialize, serialize } from 'node:v8'
import { absentPages } from '../engine/backing-file.ts'
import { CALIBRATION_PAGES, type Calibration, calibrate } from '../engine/native/calibrate.ts'
import { HostKernel, WINDOW_CALLS } from '../engine/native/host-kernel.ts'
import { HostWindow } from '../engine/native/host-window.ts'
import { planAll, planWork, rowsWork, type Site } from '../engine/native/lane-work.ts'
import { Libc } from '../engine/native/libc.ts'
import { type LimitRun, runAtLimit } from '../engine/native/limit-run.ts'
import { type Measurement, measure, type Patience, type Work } from '../engine/native/measure.ts'
import { type Level, Meter } from '../engine/native/meter.ts'
import { hasTracefs, TRACEFS } from '../engine/native/perf-events.ts'
import { OpsRows } from '../engine/ops-rows.ts'
import type { StrategyEntry, StrategySizes } from '../engine/strategy/strategy.ts'
import { openPool, strategyNamed } from './compose.ts'
import type { RunRequest } from './request.ts'
import { mappedPages } from './support.ts'

/** What is asked of the process. */
export type ChildTask =
  | { readonly kind: 'calibrate' }
  | { readonly kind: 'pool'; readonly strategy: string; readonly request: RunRequest; readonly patience: Patience }
  | {
      readonly kind: 'rows'
      readonly strategy: string
      readonly sizes: StrategySizes
      readonly writtenShare: number
      readonly traces: readonly RowsTrace[]
      readonly patience: Patience
    }
  | LimitTask

/** Operations at the limit of vmas. */
export interface LimitTask {
  readonly kind: 'limit'
  readonly strategy: string
  readonly sizes: StrategySizes
  readonly rows: RowsTrace['rows']
  /** vm.max_map_count. */
  readonly mapLimit: number
}

/** OpsRows as they travel, and how many of them are not counted. */
export interface RowsTrace {
  readonly rows: Pick<OpsRows, 'op' | 'vpn' | 'pages' | 'pgoff' | 'length'>
  readonly warmup: number
}

export interface ChildRequest {
  readonly parent: number
  readonly task: ChildTask
}

/** What comes back. */
export interface ChildAnswer {
  readonly level: Level
  /** Why no more was counted; empty if all was. */
  readonly why: string
  /** Whether the counted sections ran before all other threads of their CPU. */
  readonly ranFirst: boolean
  readonly calibration: Calibration | null
  readonly measurements: readonly Measurement[]
  readonly traceHash: string
}

/** What a task is answered by. */
export type AnswerTo<Task> = [Task] extends [LimitTask] ? LimitRun : ChildAnswer

/** The backing file. */
const FILE_DESCRIPTOR = 3
/** Runs before counting, for the compiler of this process. */
const WARM_RUNS = 3

const { parent, task } = deserialize(readFileSync(0)) as ChildRequest
const libc = new Libc()
if (!libc.dieWith(parent)) throw new Error('the process that asked has gone')
libc.forbidCoreFiles()
if (!hasTracefs()) libc.mountTracefs(TRACEFS)
// Only where another CPU is left for everybody else.
const ranFirst = cpus().length > 1 && libc.runFirst(true) && libc.runFirst(false)
writeAll(serialize(perform(task)))

function perform(task: ChildTask): ChildAnswer | LimitRun {
  if (task.kind === 'calibrate') {
    const { kernel, meter } = site(CALIBRATION_PAGES)
    return { ...about(meter), calibration: calibrate(kernel, meter, ranFirst), measurements: [], traceHash: '' }
  }
  const entry = strategyNamed(task.strategy)
  if (task.kind === 'limit') {
    const { sizes, mapLimit } = task
    return runAtLimit(
      { libc, descriptor: FILE_DESCRIPTOR, entry, sizes, mapLimit },
      Object.assign(new OpsRows(), task.rows),
    )
  }
  return task.kind === 'pool' ? performPool(task.request, entry, task.patience) : performRows(task, entry)
}

function performPool(request: RunRequest, entry: StrategyEntry, patience: Patience): ChildAnswer {
  const { sizes, source, pool } = openPool(request)
  const plan = planAll(source, pool, request.warmup, request.accesses)
  const { kernel, meter } = site(mappedPages(entry, sizes))
  const place = placeOf(kernel, entry, sizes, request.writtenShare)
  warm(planWork(place, { ...plan, warmup: [], counted: plan.counted.slice(0, 1) }))
  const measurement = measure(meter, kernel, planWork(place, plan), ranFirst, patience)
  return { ...about(meter), calibration: null, measurements: [measurement], traceHash: plan.traceHash }
}

function performRows(task: Extract<ChildTask, { kind: 'rows' }>, entry: StrategyEntry): ChildAnswer {
  const { sizes, traces, writtenShare, patience } = task
  const { kernel, meter } = site(entry.maps === 'file' ? sizes.filePages : sizes.windowPages)
  const place = placeOf(kernel, entry, sizes, writtenShare)
  const works = traces.map(({ rows, warmup }) => rowsWork(place, Object.assign(new OpsRows(), rows), warmup))
  if (works.length > 0) warm(works[0])
  const measurements = works.map(work => measure(meter, kernel, work, ranFirst, patience))
  return { ...about(meter), calibration: null, measurements, traceHash: '' }
}

function site(windowPages: number) {
  const kernel = new HostKernel(new HostWindow(libc, windowPages), FILE_DESCRIPTOR)
  return { kernel, meter: new Meter(libc, kernel.base, kernel.bytes, WINDOW_CALLS) }
}

function placeOf(kernel: HostKernel, entry: StrategyEntry, sizes: StrategySizes, writtenShare: number): Site {
  return { libc, kernel, descriptor: FILE_DESCRIPTOR, entry, sizes, isAbsent: absentPages(writtenShare) }
}

function warm(work: Work): void {
  for (let i = 0; i < WARM_RUNS; i++) {
    work.prepare()
    work.section()
  }
}

function about({ level, why }: Meter): Pick<ChildAnswer, 'level' | 'why' | 'ranFirst'> {
  return { level, why, ranFirst }
}

/** A pipe takes what fits. */
function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at)
}
