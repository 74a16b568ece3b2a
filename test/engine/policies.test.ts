// CLOCK and LRU against misses that other simulators counted on a real trace: 149,999 buffer references of PostgreSQL 15
// under pgbench (scale 10), captured for this project and numbered densely; two independent implementations agree on them.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { clock } from '../../engine/policy/clock.ts'
import { lru } from '../../engine/policy/lru.ts'
import type { PolicyEntry } from '../../engine/policy/policy.ts'
import { fixture } from '../helpers/fixtures.ts'

const bytes = gunzipSync(readFileSync(fixture('postgres-buffer-references.u16.gz')))
const references = Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16LE(2 * i))

function misses(policy: PolicyEntry, slots: number, blocks: readonly number[]): number {
  const order = policy.create(slots)
  const slotOf = new Map<number, number>()
  const blockOf: number[] = []
  let missed = 0
  for (const block of blocks) {
    const slot = slotOf.get(block)
    if (slot !== undefined) {
      order.recordAccess(slot)
      continue
    }
    missed++
    const victim = slotOf.size < slots ? slotOf.size : order.evict(block)
    if (blockOf[victim] !== undefined) slotOf.delete(blockOf[victim])
    blockOf[victim] = block
    slotOf.set(block, victim)
    order.recordInsert(victim, block)
  }
  return missed
}

for (const [policy, slots, expected] of [
  [lru, 64, 18_607],
  [lru, 1024, 16_059],
  [lru, 4096, 12_109],
  [clock, 64, 19_109],
  [clock, 1024, 16_081],
  [clock, 4096, 12_299],
] as const) {
  test(`${policy.name} with ${slots} slots misses ${expected} of 149,999 PostgreSQL buffer references`, () => {
    assert.equal(misses(policy, slots, references), expected)
  })
}

test('clock: a hit saves a block from the hand once, a new block enters unreferenced', () => {
  // Slots 1 2 3 hold a b c. The hit on a sets its bit: d replaces b; the hand stands at c, which e replaces, then a goes.
  assert.equal(misses(clock, 3, [1, 2, 3, 1, 4, 5, 1]), 5)
  assert.equal(misses(clock, 3, [1, 2, 3, 1, 4, 5, 2]), 6)
})

test('lru: the block unused for longest goes, whatever came first', () => {
  assert.equal(misses(lru, 2, [1, 2, 1, 3, 1, 2]), 4)
})
