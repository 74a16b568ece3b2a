// The same columns as CSV, as one flat object per lane, and beside them what describes the run.

import { COLUMNS } from './columns.ts'
import type { ReportFormat } from './report.ts'

/** Changes when a reader of the old files would misread the new ones; a new column does not change it. */
export const RESULTS_SCHEMA = 'remapbench-results-1'

export const json = {
  name: 'json',
  extension: '.json',
  summary: 'one flat object per lane, and what describes the run',
  render(report) {
    const results = report.rows.map(row => Object.fromEntries(COLUMNS.map(column => [column.name, column.value(row)])))
    return `${JSON.stringify({ schema: RESULTS_SCHEMA, results, meta: report.meta }, null, 2)}\n`
  },
} as const satisfies ReportFormat
