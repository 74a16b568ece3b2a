// The same columns as CSV, as one flat object per lane, and beside them what describes the run.

import { type Cell, COLUMNS } from './columns.ts'
import type { Report, ReportFormat } from './report.ts'

/** Changes when a reader of the old files would misread the new ones; a new column does not change it. */
export const RESULTS_SCHEMA = 'remapbench-results-1'

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
    )
  },
} as const satisfies ReportFormat

export function jsonText(names: readonly string[], rows: readonly (readonly Cell[])[], meta: Report['meta']): string {
  const results = rows.map(cells => Object.fromEntries(names.map((name, i) => [name, cells[i]])))
  return `${JSON.stringify({ schema: RESULTS_SCHEMA, results, meta }, null, 2)}\n`
}
