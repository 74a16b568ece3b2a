import assert from 'node:assert/strict'
import { test } from 'node:test'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import { COLUMNS } from '../../reports/columns.ts'
import { json, RESULTS_SCHEMA } from '../../reports/json.ts'
import { MAP_FIXED_RESULT, NO_COUNTS, reportOf, resultOf, rowOf } from '../helpers/results.ts'

test('the file is an object of schema, results and meta, and ends with a newline', () => {
  const text = json.render(reportOf(rowOf(MAP_FIXED_RESULT, p42002)))
  const read = JSON.parse(text)
  assert.deepEqual(Object.keys(read), ['schema', 'results', 'meta'])
  assert.equal(read.schema, RESULTS_SCHEMA)
  assert.deepEqual(read.meta, { version: '0.1.0' })
  assert.ok(text.endsWith('}\n'))
})

test('a result is flat, its keys are the columns in their order', () => {
  const row = rowOf(MAP_FIXED_RESULT, p42002)
  const [result] = JSON.parse(json.render(reportOf(row))).results
  assert.deepEqual(
    Object.keys(result),
    COLUMNS.map(column => column.name),
  )
  assert.deepEqual(
    Object.values(result),
    COLUMNS.map(column => column.value(row)),
  )
})

test('what was not measured is null', () => {
  const outcome = { state: 'unsupported', reason: 'x', why: 'x' } as const
  const [result] = JSON.parse(
    json.render(reportOf(rowOf(resultOf({}, { outcome, counts: NO_COUNTS }), p42002))),
  ).results
  assert.equal(result.syscalls, null)
  assert.equal(result.first_failure_access, null)
  assert.equal(result.modelled_ns, null)
})

test('the same report gives the same bytes', () => {
  const report = () => reportOf(rowOf(structuredClone(MAP_FIXED_RESULT), p42002))
  assert.equal(json.render(report()), json.render(report()))
})

test('NaN is refused, not written as null', () => {
  assert.throws(() => json.render(reportOf(rowOf(resultOf({ seed: Number.NaN }), p42002))), /seed/)
})
