// Memory management of Linux 2.5.42 with the patch of 14 October 2002, as plainly as it can be said: one process, one
// shared file, a window of 32-bit addresses. Written from the kernel's rules and the mail alone; every step is
// a loop over objects, every address and file offset is an unsigned 32-bit number. It is the oracle for the fast
// engine and shares no code with it on purpose: where both agree, two people read the kernel alike. Left out: swap and
// reclaim, other processes, protections other than read and write, MAP_LOCKED, faults inside the kernel, faults
// elsewhere in the process. Counters carry the names of engine/counters.ts. Over 300 lines because the calls share one
// state.

import { NaiveRmap } from './naive-rmap.ts'
import { NaiveTlb } from './naive-tlb.ts'
import type { Side, TreeNode } from './naive-tree.ts'
import { NaiveTree } from './naive-tree.ts'

const PAGE_BYTES = 4096
const TASK_BYTES = 0xc0000000 // TASK_SIZE, asm-i386/processor.h
/** More than any process of a test ever allocates. */
const TABLES_OF_A_PROCESS = 2 ** 20
const MAP_POPULATE = 0x8000 // the mail, asm-i386/mman.h
const MAP_NONBLOCK = 0x10000 // the mail, asm-i386/mman.h
const OTHER_STRIDE_BYTES = 0x2000 // test/fixtures/executed/README.md, other_vmas
const ENOMEM = 12
const EFAULT = 14
const EINVAL = 22
const SIGBUS = 7
const SIGSEGV = 11

export interface NaiveOptions {
  windowBase: number
  windowPages: number
  filePages: number
  backing: 'shmem' | 'pagecache'
  /** MAX_MAP_COUNT; compared with all vmas of the process. */
  mapLimit: number
  /** A second limit that refuses nothing: see stockRefusedAtCall. */
  stockLimit?: number
  /** One-page anonymous private vmas, every 0x2000 bytes from `otherBase`, made first and not counted. */
  otherVmas?: number
  otherBase?: number
  absent?: (filePage: number) => boolean
  /** What one PTE page maps, and what one pgd slot maps: 2 MB and 1 GB with PAE, 4 MB and 4 MB without. */
  pteTable: { regionBytes: number; pgdBytes: number }
  /** FREE_PTE_NR on SMP with more than one CPU online (506), else Infinity. */
  gatherPages?: number
  nrpte?: number
  /** Reverse mappings that several processes share, and a number that tells the ptes of this one from theirs. */
  rmap?: NaiveRmap
  process?: number
  tlbEntries?: number
  /** 'single', the mail's belief: over-mapping one present 4 KB page invalidates that page instead of a full flush. */
  onePageFlush?: 'full' | 'single'
}

export interface NaiveVma {
  start: number
  end: number
  pgoff: number
  kind: 'file' | 'other'
}

/** Result of a descent for an address: the first vma with end > address, and where a vma would be linked. */
interface Spot {
  vma: NaiveVma | null
  parent: TreeNode<NaiveVma> | null
  side: Side
}

interface PteTable {
  serial: number
  /** Page number -> file page. */
  ptes: Map<number, number>
}

export class NaiveKernel {
  syscalls = 0
  pageFaults = 0
  failedAccesses = 0
  fileReads = 0
  tlbHits = 0
  tlbMisses = 0
  tlbFullFlushes = 0
  tlbPageInvalidations = 0
  ptesInstalled = 0
  ptesZapped = 0
  pageCacheLookups = 0
  mmapSemReads = 0
  mmapSemWrites = 0
  vmaLookups = 0
  vmaLookupLevels = 0
  vmaCacheHits = 0
  vmaAllocs = 0
  vmaFrees = 0
  vmaSplits = 0
  findVmaCalls = 0
  treeWalks = 0
  rss = 0
  ptePages = 0
  mapCountPeak = 0
  ptePagesPeak = 0
  mmapCalls = 0
  /** The first mmap call, counted from 0, that `stockLimit` would have refused; -1 if none. */
  stockRefusedAtCall = -1

  readonly tlb: NaiveTlb
  readonly rmap: NaiveRmap
  private readonly windowBase: number
  private readonly windowPages: number
  private readonly filePages: number
  private readonly backing: 'shmem' | 'pagecache'
  private readonly mapLimit: number
  private readonly stockLimit: number
  private readonly regionBytes: number
  private readonly pgdBytes: number
  private readonly gatherPages: number
  private readonly onePageFlush: 'full' | 'single'
  /** mm->mmap: every vma, ascending. */
  private readonly vmas: NaiveVma[] = []
  private readonly tree = new NaiveTree<NaiveVma>()
  private mmapCache: NaiveVma | null = null
  /** PTE pages by number of the region they map. */
  private readonly tables = new Map<number, PteTable>()
  private tableSerial: number
  private readonly pageCache = new Set<number>()

  constructor(options: NaiveOptions) {
    this.windowBase = options.windowBase
    this.windowPages = options.windowPages
    this.filePages = options.filePages
    this.backing = options.backing
    this.mapLimit = options.mapLimit
    this.stockLimit = options.stockLimit ?? Infinity
    this.regionBytes = options.pteTable.regionBytes
    this.pgdBytes = options.pteTable.pgdBytes
    this.gatherPages = options.gatherPages ?? Infinity
    this.onePageFlush = options.onePageFlush ?? 'full'
    this.tlb = new NaiveTlb(options.tlbEntries ?? 64)
    this.rmap = options.rmap ?? new NaiveRmap(options.nrpte ?? 7)
    this.tableSerial = (options.process ?? 0) * TABLES_OF_A_PROCESS
    for (let page = 0; page < options.filePages; page++) {
      if (options.absent === undefined || !options.absent(page)) this.pageCache.add(page)
    }
    for (let i = 0; i < (options.otherVmas ?? 0); i++) {
      const start = u32((options.otherBase ?? 0x08048000) + i * OTHER_STRIDE_BYTES)
      this.insertVma({ start, end: start + PAGE_BYTES, pgoff: 0, kind: 'other' })
    }
    this.treeWalks = 0
    this.vmaLookups = 0
    this.vmaLookupLevels = 0
  }

  // ---- the calls, in pages of the window

  mmapFixed(vpn: number, pages: number, pgoff: number, flags: number): number {
    return this.mmapBytes(this.address(vpn), u32(pages * PAGE_BYTES), pgoff, flags)
  }

  remapFilePages(vpn: number, pages: number, pgoff: number, flags: number): number {
    return this.remapBytes(this.address(vpn), u32(pages * PAGE_BYTES), pgoff, flags)
  }

  /** One access; 0 or minus the signal. */
  touch(vpn: number, _write: number): number {
    const address = this.address(vpn)
    const page = pageOf(address)
    if (this.tlb.use(page)) {
      if (this.pteAt(page) < 0) throw new Error(`the TLB holds page ${page}, which has no pte`)
      this.tlbHits++
      return 0
    }
    this.tlbMisses++
    if (this.pteAt(page) < 0) {
      const signal = this.fault(address)
      if (signal !== 0) {
        this.failedAccesses++
        return signal
      }
    }
    this.tlb.load(page)
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

  // ---- the calls, in bytes

  /** mmap(start, length, READ|WRITE, MAP_SHARED|MAP_FIXED|flags) of the file: do_mmap_pgoff. */
  mmapBytes(startAddress: number, lengthBytes: number, pgoffGiven: number, flags: number): number {
    const start = u32(startAddress)
    const pgoff = u32(pgoffGiven)
    const call = this.mmapCalls++
    this.syscalls++
    this.mmapSemWrites++
    if (u32(lengthBytes) === 0) return 0
    if (u32(lengthBytes) > TASK_BYTES) return -EINVAL
    const length = pageAlign(lengthBytes)
    if (u32(pgoff + length / PAGE_BYTES) < pgoff) return -EINVAL
    this.compareWithStock(this.vmas.length > this.stockLimit, call)
    if (this.vmas.length > this.mapLimit) return -ENOMEM
    if (start > TASK_BYTES - length) return -ENOMEM
    if (start % PAGE_BYTES !== 0) return -EINVAL
    const end = start + length

    let spot = this.findVmaPrepare(start)
    while (spot.vma !== null && spot.vma.start < end) {
      if (this.munmap(start, end, call) !== 0) return -ENOMEM
      spot = this.findVmaPrepare(start)
    }
    this.vmaAllocs++
    this.linkVma({ start, end, pgoff, kind: 'file' }, spot)

    if ((flags & MAP_POPULATE) !== 0) {
      this.remapUnderSemaphore(start, length, pgoff, flags) // its error is swallowed
      this.mmapSemWrites++
    }
    return 0
  }

  /** remap_file_pages(start, size, READ|WRITE, pgoff, flags). */
  remapBytes(startAddress: number, sizeBytes: number, pgoff: number, flags: number): number {
    this.syscalls++
    return this.remapUnderSemaphore(startAddress, sizeBytes, pgoff, flags)
  }

  // ---- state

  /** File page the pte of a window page maps, or -1. */
  pgoffMapped(vpn: number): number {
    return this.pteAt(pageOf(this.address(vpn)))
  }

  /** File page the vmas promise for a window page, or -1. */
  pgoffByVma(vpn: number): number {
    const address = this.address(vpn)
    const vma = this.vmas[this.firstEndingAfter(address)]
    if (vma === undefined || vma.start > address || vma.kind !== 'file') return -1
    return u32(vma.pgoff + (address - vma.start) / PAGE_BYTES)
  }

  /** mm->map_count: all vmas. */
  vmaCount(): number {
    return this.vmas.length
  }

  windowVmas(): number {
    return this.vmas.filter(vma => vma.kind === 'file').length
  }

  /** The window's vmas in ascending order, in pages of the window. */
  vmaList(): { vpn: number; pages: number; pgoff: number }[] {
    return this.vmas
      .filter(vma => vma.kind === 'file')
      .map(vma => ({
        vpn: (vma.start - this.windowBase) / PAGE_BYTES,
        pages: (vma.end - vma.start) / PAGE_BYTES,
        pgoff: vma.pgoff,
      }))
  }

  chainObjects(): number {
    return this.rmap.chainObjects
  }

  get chainObjectsPeak(): number {
    return this.rmap.chainObjectsPeak
  }

  get filePagesPresent(): number {
    return this.pageCache.size
  }

  /** Present ptes of window pages; rss also counts those past the window. */
  ptesPresent(): number {
    let present = 0
    for (let vpn = 0; vpn < this.windowPages; vpn++) if (this.pgoffMapped(vpn) >= 0) present++
    return present
  }

  hashPtes(): string {
    let hash = FNV_START
    for (let vpn = 0; vpn < this.windowPages; vpn++) hash = fnvOfU32(hash, this.pgoffMapped(vpn))
    return hash.toString(16).padStart(8, '0')
  }

  hashVmas(): string {
    let hash = FNV_START
    for (let vpn = 0; vpn < this.windowPages; vpn++) hash = fnvOfU32(hash, this.pgoffByVma(vpn))
    return hash.toString(16).padStart(8, '0')
  }

  // ---- vmas: list, tree, cache

  private address(vpn: number): number {
    return u32(this.windowBase + vpn * PAGE_BYTES)
  }

  /** Place in the list of the first vma with end > address; the length of the list if there is none. */
  private firstEndingAfter(address: number): number {
    let low = 0
    let high = this.vmas.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.vmas[middle].end > address) high = middle
      else low = middle + 1
    }
    return low
  }

  /** find_vma: the cache, else a descent that stops in the vma that holds the address. What is found is cached. */
  private findVma(address: number): NaiveVma | null {
    this.findVmaCalls++
    this.vmaLookups++
    const cached = this.mmapCache
    if (cached !== null && cached.end > address && cached.start <= address) {
      this.vmaCacheHits++
      return cached
    }
    this.treeWalks++
    let found: NaiveVma | null = null
    let node = this.tree.root
    while (node !== null) {
      this.vmaLookupLevels++
      if (node.item.end > address) {
        found = node.item
        if (found.start <= address) break
        node = node.child[0]
      } else {
        node = node.child[1]
      }
    }
    if (found !== (this.vmas[this.firstEndingAfter(address)] ?? null)) throw new Error('tree and list of vmas differ')
    if (found !== null) this.mmapCache = found
    return found
  }

  /** find_vma_prev: place in the list of the first vma with end > address. The descent stops in the vma before it. */
  private findVmaPrev(address: number): number {
    this.vmaLookups++
    this.treeWalks++
    const place = this.firstEndingAfter(address)
    const before = this.vmas[place - 1]
    let node = this.tree.root
    while (node !== null) {
      this.vmaLookupLevels++
      if (address < node.item.end) {
        node = node.child[0]
      } else {
        if (node.item === before) break
        node = node.child[1]
      }
    }
    return place
  }

  /** find_vma_prepare: first vma with end > address and, if it starts later, where a new vma would be linked. */
  private findVmaPrepare(address: number): Spot {
    this.vmaLookups++
    this.treeWalks++
    let vma: NaiveVma | null = null
    let parent: TreeNode<NaiveVma> | null = null
    let side: Side = 0
    let node = this.tree.root
    while (node !== null) {
      this.vmaLookupLevels++
      parent = node
      if (node.item.end > address) {
        vma = node.item
        if (vma.start <= address) break
        side = 0
      } else {
        side = 1
      }
      node = node.child[side]
    }
    return { vma, parent, side }
  }

  /** vma_link: list, tree and map_count; `spot` is from a descent to vma.start. */
  private linkVma(vma: NaiveVma, spot: Spot): void {
    this.tree.insert(vma, spot.parent, spot.side)
    this.vmas.splice(this.firstEndingAfter(vma.start), 0, vma)
    this.mapCountPeak = Math.max(this.mapCountPeak, this.vmas.length)
  }

  /** insert_vm_struct. */
  private insertVma(vma: NaiveVma): void {
    this.linkVma(vma, this.findVmaPrepare(vma.start))
  }

  /** split_vma: the old object keeps the lower part, at both splits; execution decided (walk_nodes). */
  private splitVma(vma: NaiveVma, at: number, call: number): boolean {
    this.compareWithStock(this.vmas.length >= this.stockLimit, call)
    if (this.vmas.length >= this.mapLimit) return false
    this.vmaAllocs++
    this.vmaSplits++
    const upper = { ...vma, start: at, pgoff: u32(vma.pgoff + (at - vma.start) / PAGE_BYTES) }
    vma.end = at
    this.insertVma(upper)
    return true
  }

  private compareWithStock(refused: boolean, call: number): void {
    if (refused && this.stockRefusedAtCall < 0) this.stockRefusedAtCall = call
  }

  // ---- munmap

  /** do_munmap of a range that some vma overlaps; arguments are checked already. */
  private munmap(start: number, end: number, call: number): number {
    const first = this.vmas[this.findVmaPrev(start)]
    if (first === undefined || first.start >= end) return 0
    if (start > first.start && !this.splitVma(first, start, call)) return -ENOMEM
    const last = this.findVma(end)
    if (last !== null && end > last.start && !this.splitVma(last, end, call)) return -ENOMEM

    const place = this.firstEndingAfter(start)
    const detached: NaiveVma[] = []
    while (place < this.vmas.length && this.vmas[place].start < end) {
      const vma = this.vmas[place]
      this.tree.erase(vma)
      this.vmas.splice(place, 1)
      detached.push(vma)
    }
    this.mmapCache = null
    this.unmapRegion(detached, this.vmas[place - 1], this.vmas[place], start, end)
    this.vmaFrees += detached.length
    return 0
  }

  /** unmap_region: zap what the vmas cover, free page tables nobody else needs, flush what is not flushed yet. */
  private unmapRegion(
    detached: readonly NaiveVma[],
    before: NaiveVma | undefined,
    after: NaiveVma | undefined,
    start: number,
    end: number,
  ): void {
    let needFlush = false
    let gathered = 0
    let slotsCleared = 0
    let zapped = 0

    const gather = (): void => {
      needFlush = true
      gathered++
      if (gathered >= this.gatherPages) {
        this.fullFlush()
        needFlush = false
        gathered = 0
      }
    }

    for (const vma of detached) {
      for (let address = vma.start; address < vma.end; address += PAGE_BYTES) {
        if (!this.zapPte(pageOf(address))) continue
        zapped++
        gather()
      }
    }

    const slots = this.slotsToFree(before, after, start, end)
    for (let slot = slots.first; slot < slots.last; slot++) {
      for (const region of this.tablesOfSlot(slot)) {
        // A stray pte dies with its table: rss and its reverse mapping stay behind, as in the kernel.
        this.tables.delete(region)
        this.ptePages--
        gather()
      }
      needFlush = true // pmd_free_tlb, also for an empty slot
      slotsCleared++
    }

    if (!needFlush) return
    if (this.onePageFlush === 'single' && end - start === PAGE_BYTES && zapped === 1 && slotsCleared === 0) {
      this.invalidatePage(pageOf(start))
    } else {
      this.fullFlush()
    }
  }

  /** free_pgtables: pgd slots first .. last-1 hold nothing but the hole. */
  private slotsToFree(
    before: NaiveVma | undefined,
    after: NaiveVma | undefined,
    start: number,
    end: number,
  ): { first: number; last: number } {
    let first = start - (start % this.pgdBytes)
    let last = u32(end + this.pgdBytes - 1)
    if (after !== undefined && last > after.start) last = after.start
    if (before !== undefined && before.end > first) first = u32(before.end + this.pgdBytes - 1)
    return { first: Math.floor(first / this.pgdBytes), last: Math.floor(last / this.pgdBytes) }
  }

  private tablesOfSlot(slot: number): number[] {
    const regions: number[] = []
    for (let address = slot * this.pgdBytes; address < (slot + 1) * this.pgdBytes; address += this.regionBytes) {
      const region = address / this.regionBytes
      if (this.tables.has(region)) regions.push(region)
    }
    return regions
  }

  // ---- remap and population

  private remapUnderSemaphore(startAddress: number, sizeBytes: number, pgoff: number, flags: number): number {
    this.mmapSemReads++
    const end = u32(startAddress + sizeBytes) // from the raw arguments, unlike start and size
    const start = pageAlign(startAddress)
    const size = pageAlign(sizeBytes)
    const vma = this.findVma(start)
    if (vma === null || vma.kind !== 'file' || end <= start || start < vma.start || end > vma.end) return -EINVAL
    const nonblock = (flags & MAP_NONBLOCK) !== 0
    if (this.backing === 'shmem') return this.populateShmem(start, size, u32(pgoff), nonblock)
    return this.populatePageCache(start, size, u32(pgoff), nonblock)
  }

  /** shmem_populate: absent pages are skipped without blocking; the end of the file is noticed page by page. */
  private populateShmem(start: number, size: number, pgoff: number, nonblock: boolean): number {
    for (let done = 0; done < size; done += PAGE_BYTES) {
      const filePage = u32(pgoff + done / PAGE_BYTES)
      if (filePage >= this.filePages) return -EFAULT
      this.pageCacheLookups++
      if (!this.pageCache.has(filePage)) {
        if (nonblock) continue
        this.readIn(filePage)
      }
      this.installPage(u32(start + done), filePage)
    }
    return 0
  }

  /** filemap_populate: the rest of the range must lie in the file, in 32 bits; absent pages fail without blocking. */
  private populatePageCache(start: number, size: number, pgoff: number, nonblock: boolean): number {
    for (let done = 0; done < size; done += PAGE_BYTES) {
      const filePage = u32(pgoff + done / PAGE_BYTES)
      if (u32(filePage + (size - done) / PAGE_BYTES) > this.filePages) return -EINVAL
      this.pageCacheLookups++
      if (!this.pageCache.has(filePage)) {
        if (nonblock) return -ENOMEM
        this.readIn(filePage)
        this.pageCacheLookups++
      }
      this.installPage(u32(start + done), filePage)
    }
    return 0
  }

  /** install_page: replaces whatever pte is there and invalidates the page even if there was none. */
  private installPage(address: number, filePage: number): void {
    const page = pageOf(address)
    this.allocateTable(page)
    this.zapPte(page)
    this.setPte(page, filePage)
    this.invalidatePage(page)
  }

  // ---- faults

  /** do_page_fault, handle_mm_fault, do_no_page. */
  private fault(address: number): number {
    this.pageFaults++
    this.mmapSemReads++
    const vma = this.findVma(address)
    if (vma === null || vma.start > address) return -SIGSEGV
    if (vma.kind !== 'file') throw new Error(`access to another vma of the process at ${address}: not modelled`)
    const page = pageOf(address)
    this.allocateTable(page) // before the file is asked: a SIGBUS leaves the table behind
    const filePage = u32(vma.pgoff + (address - vma.start) / PAGE_BYTES)
    if (filePage >= this.filePages) return -SIGBUS
    this.pageCacheLookups++
    if (!this.pageCache.has(filePage)) {
      this.readIn(filePage)
      if (this.backing === 'pagecache') this.pageCacheLookups++
    }
    this.setPte(page, filePage)
    return 0
  }

  // ---- pages and page tables

  private readIn(filePage: number): void {
    this.pageCache.add(filePage)
    this.fileReads++
  }

  private tableOf(page: number): PteTable | undefined {
    return this.tables.get(Math.floor((page * PAGE_BYTES) / this.regionBytes))
  }

  private allocateTable(page: number): void {
    if (this.tableOf(page) !== undefined) return
    const region = Math.floor((page * PAGE_BYTES) / this.regionBytes)
    this.tables.set(region, { serial: this.tableSerial++, ptes: new Map() })
    this.ptePages++
    this.ptePagesPeak = Math.max(this.ptePagesPeak, this.ptePages)
  }

  private pteAt(page: number): number {
    return this.tableOf(page)?.ptes.get(page) ?? -1
  }

  private setPte(page: number, filePage: number): void {
    const table = this.tableOf(page)!
    table.ptes.set(page, filePage)
    this.rmap.add(filePage, this.pteName(table, page))
    this.ptesInstalled++
    this.rss++
  }

  /** True if there was a present pte. */
  private zapPte(page: number): boolean {
    const table = this.tableOf(page)
    const filePage = table?.ptes.get(page)
    if (table === undefined || filePage === undefined) return false
    table.ptes.delete(page)
    this.rmap.remove(filePage, this.pteName(table, page))
    this.ptesZapped++
    this.rss--
    return true
  }

  /** Unique also after a table was freed and its region got another one. */
  private pteName(table: PteTable, page: number): number {
    const perTable = this.regionBytes / PAGE_BYTES
    return table.serial * perTable + (page % perTable)
  }

  // ---- the TLB

  private fullFlush(): void {
    this.tlbFullFlushes++
    this.tlb.flush()
  }

  private invalidatePage(page: number): void {
    this.tlbPageInvalidations++
    this.tlb.invalidate(page)
  }
}

const FNV_START = 2166136261

function fnvOfU32(start: number, value: number): number {
  let hash = start
  for (let shift = 0; shift < 32; shift += 8) hash = Math.imul(hash ^ ((value >>> shift) & 0xff), 16777619) >>> 0
  return hash
}

function u32(value: number): number {
  return value >>> 0
}

/** PAGE_ALIGN: up, and past the top to 0. */
function pageAlign(bytes: number): number {
  return u32(Math.ceil(u32(bytes) / PAGE_BYTES) * PAGE_BYTES)
}

function pageOf(address: number): number {
  return Math.floor(address / PAGE_BYTES)
}
