// Short sequences worked out by hand from the kernel's source, and confirmed by executing it: a window of eight units of
// four pages over one shared file, one thread, one CPU, every page touched after each mapping, counting from after the
// window's first mapping.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENOMEM } from '../../engine/errors.ts'
import { MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import type { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { counted, smallKernel, touchAll } from '../helpers/machine.ts'

const UNIT = 4
const ORDER = [1, 3, 3, 5, 0, 2, 7, 6, 4, 4]

/** Maps the window's units in ORDER to file units that never continue each other; returns the vma counts after each. */
function mapInOrder(kernel: SimulatedKernel, flags = 0): number[] {
  return ORDER.map((unit, i) => {
    assert.equal(kernel.mmapFixed(unit * UNIT, UNIT, 1000 - 3 * i * UNIT, flags), 0)
    touchAll(kernel, unit * UNIT, UNIT)
    return kernel.space.mapCount
  })
}

test('ten over-mappings: vmas 3,5,5,7,7,7,8,8,8,8; 40 faults; 2 whole flushes; 17 allocations, 10 frees, 7 splits', () => {
  const kernel = smallKernel()
  const c = counted(kernel, () => assert.deepEqual(mapInOrder(kernel), [3, 5, 5, 7, 7, 7, 8, 8, 8, 8]))
  assert.equal(c.pageFaults, 40)
  assert.equal(c.tlbFullFlushes, 2) // the two units mapped for the second time: only they held ptes
  assert.equal(c.tlbPageInvalidations, 0)
  assert.deepEqual([c.vmaAllocs, c.vmaFrees, c.vmaSplits], [17, 10, 7])
})

test('the same ten by remap_file_pages: one vma, 40 single invalidations, no flush, no fault, ten look-ups', () => {
  const kernel = smallKernel()
  const c = counted(kernel, () => {
    ORDER.forEach((unit, i) => {
      assert.equal(kernel.remapFilePages(unit * UNIT, UNIT, 1000 - 3 * i * UNIT, 0), 0)
      touchAll(kernel, unit * UNIT, UNIT)
    })
  })
  assert.equal(kernel.space.mapCount, 1)
  assert.deepEqual([c.syscalls, c.tlbPageInvalidations, c.tlbFullFlushes, c.pageFaults], [10, 40, 0, 0])
  assert.deepEqual([c.vmaLookups, c.vmaCacheHits, c.vmaAllocs], [10, 9, 0])
})

test('mapping a unit back to its linear place merges nothing: three vmas stay three', () => {
  const kernel = smallKernel()
  kernel.mmapFixed(UNIT, UNIT, 500, 0)
  assert.equal(kernel.space.mapCount, 3)
  kernel.mmapFixed(UNIT, UNIT, UNIT, 0)
  assert.equal(kernel.space.mapCount, 3)
})

test('two neighbouring units with consecutive file pages stay two vmas', () => {
  const kernel = smallKernel()
  kernel.mmapFixed(UNIT, UNIT, 500, 0)
  kernel.mmapFixed(2 * UNIT, UNIT, 504, 0)
  assert.equal(kernel.space.mapCount, 4)
})

test('at a limit of five vmas units 1 and 3 fit, 5 and 7 are refused', () => {
  const kernel = smallKernel({ mapLimit: 5 })
  const outcomes = [1, 3, 5, 7].map(unit => [
    kernel.mmapFixed(unit * UNIT, UNIT, 500 + 8 * unit, 0),
    kernel.space.mapCount,
  ])
  assert.deepEqual(outcomes, [
    [0, 3],
    [0, 5],
    [-ENOMEM, 5],
    [-ENOMEM, 5],
  ])
})

test('at a limit of six a unit in the middle of a vma fails at its second cut, and the first cut stays', () => {
  const kernel = smallKernel({ mapLimit: 6 })
  for (const unit of [1, 3]) assert.equal(kernel.mmapFixed(unit * UNIT, UNIT, 500 + 8 * unit, 0), 0)
  const before = Array.from({ length: 32 }, (_, vpn) => kernel.pgoffByVma(vpn))
  assert.equal(kernel.mmapFixed(5 * UNIT, UNIT, 900, 0), -ENOMEM)
  assert.equal(kernel.space.mapCount, 6)
  assert.deepEqual(
    Array.from({ length: 32 }, (_, vpn) => kernel.pgoffByVma(vpn)),
    before,
  )
})

test('remapping a file backwards page by page: one vma a page by mmap, one vma in all by remap_file_pages', () => {
  const PAGES = 32
  const mapped = smallKernel({ windowPages: PAGES, filePages: PAGES })
  const remapped = smallKernel({ windowPages: PAGES, filePages: PAGES })
  for (let page = 0; page < PAGES; page++) {
    mapped.mmapFixed(page, 1, PAGES - 1 - page, 0)
    remapped.remapFilePages(page, 1, PAGES - 1 - page, 0)
  }
  assert.deepEqual([mapped.space.mapCount, remapped.space.mapCount], [PAGES, 1])
})

test('with MAP_POPULATE a steady-state unit costs one entry, one whole flush and four wasted invalidations', () => {
  const kernel = smallKernel()
  mapInOrder(kernel)
  const c = counted(kernel, () => {
    kernel.mmapFixed(3 * UNIT, UNIT, 2000, MAP_POPULATE)
    touchAll(kernel, 3 * UNIT, UNIT)
  })
  assert.deepEqual([c.syscalls + c.pageFaults, c.tlbFullFlushes, c.tlbPageInvalidations, c.pageFaults], [1, 1, 4, 0])
})
