// Single rules of kernels, each on a window small enough to count by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VMA_READ_ONLY } from '../../engine/address-space.ts'
import { ENOMEM } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { MAP_LOCKED } from '../../engine/kernel/kernel.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import { mmapBytes } from '../../engine/kernel/syscalls.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
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

test('a unit in the place of one that was locked, or not, is locked as its own call says', () => {
  const reclaimed = (before: number, now: number) => {
    const kernel = smallKernel({ pagesMappedOnce: true })
    for (const vpn of [3, 4, 5]) kernel.mmapFixed(vpn, 1, 100 * vpn, before)
    kernel.mmapFixed(4, 1, 900, now)
    kernel.touch(4, 0)
    return counted(kernel, () => kernel.reclaim(4, 1)).pagesReclaimed
  }
  assert.deepEqual([reclaimed(0, MAP_LOCKED), reclaimed(MAP_LOCKED, 0)], [0, 1])
})

test('the check of a kernel sees pages that lie in more pieces than there are vmas, whatever other vmas there are', () => {
  const kernel = smallKernel({ otherVmas: 5 })
  for (const vpn of [3, 5]) kernel.mmapFixed(vpn, 1, 100 * vpn, 0)
  touchAll(kernel, 0, 8)
  kernel.check()
  Object.defineProperty(kernel.space, 'mapCount', { value: 5 + 4 }) // one too few
  Object.defineProperty(kernel.space, 'check', { value: () => {} }) // would see that first
  assert.throws(() => kernel.check(), /in 5 pieces, but there are 4 vmas/)
})

test('the limits of vmas are those of the kernels', () => {
  // MAX_MAP_COUNT, 65536; later USHRT_MAX - 5 [include/linux/mm.h].
  const limits = new Map(KERNELS.map(({ name, maxMapCount }) => [name, maxMapCount]))
  for (const [name, limit] of limits) {
    assert.equal(limit, /^linux-(3\.10|4|6)/.test(name) ? 65_530 : 65_536, name)
  }
})

test('a write to a page that was read through a read-only mapping fails, and counts as failed', () => {
  for (const model of [linux2542Remap, linux618]) {
    const kernel = smallKernel({ model })
    kernel.mmapAs(4, 1, 100, 0, VMA_READ_ONLY)
    const c = counted(kernel, () => {
      assert.equal(kernel.touch(4, 0), 0)
      assert.ok(kernel.touch(4, 1) < 0)
    })
    assert.equal(c.failedAccesses, 1, model.name)
  }
})

test('a mapping may end where the addresses end, and not a page later', () => {
  const { windowBase } = linux2542Remap
  const kernel = smallKernel({ model: { addressEnd: windowBase + 32 * PAGE_BYTES } })
  const map = (vpn: number) => mmapBytes(kernel, windowBase + vpn * PAGE_BYTES, 4 * PAGE_BYTES, 100, 0)
  assert.deepEqual([map(28), map(29)], [0, -ENOMEM])
  assert.equal(kernel.pgoffByVma(31), 103)
})
