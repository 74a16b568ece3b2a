// What one unmapping flushes from the TLB, for the naive model of the kernel eras: the mmu_gather, said plainly.
//
// 2.4 flushes after every vma, whatever was there. 2.6.20 and 3.10 on one CPU flush everything once if a pte was present
// or a page table was freed, 2.6.20 once more for each 1024 pages. 4.0 and 6.18 flush the span from the first to the last
// page cleared, holes included, and everything if the span is over 33 pages; a dirty pte of the file forces that flush at
// the end of its page table within its vma. A freed table adds its first page to the span. Left out: the batches of freed
// pages of 4.0 and 6.18 that fill up (10,000 clean ones; some 500 on 6.18 if dirty ones of the file come after clean ones),
// what ptes that are not present add to 2.6.20's block of 1024, upper-level tables, folded ones included (2.6.20 flushes for
// 4 MB that are unmapped without a table, too). Shares no code with the engine on purpose.

import type { EraRules } from './naive-era-rules.ts'
import type { NaivePte } from './naive-page-tables.ts'

const FLUSH_CEILING_PAGES = 33 // tlb_single_page_flush_ceiling, arch/x86/mm/tlb.c

interface Flusher {
  fullFlush(): void
  /** Pages first to last, both included, of which every `step`-th is invalidated. */
  rangeFlush(first: number, last: number, step: number): void
}

export class NaiveGather {
  private readonly rules: EraRules
  private readonly regionPages: number
  private readonly flusher: Flusher
  private work = false
  private pagesInBlock = 0
  /** The span not flushed yet; none if first > last. */
  private first = Infinity
  private last = -Infinity
  private holdsPages = false
  private forced = false

  constructor(rules: EraRules, regionPages: number, flusher: Flusher) {
    this.rules = rules
    this.regionPages = regionPages
    this.flusher = flusher
  }

  /** A present pte was cleared. */
  cleared(page: number, pte: NaivePte): void {
    this.work = true
    this.holdsPages = true
    this.extend(page)
    if (pte.dirty && pte.filePage >= 0) this.forced = true
    if (this.rules.flush !== 'once' || ++this.pagesInBlock < this.rules.zapBlockPages) return
    this.flusher.fullFlush()
    this.work = false
    this.pagesInBlock = 0
  }

  /** All that one vma has in one page table is cleared. */
  endOfTable(): void {
    if (this.rules.flush === 'ranged' && this.forced) this.flushSpan()
  }

  endOfVma(): void {
    if (this.rules.flush === 'every-vma') this.flusher.fullFlush()
  }

  /** A page table was freed; `firstPage` is the first page of its region. */
  tableFreed(firstPage: number): void {
    this.work = true
    this.extend(firstPage)
  }

  finish(): void {
    if (this.rules.flush === 'once' && this.work) this.flusher.fullFlush()
    if (this.rules.flush === 'ranged' && this.first <= this.last) this.flushSpan()
  }

  private extend(page: number): void {
    this.first = Math.min(this.first, page)
    this.last = Math.max(this.last, page)
  }

  private flushSpan(): void {
    const inRegions = !this.holdsPages && this.rules.spanOfTablesInRegions
    const steps = inRegions ? (this.last - this.first) / this.regionPages : this.last - this.first + 1
    if (steps > FLUSH_CEILING_PAGES) this.flusher.fullFlush()
    else this.flusher.rangeFlush(this.first, this.last, inRegions ? this.regionPages : 1)
    this.first = Infinity
    this.last = -Infinity
    this.holdsPages = false
    this.forced = false
  }
}
