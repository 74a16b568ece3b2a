// The same columns as CSV, as one object per lane: flat, but for the parts of the modelled time, which are in no column; and
// beside the lanes what describes the run.

import type { Part } from '../engine/breakdown.ts'
import { CAUSE_NAMES, type Price, unitOf } from '../engine/cost.ts'
import { COUNTER_NAMES, COUNTERS, type CounterName } from '../engine/counters.ts'
import type { Counts, MeasuredBy, Origin } from '../engine/run.ts'
import { type Cell, COLUMNS } from './columns.ts'
import { sourceOf } from './measured-sources.ts'
import { turnOf } from './outlook.ts'
import type { Report, ReportFormat, ReportRow } from './report.ts'
import { timesForJson } from './times.ts'
import type { Neighbour, UnitRange } from './unit-range.ts'
import { judgements } from './verdict.ts'

/** Changes when a reader of the old files would misread the new ones; a new column does not change it. */
export const RESULTS_SCHEMA = 'remapbench-results-1'

/**
 * The members of a result that are no columns: its modelled time by cause, where its counts come from, how some arose, how
 * those of the running kernel were measured.
 */
export const MODELLED = 'modelled'
export const BREAKDOWN = 'breakdown'
export const ORIGINS = 'origins'
export const MEASURED = 'measured'

export const json = {
  name: 'json',
  extension: '.json',
  summary: 'one flat object per lane, and what describes the run',
  render(report) {
    const rows = report.rows.map(row => COLUMNS.map(column => column.value(row)))
    return jsonText(
      COLUMNS.map(column => column.name),
      rows,
      { ...report.meta, ...timing(report.rows), ...prices(report.rows) },
      report.rows.map(nestedOf),
      verdictsOf(report.rows),
    )
  },
} as const satisfies ReportFormat

/** How long lanes took is no result: it differs from run to run. */
function timing(rows: readonly ReportRow[]): Report['meta'] {
  const times = timesForJson(rows)
  return times.length === 0 ? {} : { timing: times }
}

/** Prices in a unit of their own are this machine's, measured for this run: no list has them. */
function prices(rows: readonly ReportRow[]): Report['meta'] {
  const model = rows.find(({ price }) => price?.model.unit !== undefined)?.price?.model
  if (model === undefined) return {}
  const { name, summary, unit } = model
  const items = model.items.map(({ counter, also, ...item }) => {
    const columns = [counter, ...(also === undefined ? [] : [also])].map(name => COUNTERS[name].column)
    return { columns, ...item }
  })
  return { prices: [{ name, summary, unit, items }] }
}

/** `nested`: for each row, members that are no columns; they stand last. `verdicts` are left out where there is none. */
export function jsonText(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  meta: Report['meta'],
  nested: readonly Readonly<Record<string, unknown>>[] = [],
  verdicts: readonly unknown[] = [],
): string {
  const results = rows.map((cells, row) => {
    return { ...Object.fromEntries(names.map((name, i) => [name, cells[i]])), ...nested[row] }
  })
  const report = { schema: RESULTS_SCHEMA, results, ...(verdicts.length > 0 ? { verdicts } : {}), meta }
  return `${JSON.stringify(report, null, 2)}\n`
}

function nestedOf({
  result: { breakdown, origins, measured, counts },
  price,
}: ReportRow): Readonly<Record<string, unknown>> {
  return {
    [MODELLED]: price === null ? null : modelled(price),
    ...(breakdown === null ? {} : { [BREAKDOWN]: breakdown.map(flatPart) }),
    ...(origins === null ? {} : { [ORIGINS]: origins.map(flatOrigin) }),
    ...(measured === undefined ? {} : { [MEASURED]: { ...measured, sources: sourcesOf(counts, measured.level) } }),
  }
}

/** Where each count that was measured comes from, by its column. */
function sourcesOf(counts: Counts, level: MeasuredBy['level']): Readonly<Record<string, string>> {
  const columns = COUNTER_NAMES.filter(name => counts[name] !== null).map(name => COUNTERS[name].column)
  return Object.fromEntries(columns.map(column => [column, sourceOf(column, level)]))
}

/** A count that is not there is 0. */
function flatPart({ relation, step, counts }: Part): Readonly<Record<string, Cell>> {
  const columns = Object.entries(counts).map(([name, count]) => [COUNTERS[name as CounterName].column, count])
  return { relation, step, ...Object.fromEntries(columns) }
}

function flatOrigin({ counter, parts, first }: Origin) {
  return { column: COUNTERS[counter].column, help: COUNTERS[counter].help, parts, first }
}

/** Nanoseconds by cause. */
function modelled({ causes }: Price) {
  return Object.fromEntries(
    CAUSE_NAMES.map(cause => {
      const { ns, nsLow, nsHigh } = causes[cause]
      return [cause, { ns, ns_low: nsLow, ns_high: nsHigh }]
    }),
  )
}

/** What is said of each kernel and number of processes, for programs. */
function verdictsOf(rows: readonly ReportRow[]): readonly unknown[] {
  return judgements(rows).map(judgement => {
    const { rows: lanes, leader, first, sentences } = judgement
    const { kernel, processes } = lanes[0]!.result.spec
    const turn = turnOf(judgement)
    return {
      kernel,
      processes,
      leader: leader?.result.spec.strategy ?? null,
      units: leader?.units ? flatUnits(leader.units) : null,
      turns: turn && {
        price: turn.item.what,
        [`at_${unitOf(first!.price!.model)}`]: turn.at,
        low: turn.item.low,
        high: turn.item.high,
      },
      sentences,
    }
  })
}

function flatUnits({ fromBytes, toBytes, below, above }: UnitRange) {
  const neighbour = (unit: Neighbour | null) => unit && { unit_bytes: unit.unitBytes, leader: unit.leader }
  return { from_bytes: fromBytes, to_bytes: toBytes, below: neighbour(below), above: neighbour(above) }
}
