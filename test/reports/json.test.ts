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

test('a result is flat but for its modelled time, its keys are the columns in their order', () => {
  const row = rowOf(MAP_FIXED_RESULT, p42002)
  const [result] = JSON.parse(json.render(reportOf(row))).results
  assert.equal(Object.keys(result).at(-1), 'modelled')
  delete result.modelled
  assert.deepEqual(
    Object.keys(result),
    COLUMNS.map(column => column.name),
  )
  assert.deepEqual(
    Object.values(result),
    COLUMNS.map(column => column.value(row)),
  )
})

test('the modelled time is split by cause, as ranges in nanoseconds that add up', () => {
  const [result] = JSON.parse(json.render(reportOf(rowOf(MAP_FIXED_RESULT, p42002)))).results
  const { entries, faults } = result.modelled
  // 2,298,721 calls of 1761 cycles, 2,754,357 faults of 2000 to 4500, 2.4 cycles to a nanosecond.
  const calls = Math.round((2_298_721 * 1761) / 2.4)
  assert.deepEqual(entries, { ns: calls, ns_low: calls, ns_high: calls })
  assert.equal(faults.ns_low, Math.round((2_754_357 * 2000) / 2.4))
  assert.equal(faults.ns_high, Math.round((2_754_357 * 4500) / 2.4))
  const causes = Object.values(result.modelled) as { ns: number }[]
  assert.ok(Math.abs(causes.reduce((sum, { ns }) => sum + ns, 0) - result.modelled_ns) <= causes.length)
  const [unpriced] = JSON.parse(json.render(reportOf(rowOf(MAP_FIXED_RESULT, null)))).results
  assert.equal(unpriced.modelled, null)
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
