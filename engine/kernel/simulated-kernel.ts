// The mechanism of 2.5.42's memory management, as far as remapping a shared file through a window calls on it: vmas, page
// tables, TLB, and a counter for every step. The numbers that differ between kernels come from a KernelModel.
//
// Knowledge: mm/mmap.c, mm/memory.c, mm/shmem.c, mm/filemap.c of v2.5.42 and the mail's mm/fremap.c; checked against their
// execution step by step (test/engine/executed.test.ts). In brackets: the kernel function a step stands for.
// Left out: swap and reclaim, other processes, protections (the window is always readable and writable), read-ahead.
// Over 300 lines because every call works on the same state: vmas, ptes, TLB and counters.

import { AddressSpace } from '../address-space.ts'
import type { BackingFile } from '../backing-file.ts'
import type { CounterSet } from '../counters.ts'
import { assert, EFAULT, EINVAL, ENOMEM, InvariantError, SIGBUS, SIGSEGV } from '../errors.ts'
import { PageTable } from '../page-table.ts'
import { PteChains } from '../pte-chains.ts'
import { type SlabCache, slabCache, slabsBytes } from '../slab.ts'
import { Tlb } from '../tlb.ts'
import { PAGE_BYTES } from '../units.ts'
import { clearedSlots } from './free-pgtables.ts'
import { type CountingKernel, type KernelModel, MAP_NONBLOCK, MAP_POPULATE } from './kernel.ts'

/** What a run chooses about the process and the machine around one kernel model. */
export interface KernelOptions {
  readonly windowPages: number
  /** log2 of the pages of a cell: every call's range must be whole cells. Above 0 only with pagesMappedOnce. */
  readonly cellShift: number
  readonly tlbEntries: number
  /** Vmas beside the window's; where they lie is the model's. */
  readonly otherVmas: number
  /** Limit of vmas in force; Infinity lifts it. */
  readonly mapLimit: number
  /** A pool's run: no file page is mapped at two places of the window, so no pte chain arises, and the file is complete. */
  readonly pagesMappedOnce: boolean
}

export class SimulatedKernel implements CountingKernel {
  readonly model: KernelModel
  readonly counters: CounterSet
  readonly space: AddressSpace
  readonly table: PageTable
  readonly file: BackingFile
  readonly windowPages: number
  /** Accesses made when the stock limit would first have refused a call; -1 while it has not. */
  stockRefusalAt = -1
  private readonly options: KernelOptions
  private readonly tlb: Tlb
  private readonly chains: PteChains | null
  private readonly presence: Int32Array
  private readonly cellShift: number
  /** Pages of a cell, if replacing one can never clear a page-directory slot; else -1. */
  private readonly quickPages: number
  private readonly directoryPages: number
  private readonly gatherPages: number
  private readonly vmaCache: SlabCache
  private readonly chainCache: SlabCache
  private lowmemPeak = 0
  /** False once remap_file_pages() or a population may have mapped a page elsewhere than its vma says. */
  private linear = true

  constructor(model: KernelModel, options: KernelOptions, file: BackingFile, counters: CounterSet) {
    const { windowPages, cellShift } = options
    assert(
      options.pagesMappedOnce ? file.complete : cellShift === 0,
      'cells of several pages, each mapped once, need a complete file',
    )
    const basePage = model.windowBase / PAGE_BYTES
    const others = othersAround(model, options)
    const perChain = Math.floor((model.cacheLineBytes - 4) / model.pteReferenceBytes) // NRPTE [mm/rmap.c]: the rest is the next pointer
    this.model = model
    this.options = options
    this.file = file
    this.windowPages = windowPages
    this.counters = counters
    this.cellShift = cellShift
    this.quickPages = 1 << cellShift < model.directoryPages ? 1 << cellShift : -1
    this.directoryPages = model.directoryPages
    this.gatherPages = model.gatherPages
    this.space = new AddressSpace(
      { cells: windowPages >>> cellShift, cellShift, ...others },
      options.mapLimit,
      model.maxMapCount,
      counters,
    )
    this.table = new PageTable(windowPages, cellShift, basePage, model.tablePages)
    this.presence = this.table.presence
    this.tlb = new Tlb(options.tlbEntries, windowPages + 1)
    this.chains = options.pagesMappedOnce ? null : new PteChains(perChain)
    this.vmaCache = slabCache(model.vmaStructBytes, model.cacheLineBytes, true)
    this.chainCache = slabCache(perChain * model.pteReferenceBytes + 4, model.cacheLineBytes, false)
  }

  /** mmap(MAP_SHARED|MAP_FIXED|flags) [do_mmap_pgoff]. */
  mmapFixed(vpn: number, pages: number, pgoff: number, flags: number): number {
    const { counters: c, space } = this
    c.syscalls++
    c.mmapSemWrites++
    // 1. Refusals that change nothing. The file's page numbers are 32-bit and may not wrap.
    if (pgoff + pages >= 2 ** 32) return -EINVAL
    if (this.refusesMapping()) return -ENOMEM
    // 2. What is mapped there goes first [munmap_back, do_munmap]; the map count may refuse the cuts. Then one new vma
    //    is linked: this kernel never merges file vmas [vma_link].
    const first = this.place(vpn)
    if (pages === this.quickPages && space.isCellBetween(first)) {
      const zapped = this.zapRange(vpn, pages)
      space.replaceCell(first, pgoff | 0)
      c.ptesZapped += zapped
      this.flush(vpn, pages, zapped, 0)
    } else if (!this.replaceRange(first, this.place(vpn + pages), pgoff)) return this.refuse()
    if (space.stockRefused) this.noteStockRefusal()
    // 3. The mail: populate by way of its own system call, whose result is ignored.
    if ((flags & MAP_POPULATE) !== 0) {
      this.remapRange(vpn, pages, vpn + pages, pgoff, flags)
      c.mmapSemWrites++
    }
    return 0
  }

  /** remap_file_pages() of the mail [sys_remap_file_pages]. */
  remapFilePages(vpn: number, pages: number, pgoff: number, flags: number): number {
    this.counters.syscalls++
    return this.remapRange(vpn, pages, vpn + pages, pgoff, flags)
  }

  /**
   * The body of remap_file_pages() after its rounding: `pages` pages from vpn on are populated if vpn..end-1 lies inside
   * one vma of the window. With odd arguments the two ranges differ (syscalls.ts).
   */
  remapRange(vpn: number, pages: number, end: number, pgoff: number, flags: number): number {
    const { space } = this
    this.counters.mmapSemReads++
    this.linear = false
    const place = this.place(vpn)
    const vma = space.find(place)
    if (vma < space.windowStart || vma >= space.windowEnd || vma > place || end > this.vpnOf(space.end[vma]))
      return -EINVAL
    const nonblock = (flags & MAP_NONBLOCK) !== 0
    return this.file.backing === 'shmem'
      ? this.populateShmem(vpn, pages, pgoff, nonblock)
      : this.populatePageCache(vpn, pages, pgoff, nonblock)
  }

  /** Whether a call that maps must fail on entry; takes note if the stock limit would have refused it. */
  refusesMapping(): boolean {
    const refused = this.space.refusesMapping()
    if (this.space.stockRefused) this.noteStockRefusal()
    return refused
  }

  /** find_vma at a window page, for its effect on counters and cache. */
  findVma(vpn: number): void {
    this.space.find(this.place(vpn))
  }

  touch(vpn: number, _write: number): number {
    const c = this.counters
    if (this.tlb.lookup(vpn)) {
      c.tlbHits++
      return 0
    }
    c.tlbMisses++
    if (((this.presence[vpn >>> 5] >>> (vpn & 31)) & 1) === 0) {
      const signal = this.fault(vpn)
      if (signal < 0) {
        c.failedAccesses++
        return signal
      }
    }
    this.tlb.insert(vpn)
    return 0
  }

  /** Brings levels and peaks of the counters up to date. */
  settle(): void {
    const { counters: c, space, options, vmaCache } = this
    c.kernelEntries = c.syscalls + c.pageFaults
    c.vmas = space.mapCount - options.otherVmas
    c.mapCountPeak = space.mapCountPeak
    c.vmasPeak = space.mapCountPeak - options.otherVmas
    c.vmaBytes = c.vmas * vmaCache.objectBytes
    c.vmaBytesPeak = c.vmasPeak * vmaCache.objectBytes
    c.vmaLowmemBytes = slabsBytes(vmaCache, c.vmas)
    c.vmaLowmemBytesPeak = slabsBytes(vmaCache, c.vmasPeak)
    c.pageTableBytesPeak = this.table.tablesPeak * PAGE_BYTES
    c.pteChainBytesPeak = (this.chains?.objectsPeak ?? 0) * this.chainCache.objectBytes
    this.noteLowmem()
    c.lowmemBytesPeak = this.lowmemPeak
  }

  /** A new phase begins: peaks restart at the present level. */
  restartPeaks(): void {
    this.space.mapCountPeak = this.space.mapCount
    this.table.tablesPeak = this.table.tables
    if (this.chains) this.chains.objectsPeak = this.chains.objects
    this.lowmemPeak = 0
    this.settle()
  }

  /** File page a window page is mapped to, -1 if none. */
  pgoffMapped(vpn: number): number {
    return this.table.has(vpn) ? this.table.pageAt(vpn) >>> 0 : -1
  }

  /** File page the vma over a window page stands for, -1 where there is no vma. */
  pgoffByVma(vpn: number): number {
    const place = this.place(vpn)
    const vma = this.space.floor(place)
    if (vma < this.space.windowStart || this.space.end[vma] <= place) return -1
    return (this.space.pgoff[vma] + vpn - this.vpnOf(vma)) >>> 0
  }

  /** Pte chain objects in use. */
  get chainObjects(): number {
    return this.chains?.objects ?? 0
  }

  /** Present entries of the page table plus leaked ones: mm->rss. */
  get rss(): number {
    return this.table.present + this.table.leaked
  }

  /** Throws if the structures contradict each other or the counters. */
  check(): void {
    const { counters: c } = this
    this.space.check()
    this.table.check()
    if (this.linear) this.checkLinear()
    if (this.rss !== c.ptesInstalled - c.ptesZapped) {
      throw new InvariantError(`rss ${this.rss}, but ${c.ptesInstalled} ptes installed and ${c.ptesZapped} zapped`)
    }
  }

  /** While nothing was mapped out of line, pages map what their vmas say, in no more pieces than there are vmas. */
  private checkLinear(): void {
    let pieces = 0
    let expected = Number.NaN // the first page begins a piece
    for (let vpn = 0; vpn < this.windowPages; vpn++) {
      const page = this.pgoffMapped(vpn)
      if (page < 0) continue
      if (page !== this.pgoffByVma(vpn))
        throw new InvariantError(`page ${vpn} maps ${page}, its vma says ${this.pgoffByVma(vpn)}`)
      if (page !== expected + vpn) pieces++
      expected = page - vpn
    }
    const vmas = this.space.mapCount - this.options.otherVmas
    if (pieces > vmas) throw new InvariantError(`pages map the file in ${pieces} pieces, but there are ${vmas} vmas`)
  }

  /** Unmaps places first..end-1, as far as they are mapped, and links one vma there; false if the map count refuses a cut. */
  private replaceRange(first: number, end: number, pgoff: number): boolean {
    const { space } = this
    const before = space.mapCount
    const found = space.walk(first)
    if (found >= 0 && found < end) {
      if (space.isolate(first, end) < 0) return false
      this.unmap(first, end)
      space.walk(first)
    }
    space.link(first, end, pgoff | 0)
    if (space.mapCount > before) this.noteLowmem()
    return true
  }

  /** Zaps and detaches all vmas of places first..end-1, then flushes [unmap_region, free_pgtables, tlb_finish_mmu]. */
  private unmap(first: number, end: number): void {
    const { counters: c, space, table, directoryPages } = this
    // 1. Only what vmas cover is zapped: a page mapped past a vma's end stays.
    let zapped = 0
    for (let vma = space.ceil(first); vma >= 0 && vma < end; vma = space.ceil(space.end[vma])) {
      zapped += this.zapRange(this.vpnOf(vma), this.pagesOf(vma, space.end[vma]))
    }
    c.ptesZapped += zapped
    space.detach(first, end)
    // 2. Page tables of directory slots without any vma, while the hole is open.
    const { lower, upper } = space
    const cleared = clearedSlots(
      this.pageOf(first),
      this.pageOf(end),
      this.pageAfter(lower),
      this.pageAt(upper),
      directoryPages,
    )
    const freed = table.freeTables(cleared.start * directoryPages, cleared.end * directoryPages)
    this.flush(this.vpnOf(first), this.pagesOf(first, end), zapped + freed, cleared.end - cleared.start)
  }

  /** One flush for everything gathered, or several when the gather fills up. A cleared slot is work even if it was empty. */
  private flush(vpn: number, pages: number, gathered: number, slots: number): void {
    const { counters: c } = this
    if (gathered === 0 && slots === 0) return
    if (pages === 1 && gathered === 1 && slots === 0 && this.model.onePageUnmapFlush === 'page') {
      c.tlbPageInvalidations++
      this.tlb.invalidatePage(vpn)
      return
    }
    c.tlbFullFlushes += gathered < this.gatherPages ? 1 : this.flushesOf(gathered, slots)
    this.tlb.flushAll()
  }

  /** How often a gather that filled up was flushed; a cleared slot needs the last flush even after an exact fill. */
  private flushesOf(gathered: number, slots: number): number {
    return slots > 0 ? Math.floor(gathered / this.gatherPages) + 1 : Math.ceil(gathered / this.gatherPages)
  }

  /** A fault of the user at a page without a pte [do_page_fault, handle_mm_fault, do_no_page]. */
  private fault(vpn: number): number {
    const { counters: c, space, file } = this
    c.pageFaults++
    c.mmapSemReads++
    const place = this.place(vpn)
    const vma = space.find(place)
    if (vma < 0 || vma > place) return -SIGSEGV
    this.ensureTable(vpn) // before the page is asked for: a SIGBUS leaves its table behind
    const page = (space.pgoff[vma] + vpn - this.vpnOf(vma)) >>> 0
    if (page >= file.pages) return -SIGBUS
    this.lookUp(page)
    this.setPte(vpn, page)
    return 0
  }

  /** [shmem_populate]: pages up to the end of the file stay populated when the range passes it. */
  private populateShmem(vpn: number, pages: number, pgoff: number, nonblock: boolean): number {
    const { counters: c, file } = this
    const inside = Math.max(Math.min(pages, file.pages - pgoff), 0)
    if (this.chains === null && inside > 0) this.installCells(vpn, inside, pgoff)
    else {
      for (let i = 0; i < inside; i++) {
        if (nonblock && !file.has(pgoff + i))
          c.pageCacheLookups++ // the old pte stays
        else {
          this.lookUp(pgoff + i)
          this.installPage(vpn + i, pgoff + i)
        }
      }
    }
    return inside < pages ? -EFAULT : 0
  }

  /** [filemap_populate]: the whole range is compared with the file's size first, in 32 bits, which can wrap. */
  private populatePageCache(vpn: number, pages: number, pgoff: number, nonblock: boolean): number {
    const { counters: c, file } = this
    for (let i = 0; i < pages; i++) {
      const page = (pgoff + i) >>> 0
      if ((page + pages - i) >>> 0 > file.pages) return -EINVAL
      if (nonblock && !file.has(page)) {
        c.pageCacheLookups++
        return -ENOMEM // the bug of the patch that its author acknowledged
      }
      this.lookUp(page)
      this.installPage(vpn + i, page)
    }
    return 0
  }

  /** Finds a page of the file, reading or allocating it if it is absent [shmem_getpage, filemap_getpage]. */
  private lookUp(page: number): void {
    const { counters: c, file } = this
    c.pageCacheLookups++
    if (file.has(page)) return
    file.bring(page)
    c.fileReads++
    if (file.backing === 'pagecache') c.pageCacheLookups++ // goes back to retry_find; shmem keeps the page it allocated
  }

  /** lookUp and installPage for consecutive present pages, counted together. */
  private installCells(vpn: number, pages: number, page: number): void {
    const { counters: c, table, tlb } = this
    for (let at = vpn; at < vpn + pages; at += table.tablePages) this.ensureTable(at)
    this.ensureTable(vpn + pages - 1)
    for (let at = vpn; at < vpn + pages; at++) tlb.invalidatePage(at)
    c.pageCacheLookups += pages
    c.ptesInstalled += pages
    c.ptesZapped += table.setCells(vpn, pages, page)
    c.tlbPageInvalidations += pages
  }

  /** Replaces a pte and invalidates its translation, whether or not there was one [install_page]. */
  private installPage(vpn: number, page: number): void {
    const c = this.counters
    this.ensureTable(vpn)
    if (this.chains && this.table.has(vpn)) this.chains.remove(this.table.pageAt(vpn))
    if (this.setPte(vpn, page)) c.ptesZapped++
    c.tlbPageInvalidations++
    this.tlb.invalidatePage(vpn)
  }

  /** Returns whether a present pte was replaced. */
  private setPte(vpn: number, page: number): boolean {
    this.counters.ptesInstalled++
    if (this.chains) {
      this.chains.add(page | 0)
      this.noteLowmem()
    }
    return this.table.set(vpn, page | 0)
  }

  private zapRange(vpn: number, pages: number): number {
    const { chains, table } = this
    if (chains) for (let at = vpn; at < vpn + pages; at++) if (table.has(at)) chains.remove(table.pageAt(at))
    return table.zap(vpn, pages)
  }

  private ensureTable(vpn: number): void {
    if (this.table.ensureTable(vpn)) this.noteLowmem()
  }

  private refuse(): number {
    this.noteStockRefusal()
    this.noteLowmem() // a refused second cut leaves the first
    return -ENOMEM
  }

  private noteStockRefusal(): void {
    if (this.space.stockRefused && this.stockRefusalAt < 0) {
      this.stockRefusalAt = this.counters.tlbHits + this.counters.tlbMisses
    }
  }

  private noteLowmem(): void {
    const { model, table } = this
    const bytes =
      model.fixedLowmemBytes +
      slabsBytes(this.vmaCache, this.space.mapCount) +
      (model.pageTablesInHighmem ? 0 : table.tables * PAGE_BYTES) +
      slabsBytes(this.chainCache, this.chains?.objects ?? 0)
    if (bytes > this.lowmemPeak) this.lowmemPeak = bytes
  }

  // The line of places, window pages (vpn) and absolute page numbers.

  /** Place of a window page; beyond the window, the place of the other vma or gap at that address. */
  private place(vpn: number): number {
    if (vpn >= 0 && vpn <= this.windowPages) return this.space.windowStart + (vpn >>> this.cellShift)
    const { othersBase, othersStride } = this.model
    const address = this.model.windowBase + vpn * PAGE_BYTES
    const from = vpn < 0 ? 0 : this.space.windowEnd
    const most = (vpn < 0 ? this.space.windowStart : this.space.end.length) - 1 - from
    const stride = Math.floor((address - othersBase) / othersStride)
    const inside = address - othersBase - stride * othersStride < PAGE_BYTES
    return from + Math.min(Math.max(2 * stride + (inside ? 1 : 2), 0), most)
  }

  private vpnOf(place: number): number {
    return (place - this.space.windowStart) << this.cellShift
  }

  private pagesOf(first: number, end: number): number {
    return (end - first) << this.cellShift
  }

  /** Absolute page number of a vma's first page; -1 for none. */
  private pageAt(vma: number): number {
    const { model, space } = this
    if (vma < 0) return -1
    if (vma >= space.windowStart && vma < space.windowEnd) return this.pageOf(vma)
    const other = vma < space.windowStart ? vma >>> 1 : (vma - space.windowEnd) >>> 1
    return (model.othersBase + other * model.othersStride) / PAGE_BYTES
  }

  /** Absolute page number after a vma's last page; -1 for none. */
  private pageAfter(vma: number): number {
    if (vma < 0) return -1
    return vma >= this.space.windowStart && vma < this.space.windowEnd
      ? this.pageOf(this.space.end[vma])
      : this.pageAt(vma) + 1
  }

  private pageOf(place: number): number {
    return this.model.windowBase / PAGE_BYTES + this.vpnOf(place)
  }
}

/** How many of the other vmas lie below and above the window. They never touch it: each has a gap on either side. */
function othersAround(model: KernelModel, options: KernelOptions): { below: number; above: number } {
  const { othersBase, othersStride, windowBase, addressEnd } = model
  const { otherVmas } = options
  const windowEnd = windowBase + options.windowPages * PAGE_BYTES
  const below = othersBase < windowBase
  const end = othersBase + otherVmas * othersStride
  const fits = otherVmas === 0 || (below ? end <= windowBase : othersBase > windowEnd && end <= addressEnd)
  assert(
    fits && windowEnd <= addressEnd,
    `${otherVmas} other vmas and a window of ${options.windowPages} pages do not fit`,
  )
  return below ? { below: otherVmas, above: 0 } : { below: 0, above: otherVmas }
}
