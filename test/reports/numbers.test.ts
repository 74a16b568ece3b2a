import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exactSize, grouped, mean, memory, percent, range, ratio, timeRange } from '../../reports/numbers.ts'

test('whole numbers are grouped by threes', () => {
  assert.deepEqual([0, 999, 1000, 10_000_000].map(grouped), ['0', '999', '1,000', '10,000,000'])
  assert.equal(grouped(null), '-')
  assert.equal(grouped(0.0563), '0.0563') // a price
})

test('sizes are exact, amounts of memory rounded', () => {
  assert.deepEqual([2 ** 34, 16384, 1000].map(exactSize), ['16 GiB', '16 KiB', '1000 bytes'])
  assert.deepEqual([0, 4096, 8_949_760, null].map(memory), ['0 B', '4.0 KiB', '8.5 MiB', '-'])
})

test('a share of nothing is none', () => {
  assert.equal(percent(1, 3), '33.3 %')
  assert.equal(percent(0, 0), '-')
})

test('a ratio to zero or to nothing is none', () => {
  assert.deepEqual([ratio(5, 0), ratio(0, 0), ratio(null, 2), ratio(2, null)], ['-', '-', '-', '-'])
  assert.deepEqual([ratio(0, 5), ratio(1, 3), ratio(1, 1000), ratio(65_536, 1)], ['-', '0.33', '< 0.01', '65,536'])
})

test('a mean has two decimals or none', () => {
  assert.deepEqual([mean(12, 10), mean(10, 2), mean(117, 99)], ['1.20', '5', '1.18'])
})

test('a range of times has one unit, and is one figure if both ends read the same', () => {
  assert.equal(timeRange(8.41e9, 31.4e9), '8.4 - 31 s')
  assert.equal(timeRange(4.16e9, 4.17e9), '4.2 s')
  assert.equal(timeRange(1500, 2500), '1.5 - 2.5 us')
  assert.equal(timeRange(0, 0), '0 ns')
  assert.equal(timeRange(3.2e6, 1.2e9), '0.0032 - 1.2 s')
  assert.equal(timeRange(1e12, 2e12), '1,000 - 2,000 s')
})

test('bounds have two digits', () => {
  assert.equal(range(0.857, 1.33), '0.86 - 1.3')
  assert.equal(range(9.96, 10.04), '10')
})
