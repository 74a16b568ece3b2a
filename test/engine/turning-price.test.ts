import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../../bin/api.ts'
import { price } from '../../engine/cost.ts'
import { isInRange, turningPrice } from '../../engine/turning-price.ts'
import { countsOf, item, modelOf } from '../helpers/results.ts'

test('the price that turns a comparison, by hand: 10 faults of 100 more, 40 invalidations of 10 less', () => {
  const model = modelOf(item('pageFaults', 100, 100), item('tlbPageInvalidations', 10, 10), item('syscalls', 50, 50))
  const dear = countsOf({ pageFaults: 10, syscalls: 3 })
  const cheap = countsOf({ tlbPageInvalidations: 40, syscalls: 3 })
  // 1000 against 400: equal if a fault takes 40 (a factor of 2.5), or an invalidation 25 (2.5 as well: the first is named).
  const turn = turningPrice(dear, cheap, model)!
  assert.deepEqual([turn.item.counter, turn.at], ['pageFaults', 40])
  const nearer = turningPrice(countsOf({ pageFaults: 10 }), countsOf({ tlbPageInvalidations: 80 }), model)!
  assert.deepEqual([nearer.item.counter, nearer.at], ['pageFaults', 80])
})

test('a lane that has more of everything stays dearer at any price, and alike lanes have no turning price', () => {
  const model = modelOf(item('pageFaults', 100, 100))
  assert.equal(turningPrice(countsOf({ pageFaults: 10 }), countsOf({}), model), null)
  assert.equal(turningPrice(countsOf({ pageFaults: 10 }), countsOf({ pageFaults: 10 }), model), null)
})

test('at the turning price the lanes of a real run take equally long', async () => {
  const [dear, cheap] = await run({ file: '128M', window: '4M', accesses: 20_000 })
  const { model } = dear!.price!
  const turn = turningPrice(dear!.result.counts, cheap!.result.counts, model)!
  const items = model.items.map(item => (item === turn.item ? { ...item, best: turn.at } : item))
  const [a, b] = [dear!, cheap!].map(row => price(row.result.counts, { ...model, items }).ns)
  assert.ok(Math.abs(a! - b!) <= 1, `${a} and ${b} ns`)
})

test('a price that turns it within its range goes before one that would have to leave it, though by less', () => {
  // 10 faults and 10 calls against 30 flushes: 2000 + 500 against 1500. A fault of 100 would do, or a flush of 83.3.
  const model = modelOf(item('pageFaults', 190, 210), item('syscalls', 50, 50), item('tlbFullFlushes', 10, 90))
  const turn = turningPrice(countsOf({ pageFaults: 10, syscalls: 10 }), countsOf({ tlbFullFlushes: 30 }), model)!
  assert.deepEqual([turn.item.counter, Math.round(turn.at * 10) / 10], ['tlbFullFlushes', 83.3])
  assert.equal(isInRange(turn), true)
  const narrow = modelOf(item('pageFaults', 90, 310), item('syscalls', 50, 50), item('tlbFullFlushes', 50, 50))
  const wide = turningPrice(countsOf({ pageFaults: 10, syscalls: 10 }), countsOf({ tlbFullFlushes: 30 }), narrow)!
  assert.deepEqual([wide.item.counter, wide.at], ['pageFaults', 100]) // a flush of 83.3 is nearer, and out of range
})
