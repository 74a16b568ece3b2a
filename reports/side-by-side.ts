// A lane's modelled time beside the measured one of the same strategy on the running kernel: how far a model with its prices
// comes, and what it leaves out. Measured is the user's own work, too, and the harness.

import { tables, wrapped } from './lines.ts'
import { grouped, range, ratio } from './numbers.ts'
import type { ReportRow } from './report.ts'
import { cpuAnAccess, timedRows } from './times.ts'

/** The model that is nearest to kernels of today; what others would take is no measure of this one. */
const NEWEST = 'linux-6.18'

/** A table; none unless a lane was modelled and measured. */
export function sideBySide(rows: readonly ReportRow[]): readonly string[] {
  const timed = timedRows(rows).filter(row => row.times!.own !== null)
  const isTimed = (row: ReportRow) => timed.some(other => isSameWork(row, other))
  const modelled = rows.filter(row => row.result.spec.kernel === NEWEST && row.price !== null && isTimed(row))
  if (modelled.length === 0) return []
  const measured = timed.filter(row => modelled.some(other => isSameWork(row, other)))
  const medians = measured.map(row => cpuAnAccess(row.times!.own!).median)
  const lanes = measured.map(row => modelled.find(other => isSameWork(row, other))!)
  return [
    '',
    ...wrapped('ns of CPU an access: measured, and modelled by the best prices (by the lowest and the highest)', '  '),
    ...tables(
      measured.map(row => row.result.spec.strategy),
      [
        { head: ['measured'], cells: medians.map(ns => grouped(Math.round(ns))) },
        { head: ['modelled,', NEWEST], cells: lanes.map(modelledText) },
        {
          head: ['of what', 'was measured'],
          cells: lanes.map((lane, i) => ratio(nsAnAccess(lane, 'ns'), medians[i]!)),
        },
      ],
    ),
  ]
}

function isSameWork({ result: a }: ReportRow, { result: b }: ReportRow): boolean {
  const isComplete = a.outcome.state === 'completed' && b.outcome.state === 'completed'
  return isComplete && a.spec.strategy === b.spec.strategy && a.traceHash === b.traceHash
}

function modelledText(row: ReportRow): string {
  const best = grouped(Math.round(nsAnAccess(row, 'ns')))
  return `${best} (${range(nsAnAccess(row, 'nsLow'), nsAnAccess(row, 'nsHigh'))})`
}

function nsAnAccess({ price, result }: ReportRow, bound: 'ns' | 'nsLow' | 'nsHigh'): number {
  return price![bound] / result.spec.accesses
}
