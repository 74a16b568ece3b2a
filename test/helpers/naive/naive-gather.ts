// What one unmapping flushes from the TLB, for the naive model of the kernel eras: the mmu_gather, said plainly.
//
// 2.4 flushes after every vma, whatever was there. 2.6.20 and 3.10 on one CPU flush everything once if a pte was present
// or a page table was freed. 4.0 and 6.18 flush the span from the first to the last page cleared, holes included, and
// everything if the span is over 33 pages; a dirty pte of the file forces that flush at the end of its page table within
// its vma. Left out: the batches of freed pages (10,000 and more clean ones make another flush), upper-level tables.
// Shares no code with the engine on purpose.

import type { EraRules } from './naive-era-rules.ts'
import type { NaivePte } from './naive-page-tables.ts'

const FLUSH_CEILING_PAGES = 33 // tlb_single_page_flush_ceiling, arch/x86/mm/tlb.c

interface Flusher {
  fullFlush(): void
  /** Pages first to last, both included. */
  rangeFlush(first: number, last: number): void
}

export class NaiveGather {
  private readonly rules: EraRules
  private readonly regionPages: number
  private readonly flusher: Flusher
  private anyPresent = false
  /** The span not flushed yet; none if first > last. */
  private first = Infinity
  private last = -Infinity
  private forced = false
  private readonly freedTables: number[] = []

  constructor(rules: EraRules, regionPages: number, flusher: Flusher) {
    this.rules = rules
    this.regionPages = regionPages
    this.flusher = flusher
  }

  /** A present pte was cleared. */
  cleared(page: number, pte: NaivePte): void {
    this.anyPresent = true
    this.extend(page)
    if (pte.dirty && pte.filePage >= 0) this.forced = true
  }

  /** All that one vma has in one page table is cleared. */
  endOfTable(): void {
    if (this.rules.flush === 'ranged' && this.forced) this.flushSpan(this.last - this.first + 1)
  }

  endOfVma(): void {
    if (this.rules.flush === 'every-vma') this.flusher.fullFlush()
  }

  /** munmap freed a page table; `firstPage` is the first page of its region. */
  tableFreed(firstPage: number): void {
    this.freedTables.push(firstPage)
  }

  /** MADV_DONTNEED freed a page table: it joins what is pending, and makes no flush of its own. */
  tableReclaimed(firstPage: number): void {
    if (this.first <= this.last) this.extend(firstPage)
  }

  finish(): void {
    if (this.rules.flush === 'once' && (this.anyPresent || this.freedTables.length > 0)) this.flusher.fullFlush()
    if (this.rules.flush !== 'ranged') return
    const tablesAlone = this.first > this.last
    for (const firstPage of this.freedTables) this.extend(firstPage)
    if (this.first > this.last) return
    const inRegions = tablesAlone && this.rules.spanOfTablesInRegions
    this.flushSpan(inRegions ? (this.last - this.first) / this.regionPages : this.last - this.first + 1)
  }

  private extend(page: number): void {
    this.first = Math.min(this.first, page)
    this.last = Math.max(this.last, page)
  }

  private flushSpan(steps: number): void {
    if (steps > FLUSH_CEILING_PAGES) this.flusher.fullFlush()
    else this.flusher.rangeFlush(this.first, this.last)
    this.first = Infinity
    this.last = -Infinity
    this.forced = false
  }
}
