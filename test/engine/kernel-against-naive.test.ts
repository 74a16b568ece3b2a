// The engine against the naive model on random operations: partial overlaps, limits, absent pages, odd arguments.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from '../helpers/fuzz.ts'

const OPERATIONS = 100_000
const SEED = 20021014

test('every counter and every page agrees with the naive model after each of 100,000 random operations', () => {
  let machines = 0
  fuzz(OPERATIONS, SEED, () => machines++)
  assert.equal(machines, OPERATIONS / 500)
})
