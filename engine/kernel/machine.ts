// One process's memory on one kernel: vmas, ptes, TLB, reverse mappings, the file, and the counters; with the small steps
// that every call and every fault is made of. What the calls do with them is in the files beside this one.
//
// In brackets, here and there: the kernel function a step stands for.

import { AddressSpace, VMA_ANONYMOUS, VMA_FILE_READ_ONLY, VMA_PRIVATE, VMA_READ_ONLY } from '../address-space.ts'
import type { BackingFile } from '../backing-file.ts'
import type { Breakdown, Step } from '../breakdown.ts'
import type { CounterSet } from '../counters.ts'
import { assert, ENOMEM } from '../errors.ts'
import { PageTable } from '../page-table.ts'
import { PteChains } from '../pte-chains.ts'
import { Tlb } from '../tlb.ts'
import { PAGE_BYTES } from '../units.ts'
import { Lowmem } from './lowmem.ts'
import { MmuGather } from './mmu-gather.ts'
import type { KernelModel } from './model.ts'
import { Places } from './places.ts'

/** What a run chooses about the process and the machine around one kernel model. */
export interface KernelOptions {
  readonly windowPages: number
  /**
   * log2 of the pages of a cell: every call's range must be whole cells. Above 0 only with pagesMappedOnce or without
   * remap_file_pages(), which may leave some pages of a cell mapped as they were.
   */
  readonly cellShift: number
  readonly tlbEntries: number
  /** Vmas beside the window's; where they lie is the model's. */
  readonly otherVmas: number
  /** Limit of vmas in force; Infinity lifts it. */
  readonly mapLimit: number
  /** CPUs that run the process all the time; its accesses are made on one of them. 1 if absent. */
  readonly threads?: number
  /** A pool's run: no file page is mapped at two places of the window, so no pte chain arises in it, and the file is complete. */
  readonly pagesMappedOnce: boolean
  /** Told of every step; null if absent. */
  readonly breakdown?: Breakdown | null
  /** What the kernel shares among several processes, each with a machine of its own; absent for one alone. */
  readonly shared?: SharedMemory | null
}

/** Memory of the kernel's that belongs to no single process: reverse mappings of the file's pages, and lowmem. */
export interface SharedMemory {
  readonly chains: PteChains | null
  readonly lowmem: Lowmem | null
}

/** `filePages`: pages of the file if many of them will be mapped more than once, else 0. */
export function sharedMemory(model: KernelModel, filePages: number): SharedMemory {
  const chains = model.pteChains === null ? null : new PteChains(model.pteChains.perChain, filePages)
  return { chains, lowmem: model.lowmem === null ? null : new Lowmem({ ...model, lowmem: model.lowmem }, chains) }
}

export class Machine {
  readonly model: KernelModel
  readonly options: KernelOptions
  readonly counters: CounterSet
  readonly file: BackingFile
  readonly places: Places
  readonly space: AddressSpace
  readonly table: PageTable
  readonly tlb: Tlb
  /** Null where there are none, or where none can arise. */
  readonly chains: PteChains | null
  /** Null where all memory is alike. */
  readonly lowmem: Lowmem | null
  readonly gather: MmuGather
  /** Whether every page of the file is there and mapped in one place at most: what is done to several can be counted together. */
  readonly mapsOnce: boolean
  /** Whether pages of the file are mapped read-only until they are written. */
  readonly notesFirstWrite: boolean
  /** Whether pages read from the file may get dirty entries. */
  readonly inheritsDirty: boolean
  /** Whether entries of file pages are told apart by either. */
  readonly marksPtes: boolean
  /** Whether flushes have to reach other CPUs. */
  readonly hasOtherCpus: boolean
  readonly breakdown: Breakdown | null
  /** Accesses made when the stock limit would first have refused a call; -1 while it has not. */
  stockRefusalAt = -1
  /** Accesses this process had made when it exhausted lowmem; -1 if it has not. */
  lowmemExhaustedAt = -1
  // What this process has told `lowmem` of.
  private toldVmas = 0
  private toldTables = 0
  /** Pages taken back that no vma can restore: window page -> file page. */
  readonly lost = new Map<number, number>()
  /** The same of those that a read leaves. */
  readonly marksReads: boolean
  /** Whether a fault maps one page, in an entry like any other, if there is no file pte; false once something was lost. */
  faultsPlainly: boolean
  /** False once a page may be mapped elsewhere than its vma says. */
  linear = true

  constructor(built: KernelModel, options: KernelOptions, file: BackingFile, counters: CounterSet) {
    const { windowPages, cellShift, pagesMappedOnce } = options
    const hasOtherCpus = (options.threads ?? 1) > 1
    const model = hasOtherCpus ? { ...built, ...built.onSeveralCpus } : built
    assert(!pagesMappedOnce || file.complete, 'pages that are all there and mapped once need a complete file')
    const places = new Places(model, windowPages, cellShift, options.otherVmas)
    this.model = model
    this.options = options
    this.hasOtherCpus = hasOtherCpus
    this.counters = counters
    this.file = file
    this.mapsOnce = pagesMappedOnce
    this.breakdown = options.breakdown ?? null
    this.places = places
    this.notesFirstWrite = model.notesFirstWrite.includes(file.backing)
    this.inheritsDirty = model.inheritsDirty && !this.notesFirstWrite
    this.space = new AddressSpace(places.layout, model, options.mapLimit, counters)
    this.table = new PageTable(windowPages, cellShift, model.windowBase / PAGE_BYTES, model.tablePages, {
      filePtes: model.remap === 'install' || model.remap === 'file-ptes',
      // Where every read leaves a dirty entry there is nothing to tell apart.
      dirty: model.unmapFlush === 'ranged' && !(this.inheritsDirty && file.alwaysDirty),
      readOnly: this.notesFirstWrite,
    })
    this.marksPtes = this.notesFirstWrite || this.table.keepsDirty
    this.marksReads = this.notesFirstWrite || (this.inheritsDirty && this.table.keepsDirty)
    this.faultsPlainly = model.tablesBeforePages && model.faultAroundPages === 1 && !this.marksPtes
    this.tlb = new Tlb(options.tlbEntries, windowPages + 1)
    const isAlone = !options.shared
    const shared = options.shared ?? sharedMemory(model, 0)
    this.chains = pagesMappedOnce && isAlone ? null : shared.chains
    this.lowmem = shared.lowmem
    if (this.lowmem !== null) this.lowmem.processes++
    this.gather = new MmuGather(model, counters, this.table, this.tlb)
  }

  /** What is counted from now on belongs to a step; returns the step before, to go back to. */
  enter(step: Step): Step {
    return this.breakdown === null ? step : this.breakdown.enter(step)
  }

  /** Goes back to the step before, with a result in hand. */
  leave(caller: Step, result: number): number {
    if (this.breakdown !== null) this.breakdown.enter(caller)
    return result
  }

  /** The vma over a window page, found without being looked up by the kernel; -1 if none. */
  vmaOver(vpn: number): number {
    const { places, space } = this
    const place = places.of(vpn)
    const vma = space.floor(place)
    return places.inWindow(vma) && space.end[vma] > place ? vma : -1
  }

  /** The vma that a window page lies in [find_vma], -1 if none. */
  vmaAt(vpn: number): number {
    const place = this.places.of(vpn)
    const vma = this.space.find(place)
    return this.places.inWindow(vma) && vma <= place ? vma : -1
  }

  /** File page that a vma stands for at a window page inside it, below 2^32. */
  pgoffAt(vma: number, vpn: number): number {
    return (this.space.pgoff[vma] + vpn - this.places.vpnOf(vma)) >>> 0
  }

  /** Whether a vma maps the file, shared, as remap_file_pages() asks for [VM_SHARED, vm_ops]. */
  isShared(vma: number): boolean {
    return (this.space.flagsOf(vma) & (VMA_ANONYMOUS | VMA_PRIVATE | VMA_FILE_READ_ONLY)) === 0
  }

  isAnonymous(vma: number): boolean {
    return (this.space.flagsOf(vma) & VMA_ANONYMOUS) !== 0
  }

  isWritable(vma: number): boolean {
    return (this.space.flagsOf(vma) & (VMA_READ_ONLY | VMA_FILE_READ_ONLY)) === 0
  }

  /** Something else is put at window pages vpn..: what was lost there is not missed any more. */
  forgetLost(vpn: number, pages: number): void {
    if (this.lost.size > 0) for (let at = vpn; at < vpn + pages; at++) this.lost.delete(at)
  }

  /** Finds a page of the file, reading or allocating it if it is absent [shmem_getpage, filemap_getpage]. */
  lookUp(page: number): void {
    const { counters: c, file } = this
    c.pageCacheLookups++
    if (file.has(page)) return
    file.bring(page)
    c.fileReads++
    if (file.backing !== 'shmem') c.pageCacheLookups++ // goes back to retry_find; shmem keeps the page it allocated
  }

  /** Allocates the page-table page of a window page if it has none. */
  ensureTable(vpn: number): void {
    if (this.table.ensureTable(vpn)) this.noteLowmem()
  }

  /** Maps a page of the file; returns whether a present entry was replaced. */
  setPte(vpn: number, page: number): boolean {
    this.counters.ptesInstalled++
    if (this.chains) this.chain(this.chains, page)
    return this.table.set(vpn, page | 0)
  }

  /** One more pte maps the page [page_add_rmap]. */
  chain(chains: PteChains, page: number): void {
    const before = chains.objects
    chains.add(page | 0)
    if (chains.objects > before) this.noteLowmem()
  }

  /** Clears the entries of one vma's piece into the gather [unmap_page_range]. */
  zap(vma: number, vpn: number, pages: number): void {
    const { chains, table } = this
    const isFile = !this.isAnonymous(vma)
    if (chains && isFile) for (let at = vpn; at < vpn + pages; at++) if (table.has(at)) chains.remove(table.pageAt(at))
    if (table.keepsDirty && isFile) this.keepDirty(vpn, pages)
    this.counters.ptesZapped += this.gather.zap(vpn, pages, isFile && this.isWritable(vma))
  }

  /** The map count refused a call. */
  refuse(): number {
    this.noteStockRefusal()
    this.noteLowmem() // a refused second cut leaves the first
    return -ENOMEM
  }

  noteStockRefusal(): void {
    if (this.space.stockRefused && this.stockRefusalAt < 0) {
      this.stockRefusalAt = this.counters.tlbHits + this.counters.tlbMisses
    }
  }

  /** Tells what this process takes of lowmem now. */
  noteLowmem(): void {
    const { lowmem, space, table } = this
    if (lowmem === null) return
    const wasExhausted = lowmem.isExhausted
    lowmem.change(space.mapCount - this.toldVmas, table.tables - this.toldTables)
    this.toldVmas = space.mapCount
    this.toldTables = table.tables
    if (lowmem.isExhausted !== wasExhausted) this.lowmemExhaustedAt = this.counters.tlbHits + this.counters.tlbMisses
  }

  /** A page that was written through an entry is dirty from now on, mapped or not [set_page_dirty]. */
  private keepDirty(vpn: number, pages: number): void {
    const { file, table } = this
    if (file.alwaysDirty || !table.hasDirty(vpn, pages)) return
    for (let at = vpn; at < vpn + pages; at++)
      if (table.has(at) && table.isDirty(at)) file.markDirty(table.pageAt(at) >>> 0)
  }
}
