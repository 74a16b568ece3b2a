// The quantitative sentences of the mail of 14 October 2002, each as an experiment. A test's name quotes the sentence;
// where the kernel of 2.5.42 says otherwise, the test shows what it does instead (ARCHITECTURE.md lists these).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { render, run } from '../../bin/api.ts'
import { EFAULT, EINVAL, SIGSEGV } from '../../engine/errors.ts'
import { MAP_NONBLOCK, MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import { mmapBytes, PROT_READ, PROT_WRITE, remapBytes } from '../../engine/kernel/syscalls.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { counted, smallKernel, touchAll } from '../helpers/machine.ts'

const UNIT = 4

test('"I\'ve seen applications that had a mapping setup that generated 128 *thousand* vmas per process" (only with a raised limit)', () => {
  // 131,072 pages of 4 KB are a 512 MB window. Every second page of a 1 GB window makes the same number of cuts.
  const windowPages = 262_144
  const build = (mapLimit: number) => {
    const kernel = smallKernel({ windowPages, filePages: 2 * windowPages, mapLimit })
    let refused = 0
    for (let vpn = 1; vpn < 131_072; vpn += 2) if (kernel.mmapFixed(vpn, 1, windowPages + vpn, 0) < 0) refused++
    return { vmas: kernel.space.mapCount, refused }
  }
  assert.deepEqual(build(Number.POSITIVE_INFINITY), { vmas: 131_073, refused: 0 })
  const stock = build(65_536) // MAX_MAP_COUNT of 2.5.42: "the kernel was hacked for it"
  assert.ok(stock.vmas <= 65_537 && stock.refused > 0)
})

test('"setting up separate mappings is expensive, causes one pagefault per page and also causes TLB flushes"', () => {
  const kernel = smallKernel()
  kernel.mmapFixed(8, UNIT, 100, 0)
  touchAll(kernel, 8, UNIT)
  const c = counted(kernel, () => {
    kernel.mmapFixed(8, UNIT, 200, 0)
    touchAll(kernel, 8, UNIT)
  })
  assert.deepEqual([c.pageFaults, c.tlbFullFlushes], [UNIT, 1])
})

test('"in the worst-case there can be as much as 1 more pagetable page allocated for every file page that is mapped in"', () => {
  const pagesPerTable = 512 // PAE
  const kernel = smallKernel({ windowPages: 64 * pagesPerTable, filePages: 64 * pagesPerTable })
  for (let table = 0; table < 64; table++) kernel.touch(table * pagesPerTable, 0)
  assert.equal(kernel.table.present, 64)
  assert.equal(kernel.table.tables, 64)
})

test('"even on 64-bit systems, when mapping really large (terabyte size) and really sparse files": 1 more pagetable page for every file page, or those of the window', async () => {
  // A 4 GB file stands for the terabyte: 2,048 of its pages are used, 2 MB apart, one for each page table of x86-64.
  const sparse = { workload: 'sparse', file: '4G', window: '1M', unit: '4K', accesses: 40_000 } as const
  const strategy = ['linear', 'map-fixed', 'remap-file-pages']
  const rows = await run({ ...sparse, strategy, kernel: 'linux-3.10', contents: 'sparse' })
  const [linear, ...windows] = rows.map(row => row.result.counts)
  assert.equal(linear!.fileReads, 2048) // the file pages that were mapped in
  assert.equal(linear!.pageTableBytesPeak, linear!.fileReads! * PAGE_BYTES)
  for (const counts of windows) {
    assert.equal(counts.fileReads, 2048)
    assert.equal(counts.pageTableBytesPeak, PAGE_BYTES) // 256 pages of window
  }
  assert.match(render(rows, 'text'), /\npage tables, peak +8\.0 MiB +4\.0 KiB +4\.0 KiB\n/)
  // Far from the worst case, where every page of the file is used: one page table for 512 of them.
  const [dense] = await run({ ...sparse, strategy: 'linear', kernel: 'linux-3.10', params: { stride: 1 }, file: '4M' })
  assert.equal(dense!.result.counts.pageTableBytesPeak, 2 * PAGE_BYTES)
})

test('"the virtual memory range has to be mapped linearly before using it, and all further remapping has to happen within a single vma"', () => {
  const kernel = smallKernel({ windowPages: 16 })
  assert.equal(kernel.remapFilePages(0, 16, 100, 0), 0)
  assert.equal(kernel.remapFilePages(12, 8, 100, 0), -EINVAL) // past the vma
  kernel.mmapFixed(8, 8, 8, 0)
  assert.equal(kernel.remapFilePages(4, 8, 100, 0), -EINVAL) // across two vmas
})

test('"there\'s only one vma allocated for an eg. 1 GB window. In fact this vma would be cached in the mm->mmap_cache most of the time."', () => {
  const kernel = smallKernel({ windowPages: 262_144, filePages: 4_194_304 })
  const c = counted(kernel, () => {
    for (let i = 0; i < 1000; i++)
      kernel.remapFilePages((i * 7919 * UNIT) % 262_144, UNIT, (i * 104_729 * UNIT) % 4_194_304, 0)
  })
  assert.equal(c.vmas, 1)
  assert.deepEqual([c.vmaLookups, c.vmaCacheHits], [1000, 999]) // with no fault elsewhere in the process, as here
})

test('"remap_file_pages() is in essence using the pagetables as the only mapping information" (vma lowmem: 1 page against 2,185)', () => {
  const windowPages = 262_144
  const mapped = smallKernel({ windowPages, filePages: 2 * windowPages })
  const remapped = smallKernel({ windowPages, filePages: 2 * windowPages })
  for (let vpn = 0; vpn < windowPages; vpn += UNIT) {
    mapped.mmapFixed(vpn, UNIT, windowPages + ((vpn * 5) % windowPages), 0)
    remapped.remapFilePages(vpn, UNIT, windowPages + ((vpn * 5) % windowPages), 0)
  }
  mapped.settle()
  remapped.settle()
  assert.equal(mapped.counters.vmas, 65_536)
  assert.equal(mapped.counters.vmaLowmemBytes, 2185 * PAGE_BYTES) // 30 objects of 128 bytes a page
  assert.equal(remapped.counters.vmaLowmemBytes, PAGE_BYTES)
  // Both need the same page tables once every page is touched: those the call does not save.
  touchAll(mapped, 0, windowPages)
  assert.equal(mapped.table.tables, remapped.table.tables)
})

test('"it no longer has a lowmem impact to map at 4K granularity"', () => {
  const vmaLowmem = (unitPages: number) => {
    const kernel = smallKernel({ windowPages: 1024 })
    for (let vpn = 0; vpn < 1024; vpn += unitPages) kernel.remapFilePages(vpn, unitPages, 2048 - vpn, 0)
    kernel.settle()
    return kernel.counters.vmaLowmemBytesPeak
  }
  assert.equal(vmaLowmem(1), vmaLowmem(16))
})

test('"the MAP_FIXED overmapping of larger than 4K cache units causes a TLB flush" (and so does a 4K unit, against the mail)', () => {
  for (const pages of [1, 2, UNIT, 16]) {
    const kernel = smallKernel()
    kernel.mmapFixed(8, pages, 100, 0)
    touchAll(kernel, 8, 1) // one present page is enough
    const present = counted(kernel, () => kernel.mmapFixed(8, pages, 200, 0))
    assert.deepEqual([present.tlbFullFlushes, present.tlbPageInvalidations], [1, 0], `${pages} pages, one present`)
    const untouched = counted(kernel, () => kernel.mmapFixed(8, pages, 300, 0))
    assert.equal(untouched.tlbFullFlushes, 0, `${pages} pages, none present`)
  }
})

test("the mail's belief about 4K units is a kernel model of its own, and differs in nothing else", () => {
  const believed = smallKernel({ model: { onePageUnmapFlush: 'page' } })
  believed.mmapFixed(8, 1, 100, 0)
  touchAll(believed, 8, 1)
  touchAll(believed, 9, 1)
  const one = counted(believed, () => believed.mmapFixed(8, 1, 200, 0))
  assert.deepEqual([one.tlbFullFlushes, one.tlbPageInvalidations], [0, 1])
  assert.equal(counted(believed, () => believed.touch(9, 0)).tlbHits, 1) // the rest of the TLB survives
  believed.mmapFixed(8, 2, 100, 0)
  touchAll(believed, 8, 2)
  assert.equal(counted(believed, () => believed.mmapFixed(8, 2, 200, 0)).tlbFullFlushes, 1)
})

test('"remap_file_pages() uses the one-page invalidation instruction, which does not destroy the TLB" (once per page, mapped or not)', () => {
  const kernel = smallKernel()
  touchAll(kernel, 16, 8)
  const c = counted(kernel, () => kernel.remapFilePages(0, UNIT, 100, 0))
  assert.deepEqual([c.tlbPageInvalidations, c.tlbFullFlushes], [UNIT, 0]) // none of the four had a pte
  assert.equal(counted(kernel, () => touchAll(kernel, 16, 8)).tlbHits, 8)
})

test('"remapping a eg. 16K cache element causes a kernel entry, an unmapping, a TLB flush and a vma-install, plus 4 subsequent pagefaults"', () => {
  const kernel = smallKernel()
  kernel.mmapFixed(8, UNIT, 100, 0)
  touchAll(kernel, 8, UNIT)
  const c = counted(kernel, () => {
    kernel.mmapFixed(8, UNIT, 200, 0)
    touchAll(kernel, 8, UNIT)
  })
  assert.deepEqual(
    [c.syscalls, c.vmaFrees, c.ptesZapped, c.tlbFullFlushes, c.vmaAllocs, c.pageFaults],
    [1, 1, UNIT, 1, 1, 4],
  )
  // Four walks for the call and one at the first fault, which refills the cache for the other three.
  assert.deepEqual([c.vmaLookups - c.vmaCacheHits, c.vmaCacheHits], [5, 3])
})

test('"With remap_file_pages() it\'s a single kernel entry per cache element - no followup pagefaults"', () => {
  const kernel = smallKernel()
  kernel.remapFilePages(8, UNIT, 100, 0)
  const c = counted(kernel, () => {
    kernel.remapFilePages(8, UNIT, 200, 0)
    touchAll(kernel, 8, UNIT)
  })
  assert.deepEqual([c.syscalls, c.pageFaults, c.ptesZapped, c.ptesInstalled], [1, 0, UNIT, UNIT])
})

test('"explicit pagetable population (prefaulting) support for mmap()": MAP_POPULATE leaves no page to fault', () => {
  const kernel = smallKernel()
  const c = counted(kernel, () => {
    kernel.mmapFixed(8, UNIT, 100, MAP_POPULATE)
    touchAll(kernel, 8, UNIT)
  })
  assert.deepEqual([c.pageFaults, c.ptesInstalled, c.syscalls], [0, UNIT, 1])
})

test('"MAP_NONBLOCK ... enables applications to prefault all pages that are in the pagecache already, but cause no further IO" (leaving what was mapped before)', () => {
  const kernel = smallKernel({ isAbsent: page => page === 101 })
  kernel.remapFilePages(8, UNIT, 500, 0)
  const c = counted(kernel, () => assert.equal(kernel.remapFilePages(8, UNIT, 100, MAP_NONBLOCK), 0))
  assert.equal(c.fileReads, 0)
  // The page that was not cached keeps the block that was there: the reader sees the previous unit.
  assert.deepEqual(
    [8, 9, 10, 11].map(vpn => kernel.pgoffMapped(vpn)),
    [100, 501, 102, 103],
  )
})

test('the patch\'s "shmem_populate" says EFAULT past the end after partial work, "filemap_populate" EINVAL before any', () => {
  for (const [backing, error, mapped] of [
    ['shmem', -EFAULT, [62, 63, -1, -1]],
    ['disk', -EINVAL, [-1, -1, -1, -1]],
  ] as const) {
    const kernel = smallKernel({ filePages: 64, backing })
    assert.equal(kernel.remapFilePages(8, UNIT, 62, 0), error)
    assert.deepEqual(
      [8, 9, 10, 11].map(vpn => kernel.pgoffMapped(vpn)),
      mapped,
    )
  }
})

test('"start = PAGE_ALIGN(start)" rounds up on its own: an odd start maps one page past the end of its vma', () => {
  const kernel = smallKernel({ windowPages: 8 })
  const base = kernel.model.windowBase
  assert.equal(remapBytes(kernel, base + 8 * PAGE_BYTES - 4097, 4097, PROT_READ | PROT_WRITE, 50, 0), 0)
  assert.deepEqual(
    [7, 8].map(vpn => kernel.pgoffMapped(vpn)),
    [50, 51],
  )
  assert.equal(kernel.touch(8, 0), 0) // readable with neither a vma nor a fault
  assert.equal(smallKernel({ windowPages: 8 }).touch(8, 0), -SIGSEGV)
})

test('mmap of length 0 succeeds and does nothing; an odd address is refused', () => {
  const kernel = smallKernel()
  const base = kernel.model.windowBase
  assert.equal(mmapBytes(kernel, base + 1, 0, 7, 0), 0)
  assert.equal(mmapBytes(kernel, base + 1, PAGE_BYTES, 7, 0), -EINVAL)
  assert.equal(kernel.space.mapCount, 1)
})
