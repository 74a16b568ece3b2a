import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../../engine/rng.ts'
import { Tlb } from '../../engine/tlb.ts'
import { NaiveTlb } from '../helpers/naive/naive-tlb.ts'

function access(tlb: Tlb, page: number): boolean {
  const hit = tlb.lookup(page)
  if (!hit) tlb.insert(page)
  return hit
}

for (const entries of [1, 2, 3, 64, 300]) {
  test(`${entries} entries behave like a list on 200,000 random accesses, invalidations and flushes`, () => {
    const rng = new Rng(entries)
    const pages = entries * 2 + 3
    const tlb = new Tlb(entries, pages)
    const naive = new NaiveTlb(entries)
    for (let i = 0; i < 200_000; i++) {
      const page = rng.below(pages)
      const kind = rng.below(40)
      if (kind === 0) {
        tlb.flushAll()
        naive.flush()
      } else if (kind < 8) {
        tlb.invalidatePage(page)
        naive.invalidate(page)
      } else {
        const held = naive.use(page)
        if (!held) naive.load(page)
        assert.equal(access(tlb, page), held, `operation ${i}`)
      }
    }
  })
}

test('the least recently used of three pages gives way in a TLB of two', () => {
  const tlb = new Tlb(2, 8)
  assert.deepEqual(
    [1, 2, 1, 3, 1, 2].map(page => access(tlb, page)),
    [false, false, true, false, true, false],
  )
})

test('a TLB of no entries never hits', () => {
  const tlb = new Tlb(0, 8)
  assert.deepEqual(
    [1, 1, 1].map(page => access(tlb, page)),
    [false, false, false],
  )
})
