// Short sequences worked out by hand from the kernel's source, those of 2.5.42 confirmed by executing it: a window of eight
// units of four pages over one shared file, one thread, one CPU, every page touched after each mapping, counting from after
// the window's first mapping. First on 2.5.42 with the mail, then on the other kernels (kernel-spec 11).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EINVAL, ENOMEM } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import { linux24 } from '../../engine/kernel/linux-2.4.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux2620 } from '../../engine/kernel/linux-2.6.20.ts'
import { linux310 } from '../../engine/kernel/linux-3.10.ts'
import { linux310Pae } from '../../engine/kernel/linux-3.10-pae.ts'
import { linux40 } from '../../engine/kernel/linux-4.0.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import type { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { counted, smallKernel, touchAll } from '../helpers/machine.ts'

const UNIT = 4
const ORDER = [1, 3, 3, 5, 0, 2, 7, 6, 4, 4]

/** Maps the window's units in ORDER to file units that never continue each other; returns the vma counts after each. */
function mapInOrder(kernel: SimulatedKernel, flags = 0, write = 0): number[] {
  return ORDER.map((unit, i) => {
    assert.equal(kernel.mmapFixed(unit * UNIT, UNIT, 1000 - 3 * i * UNIT, flags), 0)
    for (let page = 0; page < UNIT; page++) kernel.touch(unit * UNIT + page, write)
    return kernel.space.mapCount
  })
}

/** The same by remap_file_pages(). */
function remapInOrder(kernel: SimulatedKernel): number[] {
  return ORDER.map((unit, i) => {
    assert.equal(kernel.remapFilePages(unit * UNIT, UNIT, 1000 - 3 * i * UNIT, 0), 0)
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
  const c = counted(kernel, () => remapInOrder(kernel))
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

const VMAS = [3, 5, 5, 7, 7, 7, 8, 8, 8, 8]

/**
 * Flushes of the ten over-mappings (whole TLB, ranges, single pages), and faults if each unit is read, or written. The two
 * ranges are of four pages: their eight invlpg are part of them.
 */
const TEN_OVER_MAPPINGS = [
  [linux24, [10, 0, 0], 40, 40], // each call zaps one vma, and flushes for it whatever was there
  [linux2542Remap, [2, 0, 0], 40, 40], // the two units mapped for the second time
  [linux2620, [2, 0, 0], 40, 40],
  [linux310, [2, 0, 0], 40, 40], // built for one CPU: no ranges
  [linux310Pae, [2, 0, 0], 40, 40],
  [linux40, [0, 2, 0], 10, 40], // a read maps the unit around itself
  [linux618, [0, 2, 0], 10, 40],
] as const

for (const [model, flushes, readFaults, writeFaults] of TEN_OVER_MAPPINGS) {
  test(`${model.name}, ten over-mappings: the vmas of every era; ${readFaults} faults by reads; flushes ${flushes}`, () => {
    for (const [write, faults] of [readFaults, writeFaults].entries()) {
      const kernel = smallKernel({ model })
      const c = counted(kernel, () => assert.deepEqual(mapInOrder(kernel, 0, write), VMAS))
      assert.equal(c.pageFaults, faults)
      assert.deepEqual([c.tlbFullFlushes, c.tlbRangeFlushes, c.tlbPageInvalidations], flushes)
      assert.equal(c.tlbRangePages, UNIT * c.tlbRangeFlushes)
      if (!model.cutsInPlace) assert.deepEqual([c.vmaAllocs, c.vmaFrees, c.vmaSplits], [17, 10, 7])
    }
  })
}

for (const model of [linux2620, linux310, linux310Pae]) {
  const inside = model === linux2620 ? 0 : 40
  test(`${model.name}, the same ten by remap_file_pages: one vma, 8 invalidations, no fault but ${inside} inside the calls`, () => {
    const kernel = smallKernel({ model })
    const c = counted(kernel, () => remapInOrder(kernel))
    assert.equal(kernel.space.mapCount, 1)
    assert.deepEqual([c.tlbPageInvalidations, c.tlbFullFlushes, c.pageFaults, c.populateFaults], [8, 0, 0, inside])
  })
}

for (const model of [linux40, linux618]) {
  test(`${model.name}, the same ten by remap_file_pages: the vmas and flushes of mmap(), 10 faults, inside the calls`, () => {
    const kernel = smallKernel({ model })
    const c = counted(kernel, () => assert.deepEqual(remapInOrder(kernel), VMAS))
    assert.deepEqual([c.tlbFullFlushes, c.tlbRangeFlushes, c.tlbPageInvalidations], [0, 2, 0])
    assert.deepEqual([c.pageFaults, c.populateFaults], [0, 10])
    assert.deepEqual([c.vmaAllocs, c.vmaFrees, c.vmaSplits], [17, 10, 7])
  })
}

test('a ranged flush invalidates every page of its span, holes included, up to 33; over that the whole TLB goes', () => {
  for (const model of [linux40, linux618]) {
    const flushed = (...touched: readonly number[]) => {
      const kernel = smallKernel({ model, windowPages: 256 }) // the rest keeps the page table
      for (const vpn of touched) kernel.touch(vpn, 1) // a write maps its page alone
      const c = counted(kernel, () => kernel.mmapFixed(0, 128, 1000, 0))
      return [c.tlbFullFlushes, c.tlbRangeFlushes, c.tlbRangePages]
    }
    assert.deepEqual(flushed(5), [0, 1, 1], model.name)
    assert.deepEqual(flushed(2, 9), [0, 1, 8]) // 2, 9 and the six between
    assert.deepEqual(flushed(20, 52), [0, 1, 33])
    assert.deepEqual(flushed(20, 53), [1, 0, 0])
    assert.deepEqual(flushed(), [0, 0, 0])
  }
})

test('for page tables alone a flush steps from table to table on 6.18, and from page to page on 4.0', () => {
  const flushed = (model: typeof linux40 | typeof linux618, tables: number) => {
    const region = model.tablePages
    const kernel = smallKernel({ model, windowPages: 4 * region, filePages: 64 * region })
    for (let vpn = 0; vpn < tables * region; vpn += region) {
      kernel.touch(vpn, 1)
      kernel.dontNeed(vpn, 1) // leaves the table
    }
    const c = counted(kernel, () => kernel.mmapFixed(0, 4 * region, 32 * region, 0))
    return [c.tlbFullFlushes, c.tlbRangeFlushes, c.tlbRangePages]
  }
  assert.deepEqual(
    [flushed(linux618, 1), flushed(linux40, 1)],
    [
      [0, 1, 1],
      [0, 1, 1],
    ],
  ) // the first page of the table
  assert.deepEqual(flushed(linux618, 3), [0, 1, 3]) // 1,025 pages in steps of 512
  assert.deepEqual(flushed(linux40, 3), [1, 0, 0]) // 1,025 pages are more than 33
})

test('a unit mapped back to its linear place leaves 3 vmas until 2.5.42 and 1 since; two units in a row 4 and 3', () => {
  for (const model of KERNELS) {
    const isOld = model.remap === 'none' || model.remap === 'patch'
    const back = smallKernel({ model })
    back.mmapFixed(UNIT, UNIT, 500, 0)
    back.mmapFixed(UNIT, UNIT, UNIT, 0)
    assert.equal(back.space.mapCount, isOld ? 3 : 1, model.name)
    const inRow = smallKernel({ model })
    inRow.mmapFixed(UNIT, UNIT, 500, 0)
    inRow.mmapFixed(2 * UNIT, UNIT, 504, 0)
    assert.equal(inRow.space.mapCount, isOld ? 4 : 3, model.name)
  }
})

test('reversing N pages one by one, the test that decided on emulation, makes N vmas where it is emulated, else one', () => {
  const PAGES = 256
  for (const model of KERNELS.filter(model => model.remap !== 'none')) {
    const kernel = smallKernel({ model, windowPages: PAGES, filePages: PAGES })
    for (let page = 0; page < PAGES; page++) assert.equal(kernel.remapFilePages(page, 1, PAGES - 1 - page, 0), 0)
    assert.equal(kernel.space.mapCount, model.remap.startsWith('emulated') ? PAGES : 1, model.name)
  }
})

test('three pages, one remapped, then two of them again: EINVAL on 4.0, done before and since', () => {
  for (const model of KERNELS.filter(model => model.remap !== 'none')) {
    const kernel = smallKernel({ model, windowPages: 3 })
    assert.equal(kernel.remapFilePages(0, 1, 1, 0), 0)
    const isRegression = model.remap === 'emulated-in-one-vma'
    assert.equal(kernel.remapFilePages(0, 2, 1, 0), isRegression ? -EINVAL : 0, model.name)
    touchAll(kernel, 0, 3)
    const shown = [0, 1, 2].map(vpn => kernel.pgoffMapped(vpn))
    assert.deepEqual(shown, isRegression ? [1, 1, 2] : [1, 2, 2], model.name)
  }
})
