// What the numbers rest on: counts on a kernel's code, on a measurement or on a guess; times on prices, mostly guessed.

import type { CostItem } from '../engine/cost.ts'
import type { RunResult } from '../engine/run.ts'
import { names } from './lanes.ts'
import { grouped, timeRange } from './numbers.ts'
import type { ReportRow } from './report.ts'

type Evidence = RunResult['evidence']

const EVIDENCE: Readonly<Record<Evidence, string>> = {
  executed: 'executed (kernel code ran, TLB modelled)',
  measured: 'measured (a real kernel ran)',
  source: "source (read in the kernel's code)",
  guess: 'guess (a rule that took part is one)',
}

/** What the counts rest on, kernel by kernel or lane by lane if they differ, and how many of the prices are guesses. */
export function evidence(rows: readonly ReportRow[]): string {
  const counting = rows.filter(row => row.result.outcome.state !== 'unsupported')
  if (counting.length === 0) return 'none, nothing was counted'
  const laneNames = names(rows)
  const kernels = new Set(counting.map(row => row.result.spec.kernel))
  const kernelDecides =
    new Set(counting.map(row => `${row.result.spec.kernel} ${row.result.evidence}`)).size === kernels.size
  const kinds = new Map<Evidence, Set<string>>()
  for (const row of counting) {
    const { evidence, spec } = row.result
    const subject = kernelDecides ? spec.kernel : laneNames[rows.indexOf(row)]!
    kinds.set(evidence, (kinds.get(evidence) ?? new Set()).add(subject))
  }
  const parts = [...kinds].map(([kind, who]) => EVIDENCE[kind] + (kinds.size > 1 ? ` for ${[...who].join(', ')}` : ''))
  const items = pricesUsed(rows)
  const guesses = items.filter(item => item.source.startsWith('guess:')).length
  if (items.length > 0) parts.push(`${guesses} of ${items.length} prices are guesses`)
  return parts.join('; ')
}

/** The price that widens the times most, in a sentence; null if no time reads as a range. */
export function widestPrice(rows: readonly ReportRow[]): string | null {
  const widest = rows.reduce((most, row) => (spread(row) > spread(most) ? row : most))
  if (!widest.price || !timeRange(widest.price.nsLow, widest.price.nsHigh).includes(' - ')) return null
  const { low, high, what, source } = widest.price.widest
  const kind = source.startsWith('guess:') ? 'guess' : 'price'
  const isOnly = pricesUsed(rows).filter(item => item.high > item.low).length === 1
  const share = isOnly ? `The time range varies one ${kind}` : `What widens the times most is one ${kind}`
  return `${share}, ${grouped(low)} to ${grouped(high)} cycles for ${what}.`
}

/** The prices of what was counted at least once. */
function pricesUsed(rows: readonly ReportRow[]): readonly CostItem[] {
  return [
    ...new Set(
      rows.flatMap(({ price, result }) => price?.model.items.filter(item => result.counts[item.counter]) ?? []),
    ),
  ]
}

function spread(row: ReportRow): number {
  return row.price ? row.price.nsHigh - row.price.nsLow : -1
}
