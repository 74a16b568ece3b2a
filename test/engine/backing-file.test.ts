// Which pages of the file are there and which are dirty, to the last page and beyond it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absentPages, BackingFile } from '../../engine/backing-file.ts'
import { Rng } from '../../engine/rng.ts'

for (const pages of [1, 31, 32, 33, 1000]) {
  test(`of ${pages} pages each is present or absent, clean or dirty by itself`, () => {
    const isAbsent = (page: number) => page % 3 !== 1
    const file = new BackingFile(pages, 'shmem', isAbsent)
    const absent = Array.from({ length: pages }, (_, page) => isAbsent(page))
    const clean = [...absent] // a page that a read allocates is clean
    const rng = new Rng(pages)
    for (let step = 0; step < 2000; step++) {
      const page = rng.below(pages)
      const what = rng.below(3)
      if (what === 0 && absent[page]) {
        file.bring(page)
        absent[page] = false
      } else if (what === 1) {
        file.evict(page)
        absent[page] = true
      } else if (what === 2) {
        file.markDirty(page)
        clean[page] = false
      }
      assert.equal(file.has(page), !absent[page])
      assert.equal(file.isDirty(page), !clean[page])
    }
    assert.equal(file.presentPages, absent.filter(isGone => !isGone).length)
    for (let page = 0; page < pages; page++) assert.equal(file.has(page), !absent[page])
    assert.equal(file.has(pages), false)
  })
}

test('a complete file keeps no account of its pages until one is taken away, and of dirty ones only on disk', () => {
  const [shmem, disk] = [new BackingFile(100, 'shmem'), new BackingFile(100, 'disk')]
  assert.deepEqual([shmem.alwaysDirty, disk.alwaysDirty], [true, false])
  assert.deepEqual([shmem.isDirty(99), disk.isDirty(99)], [true, false])
  shmem.evict(99)
  assert.deepEqual([shmem.has(98), shmem.has(99), shmem.presentPages], [true, false, 99])
})

test('a share leaves out pages by the multiplier 2654435761 of Knuth (TAOCP 3, 6.4), modulo 2^32', () => {
  for (const page of [1, 2, 1_000_000, 123_456_789]) {
    const place = Number((BigInt(page) * 2654435761n) % 2n ** 32n) / 2 ** 32
    assert.deepEqual(
      [place - 1e-9, place + 1e-9].map(share => absentPages(share)!(page)),
      [true, false],
    )
  }
})
