import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CellName, evaluate, type PriceName, withKernel } from '../../claims/formula.ts'
import { InvariantError } from '../../engine/errors.ts'

const CELLS: Readonly<Record<string, number | null>> = {
  'map-fixed.page_faults': 40,
  'map-fixed.remaps': 10,
  'map-fixed.tlb_misses': null,
  'linux-2.5.42-remap/map-fixed.remaps': 7,
  '4K:map-fixed.remaps': 3,
  '4K:linux-6.18/remap-file-pages.remaps': 2,
}

const cell = ({ run, kernel, strategy, column }: CellName) =>
  CELLS[`${run === '' ? '' : `${run}:`}${kernel === '' ? '' : `${kernel}/`}${strategy}.${column}`] ?? null
const price = ({ list, column, bound }: PriceName) =>
  list === 'p9' && column === 'remaps' ? { low: 1, best: 20, high: 300 }[bound] : null
const value = (formula: string) => evaluate(formula, { cell, price })

test('products bind before sums, brackets before both, and equals go from left to right', () => {
  assert.equal(value('2 + 3 * 4'), 14)
  assert.equal(value('( 2 + 3 ) * 4'), 20)
  assert.equal(value('(2 + 3) * (1 + 1)'), 10)
  assert.equal(value('10 - 3 - 2'), 5)
  assert.equal(value('64 / 4 / 2'), 8)
  assert.equal(value('0.5 * 3'), 1.5)
})

test('a cell is LANE.COLUMN, with its kernel and its run where they are named: hyphens and dots are part of names', () => {
  assert.equal(value('map-fixed.page_faults / map-fixed.remaps'), 4)
  assert.equal(value('linux-2.5.42-remap/map-fixed.remaps'), 7)
  assert.equal(value('4K:map-fixed.remaps + 4K:linux-6.18/remap-file-pages.remaps'), 5)
})

test('a price is COLUMN@LIST at its best, or at an end of its range', () => {
  assert.equal(value('remaps@p9'), 20)
  assert.equal(value('( remaps@p9.low + remaps@p9.high ) / map-fixed.remaps'), 30.1)
  assert.equal(value('page_faults@p9 + 1'), null)
  assert.throws(() => value('remaps@p9.best'), InvariantError)
  assert.throws(() => value('map-fixed.remaps@p9'), InvariantError)
})

test('what has no value, and what is divided by nothing, has none', () => {
  assert.equal(value('map-fixed.tlb_misses + 1'), null)
  assert.equal(value('1 - map-fixed.tlb_misses'), null)
  assert.equal(value('1 / 0'), null)
  assert.equal(value('0 / 0'), null)
})

test('what is no formula is a bug of ours that names the place', () => {
  for (const [formula, what] of [
    ['1 +', /ends too early/],
    ['', /ends too early/],
    ['( 1 + 2', /bracket/],
    ['1 2', /2 is not expected/],
    ['1 ) 2', /\) is not expected/],
    ['remaps / 2', /remaps is neither a number nor/],
    ['map-fixed.', /neither a number nor/],
  ] as const) {
    assert.throws(
      () => value(formula),
      (error: unknown) => error instanceof InvariantError && what.test(error.message),
    )
  }
})

test('the kernel is written into lanes that leave it open, and nowhere else', () => {
  const shown = withKernel('( 0.5 + a.x / 4K:map-fixed.y ) * b:linux-6.18/c.z', 'linux-3.10', run => run !== 'b')
  assert.equal(shown, '( 0.5 + linux-3.10/a.x / 4K:linux-3.10/map-fixed.y ) * b:linux-6.18/c.z')
  assert.equal(
    withKernel('tlb_misses@p4-2002.low * ghz@p4-2002', 'linux-3.10', () => true),
    'tlb_misses@p4-2002.low * ghz@p4-2002',
  )
  assert.equal(
    withKernel('b:c.z', 'linux-3.10', run => run !== 'b'),
    'b:c.z',
  )
})
