// Which pages of a file exist for a share given with --contents.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absentPages } from '../../engine/backing-file.ts'

const PAGES = 2 ** 20

/** The pages below `pages` that exist. */
function written(share: number, pages = PAGES): number[] {
  const isAbsent = absentPages(share)
  return Array.from({ length: pages }, (_, page) => page).filter(page => !isAbsent?.(page))
}

test('of a complete file no page is absent, of a sparse one every page', () => {
  assert.equal(absentPages(1), null)
  assert.deepEqual(written(0), [])
})

test('a share of the pages exists, spread evenly over the file', () => {
  for (const share of [0.001, 0.1, 0.5, 0.8, 0.999]) {
    for (let from = 0; from < PAGES; from += PAGES / 16) {
      const count = written(share).filter(page => page >= from && page < from + PAGES / 16).length
      assert.ok(Math.abs(count - share * (PAGES / 16)) <= 3, `${count} of ${PAGES / 16} from ${from} on at ${share}`)
    }
  }
})

test('a page is there if the hash of its number says so, whatever the seed', () => {
  const share = 0.3
  const expected = Array.from({ length: 1000 }, (_, page) => page).filter(
    page => Number((BigInt(page) * 0x9e3779b1n) % 2n ** 32n) / 2 ** 32 < share,
  )
  assert.deepEqual(written(share, 1000), expected)
})

test('a larger share has all pages of a smaller one', () => {
  const more = new Set(written(0.6, 10_000))
  assert.ok(written(0.4, 10_000).every(page => more.has(page)))
})
