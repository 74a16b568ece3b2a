// Which price would turn a comparison of two lanes, and at what value: both pay the same price for the same event, and a
// time is linear in each price, so each has one value at which the two take equally long.

import { type CostItem, type CostModel, eventsOf } from './cost.ts'
import type { Counts } from './run.ts'

export interface TurningPrice {
  readonly item: CostItem
  /** Cycles at which the lanes take equally long, all other prices at their best; above 0. */
  readonly at: number
}

/**
 * The price that has to change by the least factor, one that need not leave its range before any other; null if no price can
 * turn it.
 */
export function turningPrice(dear: Counts, cheap: Counts, { items }: CostModel): TurningPrice | null {
  const more = (item: CostItem) => eventsOf(item, dear) - eventsOf(item, cheap)
  const total = items.reduce((sum, item) => sum + more(item) * item.best, 0)
  const turns = items.flatMap(item => {
    const at = item.best - total / more(item)
    return more(item) !== 0 && at > 0 ? [{ item, at }] : []
  })
  const factor = ({ item, at }: TurningPrice) => Math.max(at / item.best, item.best / at)
  const [first = null] = turns.sort((a, b) => Number(isInRange(b)) - Number(isInRange(a)) || factor(a) - factor(b))
  return first
}

/** Whether a price need not leave its range to turn the comparison. */
export function isInRange({ item, at }: TurningPrice): boolean {
  return at >= item.low && at <= item.high
}
