import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../../engine/rng.ts'
import {
  CUSTOMER_OR,
  drawConstants,
  ITEM_OR,
  isAllowedNameDelta,
  NAME_OR,
  nurand,
  nurandCounts,
} from '../../workloads/nurand.ts'
import { STOCK_PER_PAGE } from '../../workloads/tpcc-layout.ts'
import { stockPositions } from '../../workloads/tpcc-stock.ts'

/** All pairs, one by one: the definition. */
function bruteForce(a: number, low: number, high: number, c: number): Float64Array {
  const counts = new Float64Array(high - low + 1)
  for (let first = 0; first <= a; first++) {
    for (let second = low; second <= high; second++) counts[((first | second) + c) % (high - low + 1)]!++
  }
  return counts
}

/** Second numbers one by one; first numbers as the submasks that their OR leaves open. */
function bySubmasks(a: number, low: number, high: number): Float64Array {
  const ones = Uint8Array.from({ length: a + 1 }, (_, word) => word.toString(2).replaceAll('0', '').length)
  const counts = new Float64Array(high - low + 1)
  for (let target = 0; target <= (high | a); target++) {
    const mask = target & a
    const rest = target - mask
    let ways = 0
    for (let sub = mask; ; sub = (sub - 1) & mask) {
      // second = rest + sub; first must have the bits of mask that sub lacks, and any of sub's.
      if (rest + sub >= low && rest + sub <= high) ways += 1 << ones[sub]!
      if (sub === 0) break
    }
    counts[target % (high - low + 1)]! += ways
  }
  return counts
}

/** Shares of the hottest 1, 2, 5, 10, 20 and 50 per cent. */
function skew(counts: Float64Array): number[] {
  const sorted = counts.toSorted().reverse()
  const total = sorted.reduce((sum, count) => sum + count, 0)
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].map(part => {
    const hottest = sorted.subarray(0, Math.round(part * sorted.length))
    return hottest.reduce((sum, count) => sum + count, 0) / total
  })
}

function assertNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${actual.map(v => v.toFixed(4))} against ${expected}`)
  })
}

const item = nurandCounts(ITEM_OR, 1, 100_000, 0)
const customer = nurandCounts(CUSTOMER_OR, 1, 3000, 0)
const name = nurandCounts(NAME_OR, 0, 999, 0)

test('NURand for customers and names is counted as trying every pair counts it, whatever C is', () => {
  assert.deepEqual(customer, bruteForce(CUSTOMER_OR, 1, 3000, 0))
  assert.deepEqual(nurandCounts(CUSTOMER_OR, 1, 3000, 777), bruteForce(CUSTOMER_OR, 1, 3000, 777))
  assert.deepEqual(name, bruteForce(NAME_OR, 0, 999, 0))
})

test('NURand for items is counted as enumerating submasks counts it', () => {
  assert.deepEqual(item, bySubmasks(ITEM_OR, 1, 100_000))
})

test('NURand has the known first counts and the known largest count', () => {
  assert.deepEqual([...customer.subarray(0, 8)], [729, 2061, 2061, 6057, 2061, 6057, 6057, 18045])
  assert.deepEqual([...item.subarray(0, 8)], [81, 213, 213, 609, 213, 609, 609, 1797])
  assert.equal(Math.max(...customer), 3 ** 10)
  assert.equal(Math.max(...name), 3 ** 8)
  assert.equal(
    item.reduce((most, count) => Math.max(most, count), 0),
    3 ** 13,
  )
})

test('NURand counts add up to the number of pairs', () => {
  const sum = (counts: Float64Array): number => counts.reduce((total, count) => total + count, 0)
  assert.deepEqual([item, customer, name].map(sum), [819_200_000, 3_072_000, 256_000])
})

test('NURand has the known skew: 84 % of the accesses go to 20 % of the stock rows', () => {
  assertNear(skew(item), [0.3046, 0.3927, 0.5896, 0.7098, 0.8444, 0.9743], 0.00006)
  assertNear(skew(customer), [0.2224, 0.295, 0.4872, 0.6132, 0.7899, 0.9486], 0.00006)
  assertNear(skew(name), [0.1473, 0.2328, 0.3999, 0.5423, 0.7233, 0.9258], 0.00006)
})

test('stock pages are as skewed as the order of their rows makes them', () => {
  const expected = {
    key: [0.2765, 0.5915, 0.7544, 0.9411],
    hashed: [0.1332, 0.3456, 0.5149, 0.7969],
    packed: [0.3927, 0.7098, 0.8444, 0.9743],
  }
  for (const [order, shares] of Object.entries(expected)) {
    const position = stockPositions(order, 0, new Rng(1))
    const pages = new Float64Array(Math.ceil(100_000 / STOCK_PER_PAGE))
    item.forEach((count, i) => {
      pages[Math.floor((position?.[i] ?? i) / STOCK_PER_PAGE)]! += count
    })
    const [, two, , ten, twenty, half] = skew(pages)
    assertNear([two!, ten!, twenty!, half!], shares, order === 'hashed' ? 0.005 : 0.0006) // one random order; page counts round
  }
})

test('packed stock follows the constant that the items are drawn with', () => {
  const position = stockPositions('packed', 4711, new Rng(1))!
  const counts = nurandCounts(ITEM_OR, 1, 100_000, 4711)
  const byRank = new Float64Array(100_000)
  counts.forEach((count, i) => {
    byRank[position[i]!] = count
  })
  for (let rank = 1; rank < byRank.length; rank++) assert.ok(byRank[rank - 1]! >= byRank[rank]!, `rank ${rank}`)
})

test('NURand draws what its counts say', () => {
  const rng = new Rng(5)
  const counts = nurandCounts(CUSTOMER_OR, 1, 3000, 100)
  const drawn = new Float64Array(3000)
  const draws = 600_000
  for (let i = 0; i < draws; i++) drawn[nurand(rng, CUSTOMER_OR, 1, 3000, 100) - 1]!++
  let chiSquare = 0
  counts.forEach((count, i) => {
    const expected = (count / 3_072_000) * draws
    chiSquare += (drawn[i]! - expected) ** 2 / expected
  })
  // 2,999 degrees of freedom: mean 2,999, standard deviation 77.
  assert.ok(Math.abs(chiSquare - 2999) < 5 * 77, `${chiSquare}`)
})

test('constants keep the rule for C_LAST on every seed', () => {
  for (let seed = 0; seed < 500; seed++) {
    const { item: i, customer: c, nameLoad, nameRun } = drawConstants(new Rng(seed))
    assert.ok(i >= 0 && i <= ITEM_OR && c >= 0 && c <= CUSTOMER_OR)
    assert.ok(nameLoad >= 0 && nameLoad <= NAME_OR && nameRun >= 0 && nameRun <= NAME_OR)
    assert.ok(isAllowedNameDelta(Math.abs(nameLoad - nameRun)))
  }
})
