// Prices counts: counters are facts, nanoseconds are an opinion, and one run can be priced many ways after the fact.

import type { CounterName } from './counters.ts'
import type { Counts } from './run.ts'

/** What one counted event costs, in CPU cycles, as a range around a best guess. */
export interface CostItem {
  readonly counter: CounterName
  readonly low: number
  readonly best: number
  readonly high: number
  /** What the cycles are spent on, for people. */
  readonly what: string
  /** Where the figure comes from; begins with `guess:` if it is one. */
  readonly source: string
}

/** The prices of one machine. */
export interface CostModel {
  /** What the user types. */
  readonly name: string
  readonly summary: string
  /** The machine in a few words, as in `modelled, P4 2.4 GHz`. */
  readonly machine: string
  readonly cyclesPerSecond: number
  readonly items: readonly CostItem[]
}

export interface Price {
  readonly model: CostModel
  readonly ns: number
  readonly nsLow: number
  readonly nsHigh: number
  /** The item that widens the range most. */
  readonly widest: CostItem
}

/** The modelled time of some counts; null counts cost nothing and are left out. Whole nanoseconds. */
export function price(counts: Counts, model: CostModel): Price {
  const nsPerCycle = 1e9 / model.cyclesPerSecond
  const total = (bound: 'low' | 'best' | 'high') =>
    Math.round(model.items.reduce((sum, item) => sum + (counts[item.counter] ?? 0) * item[bound], 0) * nsPerCycle)
  const spread = (item: CostItem) => (counts[item.counter] ?? 0) * (item.high - item.low)
  const widest = model.items.reduce((widest, item) => (spread(item) > spread(widest) ? item : widest))
  return { model, ns: total('best'), nsLow: total('low'), nsHigh: total('high'), widest }
}
