// Times lanes on the running kernel by turns, each in a process of its own: those of a run, and, shorter, the same at several
// units, where one mechanism may overtake another. What they count is known by then.
//
// A part of each lane's work is also timed in turns with a bare loop of the same calls: what is left is the harness's own.

import { closeSync } from 'node:fs'
import { HOST } from '../engine/native/host-model.ts'
import { type Contestant, timeByTurns } from '../engine/timing.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import { geometry } from '../engine/window.ts'
import type { LaneTimes, ReportRow, Times } from '../reports/report.ts'
import { strategyNamed } from './compose.ts'
import type { Hindrance } from './host-guard.ts'
import { BYTES_PER_ACCESS, laneHindrance, limitMs, roomHindrance } from './host-lanes.ts'
import { createBackingFile } from './host-process.ts'
import type { RunRequest } from './request.ts'
import { TimedLane } from './timed-lane.ts'
import type { TimedPart } from './timing-child.ts'
import { isFit, shortRun } from './units.ts'

/** Units at which lanes are timed, where they fit. */
const UNITS = [2 ** 12, 2 ** 14, 2 ** 16, 2 ** 18, 2 ** 20, 2 ** 21]
/** What is enough there: rounds, and accesses, fewer where each may copy more. */
const UNIT_ROUNDS = 5
const MOST_ACCESSES = 20_000
const LEAST_ACCESSES = 1000
const UNIT_BYTES = 2 ** 28
/** What a Node process takes beside that. */
const PROCESS_BYTES = 2 ** 27
const PARTS: readonly TimedPart[] = ['whole', 'sample', 'plain']

/** Work that is timed, and how many rounds it takes at most. */
export interface TimingRun {
  readonly steps: number
  /** The rows, those of lanes that completed on the running kernel with how long they take; as they were if it is stopped. */
  run(onProgress: (rounds: number) => void): Promise<readonly ReportRow[]>
}

export function timing(request: RunRequest, rows: readonly ReportRow[], isStopped: () => Promise<boolean>): TimingRun {
  const lanes = rows.filter(({ result: { spec, outcome } }) => spec.kernel === HOST && outcome.state === 'completed')
  const isCompared = request.findsUnits && lanes.length > 1
  const units = isCompared ? UNITS.filter(unit => isFit(request, unit)) : []
  const roundsAtUnits = units.map(unit => shorter(request, unit).timedRounds + 1)
  const rounds = PARTS.length * (request.timedRounds + 1) + roundsAtUnits.reduce((sum, rounds) => sum + rounds, 0)
  return {
    steps: lanes.length * rounds,
    run: async onProgress =>
      lanes.length === 0 ? rows : timeAll(request, rows, { lanes, units, isStopped, onProgress }),
  }
}

/** What is timed, and until when. */
interface TimingPlan {
  readonly lanes: readonly ReportRow[]
  readonly units: readonly number[]
  readonly isStopped: () => Promise<boolean>
  readonly onProgress: (rounds: number) => void
}

async function timeAll(
  request: RunRequest,
  rows: readonly ReportRow[],
  { lanes, units, isStopped, onProgress }: TimingPlan,
): Promise<readonly ReportRow[]> {
  const strategies = lanes.map(({ result: { spec } }) => spec.strategy)
  const hindrance = roomForAll(request, lanes.length)
  if (hindrance !== null) return withTimesOf(rows, lanes, () => ({ ...NO_TIMES, why: hindrance.why }))
  const descriptor = createBackingFile(request.fileBytes / PAGE_BYTES, request.writtenShare, request.hostFile)
  let rounds = 0
  const onRound = async () => {
    if (await isStopped()) throw new Error('stopped')
    onProgress(rounds++)
  }
  const site = { descriptor, onRound }
  try {
    const own = await timeLanes(strategies, request, PARTS, site)
    const atUnits: (readonly LaneParts[])[] = []
    for (const unit of units) atUnits.push(await timeLanes(strategies, shorter(request, unit), ['whole'], site))
    if (await isStopped()) return rows
    const timesOf = (lane: number): LaneTimes => {
      const { whole, sample, plain } = own[lane]!
      const died = [whole, sample, plain].find(part => part instanceof Error)
      return {
        own: timesIn(whole),
        why: died?.message ?? '',
        harness: died === undefined ? { sample: timesIn(sample)!, plain: timesIn(plain)! } : null,
        atUnits: units.map((unitBytes, i) => ({ unitBytes, times: timesIn(atUnits[i]![lane]!.whole) })),
      }
    }
    return withTimesOf(rows, lanes, timesOf)
  } finally {
    closeSync(descriptor)
  }
}

const NO_TIMES: LaneTimes = { own: null, why: '', harness: null, atUnits: [] }

function withTimesOf(
  rows: readonly ReportRow[],
  lanes: readonly ReportRow[],
  timesOf: (lane: number) => LaneTimes,
): readonly ReportRow[] {
  return rows.map(row => (lanes.includes(row) ? { ...row, times: timesOf(lanes.indexOf(row)) } : row))
}

/** All lanes are there at the same time: each with its plan, and where it copies with its frames. */
function roomForAll(request: RunRequest, lanes: number): Hindrance | null {
  const accesses = request.accesses + request.warmup
  return roomHindrance(request, accesses, lanes * (accesses * BYTES_PER_ACCESS + request.windowBytes + PROCESS_BYTES))
}

/** Where lanes are timed; `onRound` is called before each round and may put an end to it. */
interface Site {
  readonly descriptor: number
  readonly onRound: () => Promise<void>
}

/** Times of the parts that were asked for, or how the lane died; none where it does not fit this machine. */
type LaneParts = Readonly<Partial<Record<TimedPart, Times | Error>>>

/** These parts of one lane of each strategy, all of them by turns. */
async function timeLanes(
  strategies: readonly string[],
  request: RunRequest,
  parts: readonly TimedPart[],
  { descriptor, onRound }: Site,
): Promise<readonly LaneParts[]> {
  const possible = strategies.filter(strategy => fits(strategy, request))
  const lanes = possible.map(
    strategy => new TimedLane({ kind: 'pool', strategy, request }, descriptor, limitMs(request)),
  )
  const contestants = lanes.flatMap(lane =>
    parts.map(
      (part): Contestant =>
        async () => {
          await onRound()
          return lane.round(part)
        },
    ),
  )
  try {
    const timings = await timeByTurns(contestants, request.timedRounds)
    return strategies.map(strategy => {
      const lane = possible.indexOf(strategy)
      if (lane < 0) return {}
      const entries = parts.map((part, i) => {
        const timing = timings[lane * parts.length + i]!
        return [part, timing instanceof Error ? timing : { ...timing, ...lanes[lane]!.work[part]! }]
      })
      return Object.fromEntries(entries) as LaneParts
    })
  } finally {
    await Promise.all(lanes.map(lane => lane.close()))
  }
}

function timesIn(part: Times | Error | undefined): Times | null {
  return part === undefined || part instanceof Error ? null : part
}

function fits(strategy: string, request: RunRequest): boolean {
  const sizes = geometry(request.fileBytes, request.windowBytes, request.unitBytes)
  const mostRemaps = request.accesses + request.warmup
  return laneHindrance({ strategy: strategyNamed(strategy), sizes, mostRemaps }) === null
}

function shorter(request: RunRequest, unitBytes: number): RunRequest {
  const short = shortRun(request, HOST, unitBytes)
  return {
    ...short,
    accesses: Math.min(short.accesses, MOST_ACCESSES, Math.max(UNIT_BYTES / unitBytes, LEAST_ACCESSES)),
    timedRounds: Math.min(request.timedRounds, UNIT_ROUNDS),
  }
}
