// The promise every replacement policy keeps, on every policy there is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { POLICIES } from '../../engine/policy/index.ts'
import { Rng } from '../../engine/rng.ts'

const SLOTS = 50

/** Fills the slots, then hits and evicts at random; returns the victims. */
function victims(policy: (typeof POLICIES)[number], seed: number): number[] {
  const order = policy.create(SLOTS)
  const rng = new Rng(seed)
  const result: number[] = []
  for (let slot = 0; slot < SLOTS; slot++) order.recordInsert(slot, slot)
  for (let block = SLOTS; block < 2000; block++) {
    for (let hits = rng.below(4); hits > 0; hits--) order.recordAccess(rng.below(SLOTS))
    const slot = order.evict(block)
    order.recordInsert(slot, block)
    result.push(slot)
  }
  return result
}

for (const policy of POLICIES) {
  test(`${policy.name} names one slot of the window for every eviction`, () => {
    for (const slot of victims(policy, 1)) assert.ok(Number.isInteger(slot) && slot >= 0 && slot < SLOTS)
  })

  test(`${policy.name} is deterministic`, () => {
    assert.deepEqual(victims(policy, 2), victims(policy, 2))
  })

  test(`${policy.name} gives up every slot sooner or later`, () => {
    assert.equal(new Set(victims(policy, 3)).size, SLOTS)
  })

  test(`${policy.name} works with a single slot`, () => {
    const order = policy.create(1)
    order.recordInsert(0, 1)
    order.recordAccess(0)
    assert.equal(order.evict(2), 0)
  })
}
