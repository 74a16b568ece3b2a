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
import { BYTES_PER_ACCESS, frameBytes, laneHindrance, limitMs, roomHindrance } from './host-lanes.ts'
import { createBackingFile } from './host-process.ts'
import type { RunRequest } from './request.ts'
import { TimedLane } from './timed-lane.ts'
import { unitRuns } from './timed-units.ts'
import type { TimedPart } from './timing-child.ts'

/** What a Node process takes beside its plan and its frames. */
const PROCESS_BYTES = 2 ** 27
const PARTS: readonly TimedPart[] = ['whole', 'sample', 'plain']
const STOPPED: LaneTimes = { own: null, why: 'interrupted', harness: null, atUnits: [] }

/** Work that is timed, and how many rounds it takes at most. */
export interface TimingRun {
  readonly steps: number
  /** The rows, those of lanes that completed on the running kernel with how long they take, or why that is not known. */
  run(onProgress: (rounds: number) => void): Promise<readonly ReportRow[]>
}

/** `isStopped` is asked before each round: once it says so, nothing more is timed, and nothing that was is kept. */
export function timing(request: RunRequest, rows: readonly ReportRow[], isStopped: () => Promise<boolean>): TimingRun {
  const lanes = rows.filter(({ result: { spec, outcome } }) => spec.kernel === HOST && outcome.state === 'completed')
  const strategies = lanes.map(({ result: { spec } }) => spec.strategy)
  const units = request.findsUnits && lanes.length > 1 ? unitRuns(request) : []
  const steps = units.reduce(
    (sum, unit) => sum + possibleOf(strategies, unit).length * (unit.timedRounds + 1),
    lanes.length * PARTS.length * (request.timedRounds + 1),
  )
  const run = async (onProgress: (rounds: number) => void) => {
    if (lanes.length === 0) return rows
    const times = await timesOfAll(request, strategies, units, { isStopped, onProgress })
    return rows.map(row => (lanes.includes(row) ? { ...row, times: times[lanes.indexOf(row)]! } : row))
  }
  return { steps, run }
}

interface Listener {
  readonly isStopped: () => Promise<boolean>
  readonly onProgress: (rounds: number) => void
}

/** Those of each strategy. */
async function timesOfAll(
  request: RunRequest,
  strategies: readonly string[],
  units: readonly RunRequest[],
  { isStopped, onProgress }: Listener,
): Promise<readonly LaneTimes[]> {
  const hindrance = roomForAll(request, strategies)
  if (hindrance !== null) return strategies.map(() => ({ ...STOPPED, why: hindrance.why }))
  const descriptor = createBackingFile(request.fileBytes / PAGE_BYTES, request.writtenShare, request.hostFile)
  let rounds = 0
  const onRound = async () => {
    if (await isStopped()) throw new Error(STOPPED.why)
    onProgress(rounds++)
  }
  const site = { descriptor, onRound }
  try {
    const own = await timeLanes(strategies, request, PARTS, site)
    const atUnits: (readonly LaneParts[])[] = []
    for (const unit of units) {
      if (!(await isStopped())) atUnits.push(await timeLanes(strategies, unit, ['whole'], site))
    }
    if (await isStopped()) return strategies.map(() => STOPPED)
    return own.map(({ whole, sample, plain }, lane) => {
      const atUnit = units.map(({ unitBytes }, i) => ({ unitBytes, found: atUnits[i]![lane]!.whole }))
      const died = [whole, sample, plain, ...atUnit.map(({ found }) => found)].find(part => part instanceof Error)
      return {
        own: timesIn(whole),
        why: died?.message ?? '',
        harness: timesIn(sample) && timesIn(plain) && { sample: timesIn(sample)!, plain: timesIn(plain)! },
        atUnits: atUnit.map(({ unitBytes, found }) => ({ unitBytes, times: timesIn(found) })),
      }
    })
  } finally {
    closeSync(descriptor)
  }
}

/** All lanes are there at the same time: each with its plan, and where it copies with its frames. */
export function roomForAll(request: RunRequest, strategies: readonly string[]): Hindrance | null {
  const accesses = request.accesses + request.warmup
  const each = strategies.map(
    strategy => accesses * BYTES_PER_ACCESS + frameBytes(strategyNamed(strategy), request, accesses) + PROCESS_BYTES,
  )
  return roomHindrance(
    request,
    accesses,
    each.reduce((sum, bytes) => sum + bytes, 0),
  )
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
  const possible = possibleOf(strategies, request)
  const lanes: TimedLane[] = []
  try {
    for (const strategy of possible) {
      lanes.push(new TimedLane({ kind: 'pool', strategy, request }, descriptor, limitMs(request)))
    }
    const contestants = lanes.flatMap(lane => parts.map(part => roundOf(lane, part, onRound)))
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
  } catch (error) {
    return strategies.map(() => ({ whole: error as Error })) // a process could not be started
  } finally {
    await Promise.all(lanes.map(lane => lane.close()))
  }
}

function roundOf(lane: TimedLane, part: TimedPart, onRound: () => Promise<void>): Contestant {
  return async () => {
    await onRound()
    return lane.round(part)
  }
}

function timesIn(part: Times | Error | undefined): Times | null {
  return part === undefined || part instanceof Error ? null : part
}

/** The strategies whose lanes fit this machine. */
function possibleOf(strategies: readonly string[], request: RunRequest): readonly string[] {
  const sizes = geometry(request.fileBytes, request.windowBytes, request.unitBytes)
  const mostRemaps = request.accesses + request.warmup
  return strategies.filter(name => laneHindrance({ strategy: strategyNamed(name), sizes, mostRemaps }) === null)
}
