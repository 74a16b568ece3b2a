// Memory pressure by the kernel's own choice: what a sweep looks at and takes back, by kernel, worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAP_LOCKED } from '../../engine/kernel/kernel.ts'
import { linux24 } from '../../engine/kernel/linux-2.4.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux2620 } from '../../engine/kernel/linux-2.6.20.ts'
import { linux310 } from '../../engine/kernel/linux-3.10.ts'
import { linux40 } from '../../engine/kernel/linux-4.0.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import type { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { counted, smallKernel, touchAll } from '../helpers/machine.ts'

const MODELS = [linux24, linux2542Remap, linux2620, linux310, linux40, linux618]

/** Maps units of these sizes one after the other, to file pages that never adjoin, and touches all their pages. */
function mapUnits(kernel: SimulatedKernel, sizes: readonly number[]): void {
  let vpn = 0
  for (const pages of sizes) {
    kernel.mmapFixed(vpn, pages, 1000 + 2 * vpn, 0)
    touchAll(kernel, vpn, pages)
    vpn += pages
  }
}

function sweep(kernel: SimulatedKernel): readonly number[] {
  const { pagesReclaimed, reclaimUnmaps, reclaimVmas, reclaimPtes } = counted(kernel, () => kernel.sweep())
  return [pagesReclaimed, reclaimUnmaps, reclaimVmas, reclaimPtes]
}

test('for 32 pages the sweep of 2.4 looks at each of 8 vmas, or at one', () => {
  const many = smallKernel({ model: linux24, otherVmas: 20 })
  mapUnits(many, Array(8).fill(4))
  assert.deepEqual(sweep(many), [32, 32, 8, 32])
  const one = smallKernel({ model: linux24, otherVmas: 20 })
  touchAll(one, 0, 32)
  assert.deepEqual(sweep(one), [32, 32, 1, 32])
})

test('a sweep of 2.4 that stopped inside a vma looks at it again, and comes round after the last', () => {
  const kernel = smallKernel({ model: linux24, windowPages: 64 })
  mapUnits(kernel, [20, 20, 24])
  assert.deepEqual(sweep(kernel), [32, 32, 2, 32]) // 20 and 12 pages
  assert.deepEqual(sweep(kernel), [32, 32, 2, 32]) // 8 and 24
  touchAll(kernel, 3, 1)
  assert.deepEqual(sweep(kernel), [1, 1, 3, 64]) // the whole window for one page, and no further
})

test('a sweep of 2.4 looks at vmas whose pages it does not find, and at entries as far as there are page tables', () => {
  const kernel = smallKernel({ model: linux24, windowPages: 1024 + 8 }) // a page table maps 512 pages
  assert.deepEqual(sweep(kernel), [0, 0, 1, 0])
  kernel.touch(1030, 0)
  assert.deepEqual(sweep(kernel), [1, 1, 1, 8])
})

test('2.5.42 calls find_vma for each entry it unmaps: a walk of the tree for each vma, however many lie between', () => {
  const kernel = smallKernel({ otherVmas: 0 })
  mapUnits(kernel, Array(32).fill(1))
  const c = counted(kernel, () => kernel.sweep())
  assert.deepEqual([c.pagesReclaimed, c.reclaimVmas, c.reclaimPtes, c.vmaLookups], [32, 32, 32, 32])
  // The cache may have the first one. 32 nodes lie at depths 1 to 2 log2(33) of a red-black tree; 135 in all if it is balanced.
  assert.ok(c.vmaCacheHits <= 1)
  assert.ok(c.vmaLookupLevels >= 135 - 6 && c.vmaLookupLevels <= 32 * 2 * Math.log2(33), `${c.vmaLookupLevels} levels`)
  assert.equal(c.tlbPageInvalidations, 32) // flush_tlb_page for each
})

test('... and leaves the last of them in mm->mmap_cache, where the next call does not find what it left there', () => {
  for (const isSwept of [false, true]) {
    const kernel = smallKernel()
    mapUnits(kernel, Array(8).fill(4))
    touchAll(kernel, 20, 4)
    kernel.findVma(20) // the unit above the one to be remapped
    if (isSwept) kernel.sweep()
    assert.equal(counted(kernel, () => kernel.mmapFixed(16, 4, 500, 0)).vmaCacheHits, isSwept ? 0 : 1)
  }
})

test('2.5.42 hits the cache for entries of the same vma, which a window of one vma has alone', () => {
  const kernel = smallKernel({ otherVmas: 20 })
  kernel.remapFilePages(0, 32, 100, 0)
  const c = counted(kernel, () => kernel.sweep())
  assert.deepEqual([c.pagesReclaimed, c.vmaLookups, c.vmaCacheHits, c.vmaLookupLevels], [32, 32, 32, 0])
})

for (const model of [linux2620, linux310]) {
  test(`${model.name} unmaps 32 neighbours for one page of a nonlinear vma; they stay in memory, as file ptes`, () => {
    const kernel = smallKernel({ model, windowPages: 128 })
    for (let vpn = 0; vpn < 128; vpn += 4) kernel.remapFilePages(vpn, 4, 4000 - vpn, 0)
    touchAll(kernel, 0, 128)
    // Pages 0, 32, 64 and 96 are asked for; nothing is left then.
    assert.deepEqual(sweep(kernel), [4, 128, 4, 128])
    assert.deepEqual([kernel.rss, kernel.filePteAt(0), kernel.filePteAt(33)], [0, 4000, 4000 - 32 + 1])
    const back = counted(kernel, () => touchAll(kernel, 0, 128))
    assert.deepEqual([back.pageFaults, back.fileReads, back.wrongPages], [128, 4, 0])
    kernel.check()
  })

  test(`${model.name} takes one page at a time from vmas that mmap made`, () => {
    const kernel = smallKernel({ model, windowPages: 128 })
    mapUnits(kernel, Array(32).fill(4))
    assert.deepEqual(sweep(kernel), [32, 32, 32, 32])
  })
}

test('a cluster ends with its vma', () => {
  const kernel = smallKernel({ model: linux310, windowPages: 64 })
  kernel.mmapFixed(24, 16, 2000, 0) // cuts the window: 0..23, 24..39, 40..63
  for (const vpn of [0, 40]) kernel.remapFilePages(vpn, 24, 3000 + vpn, 0)
  touchAll(kernel, 0, 64)
  // For page 0 the cluster as far as 23, then 16 pages one by one, then for page 40 its cluster from there on.
  assert.deepEqual(sweep(kernel), [18, 64, 18, 64])
})

for (const model of MODELS) {
  test(`${model.name} takes nothing from a locked window unless it ignores MAP_LOCKED, and nothing of ramfs`, () => {
    const locked = smallKernel({ model })
    locked.mmapFixed(0, 32, 100, MAP_LOCKED)
    touchAll(locked, 0, 32)
    assert.equal(sweep(locked)[0], model === linux24 ? 32 : 0)
    const inRam = smallKernel({ model, backing: 'ramfs' })
    touchAll(inRam, 0, 32)
    assert.equal(sweep(inRam)[0], 0)
  })
}

test('a page shown at two places stays in memory until both are taken back', () => {
  const kernel = smallKernel({ windowPages: 64 })
  for (const vpn of [0, 60]) kernel.remapFilePages(vpn, 1, 100, 0)
  for (let vpn = 1; vpn < 33; vpn++) kernel.touch(vpn, 0)
  kernel.sweep() // pages 0 to 31
  assert.equal(kernel.file.has(100), true)
  kernel.sweep()
  assert.equal(kernel.file.has(100), false)
})

test('a lost page that is taken back once more is wrong once more', () => {
  const kernel = smallKernel()
  kernel.remapFilePages(0, 1, 100, 0)
  const wrong = () => {
    kernel.sweep()
    return counted(kernel, () => kernel.touch(0, 0)).wrongPages
  }
  assert.deepEqual([wrong(), wrong()], [1, 1])
})

test('what is remapped after it was lost is not missed any more', () => {
  const kernel = smallKernel()
  kernel.remapFilePages(0, 4, 100, 0)
  kernel.sweep()
  kernel.remapFilePages(0, 2, 200, 0)
  const c = counted(kernel, () => touchAll(kernel, 0, 4))
  assert.deepEqual([c.pageFaults, c.wrongPages], [2, 2]) // pages 2 and 3
})
