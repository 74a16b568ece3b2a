// The same columns as CSV, as one flat object per lane, and beside them what describes the run.

import { COUNTERS, type CounterName } from '../engine/counters.ts'
import { type Cell, COLUMNS } from './columns.ts'
import type { Report, ReportFormat, ReportRow } from './report.ts'

/** Changes when a reader of the old files would misread the new ones; a new column does not change it. */
export const RESULTS_SCHEMA = 'remapbench-results-1'

/** The member that says where a lane's counts come from: a list of parts. */
export const BREAKDOWN = 'breakdown'

export const json = {
  name: 'json',
  extension: '.json',
  summary: 'one flat object per lane, and what describes the run',
  render(report) {
    const rows = report.rows.map(row => COLUMNS.map(column => column.value(row)))
    return jsonText(
      COLUMNS.map(column => column.name),
      rows,
      report.meta,
      report.rows.map(row => breakdownOf(row)),
    )
  },
} as const satisfies ReportFormat

/** `breakdowns`: one for each row, null where there is none; they are no columns, and stand last. */
export function jsonText(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  meta: Report['meta'],
  breakdowns: readonly (readonly Readonly<Record<string, Cell>>[] | null)[] = [],
): string {
  const results = rows.map((cells, row) => {
    const flat = Object.fromEntries(names.map((name, i) => [name, cells[i]]))
    return breakdowns[row] ? { ...flat, [BREAKDOWN]: breakdowns[row] } : flat
  })
  return `${JSON.stringify({ schema: RESULTS_SCHEMA, results, meta }, null, 2)}\n`
}

/** A flat object for each part; a count that is not there is 0. */
function breakdownOf({ result }: ReportRow): readonly Readonly<Record<string, Cell>>[] | null {
  if (result.breakdown === null) return null
  return result.breakdown.map(({ relation, step, counts }) => {
    const columns = Object.entries(counts).map(([name, count]) => [COUNTERS[name as CounterName].column, count])
    return { relation, step, ...Object.fromEntries(columns) }
  })
}
