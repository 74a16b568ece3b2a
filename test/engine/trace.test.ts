import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TraceBlock, TraceHash } from '../../engine/trace.ts'

function hashOf(accesses: readonly (readonly [op: number, page: number])[], cuts: readonly number[] = []): string {
  const block = new TraceBlock()
  accesses.forEach(([op, page], i) => {
    block.op[i] = op
    block.page[i] = page
  })
  block.length = accesses.length
  const hash = new TraceHash()
  let from = 0
  for (const to of [...cuts, accesses.length]) {
    hash.update(block, from, to)
    from = to
  }
  return hash.digest()
}

test('the hash is the same however the trace is cut into blocks', () => {
  const trace = [
    [0, 5],
    [1, 7],
    [0, 2 ** 30],
    [1, 0],
  ] as const
  assert.equal(hashOf(trace, [1, 3]), hashOf(trace))
})

test('order, page and op each change the hash', () => {
  const hashes = [
    hashOf([
      [0, 1],
      [0, 2],
    ]),
    hashOf([
      [0, 2],
      [0, 1],
    ]),
    hashOf([
      [1, 1],
      [0, 2],
    ]),
    hashOf([
      [0, 1],
      [0, 3],
    ]),
    hashOf([[0, 1]]),
    hashOf([]),
  ]
  assert.equal(new Set(hashes).size, hashes.length)
  for (const hash of hashes) assert.match(hash, /^[0-9a-f]{16}$/)
})
