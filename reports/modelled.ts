// Comparing modelled times whose prices are ranges.
//
// Two lanes on the same machine pay the same price for the same event, whatever it is. So their times are not
// independent: the ranges may overlap although one lane is dearer at every price.

import { CAUSE_NAMES, type CostItem, eventsOf } from '../engine/cost.ts'
import type { CounterName } from '../engine/counters.ts'
import type { Counts } from '../engine/run.ts'
import { timeRange } from './numbers.ts'
import type { ReportRow } from './report.ts'

/** Events that cost time on every machine, and that a cost model made for another kernel may know nothing of. */
const COSTLY: readonly CounterName[] = [
  'syscalls',
  'pageFaults',
  'populateFaults',
  'fileReads',
  'bytesCopied',
  'tlbFullFlushes',
  'tlbRangeFlushes',
  'tlbRangePages',
  'tlbPageInvalidations',
  'ipiRounds',
  'signalsHandled',
]

/** What a lane's modelled time leaves out because its cost model has no price for it. */
export function unpricedEvents({ price, result }: ReportRow): readonly CounterName[] {
  if (!price) return []
  return COSTLY.filter(
    name => result.counts[name] && !price.model.items.some(({ counter, also }) => counter === name || also === name),
  )
}

/** What it leaves out because nobody counted it on this kernel; a TLB that was not asked for has a note of its own. */
export function uncountedEvents({ price, result }: ReportRow): readonly CounterName[] {
  const priced = price?.model.items.map(item => item.counter) ?? []
  return priced.filter(name => result.counts[name] === null && !(name === 'tlbMisses' && result.spec.tlb === 'none'))
}

/** What most of a lane's modelled time is spent on, by the best prices: `vma work 2.0 - 26 s`; null if it takes none. */
export function largestCause({ price }: ReportRow): string | null {
  if (price === null || price.ns === 0) return null
  const { causes } = price
  const largest = CAUSE_NAMES.reduce((most, cause) => (causes[cause].ns > causes[most].ns ? cause : most))
  return `${largest.replace('_', ' ')} ${timeRange(causes[largest].nsLow, causes[largest].nsHigh)}`
}

/** The least and most that a's time can be of b's at the same prices; null if one has no price or costs nothing. */
export function timeRatio(a: ReportRow, b: ReportRow): { readonly low: number; readonly high: number } | null {
  if (!a.price || !b.price || a.price.model.name !== b.price.model.name) return null
  if (a.price.nsLow === 0 || b.price.nsLow === 0) return null
  const { items } = a.price.model
  const [over, under] = [a.result.counts, b.result.counts]
  return { low: 1 / highestRatio(under, over, items), high: highestRatio(over, under, items) }
}

/**
 * The highest a/b over all prices in their ranges (Dinkelbach's method): at a ratio r already reached, each price goes
 * to the end that makes a - r*b larger. The ratio rises in every round and has finitely many values, so this ends.
 */
function highestRatio(a: Counts, b: Counts, items: readonly CostItem[]): number {
  for (let ratio = 0; ; ) {
    let over = 0
    let under = 0
    for (const item of items) {
      const events = eventsOf(item, a)
      const others = eventsOf(item, b)
      const cycles = events > ratio * others ? item.high : item.low
      over += events * cycles
      under += others * cycles
    }
    const next = over / under
    if (!(next > ratio)) return ratio // quotient with quotient: a product rounds differently and might never end
    ratio = next
  }
}
