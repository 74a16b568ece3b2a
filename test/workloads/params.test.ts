import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../../engine/errors.ts'
import { tpcc } from '../../workloads/tpcc.ts'
import type { ParamValues, Workload } from '../../workloads/workload.ts'
import { zipf } from '../../workloads/zipf.ts'
import { file, MIB } from './accesses.ts'

const GIB16 = file(16 * 1024 * MIB)

function refusal(workload: Workload, given: ParamValues, place = GIB16): string {
  try {
    workload.resolve(given, place)
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error))
    assert.ok(!error.message.includes('\n'))
    return error.message
  }
  return assert.fail('accepted')
}

test('defaults are filled in', () => {
  assert.deepEqual(zipf.resolve({}), { theta: 0.99, ranks: 'scattered', writes: 0.05 })
  assert.deepEqual(tpcc.resolve({}, GIB16), { 'stock-order': 'key', inserts: 'heap', warehouses: 219 })
})

test('what was given replaces a default', () => {
  assert.deepEqual(zipf.resolve({ theta: 1, ranks: 'packed' }), { theta: 1, ranks: 'packed', writes: 0.05 })
})

test('an unknown parameter is refused with the nearest name', () => {
  assert.equal(
    refusal(zipf, { tetha: 1 }),
    '--param tetha=1: unknown parameter; zipf has the parameters theta, ranks, writes; did you mean theta?',
  )
  assert.match(refusal(tpcc, { constructor: 1 }), /unknown parameter/)
})

test('a name unlike any other gets no suggestion', () => {
  assert.doesNotMatch(refusal(zipf, { temperature: 1 }), /did you mean/)
})

test('a number out of range, a fraction or a word instead of a number is refused with the range', () => {
  assert.equal(refusal(zipf, { writes: 1.5 }), '--param writes=1.5: must be a number from 0 to 1')
  assert.equal(refusal(zipf, { theta: Number.NaN }), '--param theta=NaN: must be a number from 0 to 5')
  assert.equal(refusal(zipf, { theta: 'high' }), '--param theta=high: must be a number from 0 to 5')
  assert.equal(refusal(tpcc, { warehouses: 2.5 }), '--param warehouses=2.5: must be an integer from 1 to 5000')
  assert.equal(refusal(tpcc, { warehouses: 0 }), '--param warehouses=0: must be an integer from 1 to 5000')
})

test('a wrong word is refused with the words and the nearest one', () => {
  assert.equal(
    refusal(tpcc, { 'stock-order': 'hash' }),
    '--param stock-order=hash: must be key, hashed or packed; did you mean hashed?',
  )
  assert.equal(refusal(tpcc, { inserts: 3 }), '--param inserts=3: must be heap or clustered')
})

test('a file too small for the warehouses is refused with the numbers', () => {
  assert.equal(refusal(tpcc, { warehouses: 250 }), '--param warehouses=250: needs 16828M; --file 16G holds at most 243')
  assert.equal(
    refusal(tpcc, {}, file(64 * MIB)),
    '--file 64M: too small for a TPC-C-like database; one warehouse needs 76M',
  )
})
