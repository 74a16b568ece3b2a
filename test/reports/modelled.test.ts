import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CostModel } from '../../engine/cost.ts'
import type { CounterName } from '../../engine/counters.ts'
import { Rng } from '../../engine/rng.ts'
import { timeRatio, uncountedEvents, unpricedEvents } from '../../reports/modelled.ts'
import { countsOf, item, modelOf, resultOf, rowOf } from '../helpers/results.ts'

const COUNTED = ['syscalls', 'pageFaults', 'tlbMisses', 'vmaAllocs'] as const satisfies readonly CounterName[]

test('the same counts take the same time, however wide the prices', () => {
  const row = rowOf(resultOf({}, { counts: countsOf({ pageFaults: 10 }) }), modelOf(item('pageFaults', 1, 99)))
  assert.deepEqual(timeRatio(row, row), { low: 1, high: 1 })
})

test('a lane that costs nothing, or another machine’s prices, have no ratio', () => {
  const model = modelOf(item('syscalls', 1, 2))
  const some = rowOf(resultOf({}, { counts: countsOf({ syscalls: 1 }) }), model)
  const none = rowOf(resultOf({}), model)
  assert.equal(timeRatio(some, none), null)
  assert.equal(timeRatio(none, some), null)
  assert.equal(timeRatio(some, { ...some, price: null }), null)
  assert.equal(timeRatio(some, rowOf(some.result, { ...model, name: 'other' })), null)
})

test('what a time leaves out: what was not counted, and what has no price', () => {
  const model = modelOf(item('pageFaults', 1, 2), item('tlbMisses', 1, 2), item('vmaLookupLevels', 1, 2))
  const counts = countsOf({
    vmaLookupLevels: null,
    tlbMisses: null,
    syscalls: 4,
    tlbRangeFlushes: 1,
    ipiRounds: 2,
    vmas: 9,
  })
  const row = rowOf(resultOf({}, { counts }), model)
  assert.deepEqual(uncountedEvents(row), ['tlbMisses', 'vmaLookupLevels'])
  assert.deepEqual(uncountedEvents(rowOf(resultOf({ tlb: 'none' }, { counts }), model)), ['vmaLookupLevels'])
  assert.deepEqual(unpricedEvents(row), ['syscalls', 'tlbRangeFlushes', 'ipiRounds'])
  assert.deepEqual([uncountedEvents(rowOf(row.result, null)), unpricedEvents(rowOf(row.result, null))], [[], []])
})

test('the bounds are those of trying both ends of every price', () => {
  const rng = new Rng(1)
  for (let round = 0; round < 200; round++) {
    const model = modelOf(...COUNTED.map(name => item(name, 1 + rng.below(10), 11 + rng.below(50))))
    const [a, b] = [0, 1].map(() => countsOf(Object.fromEntries(COUNTED.map(name => [name, 1 + rng.below(20)]))))
    const ratios = Array.from(
      { length: 2 ** COUNTED.length },
      (_, ends) => cost(a!, model, ends) / cost(b!, model, ends),
    )
    const found = timeRatio(rowOf(resultOf({}, { counts: a! }), model), rowOf(resultOf({}, { counts: b! }), model))
    assert.ok(Math.abs(found!.low - Math.min(...ratios)) < 1e-9)
    assert.ok(Math.abs(found!.high - Math.max(...ratios)) < 1e-9)
  }
})

/** Bit i of `ends`: the i-th price is at its high end. */
function cost(counts: ReturnType<typeof countsOf>, model: CostModel, ends: number): number {
  return model.items.reduce(
    (sum, { counter, low, high }, i) => sum + counts[counter]! * ((ends >> i) & 1 ? high : low),
    0,
  )
}
