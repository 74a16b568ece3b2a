// What the numbers rest on: counts on a kernel's code, on a measurement or on a guess; times on prices, mostly guessed.

import { type CostItem, eventsOf, standingOf, unitOf } from '../engine/cost.ts'
import type { RunResult } from '../engine/run.ts'
import { groupsOf, subjectsOf } from './lanes.ts'
import { grouped, timeRange } from './numbers.ts'
import type { ReportRow } from './report.ts'

type Evidence = NonNullable<RunResult['evidence']>

const EVIDENCE: Readonly<Record<Evidence, string>> = {
  executed: 'executed (kernel code ran, TLB modelled)',
  measured: 'measured (a real kernel ran)',
  source: "source (read in the kernel's code)",
  guess: 'guess (a rule that took part is one)',
}

/** What the counts rest on, by kernel, or by lane where a kernel's lanes differ; and how many of the prices are guesses. */
export function evidence(rows: readonly ReportRow[]): string {
  const counting = rows.filter(row => row.result.evidence !== null)
  if (counting.length === 0) return 'none, nothing was counted'
  const kinds = groupsOf(counting, row => row.result.evidence!)
  const parts = [...kinds].map(([kind, lanes]) => {
    const text = EVIDENCE[kind as Evidence]
    return kinds.size === 1 ? text : `${text} for ${subjectsOf(lanes, counting)}`
  })
  const items = pricesUsed(rows)
  const guesses = items.filter(item => standingOf(item) === 'guess').length
  const bounds = items.filter(item => standingOf(item) !== 'guess' && item.source.includes('guess')).length
  const more = bounds === 0 ? '' : `, ${bounds} ${bounds === 1 ? 'has' : 'have'} a guessed bound`
  if (items.length > 0) parts.push(`${guesses} of ${items.length} prices are guesses${more}`)
  return parts.join('; ')
}

/** The price that widens the times most, in a sentence; null if no time reads as a range. */
export function widestPrice(rows: readonly ReportRow[]): string | null {
  const widest = rows.reduce((most, row) => (spread(row) > spread(most) ? row : most))
  if (!widest.price || !timeRange(widest.price.nsLow, widest.price.nsHigh).includes(' - ')) return null
  const { low, high, what } = widest.price.widest
  const unit = unitOf(widest.price.model)
  const kind = standingOf(widest.price.widest) === 'guess' ? 'guess' : 'price'
  const isOnly = pricesUsed(rows).filter(item => item.high > item.low).length === 1
  const share = isOnly ? `The time range varies one ${kind}` : `The widest range is one ${kind}`
  return `${share}, ${grouped(low)} to ${grouped(high)} ${unit} for ${what}.`
}

/** The prices of what was counted at least once. */
function pricesUsed(rows: readonly ReportRow[]): readonly CostItem[] {
  return [
    ...new Set(
      rows.flatMap(({ price, result }) => price?.model.items.filter(item => eventsOf(item, result.counts) > 0) ?? []),
    ),
  ]
}

function spread(row: ReportRow): number {
  return row.price ? row.price.nsHigh - row.price.nsLow : -1
}
