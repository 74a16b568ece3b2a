// The system calls a database uses on its window, and the accesses between them, on any kernel that a KernelModel describes.
//
// The mechanism is spread over the files beside this one: machine.ts (state and small steps), map.ts and unmap.ts (vmas),
// mmu-gather.ts (what is flushed), fault.ts, remap-*.ts (one for each kind of remap_file_pages), copy.ts, reclaim.ts and
// sweep.ts, free-pgtables.ts, places.ts. What differs between kernels is read from the model.
// Left out: processes that do not use the file, read-ahead, file pages from 2^32 on.
// Over 300 lines because it is the whole surface: every call, what is asked of a lane, and what tests look at.

import {
  type AddressSpace,
  VMA_ANONYMOUS,
  VMA_FILE_READ_ONLY,
  VMA_GUARDED,
  VMA_LOCKED,
  VMA_NONLINEAR,
  VMA_READ_ONLY,
} from '../address-space.ts'
import type { BackingFile } from '../backing-file.ts'
import type { CounterSet } from '../counters.ts'
import { assert, EINVAL, ENOMEM, ENOSYS, InvariantError } from '../errors.ts'
import type { PageTable } from '../page-table.ts'
import { slabsBytes } from '../slab.ts'
import type { Tlb } from '../tlb.ts'
import { PAGE_BYTES } from '../units.ts'
import { readPages, writePages } from './copy.ts'
import { populate, userFault, writeFault } from './fault.ts'
import { type CountingKernel, MAP_LOCKED, MAP_NONBLOCK, MAP_POPULATE } from './kernel.ts'
import { availableBytes, chainLowmem, fixedLowmem, type Lowmem, tableLowmem, vmaLowmem } from './lowmem.ts'
import { type KernelOptions, Machine } from './machine.ts'
import { mapRegion } from './map.ts'
import type { MmuGather } from './mmu-gather.ts'
import type { KernelModel } from './model.ts'
import { reclaimPages } from './reclaim.ts'
import { emulatedVma, isLinearAlready } from './remap-emulated.ts'
import { remapByFilePtes, remapInstalling } from './remap-nonlinear.ts'
import { remapPatch } from './remap-patch.ts'
import { sweepWindow } from './sweep.ts'
import { dropPages } from './unmap.ts'

export class SimulatedKernel implements CountingKernel {
  readonly model: KernelModel
  readonly counters: CounterSet
  readonly machine: Machine
  readonly space: AddressSpace
  readonly table: PageTable
  readonly file: BackingFile
  readonly windowPages: number
  private readonly tlb: Tlb
  private readonly gather: MmuGather
  private readonly presence: Int32Array
  /** Pages of a cell, while replacing one can be counted in one step (AddressSpace.replaceCell); else -1. */
  private quickPages: number
  /** Whether a write leaves a trace in a page's entry, or may need one. */
  private tracksWrites: boolean
  private hasReadOnlyVmas = false
  /** Window page at which the next sweep of memory pressure begins. */
  private hand = 0

  constructor(model: KernelModel, options: KernelOptions, file: BackingFile, counters: CounterSet) {
    const machine = new Machine(model, options, file, counters)
    const cellPages = 1 << options.cellShift
    const isPlain = model.countsLookups && model.unmapFlush === 'whole' && model.mergesFileVmas === 'never'
    const isApart = machine.breakdown !== null // steps counted together cannot be told apart
    const isQuick = isPlain && !isApart && machine.chains === null && cellPages < model.directoryPages!
    this.model = machine.model
    this.counters = counters
    this.machine = machine
    this.space = machine.space
    this.table = machine.table
    this.file = file
    this.windowPages = options.windowPages
    this.tlb = machine.tlb
    this.gather = machine.gather
    this.presence = machine.table.presence
    this.quickPages = isQuick ? cellPages : -1
    this.tracksWrites = machine.marksPtes
  }

  get stockRefusalAt(): number {
    return this.machine.stockRefusalAt
  }

  get lowmemExhaustedAt(): number {
    return this.machine.lowmemExhaustedAt
  }

  switchTo(): void {
    const caller = this.machine.enter('switch')
    this.counters.contextSwitches++
    this.tlb.flushAll()
    this.machine.enter(caller)
  }

  /** mmap(MAP_SHARED|MAP_FIXED|flags) [do_mmap_pgoff]. */
  mmapFixed(vpn: number, pages: number, pgoff: number, flags: number): number {
    return pages === this.quickPages
      ? this.replaceUnit(vpn, pages, pgoff, flags)
      : this.mmapAs(vpn, pages, pgoff, flags, 0)
  }

  mmapAnonymous(vpn: number, pages: number): number {
    return this.mmapAs(vpn, pages, vpn, 0, VMA_ANONYMOUS)
  }

  /** mmap(MAP_FIXED) of a mapping that differs from a shared writable one of the file by VMA_ bits. */
  mmapAs(vpn: number, pages: number, pgoff: number, flags: number, vmaFlags: number): number {
    const { counters: c, machine: m } = this
    const caller = m.enter('call')
    c.syscalls++
    c.mmapSemWrites++
    if ((vmaFlags & (VMA_READ_ONLY | VMA_FILE_READ_ONLY)) !== 0) this.hasReadOnlyVmas = this.tracksWrites = true
    return m.leave(caller, this.map(vpn, pages, pgoff, flags, vmaFlags))
  }

  /** remap_file_pages(). */
  remapFilePages(vpn: number, pages: number, pgoff: number, flags: number): number {
    const caller = this.machine.enter('call')
    this.counters.syscalls++
    return this.machine.leave(caller, this.remapRange(vpn, pages, vpn + pages, pgoff, flags))
  }

  /** The body of remap_file_pages(): `pages` pages from vpn on, if vpn..end-1 may be remapped (syscalls.ts tells them apart). */
  remapRange(vpn: number, pages: number, end: number, pgoff: number, flags: number): number {
    const { machine: m } = this
    assert(m.mapsOnce || m.options.cellShift === 0, 'pages that are remapped one by one need cells of one page')
    const caller = m.enter('remap')
    return m.leave(caller, this.remapBy(vpn, pages, end, pgoff, flags))
  }

  /** The kind of remap_file_pages() that this kernel has. */
  private remapBy(vpn: number, pages: number, end: number, pgoff: number, flags: number): number {
    const { machine: m } = this
    switch (this.model.remap) {
      case 'patch':
        return remapPatch(m, vpn, pages, end, pgoff, flags)
      case 'install':
        return remapInstalling(m, vpn, pages, end, pgoff, flags)
      case 'file-ptes':
        return remapByFilePtes(m, vpn, pages, end, pgoff, flags)
      case 'none':
        return -ENOSYS
      default:
        return this.remapEmulated(vpn, pages, pgoff, flags)
    }
  }

  pread(vpn: number, pages: number, pgoff: number): number {
    const caller = this.machine.enter('copy')
    return this.machine.leave(caller, readPages(this.machine, vpn, pages, pgoff))
  }

  pwrite(vpn: number, pages: number, pgoff: number): number {
    const caller = this.machine.enter('copy')
    return this.machine.leave(caller, writePages(this.machine, vpn, pages, pgoff))
  }

  dontNeed(vpn: number, pages: number): number {
    const caller = this.machine.enter('drop')
    this.counters.syscalls++
    this.counters.mmapSemWrites++ // until 2.6.22 [sys_madvise]
    return this.machine.leave(caller, dropPages(this.machine, vpn, pages))
  }

  mmapGuarded(vpn: number, pages: number, pgoff: number): number {
    return this.mmapAs(vpn, pages, pgoff, 0, VMA_GUARDED)
  }

  returnFromSignal(): void {
    const { counters: c, machine: m } = this
    c.failedAccesses-- // where the access counted it
    const caller = m.enter('call')
    c.syscalls++
    c.signalsHandled++
    m.enter(caller)
  }

  /** The process faults outside the window: of that only what it does to later look-ups is the window's. */
  faultElsewhere(): void {
    this.space.findElsewhere()
  }

  reclaim(vpn: number, pages: number): void {
    this.quickPages = -1 // what is lost has to be looked for
    reclaimPages(this.machine, vpn, pages)
  }

  sweep(): void {
    const caller = this.machine.enter('reclaim')
    this.hand = this.machine.leave(caller, sweepWindow(this.machine, this.hand))
  }

  touch(vpn: number, write: number): number {
    if (write !== 0 && this.tracksWrites) return this.write(vpn)
    return this.access(vpn, write)
  }

  /** Whether a call that maps must fail on entry; takes note if the stock limit would have refused it. */
  refusesMapping(): boolean {
    const refused = this.space.refusesMapping()
    if (this.space.stockRefused && this.machine.stockRefusalAt < 0) this.machine.noteStockRefusal()
    return refused
  }

  /** find_vma at a window page, for its effect on counters and cache. */
  findVma(vpn: number): void {
    this.space.find(this.machine.places.of(vpn))
  }

  /** Brings levels and peaks of the counters up to date. */
  settle(): void {
    const { counters: c, space, table, machine: m } = this
    const { vmaSlab, pteChains } = this.model
    const { otherVmas } = m.options
    c.kernelEntries = c.syscalls + c.pageFaults
    c.ipiRounds = m.hasOtherCpus ? c.tlbFullFlushes + c.tlbRangeFlushes + c.tlbPageInvalidations : 0
    c.vmas = space.mapCount - otherVmas
    c.mapCountPeak = space.mapCountPeak
    c.vmasPeak = space.mapCountPeak - otherVmas
    c.vmaBytes = c.vmas * vmaSlab.objectBytes
    c.vmaBytesPeak = c.vmasPeak * vmaSlab.objectBytes
    c.vmaLowmemBytes = slabsBytes(vmaSlab, c.vmas)
    c.vmaLowmemBytesPeak = slabsBytes(vmaSlab, c.vmasPeak)
    c.pageTableBytesPeak = table.tablesPeak * PAGE_BYTES
    c.pteChainBytesPeak = (m.chains?.objectsPeak ?? 0) * (pteChains?.slab.objectBytes ?? 0)
    m.noteLowmem()
    if (m.lowmem !== null) this.settleLowmem(m.lowmem)
  }

  /** A new phase begins: peaks restart at the present level. */
  restartPeaks(): void {
    const { machine: m } = this
    m.space.mapCountPeak = m.space.mapCount
    m.table.tablesPeak = m.table.tables
    if (m.chains) m.chains.objectsPeak = m.chains.objects
    m.noteLowmem()
    m.lowmem?.restartPeak()
    this.settle()
  }

  /** File page a window page is mapped to, -1 if none. */
  pgoffMapped(vpn: number): number {
    return this.table.has(vpn) ? this.table.pageAt(vpn) >>> 0 : -1
  }

  /** File page that the entry of a page not present names, -1 if none. */
  filePteAt(vpn: number): number {
    return this.table.hasFilePte(vpn) ? this.table.pageAt(vpn) >>> 0 : -1
  }

  /** File page the vma over a window page stands for, -1 where there is no vma. */
  pgoffByVma(vpn: number): number {
    const vma = this.machine.vmaOver(vpn)
    return vma < 0 ? -1 : this.machine.pgoffAt(vma, vpn)
  }

  /** Whether the vma over a window page is nonlinear. */
  isNonlinear(vpn: number): boolean {
    const vma = this.machine.vmaOver(vpn)
    return vma >= 0 && (this.space.flagsOf(vma) & VMA_NONLINEAR) !== 0
  }

  /** Pte chain objects in use. */
  get chainObjects(): number {
    return this.machine.chains?.objects ?? 0
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
    if (this.machine.linear) this.checkLinear()
    if (this.rss !== c.ptesInstalled - c.ptesZapped) {
      throw new InvariantError(`rss ${this.rss}, but ${c.ptesInstalled} ptes installed and ${c.ptesZapped} zapped`)
    }
  }

  private settleLowmem({ model, peak, peakBytes }: Lowmem): void {
    const { counters: c } = this
    c.lowmemBytesPeak = peakBytes
    c.lowmemVmaBytes = vmaLowmem(model, peak)
    c.lowmemChainBytes = chainLowmem(model, peak)
    c.lowmemPageTableBytes = tableLowmem(model, peak)
    c.lowmemFixedBytes = fixedLowmem(model, peak)
    c.lowmemAvailableBytes = availableBytes(model)
  }

  private remapEmulated(vpn: number, pages: number, pgoff: number, flags: number): number {
    const m = this.machine
    const vma = emulatedVma(m, vpn, pages)
    if (vma < 0) return -EINVAL
    if (isLinearAlready(m, vma, vpn, pgoff)) return 0
    return this.map(vpn, pages, pgoff, (flags & MAP_NONBLOCK) | MAP_POPULATE, m.space.flagsOf(vma))
  }

  /** mmapFixed() of a cell in the place of one like it, by far the commonest case: the same steps, counted together. */
  private replaceUnit(vpn: number, pages: number, pgoff: number, flags: number): number {
    const { counters: c, space, gather } = this
    const place = this.machine.places.of(vpn)
    const vmaFlags = flags === 0 ? 0 : this.lockedBy(flags, 0)
    if (!space.isCellBetween(place) || !space.mapsFreely || space.flagsOf(place) !== vmaFlags) {
      return this.mmapAs(vpn, pages, pgoff, flags, 0)
    }
    c.syscalls++
    c.mmapSemWrites++
    c.ptesZapped += gather.zapWhole(vpn, pages)
    space.replaceCell(place, pgoff | 0)
    gather.finishWhole(vpn, pages)
    return flags === 0 ? 0 : this.populateMapped(vpn, pages, pgoff, flags, vmaFlags)
  }

  /** A mapping call after its entry [do_mmap_pgoff, mmap_region]. */
  private map(vpn: number, pages: number, pgoff: number, flags: number, givenFlags: number): number {
    const { machine: m } = this
    const vmaFlags = this.lockedBy(flags, givenFlags)
    // 1. Refusals that change nothing. File page numbers are 32 bits wide and may not wrap.
    if (pgoff + pages >= 2 ** 32) return -this.model.offsetWrapErrno
    if (this.refusesMapping()) return -ENOMEM
    // 2. What is mapped there goes first; the map count may refuse the cuts. Then the new mapping comes.
    if (!mapRegion(m, vpn, pages, pgoff, vmaFlags)) return m.refuse()
    m.noteStockRefusal()
    // 3. Population.
    return this.populateMapped(vpn, pages, pgoff, flags, vmaFlags)
  }

  /** The VMA_ bits, and VMA_LOCKED if MAP_LOCKED asks for it and this kernel knows it. */
  private lockedBy(flags: number, vmaFlags: number): number {
    return (flags & MAP_LOCKED) !== 0 && this.model.lockedPopulates !== 'never' ? vmaFlags | VMA_LOCKED : vmaFlags
  }

  /** What mmap() does about the pages of its new mapping; errors are ignored. */
  private populateMapped(vpn: number, pages: number, pgoff: number, flags: number, vmaFlags: number): number {
    const { counters: c, machine: m, model } = this
    if ((vmaFlags & VMA_LOCKED) !== 0) populate(m, vpn, pages, model.lockedPopulates === 'by-writes' ? 1 : 0)
    if ((flags & MAP_POPULATE) === 0 || model.populate === 'none') return 0
    if (model.populate === 'remap') {
      this.remapRange(vpn, pages, vpn + pages, pgoff, flags)
      c.mmapSemWrites++
    } else if ((flags & MAP_NONBLOCK) === 0) populate(m, vpn, pages, 0)
    return 0
  }

  /** Looks the page up in the TLB, then in the page table; faults if it is in neither. */
  private access(vpn: number, write: number): number {
    const c = this.counters
    if (this.tlb.lookup(vpn)) {
      c.tlbHits++
      return 0
    }
    const isPresent = ((this.presence[vpn >>> 5] >>> (vpn & 31)) & 1) !== 0
    const signal = isPresent ? 0 : userFault(this.machine, vpn, write)
    c.tlbMisses++ // now the access is made
    if (signal < 0) {
      c.failedAccesses++
      return signal
    }
    this.tlb.insert(vpn)
    return 0
  }

  /** A write that leaves a trace: a dirty entry; a read-only one faults once more. */
  private write(vpn: number): number {
    const { machine: m, table } = this
    const missing = this.access(vpn, 1)
    if (missing < 0) return missing
    const isForbidden = this.hasReadOnlyVmas && !m.isWritable(m.vmaAt(vpn))
    const signal = isForbidden || table.isReadOnly(vpn) ? writeFault(m, vpn) : 0
    if (signal < 0) this.counters.failedAccesses++
    else table.markDirty(vpn)
    return signal
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
    const vmas = this.space.mapCount - this.machine.options.otherVmas
    if (pieces > vmas) throw new InvariantError(`pages map the file in ${pieces} pieces, but there are ${vmas} vmas`)
  }
}
