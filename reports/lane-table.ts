// The table of many lanes: each a row under its kernel, with what one remap costs there.
//
// Lanes of one run remap equally often, so counts per remap compare like totals, fit side by side, and say at once
// whether a kernel takes four faults or one. Totals are in the other formats. A lane that cannot run says why instead.

import type { CounterName } from '../engine/counters.ts'
import { byKernel, isApart, isOps, names, shared } from './lanes.ts'
import { WIDTH, wrapped } from './lines.ts'
import { counted, grouped, memory, NONE, timeRange } from './numbers.ts'
import type { ReportRow } from './report.ts'

export interface LaneColumn {
  /** Two lines over it. */
  readonly head: readonly [string, string]
  /** One per row of the report. */
  readonly cells: readonly string[]
}

/** Columns in their order; those `rare` are left out where nothing of the kind happened. */
const COLUMNS: readonly {
  readonly head: readonly [string, string]
  readonly counter: CounterName
  readonly rare?: boolean
  readonly isSize?: boolean
}[] = [
  { head: ['system', 'calls'], counter: 'syscalls' },
  { head: ['page', 'faults'], counter: 'pageFaults' },
  { head: ['faults', 'in calls'], counter: 'populateFaults', rare: true },
  { head: ['whole', 'flushes'], counter: 'tlbFullFlushes' },
  { head: ['ranged', 'flushes'], counter: 'tlbRangeFlushes', rare: true },
  { head: ['one-page', 'flushes'], counter: 'tlbPageInvalidations', rare: true },
  { head: ['IPI', 'rounds'], counter: 'ipiRounds', rare: true },
  { head: ['pages', 'brought in'], counter: 'fileReads', rare: true },
  { head: ['pages', 'taken back'], counter: 'pagesReclaimed', rare: true },
  { head: ['entries', 'unmapped'], counter: 'reclaimUnmaps', rare: true },
  { head: ['vmas', 'looked at'], counter: 'reclaimVmas', rare: true },
  { head: ['entries', 'looked at'], counter: 'reclaimPtes', rare: true },
  { head: ['wrong', 'pages'], counter: 'wrongPages', rare: true },
  { head: ['bytes', 'copied'], counter: 'bytesCopied', rare: true, isSize: true },
  { head: ['write-', 'backs'], counter: 'writebacks', rare: true },
]
/** Space between columns, the best first. */
const GAPS = [3, 2, 1]
/** Names get at least this much; longer ones that leave too little to the numbers have a line of their own. */
const SHORT_NAME = 18

/** What stands over the names: of how many remaps each count is the mean. */
export function corner(rows: readonly ReportRow[]): readonly [string, string] {
  if (!isPerRemap(rows)) return ['', 'counts']
  const remaps = new Set(rows.flatMap(row => row.result.counts.remaps ?? []))
  return remaps.size === 1 ? [`${counted([...remaps][0]!, 'remap', 'remaps')};`, 'per remap'] : ['', 'per remap']
}

/** The columns of numbers. Modelled times join if every lane that ran has one. */
export function laneColumns(rows: readonly ReportRow[]): readonly LaneColumn[] {
  const perRemap = isPerRemap(rows)
  const columns = COLUMNS.flatMap(({ head, counter, rare, isSize }) => {
    const format = isSize ? size : perRemap ? mean : grouped
    const values = rows.map(row => row.result.counts[counter])
    if (values.every(value => (rare ? !value : value === null))) return []
    return [{ head, cells: rows.map((row, i) => cell(values[i]!, perRemap ? row.result.counts.remaps : 1, format)) }]
  })
  // Of the running kernel the peak is not known.
  const isEndKnown = rows.some(({ result: { counts } }) => counts.vmas !== null && counts.vmasPeak === null)
  if (!isEndKnown || rows.some(row => row.result.counts.vmasPeak !== null)) {
    columns.push({ head: ['vmas,', 'peak'], cells: rows.map(row => grouped(row.result.counts.vmasPeak)) })
  }
  if (isEndKnown) {
    columns.push({ head: ['vmas,', 'at end'], cells: rows.map(row => grouped(row.result.counts.vmas)) })
  }
  // Kernels differ in what a page table maps; only lanes of one kernel tell what a strategy takes.
  if ([...byKernel(rows).values()].some(lanes => isApart(lanes, 'pageTableBytesPeak'))) {
    columns.push({ head: ['page', 'tables'], cells: rows.map(row => memory(row.result.counts.pageTableBytesPeak)) })
  }
  const times = rows.map(({ price }) => (price ? timeRange(price.nsLow, price.nsHigh) : NONE))
  if (isTimed(rows)) {
    const machines = new Set(rows.flatMap(({ price }) => price?.model.machine ?? []))
    columns.push({ head: ['modelled,', machines.size === 1 ? [...machines][0]! : 'time'], cells: times })
  }
  return columns
}

/** Why a lane has no numbers; null if it has. */
export function hindrance({ result: { outcome } }: ReportRow): string | null {
  return outcome.state === 'unsupported' ? `cannot run: ${outcome.why}` : null
}

/** The table in lines of 80 columns; what does not fit beside follows below. */
export function laneLines(rows: readonly ReportRow[]): string[] {
  const kernels = byKernel(rows)
  const indent = kernels.size > 1 ? '  ' : ''
  const labels = new Map(
    [...kernels.values()].flatMap(lanes => names(lanes).map((name, i) => [lanes[i]!, indent + name])),
  )
  const lengths = [...corner(rows), ...labels.values()].map(label => Math.max(SHORT_NAME, label.length))
  const longestFirst = [...new Set(lengths)].sort((a, b) => b - a)
  const columns = laneColumns(rows)
  const lines: string[] = []
  for (let from = 0; from < columns.length; ) {
    let end = columns.length
    let layout = layoutOf(columns.slice(from, end), longestFirst)
    while (layout === null) layout = layoutOf(columns.slice(from, --end), longestFirst)
    if (from > 0) lines.push('')
    lines.push(...block(rows, columns.slice(from, end), layout, labels, from === 0))
    from = end
  }
  return lines
}

interface Layout {
  readonly name: number
  readonly gap: number
}

/** How columns fit beside names of one of these lengths, null if they do not; one alone always does. */
function layoutOf(columns: readonly LaneColumn[], longestFirst: readonly number[]): Layout | null {
  const numbers = columns.reduce((sum, column) => sum + width(column), 0)
  for (const name of longestFirst) {
    for (const gap of GAPS) if (name + numbers + gap * columns.length <= WIDTH) return { name, gap }
  }
  return columns.length === 1 ? { name: longestFirst.at(-1)!, gap: 1 } : null
}

/** The second block of a wide table repeats only the lanes that have numbers. */
function block(
  rows: readonly ReportRow[],
  columns: readonly LaneColumn[],
  layout: Layout,
  labels: ReadonlyMap<ReportRow, string>,
  isFirst: boolean,
): string[] {
  const { name, gap } = layout
  const line = (label: string, cells: readonly string[]) =>
    (label.padEnd(name) + cells.map((text, i) => text.padStart(gap + width(columns[i]!))).join('')).trimEnd()
  const kernels = byKernel(rows)
  const lines = corner(rows).map((label, at) =>
    line(
      label,
      columns.map(column => column.head[at]!),
    ),
  )
  for (const [kernel, lanes] of kernels) {
    if (kernels.size > 1) lines.push(...wrapped(isFirst ? `${kernel} (${lanes[0]!.result.machine})` : kernel, '    '))
    for (const row of lanes) {
      const label = labels.get(row)!
      const why = hindrance(row)
      if (why !== null) {
        if (isFirst) lines.push(...explained(label, why, name + gap))
        continue
      }
      const cells = columns.map(column => column.cells[rows.indexOf(row)]!)
      if (label.length <= name) lines.push(line(label, cells))
      else lines.push(...alone(label), line('', cells))
    }
  }
  return lines
}

/** A sentence beside a name, or below one that is too long. */
function explained(label: string, text: string, column: number): string[] {
  const indent = ' '.repeat(column)
  const [first, ...rest] = wrapped(`${'.'.repeat(column - 1)} ${text}`, indent)
  const isShort = label.length < column
  const begin = (isShort ? label.padEnd(column) : indent) + first!.slice(column)
  return [...(isShort ? [] : alone(label)), begin, ...rest]
}

/** A name on lines of its own. */
function alone(label: string): string[] {
  const name = label.trimStart()
  const [first, ...rest] = wrapped(name, '    ')
  return [(label.slice(0, -name.length) + first!).slice(0, WIDTH), ...rest]
}

/** Not of operations from a file: what they do beside remaps, and remaps that were refused, would be counted in. */
function isPerRemap(rows: readonly ReportRow[]): boolean {
  return rows.every(row => row.result.counts.remaps !== 0 && !isOps(row))
}

/** Whether the table has modelled times: if every lane that ran has one. */
export function isTimed(rows: readonly ReportRow[]): boolean {
  const counting = rows.filter(row => row.result.counts.syscalls !== null)
  return counting.length > 0 && counting.every(row => row.price !== null) && shared(counting, 'accesses') !== undefined
}

function width(column: LaneColumn): number {
  return Math.max(...column.head.map(line => line.length), ...column.cells.map(cell => cell.length))
}

function cell(value: number | null, per: number | null, format: (value: number) => string): string {
  if (value === null || !per) return NONE
  return value === 0 ? '0' : format(value / per)
}

function size(value: number): string {
  return memory(Math.round(value))
}

/** Two decimals, also of a whole number: they stand below each other. */
function mean(value: number): string {
  if (value >= 1e4) return grouped(Math.round(value))
  return value < 0.005 ? '< 0.01' : value.toFixed(2)
}
