// The process that measures: one for each lane on the running kernel, so that a signal costs a row and not the program.
//
// It is started by host-process.ts, pinned to one CPU, with the backing file as descriptor 3. A request comes in on standard
// input, counters go out on standard output; nothing is written anywhere, and it ends with its parent.

import { readFileSync, writeSync } from 'node:fs'
import { cpus } from 'node:os'
import { deserialize, serialize } from 'node:v8'
import { CALIBRATION_PAGES, type Calibration, calibrate } from '../engine/native/calibrate.ts'
import { HostKernel, WINDOW_CALLS } from '../engine/native/host-kernel.ts'
import { HostWindow } from '../engine/native/host-window.ts'
import { type LimitRun, runAtLimit } from '../engine/native/limit-run.ts'
import { type Measurement, measure, type Patience } from '../engine/native/measure.ts'
import { type Level, Meter } from '../engine/native/meter.ts'
import { hasTracefs, TRACEFS } from '../engine/native/perf-events.ts'
import { type SectionTimes, sectionTimes } from '../engine/native/section-times.ts'
import type { Verified } from '../engine/native/verify.ts'
import { OpsRows } from '../engine/ops-rows.ts'
import type { StrategySizes } from '../engine/strategy/strategy.ts'
import { strategyNamed } from './compose.ts'
import { enter, FILE_DESCRIPTOR, type LaneTask, openWorks, type RowsTrace } from './lane-task.ts'

/** What is asked of the process. */
export type ChildTask =
  | { readonly kind: 'calibrate' }
  | PricesTask
  | {
      readonly kind: 'count'
      readonly work: LaneTask
      readonly patience: Patience
      /** Whether to look at what the window shows, too; of a pool alone. */
      readonly verifies?: boolean
    }
  | LimitTask

/** How long what prices are made of takes, in so many rounds. */
export interface PricesTask {
  readonly kind: 'prices'
  readonly rounds: number
}

/** Operations at the limit of vmas. */
export interface LimitTask {
  readonly kind: 'limit'
  readonly strategy: string
  readonly sizes: StrategySizes
  readonly rows: RowsTrace['rows']
  /** vm.max_map_count. */
  readonly mapLimit: number
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
  /** null if nobody asked. */
  readonly verified: Verified | null
}

/** What a task is answered by. */
export type AnswerTo<Task> = [Task] extends [LimitTask]
  ? LimitRun
  : [Task] extends [PricesTask]
    ? SectionTimes
    : ChildAnswer

const { parent, task } = deserialize(readFileSync(0)) as ChildRequest
const libc = enter(parent)
if (!hasTracefs()) libc.mountTracefs(TRACEFS)
// Only where another CPU is left for everybody else.
const ranFirst = cpus().length > 1 && libc.runFirst(true) && libc.runFirst(false)
writeAll(serialize(perform(task)))

function perform(task: ChildTask): ChildAnswer | LimitRun | SectionTimes {
  if (task.kind === 'prices') return sectionTimes(libc, FILE_DESCRIPTOR, task.rounds)
  if (task.kind === 'calibrate') {
    const kernel = new HostKernel(new HostWindow(libc, CALIBRATION_PAGES), FILE_DESCRIPTOR)
    const meter = meterOf(kernel)
    return {
      ...about(meter),
      calibration: calibrate(kernel, meter, ranFirst),
      measurements: [],
      traceHash: '',
      verified: null,
    }
  }
  if (task.kind === 'limit') {
    const { sizes, mapLimit } = task
    const site = { libc, descriptor: FILE_DESCRIPTOR, entry: strategyNamed(task.strategy), sizes, mapLimit }
    return runAtLimit(site, Object.assign(new OpsRows(), task.rows))
  }
  const { kernel, works, traceHash, verify } = openWorks(libc, task.work)
  const meter = meterOf(kernel)
  const measurements = works.map(work => measure(meter, kernel, work, ranFirst, task.patience))
  const verified = task.verifies ? (verify?.() ?? null) : null
  return { ...about(meter), calibration: null, measurements, traceHash, verified }
}

function meterOf(kernel: HostKernel): Meter {
  return new Meter(libc, kernel.base, kernel.bytes, WINDOW_CALLS)
}

function about({ level, why }: Meter): Pick<ChildAnswer, 'level' | 'why' | 'ranFirst'> {
  return { level, why, ranFirst }
}

/** A pipe takes what fits. */
function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at)
}
