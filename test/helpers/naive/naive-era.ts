// Memory management of Linux 2.4.20, 2.6.20, 3.10, 4.0 and 6.18, as plainly as it can be said: one process, one shared
// file, a window. What the eras do differently is the table in naive-era-rules.ts.
//
// Written from the kernels' rules and the measured rows alone; every step is a loop over pages or vma objects. It is the
// oracle for the fast engine and shares no code with it on purpose: where both agree, two people read the kernel alike.
// Left out: swap and reclaim, other processes and threads, protections, MAP_LOCKED, arguments that are not whole pages
// or wrap around, the zero page of anonymous memory and that such memory does not always join, read-ahead, how vmas are
// looked up, upper-level page tables. A file never grows; a copy between file and window uses no TLB entry, and pwrite()
// asks for its file page first, as 6.18 does. Counters carry the names of engine/counters.ts. Over 300 lines because the
// calls share one state.

import { ERA_RULES, type Era, type EraRules } from './naive-era-rules.ts'
import { NaiveGather } from './naive-gather.ts'
import { NaivePageTables } from './naive-page-tables.ts'
import { NaiveTlb } from './naive-tlb.ts'
import { type NaiveVma, NaiveVmas } from './naive-vmas.ts'

const PAGE_BYTES = 4096
const MAP_POPULATE = 0x8000 // asm/mman.h of every era that knows it
const MAP_NONBLOCK = 0x10000 // the same
const FILE_PTE_PAGES = 2 ** 29 // PTE_FILE_MAX_BITS, asm-i386/pgtable-2level.h of 2.6.20
const OTHER_STRIDE_BYTES = 0x2000 // test/fixtures/executed/README.md, other_vmas
const ENOMEM = 12
const EFAULT = 14
const EINVAL = 22
const ENOSYS = 38
const SIGBUS = 7
const SIGSEGV = 11

export interface NaiveEraOptions {
  era: Era
  windowBase: number
  windowPages: number
  filePages: number
  backing: 'shmem' | 'ramfs' | 'disk'
  /** sysctl_max_map_count; compared with all vmas of the process. */
  mapLimit: number
  /** A second limit that refuses nothing: see stockRefusals. */
  stockLimit?: number
  /** One-page vmas, every 0x2000 bytes from `otherBase`, made first and not counted. */
  otherVmas?: number
  otherBase?: number
  /** File pages the page cache lacks at the start; of tmpfs and ramfs, those never written. */
  absent?: (filePage: number) => boolean
  /** What a page table maps, and what a slot of the page directory maps (2.4 only); the era's own if not given. */
  regionBytes?: number
  pgdBytes?: number
  /** Present pages of one unmapping that 2.6.20 flushes together; its own if not given. */
  zapBlockPages?: number
  tlbEntries?: number
}

export class NaiveEra {
  syscalls = 0
  pageFaults = 0
  populateFaults = 0
  failedAccesses = 0
  fileReads = 0
  bytesCopied = 0
  tlbHits = 0
  tlbMisses = 0
  tlbFullFlushes = 0
  tlbRangeFlushes = 0
  tlbRangePages = 0
  tlbPageInvalidations = 0
  ptesInstalled = 0
  ptesZapped = 0
  vmaAllocs = 0
  vmaFrees = 0
  vmaSplits = 0
  vmaMerges = 0
  /** As 2.4 does; what later kernels lock and look up is not known here. */
  mmapSemReads = 0
  mmapSemWrites = 0
  pageCacheLookups = 0
  ptePages = 0
  ptePagesPeak = 0
  mapCountPeak = 0
  /** Calls that over-map something, refused ones included. */
  mmapCalls = 0
  /** Those that `stockLimit` would have refused, and the first of them, counted from 0; -1 if none. */
  stockRefusals = 0
  stockRefusedAtCall = -1

  readonly tlb: NaiveTlb
  private readonly rules: EraRules
  private readonly base: number
  private readonly windowPages: number
  private readonly filePages: number
  private readonly backing: 'shmem' | 'ramfs' | 'disk'
  private readonly mapLimit: number
  private readonly stockLimit: number
  private readonly slotPages: number
  private readonly vmas: NaiveVmas
  private readonly tables: NaivePageTables
  private readonly pageCache = new Set<number>()
  private readonly dirtyFilePages = new Set<number>()
  private stockNoted = -1

  constructor(options: NaiveEraOptions) {
    const rules = ERA_RULES[options.era]
    this.rules = { ...rules, zapBlockPages: options.zapBlockPages ?? rules.zapBlockPages }
    this.base = options.windowBase / PAGE_BYTES
    this.windowPages = options.windowPages
    this.filePages = options.filePages
    this.backing = options.backing
    this.mapLimit = options.mapLimit
    this.stockLimit = options.stockLimit ?? Infinity
    this.slotPages = (options.pgdBytes ?? this.rules.pgdBytes) / PAGE_BYTES
    this.tlb = new NaiveTlb(options.tlbEntries ?? 64)
    this.vmas = new NaiveVmas(this)
    this.tables = new NaivePageTables(this, (options.regionBytes ?? this.rules.regionBytes) / PAGE_BYTES)
    for (let page = 0; page < options.filePages; page++) {
      if (options.absent?.(page)) continue
      this.pageCache.add(page)
      if (options.backing !== 'disk') this.dirtyFilePages.add(page)
    }
    for (let i = 0; i < (options.otherVmas ?? 0); i++) {
      const start = ((options.otherBase ?? 0x08048000) + i * OTHER_STRIDE_BYTES) / PAGE_BYTES
      this.vmas.insert({ start, end: start + 1, pgoff: 0, kind: 'other', nonlinear: false })
    }
  }

  // ---- the calls, in pages of the window

  /** mmap of the file, READ|WRITE, MAP_SHARED|MAP_FIXED|flags. */
  mmapFixed(vpn: number, pages: number, pgoff: number, flags: number): number {
    this.syscalls++
    this.mmapSemWrites++
    const start = this.base + vpn
    const end = start + pages
    const error = this.overMap({ start, end, pgoff, kind: 'file', nonlinear: false }, 'entry-check')
    if (error !== 0 || (flags & MAP_POPULATE) === 0) return error
    const nonblock = (flags & MAP_NONBLOCK) !== 0
    if (this.rules.populate === 'remaps') this.remapByPages(start, end, pgoff, nonblock) // its error is swallowed
    if (this.rules.populate === 'faults' && !nonblock) this.populate(start, end)
    return 0
  }

  /** mmap of anonymous memory, READ|WRITE, MAP_PRIVATE|MAP_FIXED. */
  mmapAnonymous(vpn: number, pages: number): number {
    this.syscalls++
    this.mmapSemWrites++
    const start = this.base + vpn
    return this.overMap({ start, end: start + pages, pgoff: 0, kind: 'anon', nonlinear: false }, 'entry-check')
  }

  remapFilePages(vpn: number, pages: number, pgoff: number, flags: number): number {
    this.syscalls++
    const start = this.base + vpn
    const end = start + pages
    const nonblock = (flags & MAP_NONBLOCK) !== 0
    if (this.rules.remap === 'none') return -ENOSYS
    if (pages <= 0) return -EINVAL
    if (this.rules.remap === 'installs-pages') return this.remapByPages(start, end, pgoff, nonblock)
    if (this.rules.remap === 'file-ptes') return this.remapByFilePtes(start, end, pgoff, nonblock)
    return this.remapByMapping(start, end, pgoff, nonblock)
  }

  /** Copies file pages into the window, up to the end of the file; -EFAULT at the first that could not be stored. */
  pread(vpn: number, pages: number, pgoff: number): number {
    this.syscalls++
    for (let i = 0; i < pages && pgoff + i < this.filePages; i++) {
      const isHole = this.backing === 'shmem' && !this.pageCache.has(pgoff + i)
      if (isHole) this.pageCacheLookups++
      else this.readIn(pgoff + i) // a hole of shmem is read as zeroes, and stays one
      if (!this.kernelAccess(this.base + vpn + i, true)) return -EFAULT
      this.bytesCopied += PAGE_BYTES
    }
    return 0
  }

  /** Copies the window into file pages, up to the end of the file; -EFAULT at the first that could not be fetched. */
  pwrite(vpn: number, pages: number, pgoff: number): number {
    this.syscalls++
    for (let i = 0; i < pages && pgoff + i < this.filePages; i++) {
      this.readIn(pgoff + i) // stays, and is dirty, even if the window has nothing to give
      this.dirtyFilePages.add(pgoff + i)
      if (!this.kernelAccess(this.base + vpn + i, false)) return -EFAULT
      this.bytesCopied += PAGE_BYTES
    }
    return 0
  }

  /** madvise(MADV_DONTNEED); -ENOMEM if part of the range has no vma, the rest being done. */
  dontNeed(vpn: number, pages: number): number {
    this.syscalls++
    this.mmapSemWrites++
    const start = this.base + vpn
    const end = start + pages
    const ofCall = new NaiveGather(this.rules, this.tables.regionPages, this)
    let covered = 0
    for (const vma of this.vmas.overlapping(start, end)) {
      const from = Math.max(start, vma.start)
      const to = Math.min(end, vma.end)
      covered += to - from
      if (this.rules.dontNeedGathersAll) {
        this.zapVma(vma, from, to, ofCall, 'drop')
        continue
      }
      const ofVma = new NaiveGather(this.rules, this.tables.regionPages, this)
      this.zapVma(vma, from, to, ofVma, 'drop')
      ofVma.finish()
    }
    ofCall.finish()
    return covered === pages ? 0 : -ENOMEM
  }

  /** One access by the user; 0 or minus the signal. */
  touch(vpn: number, write: number): number {
    const page = this.base + vpn
    if (this.tlb.use(page)) {
      if (!this.tables.present(page)) throw new Error(`the TLB holds page ${page}, which has no pte`)
      this.tlbHits++
    } else this.tlbMisses++
    while (!this.allows(page, write !== 0)) {
      this.tlb.invalidate(page) // the processor drops an entry that makes it fault
      this.pageFaults++
      this.mmapSemReads++
      const signal = this.fault(page, write !== 0)
      if (signal === 0) continue
      this.failedAccesses++
      return signal
    }
    if (write !== 0) this.tables.present(page)!.dirty = true
    if (!this.tlb.use(page)) this.tlb.load(page)
    return 0
  }

  /** Ascending accesses; the first signal, but all pages are touched. */
  touchPages(vpn: number, pages: number, write: number): number {
    let result = 0
    for (let i = 0; i < pages; i++) {
      const signal = this.touch(vpn + i, write)
      if (result === 0) result = signal
    }
    return result
  }

  // ---- state

  isPresent(vpn: number): boolean {
    return this.tables.present(this.base + vpn) !== undefined
  }

  isReadOnly(vpn: number): boolean {
    return this.tables.present(this.base + vpn)?.writable === false
  }

  /** File page that a present pte maps, or -1. */
  pgoffMapped(vpn: number): number {
    return this.tables.present(this.base + vpn)?.filePage ?? -1
  }

  /** File page that a file pte names, or -1. */
  filePteAt(vpn: number): number {
    const pte = this.tables.at(this.base + vpn)
    return pte === undefined || pte.present ? -1 : pte.filePage
  }

  /** File page the vmas promise for a window page, or -1; what lies in a nonlinear vma may be another. */
  pgoffByVma(vpn: number): number {
    const vma = this.vmas.holding(this.base + vpn)
    return vma?.kind === 'file' ? linearPage(vma, this.base + vpn) : -1
  }

  isNonlinear(vpn: number): boolean {
    return this.vmas.holding(this.base + vpn)?.nonlinear ?? false
  }

  /** mm->map_count: all vmas. */
  vmaCount(): number {
    return this.vmas.list.length
  }

  windowVmas(): number {
    return this.vmas.list.filter(vma => vma.kind !== 'other').length
  }

  /** The window's vmas in ascending order, in pages of the window. */
  vmaList(): { vpn: number; pages: number; pgoff: number; kind: string; nonlinear: boolean }[] {
    return this.vmas.list
      .filter(vma => vma.kind !== 'other')
      .map(({ start, end, pgoff, kind, nonlinear }) => ({
        vpn: start - this.base,
        pages: end - start,
        pgoff,
        kind,
        nonlinear,
      }))
  }

  /** Present ptes of window pages. */
  ptesPresent(): number {
    let present = 0
    for (let vpn = 0; vpn < this.windowPages; vpn++) if (this.tables.present(this.base + vpn)) present++
    return present
  }

  get filePagesPresent(): number {
    return this.pageCache.size
  }

  /** Throws if vmas, ptes and TLB contradict each other. */
  check(): void {
    this.vmas.list.forEach((vma, i) => {
      if (vma.start >= vma.end) throw new Error(`vma ${vma.start}-${vma.end} is empty`)
      if (i > 0 && this.vmas.list[i - 1].end > vma.start) throw new Error(`two vmas at page ${vma.start}`)
    })
    for (const [page, pte] of this.tables.all()) {
      const vma = this.vmas.holding(page)
      if (vma === undefined) throw new Error(`page ${page} has a pte and no vma`)
      const linear = vma.kind === 'file' ? linearPage(vma, page) : -1
      if (vma.nonlinear ? pte.filePage < 0 : pte.filePage !== linear || !pte.present)
        throw new Error(`the pte of page ${page} names file page ${pte.filePage}, its vma ${linear}`)
    }
    for (const page of this.tlb.pages) {
      if (!this.tables.present(page)) throw new Error(`the TLB holds page ${page}, which has no pte`)
    }
  }

  // ---- mapping and unmapping

  /** Puts a vma where others may be: mmap_region, with the check at the entry of mmap or without. */
  private overMap(vma: NaiveVma, check: 'entry-check' | 'no-check'): number {
    this.mmapCalls++
    if (check === 'entry-check' && this.refused(limit => this.vmas.list.length > limit)) return -ENOMEM
    const error = this.rules.shortensInPlace ? this.unmapOf24(vma.start, vma.end) : this.unmap(vma.start, vma.end)
    if (error !== 0) return error

    const joins = vma.kind === 'anon' || this.rules.mergesFileVmas
    const objectFirst = vma.kind === 'file' && this.rules.allocatesBeforeMerge
    if (objectFirst) this.vmaAllocs++
    if (joins && this.vmas.join(vma) > 0) {
      if (objectFirst) this.vmaFrees++
      return 0
    }
    if (!objectFirst) this.vmaAllocs++
    this.vmas.insert(vma)
    return 0
  }

  /** do_munmap since 2.6: cuts first, then whole vmas leave. */
  private unmap(start: number, end: number): number {
    const first = this.vmas.overlapping(start, end)[0]
    if (first === undefined) return 0
    const count = this.vmas.list
    const everyCut = this.rules.limitRefuses === 'every-cut'
    if (start > first.start) {
      const refusable = everyCut || end < first.end
      if (refusable && this.refused(limit => count.length >= limit)) return -ENOMEM
      this.vmas.split(first, start)
    }
    const last = this.vmas.holding(end)
    if (last !== undefined && last.start < end) {
      if (everyCut && this.refused(limit => count.length >= limit)) return -ENOMEM // the first cut stays
      this.vmas.split(last, end)
    }
    const detached = this.vmas.overlapping(start, end)
    for (const vma of detached) this.vmas.remove(vma)
    const gather = new NaiveGather(this.rules, this.tables.regionPages, this)
    for (const vma of detached) this.zapVma(vma, vma.start, vma.end, gather, 'unmap')
    this.freeTables(start, end, gather)
    gather.finish()
    this.vmaFrees += detached.length
    return 0
  }

  /** do_munmap of 2.4: the vmas are taken from the last to the first, what they keep is put back. */
  private unmapOf24(start: number, end: number): number {
    const old = this.vmas.overlapping(start, end)
    if (old.length === 0) return 0
    const hole = old[0].start < start && old[0].end > end
    if (hole && this.refused(limit => this.vmas.list.length >= limit)) return -ENOMEM
    this.vmaAllocs++ // the spare
    const gather = new NaiveGather(this.rules, this.tables.regionPages, this)
    for (const vma of old) this.vmas.remove(vma)
    for (const vma of old.reverse()) {
      this.zapVma(vma, Math.max(start, vma.start), Math.min(end, vma.end), gather, 'unmap')
      const upper = { ...vma, start: end, pgoff: vma.pgoff + (end - vma.start) }
      if (hole) {
        this.vmaSplits++
        this.vmas.insert(upper) // the spare
        vma.end = start
      } else if (vma.start >= start && vma.end <= end) {
        this.vmaFrees++
        continue
      } else if (vma.start < start) {
        vma.end = start
      } else {
        Object.assign(vma, upper)
      }
      this.vmas.insert(vma)
    }
    if (!hole) this.vmaFrees++ // the spare
    this.freeTables(start, end, gather)
    gather.finish()
    return 0
  }

  /** True if the limit says so; what the stock limit would have said is noted, once per call. */
  private refused(over: (limit: number) => boolean): boolean {
    const call = this.mmapCalls - 1
    if (over(this.stockLimit) && this.stockNoted !== call) {
      this.stockNoted = call
      this.stockRefusals++
      if (this.stockRefusedAtCall < 0) this.stockRefusedAtCall = call
    }
    return over(this.mapLimit)
  }

  /** Clears the ptes of pages from..to-1 of a vma, table by table. */
  private zapVma(vma: NaiveVma, from: number, to: number, gather: NaiveGather, why: 'unmap' | 'drop'): void {
    for (let region = this.tables.regionOf(from); region <= this.tables.regionOf(to - 1); region++) {
      if (!this.tables.hasTable(region)) continue
      const firstPage = region * this.tables.regionPages
      const past = Math.min(to, firstPage + this.tables.regionPages)
      for (let page = Math.max(from, firstPage); page < past; page++) {
        const pte = this.tables.clear(page)
        if (pte === undefined) continue
        if (pte.present) gather.cleared(page, pte)
        if (pte.dirty && pte.filePage >= 0) this.dirtyFilePages.add(pte.filePage)
        // MADV_DONTNEED must not forget what a nonlinear vma alone cannot tell.
        if (why === 'drop' && vma.nonlinear) this.keepAsFilePte(vma, page, pte.present, pte.filePage)
      }
      gather.endOfTable()
      // CONFIG_PT_RECLAIM
      const isWhole = from <= firstPage && past === firstPage + this.tables.regionPages
      if (why === 'drop' && this.rules.dontNeedGathersAll && isWhole) {
        this.tables.free(region)
        gather.tableFreed(firstPage)
      }
    }
    gather.endOfVma()
  }

  /** A present pte of the linear page is not kept: the vma tells it. A file pte stays whatever it names. */
  private keepAsFilePte(vma: NaiveVma, page: number, wasPresent: boolean, filePage: number): void {
    if (wasPresent && filePage === linearPage(vma, page)) return
    this.tables.set(page, { present: false, filePage, writable: false, dirty: false })
  }

  /** Frees the page tables that the hole leaves without any vma. */
  private freeTables(start: number, end: number, gather: NaiveGather): void {
    const { before, after } = this.vmas.around(start)
    const regions =
      this.rules.freesTables === 'slots'
        ? this.tables.regionsInSlots(start, end, before, after, this.slotPages)
        : this.tables.regionsInHole(start, end, before, after)
    for (const region of regions) {
      this.tables.free(region)
      gather.tableFreed(region * this.tables.regionPages)
    }
  }

  // ---- remap_file_pages

  /** 2.6.20: pages of the page cache are mapped at once. MAP_POPULATE is this call as well. */
  private remapByPages(start: number, end: number, pgoff: number, nonblock: boolean): number {
    const pages = end - start
    if (pgoff + pages >= FILE_PTE_PAGES) return -EINVAL
    const vma = this.vmas.holding(start)
    if (vma?.kind !== 'file' || end > vma.end) return -EINVAL
    if (pgoff !== linearPage(vma, start)) vma.nonlinear = true // also if the file is too short for the call
    if (pgoff + pages > this.filePages) return -EINVAL
    for (let i = 0; i < pages; i++) {
      const filePage = pgoff + i
      if (nonblock && !this.pageCache.has(filePage)) {
        if (vma.nonlinear) this.replacePte(start + i, filePage, false) // elsewhere the vma tells a fault enough
        continue
      }
      this.readIn(filePage)
      this.replacePte(start + i, filePage, true)
    }
    return 0
  }

  /** 3.10: file ptes are left for the fault handler, which is called at once unless nonblocking. */
  private remapByFilePtes(start: number, end: number, pgoff: number, nonblock: boolean): number {
    const vma = this.vmas.holding(start)
    if (vma?.kind !== 'file' || end > vma.end) return -EINVAL
    const isLinear = !vma.nonlinear && pgoff === linearPage(vma, start)
    if (!isLinear && this.backing === 'disk') {
      const error = this.overMap({ start, end, pgoff, kind: 'file', nonlinear: false }, 'no-check')
      if (error !== 0) return error
    } else if (!isLinear) {
      vma.nonlinear = true
      for (let page = start; page < end; page++) this.replacePte(page, pgoff + (page - start), false)
    }
    if (!nonblock) this.populate(start, end)
    return 0
  }

  /** Since 4.0: mmap(MAP_FIXED|MAP_POPULATE). */
  private remapByMapping(start: number, end: number, pgoff: number, nonblock: boolean): number {
    if (this.rules.remap === 'emulated-in-one-vma') {
      const vma = this.vmas.holding(start)
      if (vma?.kind !== 'file' || end > vma.end) return -EINVAL
      if (pgoff === linearPage(vma, start)) return 0
    } else {
      for (let page = start; page < end; page++) if (this.vmas.holding(page)?.kind !== 'file') return -EINVAL
    }
    const error = this.overMap({ start, end, pgoff, kind: 'file', nonlinear: false }, 'entry-check')
    if (error === 0 && !nonblock) this.populate(start, end)
    return error
  }

  /** install_page and install_file_pte: one page is invalidated if it was mapped. */
  private replacePte(page: number, filePage: number, present: boolean): void {
    this.tables.allocate(page)
    if (this.tables.clear(page)?.present) this.invalidatePage(page)
    if (present) this.mapFilePage(page, filePage, false)
    else this.tables.set(page, { present: false, filePage, writable: false, dirty: false })
  }

  // ---- faults

  /** Maps every absent page of a range as reads would; stops at an error and keeps it quiet. */
  private populate(start: number, end: number): void {
    for (let page = start; page < end; page++) {
      if (this.tables.present(page)) continue
      if (this.fault(page, false) !== 0) return
      this.populateFaults++
    }
  }

  /** The kernel stores to a window page or fetches from it; false if there is nothing it could use. */
  private kernelAccess(page: number, write: boolean): boolean {
    while (!this.allows(page, write)) {
      this.mmapSemReads++
      if (this.fault(page, write) !== 0) return false
      this.populateFaults++
    }
    if (write) this.tables.present(page)!.dirty = true
    return true
  }

  /** Whether the pte lets an access pass. */
  private allows(page: number, write: boolean): boolean {
    const pte = this.tables.present(page)
    return pte !== undefined && (!write || pte.writable)
  }

  /** The fault handler, for a page that is absent or, if written, read-only; 0 or minus the signal. */
  private fault(page: number, write: boolean): number {
    const vma = this.vmas.holding(page)
    if (vma === undefined) return -SIGSEGV
    if (vma.kind === 'other') throw new Error(`access to another vma of the process at page ${page}: not modelled`)
    const mapped = this.tables.present(page)
    if (mapped !== undefined) {
      mapped.writable = true
      mapped.dirty = true
      this.dirtyFilePages.add(mapped.filePage)
      if (this.rules.upgradeInvalidatesPage) this.invalidatePage(page)
      return 0
    }

    if (this.rules.tableBeforePage) this.tables.allocate(page) // a SIGBUS leaves it behind
    if (vma.kind === 'anon') {
      this.tables.allocate(page)
      this.tables.set(page, { present: true, filePage: -1, writable: true, dirty: write })
      return 0
    }
    if (!write) this.faultAround(vma, page)
    if (this.tables.present(page)) return 0
    const filePte = this.tables.at(page)
    const filePage = filePte?.filePage ?? linearPage(vma, page)
    if (filePage >= this.filePages) return -SIGBUS
    this.readIn(filePage)
    this.tables.clear(page)
    this.mapFilePage(page, filePage, write && !(filePte && this.rules.filePtesFilledAsReads))
    return 0
  }

  /** Maps what the page cache has of the block of pages around a read, within the vma and the page table. */
  private faultAround(vma: NaiveVma, page: number): void {
    const blockPages = this.rules.faultAroundPages
    if (blockPages === 1) return
    const tableStart = this.tables.regionOf(page) * this.tables.regionPages
    const from = Math.max(page - (page % blockPages), vma.start, tableStart)
    const past = Math.min(from + blockPages, tableStart + this.tables.regionPages, vma.end)
    for (let near = from; near < past; near++) {
      const filePage = linearPage(vma, near)
      if (this.pageCache.has(filePage) && !this.tables.at(near)) this.mapFilePage(near, filePage, false)
    }
  }

  private mapFilePage(page: number, filePage: number, write: boolean): void {
    this.tables.allocate(page)
    if (write) this.dirtyFilePages.add(filePage)
    const writable = write || !this.rules.firstWriteFaults.includes(this.backing)
    const dirty = write || (this.rules.readFaultMayDirty && writable && this.dirtyFilePages.has(filePage))
    this.tables.set(page, { present: true, filePage, writable, dirty })
  }

  /** Looks for a page of the file, and has it read or made if it is not there; tmpfs keeps it at hand, others look again. */
  private readIn(filePage: number): void {
    this.pageCacheLookups++
    if (this.pageCache.has(filePage)) return
    this.pageCache.add(filePage)
    this.fileReads++
    if (this.backing !== 'shmem') this.pageCacheLookups++
  }

  // ---- the TLB

  fullFlush(): void {
    this.tlbFullFlushes++
    this.tlb.flush()
  }

  rangeFlush(first: number, last: number, step: number): void {
    this.tlbRangeFlushes++
    for (let page = first; page <= last; page += step) this.tlbRangePages++
    for (const page of [...this.tlb.pages]) if (page >= first && page <= last) this.tlb.invalidate(page)
  }

  private invalidatePage(page: number): void {
    this.tlbPageInvalidations++
    this.tlb.invalidate(page)
  }
}

/** File page of a page if the vma maps its range in order. */
function linearPage(vma: NaiveVma, page: number): number {
  return vma.pgoff + (page - vma.start)
}
