// Figures of price lists, and where two priced lanes change places, compared with hand arithmetic and every corner of the prices.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isInRange } from '../../claims/judge.ts'
import { leastDifference, priceIn, turnedBy } from '../../claims/prices.ts'
import type { CostModel } from '../../engine/cost.ts'
import { InvariantError } from '../../engine/errors.ts'

type Range = readonly [low: number, best: number, high: number]

const priced = (fault: Range, invlpg: Range, zap: Range): CostModel => ({
  name: 'toy',
  summary: 'toy',
  machine: 'toy',
  cyclesPerSecond: 2.5e9,
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
const CELLS: Readonly<Record<string, number>> = {
  'a.page_faults': 17,
  'b.page_faults': 7,
  'a.tlb_page_invalidations': 2,
  'b.tlb_page_invalidations': 42,
  'a.ptes_zapped': 5,
  'b.ptes_zapped': 0,
}
const read = (formula: string) => CELLS[formula] ?? assert.fail(formula)

test('a figure of a list is its best guess, an end of its range, or its clock; an unknown one is a bug of ours', () => {
  const lists = [priced([1, 2, 3], [4, 5, 6], [7, 8, 9])]
  const figure = (list: string, column: string, bound: 'low' | 'best' | 'high' = 'best') =>
    priceIn(lists, { list, column, bound })
  assert.deepEqual([figure('toy', 'page_faults'), figure('toy', 'ptes_zapped', 'high')], [2, 9])
  assert.equal(figure('toy', 'tlb_page_invalidations', 'low'), 4)
  assert.equal(figure('toy', 'ghz'), 2.5)
  assert.throws(() => figure('toys', 'page_faults'), InvariantError)
  assert.throws(() => figure('toy', 'remaps'), InvariantError)
})

test('the least difference is that of the worst corner of all prices', () => {
  const [fault, invlpg, zap] = [
    [1000, 2000, 3000],
    [100, 200, 600],
    [10, 1000, 1100],
  ] as const
  const corners = [fault[0], fault[2]].flatMap(a =>
    [invlpg[0], invlpg[2]].flatMap(b => [zap[0], zap[2]].map(c => 10 * a - 40 * b + 5 * c)),
  )
  assert.equal(leastDifference(priced(fault, invlpg, zap), 'a', 'b', read), Math.min(...corners))
})

test('the price that turns the comparison is the one that has to change by the least factor', () => {
  // 25,000 cycles against 8,000. Equal if an invlpg took 625 instead of 200 (3.1 times), a fault 300 instead of 2,000 (6.7
  // times less); no price of a zap makes up for 17,000.
  const first = turnedBy(priced([2000, 2000, 2000], [200, 200, 200], [1000, 1000, 1000]), 'a', 'b', read)
  assert.deepEqual(first, { what: 'cycles for an invlpg (toy)', at: 625, range: [200, 200], source: 'guess: made up' })
})

test('a turning price within its range is told apart from one outside', () => {
  const turnAt625 = (high: number) =>
    turnedBy(priced([2000, 2000, 2000], [200, 200, high], [1000, 1000, 1000]), 'a', 'b', read)!
  assert.equal(isInRange(turnAt625(624)), false)
  assert.equal(isInRange(turnAt625(625)), true)
})

test('a price that turns it within its range is named before one that has to leave it, though by a lesser factor', () => {
  // As above: an invlpg of 625 is nearer, but is known to be 200; a fault may be 300.
  const turn = turnedBy(priced([250, 2000, 2000], [200, 200, 200], [1000, 1000, 1000]), 'a', 'b', read)!
  assert.deepEqual([turn.what, turn.at, isInRange(turn)], ['cycles for a fault (toy)', 300, true])
})

test('where the dearer lane has more of everything no price turns it', () => {
  const more = (formula: string) => (formula.startsWith('a.') ? 10 : 0)
  assert.equal(turnedBy(priced([1, 1, 1], [1, 1, 1], [1, 1, 1]), 'a', 'b', more), null)
})
