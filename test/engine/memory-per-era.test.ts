// The memory that structures take on each kernel, worked out by hand: page tables and when they go, vma objects in slab
// pages, pte chains, page tables in lowmem or not. Sizes from the kernels' sources and /proc/slabinfo, as in the models.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KERNELS } from '../../engine/kernel/index.ts'
import { linux24 } from '../../engine/kernel/linux-2.4.ts'
import { linux2542Remap, packedFor } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux2542RemapLowpte } from '../../engine/kernel/linux-2.5.42-remap-lowpte.ts'
import { linux2542RemapNopae } from '../../engine/kernel/linux-2.5.42-remap-nopae.ts'
import { linux2542RemapP3 } from '../../engine/kernel/linux-2.5.42-remap-p3.ts'
import { linux2620 } from '../../engine/kernel/linux-2.6.20.ts'
import { linux310 } from '../../engine/kernel/linux-3.10.ts'
import { linux310Pae } from '../../engine/kernel/linux-3.10-pae.ts'
import { linux40 } from '../../engine/kernel/linux-4.0.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { counted, smallKernel, touchAll } from '../helpers/machine.ts'

const PAGE = 4096
const KIB = 1024
const GIB_PAGES = 262_144

/** Page tables of a window that begins at `windowBase` and of which every page was touched. */
function denseTables(model: KernelModel, windowBase: number, windowPages: number): number {
  const kernel = smallKernel({ windowPages, filePages: windowPages, model: { ...model, windowBase } })
  touchAll(kernel, 0, windowPages)
  kernel.settle()
  assert.equal(kernel.counters.pageTableBytesPeak, kernel.table.tables * PAGE)
  return kernel.table.tables
}

const TWO_LEVELS = ['linux-2.5.42-remap-nopae', 'linux-2.6.20']

for (const model of KERNELS) {
  // Two levels: 1,024 entries of 4 bytes. PAE and x86-64: 512 of 8 bytes.
  const tables = TWO_LEVELS.includes(model.name) ? 256 : 512
  test(`${model.name}: a dense window of 1 GB takes ${(tables * PAGE) / KIB} KB of page tables, one page more if it begins inside a table's region`, () => {
    assert.equal(denseTables(model, model.windowBase, GIB_PAGES), tables)
    assert.equal(denseTables(model, model.windowBase + PAGE, GIB_PAGES), tables + 1)
    assert.equal(denseTables(model, model.windowBase, 1), 1)
  })
}

/** Vma objects on the kernels, and the slab pages that 65,536 of them take. */
const VMA_OBJECTS: Readonly<Record<string, readonly [bytes: number, perPage: number, pages: number]>> = {
  'linux-2.4': [128, 30, 2185], // 68 bytes padded to lines of 128: 136.5 bytes a vma
  'linux-2.5.42-remap': [128, 30, 2185],
  'linux-2.5.42-mail': [128, 30, 2185],
  'linux-2.5.42-remap-p3': [96, 40, 1639], // to lines of 32: 102.4
  'linux-2.5.42-remap-lowpte': [128, 30, 2185],
  'linux-2.5.42-remap-nopae': [128, 30, 2185],
  'linux-2.6.20': [84, 46, 1425], // 89.0
  'linux-3.10': [176, 22, 2979], // 186.2
  'linux-3.10-pae': [96, 40, 1639], // 102.4
  'linux-4.0': [176, 23, 2850], // 178.1
  'linux-6.18': [192, 21, 3121], // 195.0
}

test('of every kernel it is known how its vma objects are packed', () => {
  assert.deepEqual(Object.keys(VMA_OBJECTS).sort(), KERNELS.map(model => model.name).sort())
})

for (const model of KERNELS) {
  const [bytes, perPage, pages] = VMA_OBJECTS[model.name]!
  test(`${model.name}: 65,536 vmas are objects of ${bytes} bytes, ${perPage} a page, ${pages} pages`, () => {
    const windowPages = 65_536
    const kernel = smallKernel({ windowPages, filePages: 4 * windowPages, model })
    // Descending file pages: no vma continues its neighbour. Nothing is touched, so there are no page tables.
    for (let vpn = 0; vpn < windowPages; vpn++) assert.equal(kernel.mmapFixed(vpn, 1, 3 * windowPages - vpn, 0), 0)
    kernel.settle()
    const { vmas, vmaBytes, vmaLowmemBytes, vmaLowmemBytesPeak, lowmemBytesPeak } = kernel.counters
    assert.deepEqual([vmas, vmaBytes], [windowPages, windowPages * bytes])
    assert.deepEqual([vmaLowmemBytes, vmaLowmemBytesPeak], [pages * PAGE, pages * PAGE])
    assert.equal(Math.ceil(windowPages / perPage), pages)
    assert.equal(lowmemBytesPeak, model.lowmem === null ? 0 : model.lowmem.fixedBytes + pages * PAGE)
  })
}

test('65,536 vmas that take 8.5 MB on a Pentium 4 of 2002 take 5.6 MB on 2.6.20 and 12.2 MB on 6.18', () => {
  const mib = (name: string) => ((VMA_OBJECTS[name]![2] * PAGE) / KIB ** 2).toFixed(1)
  assert.deepEqual([mib('linux-2.4'), mib('linux-2.6.20'), mib('linux-6.18')], ['8.5', '5.6', '12.2'])
})

/** Chain objects in use while 1, 2, ... 31 window pages map the same file page, one after the other. */
function chainObjects(model: KernelModel, map: (kernel: ReturnType<typeof smallKernel>, vpn: number) => void) {
  const kernel = smallKernel({ windowPages: 32, filePages: 4096, model })
  const objects = Array.from({ length: 31 }, (_, vpn) => {
    map(kernel, vpn)
    return kernel.chainObjects
  })
  kernel.settle()
  return { objects, peak: kernel.counters.pteChainBytesPeak, kernel }
}

const BY_MMAP = (kernel: ReturnType<typeof smallKernel>, vpn: number) => {
  kernel.mmapFixed(vpn, 1, 1000, 0)
  kernel.touch(vpn, 0)
}
const BY_REMAP = (kernel: ReturnType<typeof smallKernel>, vpn: number) => void kernel.remapFilePages(vpn, 1, 1000, 0)

for (const [build, model, perChain, objectBytes] of [
  ['a Pentium 4 with PAE and HIGHPTE', linux2542Remap, 15, 124],
  ['a Pentium III with PAE and HIGHPTE', linux2542RemapP3, 3, 28],
  ['a Pentium 4 without HIGHPTE', linux2542RemapLowpte, 31, 128],
  ['a Pentium 4 without PAE', linux2542RemapNopae, 31, 128],
  ['a Pentium III with references of 4 bytes', { ...linux2542Remap, ...packedFor(32, 4) }, 7, 32],
] as const) {
  test(`2.5.42 for ${build}: a page mapped k times needs k / ${perChain} chain objects of ${objectBytes} bytes, rounded up; none if once`, () => {
    const expected = Array.from({ length: 31 }, (_, i) => (i === 0 ? 0 : Math.ceil((i + 1) / perChain)))
    for (const map of [BY_MMAP, BY_REMAP]) {
      const { objects, peak, kernel } = chainObjects(model, map)
      assert.deepEqual(objects, expected)
      assert.equal(peak, expected.at(-1)! * objectBytes)
      // All of them in one slab page; 31 vmas by mmap() and the rest of the window take a second page of vma objects.
      const vmaPages = Math.ceil(kernel.space.mapCountPeak / model.vmaSlab.objectsPerSlab)
      const tablePages = model.lowmem.pageTables ? 1 : 0
      assert.equal(kernel.counters.lowmemBytesPeak, model.lowmem.fixedBytes + (vmaPages + 1 + tablePages) * PAGE)
    }
  })
}

test('only 2.5.42 has pte chains: 2.4 finds no mapping of a page, later kernels find them by its vmas', () => {
  const withChains = KERNELS.filter(model => model.pteChains !== null).map(model => model.name)
  assert.deepEqual(
    withChains,
    KERNELS.flatMap(({ name }) => (name.startsWith('linux-2.5.42') ? [name] : [])),
  )
  assert.equal(withChains.length, 5)
  for (const model of KERNELS) {
    const { objects, peak } = chainObjects(model, BY_MMAP)
    assert.equal(peak > 0 && objects.at(-1)! > 0, model.pteChains !== null, model.name)
  }
})

for (const model of [linux24, linux2542Remap, linux2620, linux310Pae]) {
  test(`${model.name}: with page tables in lowmem each is a page of it, with CONFIG_HIGHPTE none`, () => {
    const peak = (pageTables: boolean) => {
      const windowPages = 8 * model.tablePages
      const lowmem = { ...model.lowmem, pageTables }
      const kernel = smallKernel({ windowPages, filePages: windowPages, model: { ...model, lowmem } })
      for (let vpn = 5; vpn < windowPages; vpn += model.tablePages) kernel.touch(vpn, 0)
      kernel.settle()
      assert.equal(kernel.counters.pageTableBytesPeak, 8 * PAGE)
      return kernel.counters.lowmemBytesPeak
    }
    assert.equal(peak(false), model.lowmem.fixedBytes + PAGE) // one vma in one slab page
    assert.equal(peak(true), model.lowmem.fixedBytes + PAGE + 8 * PAGE)
  })
}

test('where all memory is alike there is no lowmem to count', () => {
  for (const model of [linux310, linux40, linux618]) {
    const kernel = smallKernel({ model })
    touchAll(kernel, 0, 32)
    kernel.settle()
    assert.equal(kernel.counters.lowmemBytesPeak, 0, model.name)
  }
})

/** Four tables' regions, the first page of each read. */
function fourTables(model: KernelModel) {
  const region = model.tablePages
  const kernel = smallKernel({ windowPages: 4 * region, filePages: 64 * region, model })
  for (let vpn = 0; vpn < 4 * region; vpn += region) kernel.touch(vpn, 0)
  assert.equal(kernel.table.tables, 4)
  /** Whole flushes, ranged ones and tables freed by mapping other file pages over a range. */
  const mapOver = (vpn: number, pages: number): readonly [whole: number, ranged: number, freed: number] => {
    const before = kernel.table.tables
    const c = counted(kernel, () => kernel.mmapFixed(vpn, pages, 32 * region, 0))
    return [c.tlbFullFlushes, c.tlbRangeFlushes, before - kernel.table.tables]
  }
  return { kernel, region, mapOver }
}

// Flushes, whole and ranged: for a page and its table, for a table alone.
for (const [model, forBoth, forTable] of [
  [linux2620, [1, 0], [1, 0]],
  [linux310, [1, 0], [1, 0]],
  [linux310Pae, [1, 0], [1, 0]],
  [linux40, [0, 1], [0, 1]], // clean pages wait for the table, in one range
  [linux618, [0, 2], [0, 1]], // dirty pages, as reads of shmem leave them, are flushed before their table goes
] as const) {
  test(`${model.name}: mapping over all of a table's region frees the table and flushes for it, also if nothing else was there`, () => {
    const { kernel, region, mapOver } = fourTables(model)
    assert.deepEqual(mapOver(region, region), [...forBoth, 1])
    assert.deepEqual(mapOver(region, region), [0, 0, 0]) // neither page nor table
    kernel.touch(region, 0)
    assert.equal(kernel.dontNeed(region, 16), 0) // what a fault maps since 3.15
    assert.deepEqual([kernel.table.firstPresent(region, region), kernel.table.tables], [-1, 4]) // only the table is left
    assert.deepEqual(mapOver(region, region), [...forTable, 1])
    assert.deepEqual(mapOver(0, 4 * region).at(-1), 3)
    assert.equal(kernel.table.tables, 0)
  })

  test(`${model.name}: mapping over less than a region, or as much across two, frees no table`, () => {
    const { region, mapOver } = fourTables(model)
    assert.equal(mapOver(region, region - 1)[2], 0)
    assert.equal(mapOver(2 * region - 1, 1)[2], 0) // the rest of it, in a call of its own
    assert.equal(mapOver(region / 2, region)[2], 0)
    assert.equal(mapOver(2 * region + 1, 2 * region - 1)[2], 1) // the last region alone is whole
  })
}

const TWO_GIB = { windowPages: 2 * GIB_PAGES, filePages: 4 * GIB_PAGES }

for (const model of [linux24, linux2542Remap]) {
  test(`${model.name} with PAE: page tables go with whole aligned gigabytes, not with their own 2 MB`, () => {
    const kernel = smallKernel({ ...TWO_GIB, model })
    for (const vpn of [0, 512, 1024, GIB_PAGES, GIB_PAGES + 512]) kernel.touch(vpn, 0)
    const freedBy = (vpn: number, pages: number): number => {
      const before = kernel.table.tables
      assert.equal(kernel.mmapFixed(vpn, pages, 3 * GIB_PAGES - vpn, 0), 0)
      return before - kernel.table.tables
    }
    assert.equal(kernel.table.tables, 5)
    assert.equal(freedBy(512, 512), 0)
    assert.equal(freedBy(0, GIB_PAGES - 1), 0)
    assert.equal(freedBy(512, GIB_PAGES), 0)
    assert.equal(freedBy(0, GIB_PAGES), 3)
    assert.equal(freedBy(GIB_PAGES, GIB_PAGES), 2)
  })
}

test('2.5.42 with PAE flushes for a gigabyte mapped over even if nothing was there, not for 2 MB', () => {
  const kernel = smallKernel({ ...TWO_GIB, model: linux2542Remap })
  const flushes = (vpn: number, pages: number) =>
    counted(kernel, () => kernel.mmapFixed(vpn, pages, 2 * GIB_PAGES, 0)).tlbFullFlushes
  assert.deepEqual([flushes(0, 512), flushes(0, GIB_PAGES), flushes(512, GIB_PAGES)], [0, 1, 0])
})

test('2.5.42 with two levels: page tables go with their own 4 MB', () => {
  const { region, mapOver } = fourTables(linux2542RemapNopae)
  assert.equal(region, 1024)
  assert.deepEqual(mapOver(region, region), [1, 0, 1])
  assert.deepEqual(mapOver(region, region), [1, 0, 0]) // the directory slot is cleared once more
  assert.deepEqual(mapOver(2 * region, region - 1), [1, 0, 0])
})
