// What claims do with price lists: look up a figure, and compare two lanes whose prices are guesses: is one dearer at every
// price, and at which price would they change places?
//
// Both lanes pay the same price for the same event, and a time is linear in each price. So the difference of the times is least
// where each price stands at the end that helps the dearer lane least, and a single price has one value at which the
// difference is nothing.

import type { CostItem, CostModel } from '../engine/cost.ts'
import { COUNTERS } from '../engine/counters.ts'
import { assert } from '../engine/errors.ts'
import type { Read, Reversal } from './claim.ts'
import type { PriceName } from './formula.ts'

/** The figure that a formula names; throws an InvariantError if none of the lists has it. */
export function priceIn(lists: readonly CostModel[], { list, column, bound }: PriceName): number {
  const model = lists.find(({ name }) => name === list)
  assert(model !== undefined, `no price list is called ${list}`)
  if (column === 'ghz') return model.cyclesPerSecond / 1e9
  const item = model.items.find(({ counter }) => COUNTERS[counter].column === column)
  assert(item !== undefined, `${list} has no price for ${column}`)
  return item[bound]
}

/** Cycles that `dear` takes more than `cheap` (two lanes), at the prices that make it least and at the best guesses. */
export function difference(model: CostModel, dear: string, cheap: string, read: Read) {
  const items = counts(model, dear, cheap, read)
  const sum = (cycles: (item: PricedDifference) => number) =>
    items.reduce((total, item) => total + item.more * cycles(item), 0)
  return {
    least: sum(({ more, low, high }) => (more > 0 ? low : high)),
    best: sum(({ best }) => best),
  }
}

/** The price that turns the comparison first, all others at their best guess: the one that has to change by the least factor. */
export function turningPrice(model: CostModel, dear: string, cheap: string, read: Read): Reversal | null {
  const { best: total } = difference(model, dear, cheap, read)
  const turns = counts(model, dear, cheap, read).flatMap(item => {
    const at = item.best - total / item.more
    return item.more !== 0 && at > 0 ? [{ item, at, factor: Math.abs(Math.log(at / item.best)) }] : []
  })
  const [first] = turns.sort((a, b) => a.factor - b.factor)
  if (first === undefined) return null
  const { what, low, high, source } = first.item
  return { what: `cycles for ${what} (${model.name})`, at: first.at, range: [low, high], source }
}

interface PricedDifference {
  readonly what: string
  readonly low: number
  readonly best: number
  readonly high: number
  readonly source: string
  /** How many more of these events the dear lane has. */
  readonly more: number
}

function counts(model: CostModel, dear: string, cheap: string, read: Read): readonly PricedDifference[] {
  return model.items.map((item: CostItem) => {
    const counters = item.also === undefined ? [item.counter] : [item.counter, item.also]
    const more = counters.map(name => read(`${dear}.${COUNTERS[name].column} - ${cheap}.${COUNTERS[name].column}`))
    return { ...item, more: more.reduce((sum, one) => sum + one) }
  })
}
