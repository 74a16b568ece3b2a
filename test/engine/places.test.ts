// Where the other vmas of a process lie beside the window, as places: a gap, a vma, a gap, a vma, a gap, then the window.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { Places } from '../../engine/kernel/places.ts'
import { PAGE_BYTES } from '../../engine/units.ts'

const { windowBase, othersBase, othersStride } = linux2542Remap
/** Window page of an address. */
const pageOf = (address: number) => (address - windowBase) / PAGE_BYTES

test('below the window: the first gap, a vma, a gap, a vma, the last gap', () => {
  const places = new Places(linux2542Remap, 32, 0, 2)
  const [first, second] = [othersBase, othersBase + othersStride]
  const expected = [
    [0, 0],
    [first - PAGE_BYTES, 0],
    [first, 1],
    [first + PAGE_BYTES, 2],
    [second, 3],
    [second + PAGE_BYTES, 4],
    [windowBase - PAGE_BYTES, 4],
    [windowBase, 5],
    [windowBase + 31 * PAGE_BYTES, 36],
    [windowBase + 32 * PAGE_BYTES, 37],
    [windowBase + 1000 * PAGE_BYTES, 37],
  ] as const
  for (const [address, place] of expected) assert.equal(places.of(pageOf(address)), place, address.toString(16))
  assert.deepEqual([places.pageAt(1), places.pageAt(3)], [first / PAGE_BYTES, second / PAGE_BYTES])
  assert.deepEqual([places.pageAfter(1, 2), places.pageAfter(-1, 0)], [first / PAGE_BYTES + 1, -1])
})

test('above the window: a gap before each vma, and the last gap after them', () => {
  const above = windowBase + 0x100000
  const places = new Places({ ...linux2542Remap, othersBase: above }, 32, 0, 2)
  const expected = [
    [windowBase - PAGE_BYTES, 0],
    [windowBase, 1],
    [windowBase + 32 * PAGE_BYTES, 33],
    [above - PAGE_BYTES, 33],
    [above, 34],
    [above + PAGE_BYTES, 35],
    [above + othersStride, 36],
    [above + othersStride + PAGE_BYTES, 37],
    [above + 9 * othersStride, 37],
  ] as const
  for (const [address, place] of expected) assert.equal(places.of(pageOf(address)), place, address.toString(16))
})

test('other vmas inside the window, and a window past the end of addresses, are refused', () => {
  const inside = windowBase + 8 * PAGE_BYTES
  assert.throws(() => new Places({ ...linux2542Remap, othersBase: inside }, 32, 0, 2), /do not fit/)
  const addressEnd = windowBase + 31 * PAGE_BYTES
  assert.throws(() => new Places({ ...linux2542Remap, addressEnd }, 32, 0, 2), /do not fit/)
})
