import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PteChains } from '../../engine/pte-chains.ts'

test('one mapping needs no chain, the second makes one for both, the eighth a second object of seven', () => {
  const chains = new PteChains(7)
  const objects = Array.from({ length: 15 }, () => {
    chains.add(5)
    return chains.objects
  })
  assert.deepEqual(objects, [0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3])
})

test('a chain that shrinks to one mapping stays a chain, and goes with the last one', () => {
  const chains = new PteChains(7)
  chains.add(5)
  chains.add(5)
  chains.remove(5)
  assert.equal(chains.objects, 1)
  chains.remove(5)
  assert.equal(chains.objects, 0)
  chains.add(5)
  assert.equal(chains.objects, 0)
  assert.equal(chains.objectsPeak, 1)
})

test('removing the only mapping and adding another leaves no chain', () => {
  const chains = new PteChains(7)
  for (let i = 0; i < 3; i++) {
    chains.add(9)
    chains.remove(9)
  }
  assert.equal(chains.objects, 0)
})
