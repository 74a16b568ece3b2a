// Pages that the kernel takes back, by kernel and strategy: lost, found again, or never taken.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EFAULT, EINVAL, ENOMEM } from '../../engine/errors.ts'
import { MAP_LOCKED, MAP_NONBLOCK } from '../../engine/kernel/kernel.ts'
import { linux24 } from '../../engine/kernel/linux-2.4.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux2620 } from '../../engine/kernel/linux-2.6.20.ts'
import { linux310 } from '../../engine/kernel/linux-3.10.ts'
import { linux40 } from '../../engine/kernel/linux-4.0.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import { remapFilePagesSigbus } from '../../engine/strategy/remap-file-pages-sigbus.ts'
import { counted, smallKernel, touchAll } from '../helpers/machine.ts'

const UNIT = 4

test('the mail: "either have to be MAP_LOCKED ..." - a page taken back is lost, and the next fault maps another', () => {
  const kernel = smallKernel()
  kernel.remapFilePages(UNIT, UNIT, 100, 0)
  kernel.reclaim(UNIT, UNIT)
  const c = counted(kernel, () => touchAll(kernel, UNIT, UNIT))
  assert.deepEqual([c.pageFaults, c.wrongPages], [4, 4])
  assert.deepEqual(
    [4, 5].map(vpn => kernel.pgoffMapped(vpn)),
    [4, 5],
  ) // what the vma stands for
  kernel.check()
})

test('the mail: "... or need a special SIGBUS handler" - it puts each page back by a call and returns by another', () => {
  const kernel = smallKernel()
  const strategy = remapFilePagesSigbus.create(kernel, { windowPages: 32, filePages: 4096 })
  strategy.setup(32)
  strategy.remap(UNIT, UNIT, 100)
  assert.equal(strategy.touch!(5, 1), 0)
  kernel.reclaim(UNIT, UNIT)
  const c = counted(kernel, () => assert.equal(strategy.touch!(5, 0), 0))
  assert.equal(kernel.pgoffMapped(5), 101)
  assert.deepEqual([c.pageFaults, c.signalsHandled, c.syscalls, c.wrongPages, c.failedAccesses], [1, 1, 2, 0, 0])
  assert.equal(c.fileReads, 1) // read in again
})

test('the handler knows what a call that passed the end of the file had installed before it failed', () => {
  const kernel = smallKernel()
  const strategy = remapFilePagesSigbus.create(kernel, { windowPages: 32, filePages: 4096 })
  strategy.setup(32)
  assert.equal(strategy.remap(UNIT, UNIT, 4094), -EFAULT) // the file's last two pages are there
  kernel.reclaim(UNIT, UNIT)
  for (const [vpn, page] of [
    [4, 4094],
    [5, 4095],
    [6, 6],
  ] as const) {
    assert.equal(strategy.touch!(vpn, 0), 0)
    assert.equal(kernel.pgoffMapped(vpn), page)
  }
  const onDisk = smallKernel({ backing: 'disk' })
  const refused = remapFilePagesSigbus.create(onDisk, { windowPages: 32, filePages: 4096 })
  refused.setup(32)
  assert.equal(refused.remap(UNIT, UNIT, 4094), -EINVAL) // nothing is
  assert.equal(refused.touch!(4, 0), 0)
  assert.equal(onDisk.pgoffMapped(4), 4)
})

for (const model of [linux2620, linux310]) {
  test(`${model.name} keeps nonlinear pages as file ptes: taken back, they come back with a fault each`, () => {
    const kernel = smallKernel({ model })
    kernel.remapFilePages(UNIT, UNIT, 100, 0)
    touchAll(kernel, UNIT, UNIT)
    kernel.reclaim(UNIT, UNIT)
    assert.equal(kernel.filePteAt(5), 101)
    const c = counted(kernel, () => touchAll(kernel, UNIT, UNIT))
    assert.deepEqual([c.pageFaults, c.wrongPages, c.fileReads], [4, 0, 4])
    assert.deepEqual(
      [4, 7].map(vpn => kernel.pgoffMapped(vpn)),
      [100, 103],
    )
    kernel.check()
  })
}

for (const model of [linux24, linux2542Remap, linux2620, linux310, linux40, linux618]) {
  test(`${model.name} finds a page mapped by mmap again, and reads it in`, () => {
    const kernel = smallKernel({ model })
    kernel.mmapFixed(UNIT, UNIT, 100, 0)
    touchAll(kernel, UNIT, UNIT)
    const taken = counted(kernel, () => kernel.reclaim(0, 32))
    assert.equal(taken.pagesReclaimed, UNIT)
    const c = counted(kernel, () => touchAll(kernel, UNIT, UNIT))
    assert.deepEqual([c.fileReads, c.wrongPages], [4, 0])
    assert.equal(kernel.pgoffMapped(6), 102)
    kernel.check()
  })
}

// Faults inside the call: by page, but for fault-around, which takes the unit at once.
for (const [model, faults] of [
  [linux2542Remap, 4],
  [linux2620, 4],
  [linux310, 4],
  [linux40, 1],
  [linux618, 1],
] as const) {
  test(`${model.name} faults locked pages in by the call that maps them, and leaves them alone`, () => {
    const kernel = smallKernel({ model })
    const c = counted(kernel, () => {
      kernel.mmapFixed(UNIT, UNIT, 100, MAP_LOCKED)
      touchAll(kernel, UNIT, UNIT)
      kernel.reclaim(0, 32)
    })
    assert.deepEqual([c.populateFaults, c.pageFaults, c.pagesReclaimed], [faults, 0, 0])
    kernel.mmapFixed(UNIT, UNIT, 200, 0) // an unlocked mapping over it can be taken back again
    touchAll(kernel, UNIT, UNIT)
    assert.equal(counted(kernel, () => kernel.reclaim(UNIT, UNIT)).pagesReclaimed, UNIT)
  })
}

test('2.4 ignores MAP_LOCKED', () => {
  const kernel = smallKernel({ model: linux24 })
  kernel.mmapFixed(UNIT, UNIT, 100, MAP_LOCKED)
  touchAll(kernel, UNIT, 1)
  assert.equal(counted(kernel, () => kernel.reclaim(UNIT, UNIT)).pagesReclaimed, 1)
})

test('in a locked window 3.10 populates even with MAP_NONBLOCK: 16 faults in the call for 16 pages, none later', () => {
  // Measured: mlocked_RN_16pages_minflt_delta 16, mlocked_RN_touch_minflt_delta 0; 6.18: 1 and 0; 2.6.20: 0 and 0.
  for (const [model, faults] of [
    [linux310, 16],
    [linux618, 1],
    [linux2620, 0],
  ] as const) {
    const kernel = smallKernel({ model })
    kernel.mmapFixed(0, 32, 0, MAP_LOCKED)
    const call = counted(kernel, () => assert.equal(kernel.remapFilePages(0, 16, 160, MAP_NONBLOCK), 0))
    assert.equal(call.populateFaults, faults, model.name)
    assert.equal(counted(kernel, () => touchAll(kernel, 0, 16)).pageFaults, 0)
    assert.equal(kernel.pgoffMapped(15), 175)
  }
})

test('MAP_NONBLOCK prefaults what is in memory and causes no I/O for the rest', () => {
  for (const model of [linux2542Remap, linux2620, linux310, linux618]) {
    const kernel = smallKernel({ model, isAbsent: page => page % 2 === 1 })
    const call = counted(kernel, () => kernel.remapFilePages(0, UNIT, 100, MAP_NONBLOCK))
    assert.equal(call.fileReads, 0, model.name)
  }
})

test('a remap that is refused does not make up for a page that was lost', () => {
  const kernel = smallKernel({ backing: 'disk' })
  kernel.remapFilePages(UNIT, UNIT, 100, 0)
  kernel.reclaim(UNIT, UNIT)
  assert.equal(kernel.remapFilePages(UNIT, UNIT, 4094, 0), -EINVAL)
  assert.equal(counted(kernel, () => touchAll(kernel, UNIT, UNIT)).wrongPages, 4)
})

test('a mapping over lost pages ends the loss: its faults map what it says', () => {
  const kernel = smallKernel()
  kernel.remapFilePages(UNIT, UNIT, 100, 0)
  kernel.reclaim(UNIT, UNIT)
  kernel.mmapFixed(UNIT, UNIT, 200, 0)
  assert.equal(counted(kernel, () => touchAll(kernel, UNIT, UNIT)).wrongPages, 0)
})

test('a mapping over some of the lost pages ends the loss of no other', () => {
  const kernel = smallKernel()
  kernel.remapFilePages(UNIT, 3 * UNIT, 100, 0)
  kernel.reclaim(UNIT, 3 * UNIT)
  kernel.mmapFixed(2 * UNIT, UNIT, 200, 0)
  assert.equal(counted(kernel, () => touchAll(kernel, UNIT, 3 * UNIT)).wrongPages, 2 * UNIT)
})

test('a mapping whose cut is refused does not end it', () => {
  const kernel = smallKernel({ mapLimit: 1 })
  kernel.remapFilePages(UNIT, UNIT, 100, 0)
  kernel.reclaim(UNIT, UNIT)
  assert.equal(kernel.mmapFixed(UNIT, UNIT, 200, 0), -ENOMEM)
  assert.equal(counted(kernel, () => touchAll(kernel, UNIT, UNIT)).wrongPages, 4)
})

test('a page stays in memory while another page of the window maps it', () => {
  const kernel = smallKernel()
  for (const vpn of [4, 6]) {
    kernel.mmapFixed(vpn, 1, 100, 0)
    kernel.touch(vpn, 0)
  }
  kernel.reclaim(4, 1)
  assert.equal(kernel.file.has(100), true)
  kernel.reclaim(6, 1)
  assert.equal(kernel.file.has(100), false)
})

test('pages of ramfs are not taken back: there is nowhere to write them', () => {
  const kernel = smallKernel({ model: linux310, backing: 'ramfs' })
  touchAll(kernel, 0, UNIT)
  assert.equal(counted(kernel, () => kernel.reclaim(0, UNIT)).pagesReclaimed, 0)
})
