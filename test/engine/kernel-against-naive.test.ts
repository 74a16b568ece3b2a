// The engine against the naive models on random operations: partial overlaps, limits, absent pages, odd arguments.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERA_KERNELS, fuzz } from '../helpers/fuzz-kernels.ts'

const SEED = 20021014
const OPS_PER_MACHINE = 500

test('every counter and every page agrees with the naive model after each of 100,000 random operations', () => {
  const operations = 100_000
  let machines = 0
  fuzz({ operations, seed: SEED, onMachine: () => machines++ })
  assert.equal(machines, operations / OPS_PER_MACHINE)
})

test('and on the kernels of 2.4, 2.6.20, 3.10, 4.0 and 6.18 after each of 50,000, in turns', () => {
  const operations = 50_000
  let machines = 0
  fuzz({ kernels: ERA_KERNELS, operations, seed: SEED, onMachine: () => machines++ })
  assert.equal(ERA_KERNELS.length, 6)
  assert.equal(machines, operations / OPS_PER_MACHINE)
})
