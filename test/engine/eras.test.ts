// Single rules of kernels, each on a window small enough to count by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import { counted, smallKernel, touchAll } from '../helpers/machine.ts'

const TABLE = 512

test('on 6.18 an entry is dirty if its page is: pages that only reads have made are not', () => {
  // Four pages on either side of a border between page tables; dirty ones are flushed table by table.
  const flushes = (isWritten: boolean) => {
    const kernel = smallKernel({ model: linux618, windowPages: 2 * TABLE, isAbsent: () => true })
    for (let vpn = TABLE - 4; vpn < TABLE + 4; vpn++) kernel.touch(vpn, isWritten ? 1 : 0)
    kernel.mmapFixed(TABLE - 4, 8, TABLE - 4, 0) // takes the entries away, if written, but for the file's pages
    touchAll(kernel, TABLE - 4, 8)
    const c = counted(kernel, () => kernel.mmapFixed(TABLE - 4, 8, 2000, 0))
    return c.tlbFullFlushes + c.tlbRangeFlushes
  }
  assert.deepEqual([flushes(false), flushes(true)], [1, 2])
})

test('look-ups may be counted on a kernel that flushes for each vma: even untouched pages cost a flush there', () => {
  for (const unmapFlush of ['whole', 'whole-per-vma'] as const) {
    const kernel = smallKernel({ model: { unmapFlush }, pagesMappedOnce: true })
    for (const vpn of [3, 4, 5]) kernel.mmapFixed(vpn, 1, 100 * vpn, 0)
    const c = counted(kernel, () => kernel.mmapFixed(4, 1, 200, 0))
    assert.equal(c.tlbFullFlushes, unmapFlush === 'whole' ? 0 : 1, unmapFlush)
  }
})

test('look-ups may be counted on a kernel that joins neighbours: a page that continues its neighbour joins it', () => {
  for (const [mergesFileVmas, vmas] of [
    ['never', 5],
    ['after-allocating', 4],
  ] as const) {
    const kernel = smallKernel({ model: { mergesFileVmas }, pagesMappedOnce: true })
    for (const vpn of [3, 4, 5]) kernel.mmapFixed(vpn, 1, 100 * vpn, 0)
    kernel.mmapFixed(4, 1, 301, 0)
    assert.equal(kernel.space.mapCount, vmas, mergesFileVmas)
  }
})

test('on 6.18 a page written through its entry makes the page dirty when that entry goes, and not its neighbour', () => {
  // Two pages are read, then written through the entries they have; one of the entries goes. Then one of the two pages is
  // read at a second place, beside a clean page of another page table, and both are unmapped: a dirty one flushes at once.
  const flushes = (page: number) => {
    const kernel = smallKernel({ model: linux618, windowPages: 2 * TABLE, isAbsent: () => true })
    for (const write of [0, 1]) for (const vpn of [10, 11]) kernel.touch(vpn, write)
    kernel.mmapFixed(10, 1, 2000, 0)
    kernel.mmapFixed(TABLE - 1, 1, page, 0)
    touchAll(kernel, TABLE - 1, 2)
    const c = counted(kernel, () => kernel.mmapFixed(TABLE - 1, 2, 3000, 0))
    return c.tlbFullFlushes + c.tlbRangeFlushes
  }
  assert.deepEqual([flushes(10), flushes(11)], [2, 1])
})
