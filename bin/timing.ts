// Times lanes on the running kernel by turns, each in a process of its own: those of a run, and, shorter, the same at several
// units, where one mechanism may overtake another. What they count is known by then.

import { closeSync } from 'node:fs'
import { HOST } from '../engine/native/host-model.ts'
import { timeByTurns } from '../engine/timing.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import { geometry } from '../engine/window.ts'
import type { LaneTimes, ReportRow } from '../reports/report.ts'
import { strategyNamed } from './compose.ts'
import { hostHindrance, limitMs } from './host-lanes.ts'
import { createBackingFile } from './host-process.ts'
import type { RunRequest } from './request.ts'
import { TimedLane } from './timed-lane.ts'
import { isFit, shortRun } from './units.ts'

/** Units at which lanes are timed, where they fit. */
const UNITS = [2 ** 12, 2 ** 14, 2 ** 16, 2 ** 18, 2 ** 20, 2 ** 21]
/** What is enough there: rounds, and accesses, fewer where each may copy more. */
const UNIT_ROUNDS = 5
const MOST_ACCESSES = 20_000
const LEAST_ACCESSES = 1000
const UNIT_BYTES = 2 ** 28

/** The times of one lane, null where it cannot run; or how it died. */
type Outcome = LaneTimes['own'] | Error

/** The rows, those of lanes that completed on the running kernel with how long they take. */
export async function withTimes(request: RunRequest, rows: readonly ReportRow[]): Promise<readonly ReportRow[]> {
  const lanes = rows.filter(({ result: { spec, outcome } }) => spec.kernel === HOST && outcome.state === 'completed')
  if (lanes.length === 0) return rows
  const strategies = lanes.map(({ result: { spec } }) => spec.strategy)
  const descriptor = createBackingFile(request.fileBytes / PAGE_BYTES, request.writtenShare)
  try {
    const own = await timeLanes(strategies, request, descriptor)
    const units = request.findsUnits && strategies.length > 1 ? UNITS.filter(unit => isFit(request, unit)) : []
    const atUnits: (readonly Outcome[])[] = []
    for (const unitBytes of units) atUnits.push(await timeLanes(strategies, shorter(request, unitBytes), descriptor))
    const timesOf = (lane: number): LaneTimes => {
      const found = own[lane]!
      return {
        own: found instanceof Error ? null : found,
        why: found instanceof Error ? found.message : '',
        atUnits: units.map((unitBytes, i) => {
          const times = atUnits[i]![lane]!
          return { unitBytes, times: times instanceof Error ? null : times }
        }),
      }
    }
    return rows.map(row => (lanes.includes(row) ? { ...row, times: timesOf(lanes.indexOf(row)) } : row))
  } finally {
    closeSync(descriptor)
  }
}

/** One of each strategy; null for one that does not fit this machine at this unit. */
async function timeLanes(
  strategies: readonly string[],
  request: RunRequest,
  descriptor: number,
): Promise<readonly Outcome[]> {
  const lanes = strategies.map(strategy =>
    fits(strategy, request) ? new TimedLane({ kind: 'pool', strategy, request }, descriptor, limitMs(request)) : null,
  )
  const running = lanes.filter(lane => lane !== null)
  try {
    const timings = await timeByTurns(running, request.timedRounds)
    return lanes.map(lane => {
      if (lane === null) return null
      const timing = timings[running.indexOf(lane)]!
      return timing instanceof Error ? timing : { ...timing, ...lane.work }
    })
  } finally {
    await Promise.all(running.map(lane => lane.close()))
  }
}

function fits(strategy: string, request: RunRequest): boolean {
  const sizes = geometry(request.fileBytes, request.windowBytes, request.unitBytes)
  const mostRemaps = request.accesses + request.warmup
  return hostHindrance({ strategy: strategyNamed(strategy), sizes, request, mostRemaps }) === null
}

function shorter(request: RunRequest, unitBytes: number): RunRequest {
  const short = shortRun(request, HOST, unitBytes)
  return {
    ...short,
    accesses: Math.min(short.accesses, MOST_ACCESSES, Math.max(UNIT_BYTES / unitBytes, LEAST_ACCESSES)),
    timedRounds: Math.min(request.timedRounds, UNIT_ROUNDS),
  }
}
