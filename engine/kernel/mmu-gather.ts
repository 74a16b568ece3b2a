// What an unmapping has cleared and not yet flushed from the TLB (struct mmu_gather, and what zap_page_range did before it).
//
// Three ways, by the model's unmapFlush. 'whole-per-vma': every piece of a vma flushes everything, present or not (2.4; or
// only if something was present).
// 'whole': one flush of everything at the end if anything was present or a table was freed, or each time the gather is
// full. 'ranged': the span of what was cleared and of the first pages of freed tables, at once where a dirty page of the file
// was among it (its page must not be seen clean while a CPU can still write), else at the end; spans over the ceiling flush
// everything.
// Left out: 'ranged' gathers that fill up (ten thousand pages in one call; on 6.18 some five hundred if clean pages and
// then dirty ones of the file are among them), file ptes, which count towards 2.6.20's 1024 but need no flush themselves.

import type { CounterSet } from '../counters.ts'
import type { PageTable } from '../page-table.ts'
import type { Tlb } from '../tlb.ts'
import type { KernelModel } from './model.ts'

export class MmuGather {
  private readonly model: KernelModel
  private readonly counters: CounterSet
  private readonly table: PageTable
  private readonly tlb: Tlb
  private readonly flushesEach: boolean
  private readonly flushesRanges: boolean
  private readonly regionMask: number
  private readonly basePage: number
  // 'whole': what fills the gather, and what only needs a flush at the end: directory slots, tables that went by themselves.
  private gathered = 0
  private slots = 0
  // 'ranged': first and last window page cleared or freed and not flushed (of a table the first, which may lie before the
  // window), and whether entries were among it.
  private isPending = false
  private first = 0
  private last = 0
  private hasEntries = false

  constructor(model: KernelModel, counters: CounterSet, table: PageTable, tlb: Tlb) {
    this.model = model
    this.counters = counters
    this.table = table
    this.tlb = tlb
    this.flushesEach = model.unmapFlush === 'whole-per-vma' || model.unmapFlush === 'whole-per-present-vma'
    this.flushesRanges = model.unmapFlush === 'ranged'
    this.regionMask = model.tablePages - 1
    this.basePage = table.basePage
  }

  /** Clears the entries of one vma's piece; `fileWrites`: its dirty entries force a flush. Returns how many were present. */
  zap(vpn: number, pages: number, fileWrites: boolean): number {
    if (this.flushesRanges) return this.zapByTable(vpn, pages, fileWrites)
    const zapped = this.zapWhole(vpn, pages)
    if (this.flushesEach) this.flushPiece(zapped)
    return zapped
  }

  /** The same where the gather ends in finishWhole(). */
  zapWhole(vpn: number, pages: number): number {
    const zapped = this.table.zap(vpn, pages)
    this.gathered += zapped
    return zapped
  }

  /** Page tables were freed with so many directory slots; a cleared slot is work even if it was empty. */
  freedSlots(tables: number, slots: number): void {
    this.gathered += tables
    this.slots += slots
  }

  /** The page table of the region that begins at a page of the window (or before its first) was freed. */
  freedTable(vpn: number): void {
    this.slots++
    if (this.flushesRanges) this.extend(vpn, vpn)
  }

  /** Flushes what is left of an unmapping of `pages` pages from vpn on. */
  finish(vpn: number, pages: number): void {
    if (this.isPending) this.flushRange()
    else if (!this.flushesRanges && !this.flushesEach) this.finishWhole(vpn, pages)
    this.gathered = 0
    this.slots = 0
  }

  /** finish() where unmapFlush is 'whole'. */
  finishWhole(vpn: number, pages: number): void {
    const { gathered, slots, counters: c } = this
    this.gathered = 0
    this.slots = 0
    if (gathered === 0 && slots === 0) return
    if (pages === 1 && gathered === 1 && slots === 0 && this.model.onePageUnmapFlush === 'page') {
      c.tlbPageInvalidations++
      this.tlb.invalidatePage(vpn)
      return
    }
    c.tlbFullFlushes += gathered < this.model.gatherPages ? 1 : this.flushesOf(gathered, slots)
    this.tlb.flushAll()
  }

  /** How often a gather that filled up was flushed; a cleared slot needs the last flush even after an exact fill. */
  private flushesOf(gathered: number, slots: number): number {
    const { gatherPages } = this.model
    return slots > 0 ? Math.floor(gathered / gatherPages) + 1 : Math.ceil(gathered / gatherPages)
  }

  /** A piece of a vma of which so many pages were present. */
  private flushPiece(zapped: number): void {
    const { model, counters: c, tlb } = this
    const flushes = Math.ceil(zapped / model.gatherPages)
    const atLeast = model.unmapFlush === 'whole-per-vma' ? 1 : 0
    if (flushes + atLeast === 0) return
    c.tlbFullFlushes += Math.max(flushes, atLeast)
    tlb.flushAll()
  }

  private zapByTable(vpn: number, pages: number, fileWrites: boolean): number {
    const { table, basePage, regionMask } = this
    const end = vpn + pages
    let zapped = 0
    for (let at = vpn; at < end; ) {
      const here = Math.min(end - at, regionMask + 1 - ((basePage + at) & regionMask))
      const first = table.firstPresent(at, here)
      if (first >= 0) {
        this.extend(first, table.lastPresent(first, at + here - first))
        this.hasEntries = true
        // Where it is not kept which entries are dirty, all of them are.
        const isDirty = fileWrites && (!table.keepsDirty || table.hasDirty(at, here))
        zapped += table.zap(at, here)
        if (isDirty) this.flushRange()
      } else table.zap(at, here) // file ptes
      at += here
    }
    return zapped
  }

  private extend(first: number, last: number): void {
    this.first = this.isPending ? Math.min(this.first, first) : first
    this.last = this.isPending ? Math.max(this.last, last) : last
    this.isPending = true
  }

  /** One flush of what is pending: step by step, or everything if that takes more steps than the ceiling. */
  private flushRange(): void {
    const { first, last, model } = this
    const pages = last - first + 1
    const { ceilingPages, tableStride } = model.rangedFlush!
    const stride = this.hasEntries ? 1 : tableStride
    // The kernel compares whole strides with the ceiling, and then invalidates at the beginning of each, the last one cut short.
    if (Math.floor(pages / stride) > ceilingPages) this.flushAll()
    else {
      this.counters.tlbRangeFlushes++
      this.counters.tlbRangePages += Math.ceil(pages / stride)
      this.tlb.invalidateRange(Math.max(first, 0), last)
    }
    this.isPending = false
    this.hasEntries = false
  }

  private flushAll(): void {
    this.counters.tlbFullFlushes++
    this.tlb.flushAll()
  }
}
