// For which cache units a verdict holds: the same comparison, shorter, at other units.
//
// Tried only where a lane leads and its window was full at the end: before that, what is counted is filling it. Each short
// run makes some accesses for each slot of its window first; how full that makes it is the workload's.

import { PAGE_BYTES } from '../engine/units.ts'
import type { ReportRow } from '../reports/report.ts'
import { type UnitRange, unitRange } from '../reports/unit-range.ts'
import { judgements } from '../reports/verdict.ts'
import { compose } from './compose.ts'
import { EnvironmentError } from './errors.ts'
import type { RunRequest } from './request.ts'

/** Accesses counted in a short run, and before it for each slot of the window. */
const COUNTED = 200_000
const WARMUP_PER_SLOT = 3
const LARGEST_BYTES = 2 ** 20
/** A window of fewer slots is no cache. */
const LEAST_SLOTS = 16
/** Of more lanes than these the short runs would take longer than the run. */
const MOST_LANES = 12

/**
 * The rows, those of lanes that lead with the units for which they do. `isStopped` is asked before each short run: once it
 * says so, what has not been found out is left open.
 */
export async function withUnits(
  request: RunRequest,
  rows: readonly ReportRow[],
  isStopped: () => Promise<boolean>,
): Promise<readonly ReportRow[]> {
  if (request.opsFile !== null || rows.length > MOST_LANES) return rows
  const found = new Map<ReportRow, UnitRange>()
  for (const { leader } of judgements(rows)) {
    if (leader === null || !isWorthTrying(leader)) continue
    const range = await rangeOf(request, leader, isStopped)
    if (range !== null) found.set(leader, range)
  }
  return rows.map(row => (found.has(row) ? { ...row, units: found.get(row)! } : row))
}

/** A lane on the running kernel takes its time, and its machine. */
function isWorthTrying({ result: { spec, windowsFull, measured } }: ReportRow): boolean {
  return spec.processes === 1 && windowsFull === true && measured === undefined
}

async function rangeOf(
  request: RunRequest,
  { result: { spec } }: ReportRow,
  isStopped: () => Promise<boolean>,
): Promise<UnitRange | null> {
  const search = unitRange(unitsOf(request), spec.unitBytes, spec.strategy)
  let step = search.next()
  while (!step.done) {
    if (await isStopped()) return null
    step = search.next(leaderOf(shortRun(request, spec.kernel, step.value)))
  }
  return step.value
}

/** The same of one process on one kernel at another unit, with nothing asked but the counts. */
export function shortRun(request: RunRequest, kernel: string, unitBytes: number): RunRequest {
  const { accesses, windowBytes } = request
  return {
    ...request,
    unitBytes,
    warmup: Math.min(accesses, (WARMUP_PER_SLOT * windowBytes) / unitBytes),
    accesses: Math.min(accesses, COUNTED),
    kernels: [kernel],
    processes: [1],
    breakdown: false,
    explained: [],
    timedRounds: 0,
  }
}

/** Powers of two that divide file and window, the run's own among them. */
function unitsOf(request: RunRequest): readonly number[] {
  const { unitBytes } = request
  const units: number[] = []
  for (let unit = PAGE_BYTES; unit <= LARGEST_BYTES; unit *= 2) {
    if (isFit(request, unit) || unit === unitBytes) units.push(unit)
  }
  return units.includes(unitBytes) ? units : [unitBytes]
}

/** Whether file and window consist of such units, and the window has slots enough to be a cache. */
export function isFit({ fileBytes, windowBytes }: RunRequest, unit: number): boolean {
  return fileBytes % unit === 0 && windowBytes % unit === 0 && windowBytes / unit >= LEAST_SLOTS
}

/** Tables that do not fit decide nothing. */
function leaderOf(request: RunRequest): string | null {
  try {
    const [judgement] = judgements(compose(request).run(() => {}))
    return judgement?.leader?.result.spec.strategy ?? null
  } catch (error) {
    if (error instanceof EnvironmentError) return null
    throw error
  }
}
