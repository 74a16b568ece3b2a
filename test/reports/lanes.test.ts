import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLong, listed, namesOf, subjectsOf } from '../../reports/lanes.ts'
import type { ReportRow } from '../../reports/report.ts'
import { resultOf, rowOf } from '../helpers/results.ts'

const lane = (strategy: string, kernel = 'k1', unitBytes = 16384) =>
  rowOf(resultOf({ strategy, kernel, unitBytes }), null)
const of = (
  name: (some: readonly ReportRow[], rows: readonly ReportRow[]) => string,
  rows: ReportRow[],
  ...at: number[]
) =>
  name(
    at.map(i => rows[i]!),
    rows,
  )

test('lanes stand below each other if there are several kernels or more than three lanes', () => {
  const rows = ['a', 'b', 'c', 'd'].map(strategy => lane(strategy))
  assert.deepEqual([isLong(rows.slice(0, 3)), isLong(rows)], [false, true])
  assert.equal(isLong([lane('a'), lane('a', 'k2')]), true)
})

test('some lanes of one kernel are named by their strategies and by what else differs', () => {
  const rows = [lane('a'), lane('b'), lane('a', 'k1', 4096)]
  assert.equal(of(namesOf, rows, 0), 'a (unit 16K)')
  assert.equal(of(namesOf, rows, 0, 1, 2), 'a (unit 16K), b (unit 16K) and a (unit 4K)')
})

test('some lanes of several kernels are named once for all kernels of theirs', () => {
  const rows = [lane('a'), lane('b'), lane('a', 'k2'), lane('b', 'k2'), lane('a', 'k3')]
  assert.equal(of(namesOf, rows, 0, 2, 4), 'a on every kernel')
  assert.equal(of(namesOf, rows, 0, 1, 2, 3), 'a and b on k1 and k2')
  assert.equal(of(namesOf, rows, 0, 2, 3, 4), 'a on every kernel and b on k2')
  assert.equal(of(subjectsOf, rows, 0, 1, 2), 'k1, a on k2')
  assert.equal(of(subjectsOf, rows, 0, 1, 4), 'k1, k3')
})

test('a list in words', () => {
  assert.deepEqual(
    [listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])],
    ['', 'a', 'a and b', 'a, b and c'],
  )
})
