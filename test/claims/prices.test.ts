// Where two priced lanes change places, compared with hand arithmetic and with every corner of the prices.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../../bin/api.ts'
import { isInRange } from '../../claims/judge.ts'
import { difference, turningPrice } from '../../claims/prices.ts'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import { type CostModel, price } from '../../engine/cost.ts'
import { COUNTER_NAMES, COUNTERS } from '../../engine/counters.ts'

type Range = readonly [low: number, best: number, high: number]

const priced = (fault: Range, invlpg: Range, zap: Range): CostModel => ({
  name: 'toy',
  summary: 'toy',
  machine: 'toy',
  cyclesPerSecond: 1e9,
  items: (
    [
      ['pageFaults', 'a fault', fault],
      ['tlbPageInvalidations', 'an invlpg', invlpg],
      ['ptesZapped', 'a zap', zap],
    ] as const
  ).map(([counter, what, [low, best, high]]) => ({
    counter,
    what,
    low,
    best,
    high,
    cause: 'faults',
    source: 'guess: made up',
  })),
})

/** Lane a has 10 faults and 5 zaps more than lane b, and 40 invlpg less. */
const MORE: Readonly<Record<string, number>> = { page_faults: 10, tlb_page_invalidations: -40, ptes_zapped: 5 }
const read = (formula: string) => {
  const column = /^a\.(\w+) - b\.\1$/.exec(formula)?.[1] ?? assert.fail(formula)
  return MORE[column] ?? assert.fail(column)
}

test('the least difference is that of the worst corner of all prices', () => {
  const [fault, invlpg, zap] = [
    [1000, 2000, 3000],
    [100, 200, 600],
    [10, 1000, 1100],
  ] as const
  const { least, best } = difference(priced(fault, invlpg, zap), 'a', 'b', read)
  const corners = [fault[0], fault[2]].flatMap(a =>
    [invlpg[0], invlpg[2]].flatMap(b => [zap[0], zap[2]].map(c => 10 * a - 40 * b + 5 * c)),
  )
  assert.equal(least, Math.min(...corners))
  assert.equal(best, 10 * 2000 - 40 * 200 + 5 * 1000)
})

test('the price that turns the comparison is the one that has to change by the least factor', () => {
  // 25,000 cycles against 8,000. Equal if an invlpg took 625 instead of 200 (3.1 times), a fault 300 instead of 2,000 (6.7
  // times less); no price of a zap makes up for 17,000.
  const first = turningPrice(priced([2000, 2000, 2000], [200, 200, 200], [1000, 1000, 1000]), 'a', 'b', read)
  assert.deepEqual(first, { what: 'cycles for an invlpg (toy)', at: 625, range: [200, 200], source: 'guess: made up' })
})

test('a turning price within its range is told apart from one outside', () => {
  const turnAt625 = (high: number) =>
    turningPrice(priced([2000, 2000, 2000], [200, 200, high], [1000, 1000, 1000]), 'a', 'b', read)!
  assert.equal(isInRange(turnAt625(624)), false)
  assert.equal(isInRange(turnAt625(625)), true)
})

test('where the dearer lane has more of everything no price turns it', () => {
  const model = priced([2000, 2000, 2000], [200, 200, 200], [1000, 1000, 1000])
  assert.equal(
    turningPrice(model, 'a', 'b', () => 10),
    null,
  )
})

test('at the turning price of a real run both lanes take the same modelled time', async () => {
  const rows = await run({ file: '128M', window: '4M', accesses: 20_000 })
  const [a, b] = rows.map(row => row.result.counts)
  const more = (formula: string) => {
    const name = COUNTER_NAMES.find(name => formula === `a.${COUNTERS[name].column} - b.${COUNTERS[name].column}`)!
    return a[name]! - b[name]!
  }
  const turned = turningPrice(p42002, 'a', 'b', more)!
  const items = p42002.items.map(item =>
    turned.what === `cycles for ${item.what} (p4-2002)` ? { ...item, best: Number(turned.at) } : item,
  )
  const [first, second] = [a, b].map(counts => price(counts, { ...p42002, items }).ns)
  assert.ok(Math.abs(first - second) <= 1, `${first} ns against ${second} ns`)
})
