// A file mapped by one call is handled as one cell, however many pages are missing: that changes memory, and no count.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absentPages, type Backing, BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import { InvariantError } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { linux310 } from '../../engine/kernel/linux-3.10.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { Rng } from '../../engine/rng.ts'

const CELL_SHIFT = 11
const FILE_PAGES = 3 * 2 ** CELL_SHIFT

interface Case {
  readonly model: KernelModel
  readonly backing: Backing
  readonly written: number
  readonly pagesMappedOnce: boolean
  readonly cellShift: number
}

/** A kernel that has the whole file mapped. */
function mapped({ model, backing, written, pagesMappedOnce, cellShift }: Case): SimulatedKernel {
  const options = {
    windowPages: FILE_PAGES,
    cellShift,
    tlbEntries: 64,
    otherVmas: model.otherVmas,
    mapLimit: Number.POSITIVE_INFINITY,
    pagesMappedOnce,
  }
  const file = new BackingFile(FILE_PAGES, backing, absentPages(written))
  const kernel = new SimulatedKernel(model, options, file, new CounterSet())
  assert.equal(kernel.mmapFixed(0, FILE_PAGES, 0, 0), 0)
  return kernel
}

/** What random accesses count, now and then with pages taken back where they may be missing. */
function countsOf(given: Case): CounterSet {
  const kernel = mapped(given)
  const rng = new Rng(5)
  for (let i = 0; i < 10_000; i++) {
    kernel.touch(rng.below(FILE_PAGES), rng.below(2))
    if (i % 50 === 0 && !given.pagesMappedOnce) kernel.reclaim(rng.below(FILE_PAGES - 40), 1 + rng.below(40))
  }
  kernel.settle()
  kernel.check()
  return kernel.counters
}

for (const model of KERNELS) {
  test(`${model.name}: accesses to a file mapped as a whole count the same in cells of many pages as in cells of one`, () => {
    for (const backing of ['shmem', 'disk'] as const) {
      for (const [written, pagesMappedOnce] of [
        [1, true],
        [1, false],
        [0.5, false],
        [0, false],
      ] as const) {
        const given = { model, backing, written, pagesMappedOnce }
        const expected = countsOf({ ...given, cellShift: 0 })
        assert.deepEqual(countsOf({ ...given, cellShift: CELL_SHIFT }), expected)
        assert.deepEqual(countsOf({ ...given, cellShift: 4 }), expected)
      }
    }
  })
}

test('a remap that could leave some pages of a cell as they were is a bug of ours', () => {
  const kernel = mapped({
    model: linux310,
    backing: 'shmem',
    written: 0,
    pagesMappedOnce: false,
    cellShift: CELL_SHIFT,
  })
  assert.throws(() => kernel.remapFilePages(0, 2 ** CELL_SHIFT, 0, 0), InvariantError)
})
