// The first screen: fits 80 x 24 for a default run and can be read without any document.
//
// A line that begins with `!` says what bends the numbers, one with `?` what is guessed; their continuations are
// indented. A few lanes of one kernel stand side by side, many as rows of a table.

import { PAGE_BYTES } from '../engine/units.ts'
import { breakdownLines, stepWords } from './breakdown-table.ts'
import { laneLines } from './lane-table.ts'
import { heads, isLong, isOps, isOrderSystem, names, parameters, setting, shared, title } from './lanes.ts'
import { tables, wrapped } from './lines.ts'
import { lowmemLines } from './lowmem.ts'
import { largestCause } from './modelled.ts'
import { BY_MAIL, BY_SOURCE, LOW_TABLES, type Note, notes, OF_THE_MAIL } from './notes.ts'
import { originLines } from './origins.ts'
import { outlook, turnOf } from './outlook.ts'
import type { ReportFormat, ReportRow } from './report.ts'
import { sideBySide } from './side-by-side.ts'
import { evidence } from './standing.ts'
import { summary } from './summary.ts'
import { timeLines } from './times.ts'
import { judgements, verdict } from './verdict.ts'

export const text = {
  name: 'text',
  extension: '.txt',
  summary: 'the screen: what decides, who wins and why, what to doubt',
  render({ rows }) {
    if (rows.length === 0) return 'Nothing was run.\n'
    const lines = [
      ...wrapped(title(rows), '  '),
      ...wrapped(setting(rows), '  '),
      ...parameterLines(rows),
      ...(isLong(rows) ? ['', ...laneLines(rows)] : summaryTables(rows)), // lanes side by side have heads: the line is spared
      ...lowmemLines(rows),
      ...timeLines(rows),
      ...sideBySide(rows),
      ...breakdownLines(rows),
      ...originLines(rows),
      '',
      ...verdict(rows).flatMap(sentence => wrapped(sentence, isLong(rows) ? '  ' : '')),
      ...outlook(rows).flatMap(paragraph => wrapped(paragraph, '  ')),
      ...(isLong(rows) || judgements(rows).some(({ leader }) => leader) ? [] : causeLines(rows)),
      ...remarks(rows).flatMap(({ mark, text }) =>
        mark === '' ? wrapped(text, '') : wrapped(`${mark} ${text}`, '  '),
      ),
      ...stepWords(rows),
      ...wrapped(`Evidence: ${evidence(rows)}.`, '  '),
      `Next: ${nextCommand(rows)}`,
    ]
    return `${lines.join('\n')}\n`
  },
} as const satisfies ReportFormat

/** The guess that widens the times most gives way to the price that would turn the verdict. */
function remarks(rows: readonly ReportRow[]): readonly Note[] {
  const isTurned = judgements(rows).some(judgement => turnOf(judgement) !== null)
  return notes(rows).filter(({ mark }) => mark !== '?' || !isTurned)
}

/** The order system's would not fit the first screen; the other formats have them. */
function parameterLines(rows: readonly ReportRow[]): string[] {
  const params = parameters(rows)
  return params === '' || rows.every(isOrderSystem) ? [] : wrapped(params, '  ')
}

function summaryTables(rows: readonly ReportRow[]): string[] {
  const table = summary(rows)
  const lanes = heads(rows).map((head, i) => ({ head, cells: table.map(row => row.cells[i]!) }))
  const ratios = table.flatMap(row => (row.ratio === null ? [] : [row.ratio]))
  return tables(
    table.map(row => row.label),
    ratios.length === 0 ? lanes : [...lanes, { head: ['ratio'], cells: ratios }],
  )
}

/** Where most of the time goes in each lane; the whole split is in the other formats. */
function causeLines(rows: readonly ReportRow[]): string[] {
  const laneNames = names(rows)
  const parts = rows.flatMap((row, i) => {
    const cause = largestCause(row)
    return cause === null ? [] : [rows.length === 1 ? cause : `${laneNames[i]} ${cause}`]
  })
  return parts.length === 0 ? [] : wrapped(`Most time: ${parts.join('; ')}.`, '  ')
}

/** What to try next: one option that shows another side of the same run. */
function nextCommand(rows: readonly ReportRow[]): string {
  const unitBytes = shared(rows, 'unitBytes')
  const stopped = rows.some(row => row.result.outcome.state === 'stopped')
  if (stopped && shared(rows, 'maxMapCount') !== 'lifted') return 'the same with --max-map-count lifted'
  if (rows.some(isOps) || unitBytes === undefined) return 'remapbench list' // --ops is not timed
  if (rows.some(({ result, times }) => result.measured && !times)) return 'the same with --time 9: what they take here'
  const isShared = rows.some(row => row.result.spec.processes > 1)
  if (isShared && shared(rows, 'kernel') === BY_SOURCE) return `the same with --kernel ${BY_SOURCE},${LOW_TABLES}`
  if (unitBytes === PAGE_BYTES) {
    const kernels = rows.map(row => row.result.spec.kernel)
    const isOneSided = kernels.includes(BY_SOURCE) && !kernels.includes(BY_MAIL)
    return isOneSided ? `the same with --kernel ${BY_SOURCE},${BY_MAIL}` : 'remapbench list'
  }
  if (shared(rows, 'touch') !== 'page') return 'the same with --unit 4K'
  const isOfTheMail = rows.every(row => row.result.spec.kernel.startsWith(OF_THE_MAIL))
  return `the same with --touch unit${isOfTheMail ? ', or with --unit 64K, where unused pages count' : ''}`
}
