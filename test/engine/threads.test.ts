// Several CPUs that run the process: what flushes cost them, by kernel (kernel-spec: mmap one round of IPIs, the mail's call
// one for each page; gathers of 506 pages where more than one CPU is online).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linux24 } from '../../engine/kernel/linux-2.4.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux2620 } from '../../engine/kernel/linux-2.6.20.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import { counted, smallKernel, touchAll } from '../helpers/machine.ts'

const UNIT = 4

test('remapping a touched 16K unit: one round of IPIs by mmap, four by the call of the mail', () => {
  const kernel = smallKernel({ threads: 2 })
  kernel.mmapFixed(UNIT, UNIT, 100, 0)
  touchAll(kernel, UNIT, UNIT)
  assert.equal(counted(kernel, () => kernel.mmapFixed(UNIT, UNIT, 200, 0)).ipiRounds, 1)
  assert.equal(counted(kernel, () => kernel.remapFilePages(UNIT, UNIT, 300, 0)).ipiRounds, 4)
})

test('2.6.20 sends a round only for pages that were present', () => {
  const kernel = smallKernel({ model: linux2620, threads: 2 })
  touchAll(kernel, 0, 2)
  assert.equal(counted(kernel, () => kernel.remapFilePages(0, UNIT, 300, 0)).ipiRounds, 2)
})

test('an unmapping of 1,024 touched pages flushes three times where two CPUs are online, once on one', () => {
  for (const [threads, flushes] of [
    [1, 1],
    [2, 3], // 506, 506 and 12 pages
  ] as const) {
    const kernel = smallKernel({ windowPages: 2048, threads })
    touchAll(kernel, 0, 1024)
    const c = counted(kernel, () => kernel.mmapFixed(0, 1024, 3000, 0))
    assert.deepEqual([c.tlbFullFlushes, c.ipiRounds], [flushes, threads > 1 ? flushes : 0])
  }
})

test('2.4 flushes for a vma without present pages only where the process is alone with its memory', () => {
  for (const [threads, untouched, touched] of [
    [1, 1, 1],
    [2, 0, 1],
  ] as const) {
    const kernel = smallKernel({ model: linux24, threads })
    assert.equal(counted(kernel, () => kernel.mmapFixed(UNIT, UNIT, 100, 0)).tlbFullFlushes, untouched)
    touchAll(kernel, UNIT, UNIT)
    assert.equal(counted(kernel, () => kernel.mmapFixed(UNIT, UNIT, 200, 0)).tlbFullFlushes, touched)
  }
})

test('6.18 sends one round for a ranged flush of four pages', () => {
  const kernel = smallKernel({ model: linux618, threads: 2 })
  touchAll(kernel, 0, UNIT)
  const c = counted(kernel, () => kernel.mmapFixed(0, UNIT, 100, 0))
  assert.deepEqual([c.tlbRangeFlushes, c.ipiRounds], [1, 1])
})

test('one CPU sends none', () => {
  const kernel = smallKernel({ model: linux2542Remap })
  touchAll(kernel, 0, UNIT)
  assert.equal(counted(kernel, () => kernel.mmapFixed(0, UNIT, 100, 0)).ipiRounds, 0)
})
