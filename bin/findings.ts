// What is found out after the counts: for which units a verdict holds, and how long the running kernel takes.

import type { ReportRow } from '../reports/report.ts'
import type { RunRequest } from './request.ts'
import { withProgress } from './ui.ts'
import { withUnits } from './units.ts'

/** The rows with all that was asked for; as soon as `isStopped` says so, what has not been found out is left open. */
export async function withFindings(
  request: RunRequest,
  rows: readonly ReportRow[],
  isStopped: () => Promise<boolean> = async () => false,
  showsProgress = false,
): Promise<readonly ReportRow[]> {
  const found = request.findsUnits ? await withUnits(request, rows, isStopped) : rows
  if (request.timedRounds === 0) return found
  const { timing } = await import('./timing.ts') // tinybench, and what it takes to load it, only where it is needed
  return withProgress(timing(request, found, isStopped), showsProgress)
}
