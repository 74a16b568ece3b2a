// What an unmapping has cleared and not yet flushed from the TLB (struct mmu_gather, and what zap_page_range did before it).
//
// Three ways, by the model's unmapFlush. 'whole-per-vma': every piece of a vma flushes everything, present or not (2.4).
// 'whole': one flush of everything at the end if anything was present or a table was freed, or each time the gather is
// full. 'ranged': the span of what was cleared, at once where a dirty page of the file was among it (its page must not be
// seen clean while a CPU can still write), else at the end; spans over the ceiling flush everything.
// Left out: 'ranged' gathers that fill up (some ten thousand pages in one call).

import type { CounterSet } from '../counters.ts'
import type { PageTable } from '../page-table.ts'
import type { Tlb } from '../tlb.ts'
import type { KernelModel } from './model.ts'

const NONE = -1

export class MmuGather {
  private readonly model: KernelModel
  private readonly counters: CounterSet
  private readonly table: PageTable
  private readonly tlb: Tlb
  private readonly flushesEach: boolean
  private readonly flushesRanges: boolean
  private readonly regionMask: number
  private readonly basePage: number
  // 'whole': ptes and tables gathered, and directory slots cleared.
  private gathered = 0
  private slots = 0
  // 'ranged': first and last window page cleared and not flushed; the same of tables freed, by their first pages, which
  // may lie before the window.
  private first = NONE
  private last = NONE
  private tables = 0
  private firstTable = 0
  private lastTable = 0

  constructor(model: KernelModel, counters: CounterSet, table: PageTable, tlb: Tlb) {
    this.model = model
    this.counters = counters
    this.table = table
    this.tlb = tlb
    this.flushesEach = model.unmapFlush === 'whole-per-vma'
    this.flushesRanges = model.unmapFlush === 'ranged'
    this.regionMask = model.tablePages - 1
    this.basePage = table.basePage
  }

  /** Clears the entries of one vma's piece; `fileWrites`: its dirty entries force a flush. Returns how many were present. */
  zap(vpn: number, pages: number, fileWrites: boolean): number {
    if (this.flushesRanges) return this.zapByTable(vpn, pages, fileWrites)
    const zapped = this.zapWhole(vpn, pages)
    if (this.flushesEach) this.flushAll()
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
    this.gathered++
    if (this.tables++ === 0) this.firstTable = vpn
    this.lastTable = vpn
  }

  /** Flushes what is left of an unmapping of `pages` pages from vpn on. */
  finish(vpn: number, pages: number): void {
    if (this.flushesRanges) this.finishRange()
    else if (!this.flushesEach) this.finishWhole(vpn, pages)
    this.gathered = 0
    this.slots = 0
    this.tables = 0
  }

  /** finish() where unmapFlush is 'whole' and no table was freed by itself. */
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

  private zapByTable(vpn: number, pages: number, fileWrites: boolean): number {
    const { table, basePage, regionMask } = this
    const end = vpn + pages
    let zapped = 0
    for (let at = vpn; at < end; ) {
      const here = Math.min(end - at, regionMask + 1 - ((basePage + at) & regionMask))
      const first = table.firstPresent(at, here)
      if (first >= 0) {
        if (this.first === NONE || first < this.first) this.first = first
        this.last = Math.max(this.last, table.lastPresent(first, at + here - first))
        const isDirty = fileWrites && this.hasDirty(first, at + here)
        zapped += table.zap(at, here)
        if (isDirty) this.flushRange()
      } else table.zap(at, here) // file ptes
      at += here
    }
    return zapped
  }

  /** Whether a present entry of pages from..end-1 is dirty. */
  private hasDirty(from: number, end: number): boolean {
    const { table } = this
    if (!table.keepsDirty) return true // all are
    for (let vpn = from; vpn < end; vpn++) if (table.has(vpn) && table.isDirty(vpn)) return true
    return false
  }

  private finishRange(): void {
    const { tables, firstTable, lastTable } = this
    if (this.first !== NONE) {
      if (tables > 0) {
        this.first = Math.min(this.first, firstTable)
        this.last = Math.max(this.last, lastTable)
      }
      this.flushRange()
    } else if (tables > 0) {
      this.first = firstTable
      this.last = lastTable
      this.flush(Math.floor((lastTable - firstTable + 1) / this.model.tableFlushStride))
    }
  }

  private flushRange(): void {
    this.flush(this.last - this.first + 1)
  }

  /** One flush of pages first..last: singly, or everything if that takes more steps than the ceiling. */
  private flush(steps: number): void {
    const { counters: c, tlb } = this
    if (steps > this.model.rangeCeilingPages) this.flushAll()
    else {
      c.tlbRangeFlushes++
      tlb.invalidateRange(Math.max(this.first, 0), this.last)
    }
    this.first = NONE
    this.last = NONE
  }

  private flushAll(): void {
    this.counters.tlbFullFlushes++
    this.tlb.flushAll()
  }
}
