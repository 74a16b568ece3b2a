// The lowmem peak is noticed when it happens, not when somebody looks: every case falls back before the levels are read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENOMEM } from '../../engine/errors.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { ZONE_BYTES } from '../../engine/kernel/lowmem.ts'
import { smallKernel } from '../helpers/machine.ts'

const PAGE = 4096
const VMAS_PER_PAGE = 30 // 128-byte objects on a Pentium 4
const fixedLowmemBytes = linux2542Remap.lowmem.fixedBytes

test('vmas that are gone again have left their mark: 61 vmas are three slab pages, one vma is one', () => {
  const kernel = smallKernel({ windowPages: 64 })
  for (let vpn = 1; vpn < 61; vpn += 2) kernel.mmapFixed(vpn, 1, 1000 + vpn, 0)
  assert.equal(kernel.space.mapCount, 61)
  kernel.mmapFixed(0, 64, 0, 0)
  kernel.settle()
  assert.equal(kernel.counters.vmas, 1)
  assert.equal(kernel.counters.lowmemBytesPeak, fixedLowmemBytes + 3 * PAGE)
})

test('so has the half of a refused cut that stays', () => {
  // Odd counts up to 29, then a limit of 31: the first cut of the next one makes 30, and the second 31 ...
  const kernel = smallKernel({ windowPages: 64, mapLimit: VMAS_PER_PAGE + 1, otherVmas: 1 })
  for (let vpn = 1; vpn < 29; vpn += 2) kernel.mmapFixed(vpn, 1, 1000 + vpn, 0)
  assert.equal(kernel.space.mapCount, VMAS_PER_PAGE)
  assert.equal(kernel.mmapFixed(40, 1, 2000, 0), -ENOMEM)
  assert.equal(kernel.space.mapCount, VMAS_PER_PAGE + 1)
  kernel.mmapFixed(0, 64, 0, 0)
  kernel.settle()
  assert.equal(kernel.counters.lowmemBytesPeak, fixedLowmemBytes + 2 * PAGE)
})

test('so has a page-table page in lowmem', () => {
  const twoLevel = { tablePages: 1024, directoryPages: 1024, lowmem: { ...linux2542Remap.lowmem, pageTables: true } }
  const kernel = smallKernel({ windowPages: 4096, filePages: 4096, pagesMappedOnce: true, model: twoLevel })
  for (let vpn = 0; vpn < 4096; vpn += 1024) kernel.touch(vpn, 0)
  kernel.mmapFixed(0, 4096, 0, 0)
  assert.equal(kernel.table.tables, 0)
  kernel.settle()
  assert.equal(kernel.counters.lowmemBytesPeak, fixedLowmemBytes + 5 * PAGE)
})

test('and chains: two pages mapped twice are two objects in one slab page', () => {
  const kernel = smallKernel({ windowPages: 8 })
  for (const vpn of [0, 1, 4, 5]) kernel.remapFilePages(vpn, 1, 100 + (vpn & 1), 0)
  assert.equal(kernel.chainObjects, 2)
  kernel.mmapFixed(0, 8, 0, 0)
  kernel.settle()
  assert.equal(kernel.counters.pteChainBytesPeak, 2 * 124) // 15 references of 8 bytes and a pointer
  assert.equal(kernel.counters.lowmemBytesPeak, fixedLowmemBytes + 2 * PAGE)
})

test('a new phase begins at the present level, also after vmas that went without a word', () => {
  const kernel = smallKernel({ windowPages: 64 })
  for (let vpn = 1; vpn < 61; vpn += 2) kernel.mmapFixed(vpn, 1, 1000 + vpn, 0)
  kernel.mmapFixed(0, 64, 0, 0)
  kernel.restartPeaks()
  assert.equal(kernel.counters.lowmemBytesPeak, fixedLowmemBytes + PAGE)
})

test('lowmem is exhausted by the first byte more than there is, at the access that takes it', () => {
  const exhaustedAt = (availableBytes: number) => {
    const lowmem = { ...linux2542Remap.lowmem, memMapBytes: ZONE_BYTES - availableBytes }
    const kernel = smallKernel({ windowPages: 64, model: { lowmem } })
    for (let vpn = 1; vpn < 61; vpn += 2) {
      kernel.mmapFixed(vpn, 1, 1000 + vpn, 0)
      kernel.touch(vpn, 0) // misses the TLB
      kernel.touch(vpn, 0) // hits
    }
    return kernel.lowmemExhaustedAt
  }
  // 61 vmas in the end are three slab pages; the 31st comes with the 15th cut, after two accesses for each.
  assert.equal(exhaustedAt(fixedLowmemBytes + 3 * PAGE), -1)
  assert.equal(exhaustedAt(fixedLowmemBytes + 3 * PAGE - 1), 58)
  assert.equal(exhaustedAt(fixedLowmemBytes + PAGE), 28)
  assert.equal(exhaustedAt(fixedLowmemBytes + PAGE - 1), 0)
})
