// One line per lane, for spreadsheets and scripts: full precision, no localised text, empty where nothing was measured.
//
// A text that begins like a formula (= + - @) gets an apostrophe in front, so that a spreadsheet shows it instead of
// computing it; numbers stay numbers.

import { stringify } from 'csv-stringify/sync'
import { type Cell, COLUMNS } from './columns.ts'
import type { ReportFormat } from './report.ts'

export const csv = {
  name: 'csv',
  extension: '.csv',
  summary: 'one row per lane, for spreadsheets and scripts',
  render(report) {
    return csvText(
      COLUMNS.map(column => column.name),
      report.rows.map(row => COLUMNS.map(column => column.value(row))),
    )
  },
} as const satisfies ReportFormat

/** The header is a row of its own: without rows csv-stringify would write none. */
export function csvText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return stringify([[...head], ...rows], {
    record_delimiter: '\n',
    quote_record_delimiter: true,
    escape_formulas: true,
  })
}
