// The report to keep or to paste into an issue: the same table and remarks as the screen, then everything behind them.
//
// The same results give the same bytes: no time, no host, no path of a file of ours.

import { CAUSE_NAMES, CAUSES, type CostModel, type Price, type Time } from '../engine/cost.ts'
import { type Cell, type Column, PRICE_COLUMNS, RESULT_COLUMNS, SPEC_COLUMNS, STANDING_COLUMNS } from './columns.ts'
import { corner, hindrance, laneColumns } from './lane-table.ts'
import { isLong, names, parameters, setting, subjectsOf, title } from './lanes.ts'
import { lowmemTables } from './lowmem.ts'
import { type Note, notes } from './notes.ts'
import { grouped, memory, NONE, timeRange } from './numbers.ts'
import { outlook } from './outlook.ts'
import type { ReportFormat, ReportRow } from './report.ts'
import { evidence } from './standing.ts'
import { summary } from './summary.ts'
import { verdict } from './verdict.ts'

const MARKS: Readonly<Record<Note['mark'], string>> = { '!': '**Mind:** ', '?': '**Guess:** ', '': '' }

export const markdown = {
  name: 'markdown',
  extension: '.md',
  summary: 'the screen as a document, then every counter with its meaning',
  render({ rows }) {
    if (rows.length === 0) return '# Nothing was run\n'
    const lanes = names(rows)
    const params = parameters(rows)
    const sections = [
      `# ${escaped(title(rows))}`,
      escaped(`${setting(rows)}.${params === '' ? '' : ` Parameters of the workload: ${params}.`}`),
      isLong(rows) ? laneTable(rows) : summaryTable(rows, lanes),
      ...lowmemSections(rows),
      ...verdict(rows).map(escaped),
      ...outlook(rows).map(escaped),
      '## Notes',
      noteList(rows),
      '## Counters',
      columnTable(rows, lanes, [...RESULT_COLUMNS, ...PRICE_COLUMNS]),
      '## Specification',
      columnTable(rows, lanes, [...SPEC_COLUMNS, ...STANDING_COLUMNS]),
      ...causeSection(rows, lanes),
      ...costModels(rows).flatMap(priceSection),
    ]
    return `${sections.join('\n\n')}\n`
  },
} as const satisfies ReportFormat

function summaryTable(rows: readonly ReportRow[], lanes: readonly string[]): string {
  const body = summary(rows).map(row => {
    const label = row.label.trimStart()
    const indent = '&nbsp;'.repeat(row.label.length - label.length)
    return [indent + escaped(label), ...row.cells.map(escaped), ...(row.ratio === null ? [] : [escaped(row.ratio)])]
  })
  return table(['', ...lanes.map(escaped), ...(rows.length === 2 ? ['ratio'] : [])], body, 1)
}

/** The screen's table of many lanes; its numbers in full are in the next one. */
function laneTable(rows: readonly ReportRow[]): string {
  const columns = laneColumns(rows)
  const body = rows.map((row, at) => {
    const { kernel, strategy } = row.result.spec
    const why = hindrance(row)
    const lane = why === null ? strategy : `${strategy} (${why})`
    return [escaped(kernel), escaped(lane), ...columns.map(column => escaped(column.cells[at]!))]
  })
  const heads = columns.map(({ head }) => escaped(head.join(' ').replace('- ', '')))
  return table(['kernel', escaped(corner(rows).join(' ').trim()), ...heads], body, 2)
}

function lowmemSections(rows: readonly ReportRow[]): readonly string[] {
  return lowmemTables(rows, memory).flatMap(({ kernel, availableBytes, labels, columns }) => [
    escaped(`Lowmem of ${kernel}: ${memory(availableBytes)}. At its peak:`),
    table(
      ['processes', ...columns.map(({ head }) => head.join(' '))],
      labels.map((label, at) => [escaped(label), ...columns.map(({ cells }) => cells[at]!)]),
      1,
    ),
  ])
}

/** Every column of a kind: its name, its value in each lane, what it means. */
function columnTable(rows: readonly ReportRow[], lanes: readonly string[], columns: readonly Column[]): string {
  const body = columns.map(column => [
    `\`${column.name}\``,
    ...rows.map(row => escaped(cellText(column.value(row)))),
    escaped(column.help),
  ])
  return table(['column', ...lanes.map(escaped), 'meaning'], body, 1, 1)
}

function noteList(rows: readonly ReportRow[]): string {
  const items = notes(rows).map(({ mark, text }) => MARKS[mark] + escaped(text))
  items.push(`**Evidence:** ${escaped(evidence(rows))}.`)
  const machines = new Map(rows.map(({ result }) => [result.spec.kernel, result.machine]))
  if (machines.size > 1) {
    for (const [kernel, machine] of machines) items.push(`**Kernel ${escaped(kernel)}:** ${escaped(machine)}.`)
  }
  // What several lanes guess alike is said once.
  const counting = rows.filter(row => row.result.outcome.state !== 'unsupported')
  const guesses = new Map<string, ReportRow[]>()
  for (const row of counting) {
    for (const guess of row.result.guesses) guesses.set(guess, [...(guesses.get(guess) ?? []), row])
  }
  for (const [guess, lanes] of guesses) {
    const whose = lanes.length < counting.length ? ` (${subjectsOf(lanes, counting)})` : ''
    items.push(`${MARKS['?']}${escaped(guess + whose)}.`)
  }
  return items.map(item => `- ${item}`).join('\n')
}

/** What the modelled times are spent on, lanes side by side. */
function causeSection(rows: readonly ReportRow[], lanes: readonly string[]): readonly string[] {
  if (rows.every(({ price }) => price === null)) return []
  const cells = (pick: (price: Price) => Time) =>
    rows.map(({ price }) => (price === null ? NONE : timeRange(pick(price).nsLow, pick(price).nsHigh)))
  const body = CAUSE_NAMES.map(cause => [
    `\`${cause}\``,
    ...cells(price => price.causes[cause]),
    escaped(CAUSES[cause]),
  ])
  const total = ['all', ...cells(price => price), 'the modelled time']
  return ['## Modelled time by cause', table(['cause', ...lanes.map(escaped), 'meaning'], [...body, total], 1, 1)]
}

function costModels(rows: readonly ReportRow[]): readonly CostModel[] {
  return [...new Map(rows.flatMap(({ price }) => (price ? [[price.model.name, price.model] as const] : []))).values()]
}

function priceSection(model: CostModel): readonly string[] {
  const body = model.items.map(item => [
    escaped(item.what),
    escaped(item.cause),
    grouped(item.low),
    grouped(item.best),
    grouped(item.high),
    escaped(item.source),
  ])
  return [
    `## Prices: ${escaped(model.name)}`,
    escaped(
      `${model.summary}. ${model.unit ?? 'Cycles'} per event; modelled times are counts times these, and an opinion.`,
    ),
    table(['what', 'cause', 'low', 'best', 'high', 'source'], body, 2, 1),
  ]
}

/** Columns are aligned to the right but for the first `texts` and the last `tail`. */
export function table(head: readonly string[], body: readonly (readonly string[])[], texts: number, tail = 0): string {
  const rule = head.map((_, i) => (i < texts || i >= head.length - tail ? '---' : '---:'))
  return [head, rule, ...body].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function cellText(value: Cell): string {
  return typeof value === 'number' ? grouped(value) : (value ?? NONE)
}

/** A text that markdown shows as it is, on one line. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_|[\]<>]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ')
}
