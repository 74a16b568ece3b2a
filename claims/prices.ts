// What claims do with price lists: look up a figure, and compare two lanes whose prices are guesses: is one dearer at every
// price, and at which price would they change places?
//
// Both lanes pay the same price for the same event, and a time is linear in each price. So the difference of the times is
// least where each price stands at the end that helps the dearer lane least.

import { type CostModel, eventsOf } from '../engine/cost.ts'
import { COUNTERS, type CounterName } from '../engine/counters.ts'
import { assert } from '../engine/errors.ts'
import type { Counts } from '../engine/run.ts'
import { turningPrice } from '../engine/turning-price.ts'
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

/** Cycles that lane `dear` takes more than lane `cheap` at the prices that make it least. */
export function leastDifference(model: CostModel, dear: string, cheap: string, read: Read): number {
  const [more, less] = [dear, cheap].map(lane => pricedCounts(model, lane, read)) as [Counts, Counts]
  return model.items.reduce((sum, item) => {
    const events = eventsOf(item, more) - eventsOf(item, less)
    return sum + events * (events > 0 ? item.low : item.high)
  }, 0)
}

/** The price that turns the comparison first, within its range before any other, the rest at their best; null if none can. */
export function turnedBy(model: CostModel, dear: string, cheap: string, read: Read): Reversal | null {
  const turn = turningPrice(pricedCounts(model, dear, read), pricedCounts(model, cheap, read), model)
  if (turn === null) return null
  const { what, low, high, source } = turn.item
  return { what: `cycles for ${what} (${model.name})`, at: turn.at, range: [low, high], source }
}

/** What a lane counted of all that the model prices. */
function pricedCounts({ items }: CostModel, lane: string, read: Read): Counts {
  const names = items.flatMap(({ counter, also }): readonly CounterName[] => (also ? [counter, also] : [counter]))
  return Object.fromEntries(names.map(name => [name, read(`${lane}.${COUNTERS[name].column}`)])) as Counts
}
