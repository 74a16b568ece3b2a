import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../../engine/rng.ts'
import { Scatter } from '../../workloads/scatter.ts'
import { power, ZipfRanks } from '../../workloads/zipf-ranks.ts'

const ONE = new Int32Array(1)

function drawOne(zipf: ZipfRanks, rng: Rng): number {
  zipf.draw(rng, ONE)
  return ONE[0]!
}

test('power agrees with Math.pow to thirteen digits', () => {
  const rng = new Rng(1)
  for (let i = 0; i < 20_000; i++) {
    const base = (1 + rng.next()) / (1 + rng.below(1000))
    const exponent = rng.below(4000) / 1000 - 2
    const expected = base ** exponent
    assert.ok(Math.abs(power(base, exponent) / expected - 1) < 1e-13, `${base}^${exponent}`)
  }
  assert.equal(power(1, 0.99), 1)
  assert.equal(power(7, 0), 1)
})

test('a zipf over the 4M pages of 16 GiB has the known shares', () => {
  const ranks = 2 ** 22
  const zipf = new ZipfRanks(ranks, 0.99)
  const rng = new Rng(3)
  const parts = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
  const percent = [69.3, 73.8, 79.8, 84.5, 89.1, 95.3]
  const within = parts.map(() => 0)
  const draws = 1_000_000
  for (let i = 0; i < draws; i++) {
    const rank = drawOne(zipf, rng)
    parts.forEach((part, k) => {
      if (rank < part * ranks) within[k]!++
    })
  }
  // Three standard deviations of the widest share are 0.0014; the expected ones are rounded to 0.0005.
  within.forEach((count, k) => {
    assert.ok(Math.abs(count / draws - percent[k]! / 100) < 0.002, `${parts[k]}: ${count / draws}`)
  })
})

test('ranks that share a cell of the table are not drawn too often: their surplus is rejected', () => {
  const ranks = 2 ** 22
  let head = 0
  let all = 0
  for (let k = 1; k <= ranks; k++) {
    all += k ** -0.99
    if (k === 1024) head = all
  }
  const zipf = new ZipfRanks(ranks, 0.99)
  const rng = new Rng(6)
  const draws = 2_000_000
  let drawn = 0
  for (let i = 0; i < draws; i++) if (drawOne(zipf, rng) < 1024) drawn++
  // One standard deviation is 0.00035; without rejection the share would be 0.0019 too low.
  assert.ok(Math.abs(drawn / draws - head / all) < 0.001, `${drawn / draws} against ${head / all}`)
})

for (const theta of [0, 0.5, 0.99, 1, 2]) {
  test(`every rank of 3,000 is drawn in proportion to rank^-${theta}`, () => {
    const ranks = 3000
    const zipf = new ZipfRanks(ranks, theta)
    const rng = new Rng(11)
    const draws = 500_000
    const drawn = new Float64Array(ranks)
    for (let i = 0; i < draws; i++) drawn[drawOne(zipf, rng)]!++
    const weights = Float64Array.from(drawn, (_, rank) => (rank + 1) ** -theta)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    // Chi-square over groups of ranks that expect 20 draws or more.
    let chiSquare = 0
    let groups = 0
    let expected = 0
    let seen = 0
    for (let rank = 0; rank < ranks; rank++) {
      expected += (weights[rank]! / total) * draws
      seen += drawn[rank]!
      if (expected < 20) continue
      chiSquare += (seen - expected) ** 2 / expected
      groups++
      expected = seen = 0
    }
    assert.ok(Math.abs(chiSquare - groups) < 5 * Math.sqrt(2 * groups), `${chiSquare} over ${groups} groups`)
  })
}

test('few ranks, one rank and very many ranks work', () => {
  const rng = new Rng(1)
  assert.equal(drawOne(new ZipfRanks(1, 0.99), rng), 0)
  for (const ranks of [2, 1023, 1024, 1025, 1026, 2 ** 31]) {
    const zipf = new ZipfRanks(ranks, 0.2)
    let most = 0
    for (let i = 0; i < 50_000; i++) most = Math.max(most, drawOne(zipf, rng))
    assert.ok(most < ranks && most >= ranks * 0.99 - 1, `${most} of ${ranks}`)
  }
})

test('scatter is one-to-one', () => {
  for (const count of [1, 2, 3, 5, 1000, 4096, 4097]) {
    const scatter = new Scatter(count, new Rng(count))
    const images = Array.from({ length: count }, (_, i) => scatter.at(i)).sort((a, b) => a - b)
    assert.deepEqual(
      images,
      Array.from({ length: count }, (_, i) => i),
    )
  }
})

test('scatter parts neighbours: few of the 1,000 most popular pages share a 64K unit', () => {
  const scatter = new Scatter(2 ** 22, new Rng(1))
  const units = new Set<number>()
  for (let rank = 0; rank < 1000; rank++) units.add(scatter.at(rank) >> 4)
  assert.ok(units.size > 980, `${units.size} units`) // of 262,144 units: 1.9 collisions expected
})
