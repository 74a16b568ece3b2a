import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../../engine/rng.ts'

/** sfc32 as published, on BigInt: slow, and written without looking at 32-bit tricks. */
function* sfc32(seed: bigint): Generator<number> {
  const mask = 0xffffffffn
  let [a, b, c, counter] = [0n, seed & mask, (seed >> 32n) & mask, 1n]
  for (let i = 0; ; i++) {
    const result = (a + b + counter) & mask
    counter = (counter + 1n) & mask
    a = b ^ (b >> 9n)
    b = (c + (c << 3n)) & mask
    c = (((c << 21n) & mask) | (c >> 11n)) & mask
    c = (c + result) & mask
    if (i >= 15) yield Number(result)
  }
}

test('the generator is sfc32, number for number', () => {
  for (const seed of [0, 1, 2002, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER]) {
    const rng = new Rng(seed)
    const reference = sfc32(BigInt(seed))
    for (let i = 0; i < 1000; i++) assert.equal(rng.next(), reference.next().value, `seed ${seed}, number ${i}`)
  }
})

test('below() and between() stay in range and reach both ends', () => {
  const rng = new Rng(7)
  const seen = new Set<number>()
  for (let i = 0; i < 10_000; i++) seen.add(rng.between(5, 15))
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  )
  for (let i = 0; i < 1000; i++) assert.ok(rng.below(1) === 0)
})

test('split streams differ from each other and repeat with the seed', () => {
  const draw = (key: number) =>
    Array.from(
      { length: 4 },
      (
        (stream: Rng) => () =>
          stream.next()
      )(new Rng(1).split(key)),
    )
  assert.deepEqual(draw(1), draw(1))
  assert.notDeepEqual(draw(1), draw(2))
})
