// The same columns as CSV, as one object per lane: flat, but for the parts of the modelled time, which are in no column; and
// beside the lanes what describes the run.

import { CAUSE_NAMES } from '../engine/cost.ts'
import { type Cell, COLUMNS } from './columns.ts'
import type { Report, ReportFormat, ReportRow } from './report.ts'

/** Changes when a reader of the old files would misread the new ones; a new column does not change it. */
export const RESULTS_SCHEMA = 'remapbench-results-1'

/** The member of a result that splits its modelled time by cause; no column, and not read back. */
export const MODELLED = 'modelled'

export const json = {
  name: 'json',
  extension: '.json',
  summary: 'one flat object per lane, and what describes the run',
  render(report) {
    const results = report.rows.map(row => ({
      ...Object.fromEntries(COLUMNS.map(column => [column.name, column.value(row)])),
      [MODELLED]: modelled(row),
    }))
    return textOf(results, report.meta)
  },
} as const satisfies ReportFormat

/** Results of columns alone. */
export function jsonText(names: readonly string[], rows: readonly (readonly Cell[])[], meta: Report['meta']): string {
  const results = rows.map(cells => Object.fromEntries(names.map((name, i) => [name, cells[i]])))
  return textOf(results, meta)
}

/** Nanoseconds by cause, null where nothing was priced. */
function modelled({ price }: ReportRow) {
  if (price === null) return null
  return Object.fromEntries(
    CAUSE_NAMES.map(cause => {
      const { ns, nsLow, nsHigh } = price.causes[cause]
      return [cause, { ns, ns_low: nsLow, ns_high: nsHigh }]
    }),
  )
}

function textOf(results: readonly unknown[], meta: Report['meta']): string {
  return `${JSON.stringify({ schema: RESULTS_SCHEMA, results, meta }, null, 2)}\n`
}
