// The last level of page tables, for the naive model of the kernel eras: a Map of tables, each a Map of ptes.
//
// Pages are numbers of the whole address space (address / 4096), a region is what one table maps. Upper levels are left
// out. Shares no code with the engine on purpose: it is the oracle the engine is compared with.

import type { NaiveVma } from './naive-vmas.ts'

export interface NaivePte {
  /** False: a file pte, which only names the file page that a fault shall map. */
  present: boolean
  /** -1: anonymous memory. */
  filePage: number
  writable: boolean
  dirty: boolean
}

interface TableCounts {
  ptesInstalled: number
  ptesZapped: number
  ptePages: number
  ptePagesPeak: number
}

export class NaivePageTables {
  readonly regionPages: number
  private readonly counts: TableCounts
  private readonly tables = new Map<number, Map<number, NaivePte>>()

  constructor(counts: TableCounts, regionPages: number) {
    this.counts = counts
    this.regionPages = regionPages
  }

  regionOf(page: number): number {
    return Math.floor(page / this.regionPages)
  }

  hasTable(region: number): boolean {
    return this.tables.has(region)
  }

  allocate(page: number): void {
    const region = this.regionOf(page)
    if (this.tables.has(region)) return
    this.tables.set(region, new Map())
    this.counts.ptePages++
    this.counts.ptePagesPeak = Math.max(this.counts.ptePagesPeak, this.counts.ptePages)
  }

  free(region: number): void {
    if ([...this.tables.get(region)!.values()].some(pte => pte.present))
      throw new Error(`page table ${region} is freed with a present pte in it`)
    this.tables.delete(region)
    this.counts.ptePages--
  }

  /** The pte, also one that is not present. */
  at(page: number): NaivePte | undefined {
    return this.tables.get(this.regionOf(page))?.get(page)
  }

  present(page: number): NaivePte | undefined {
    const pte = this.at(page)
    return pte?.present ? pte : undefined
  }

  /** Into an empty place of a table that exists. */
  set(page: number, pte: NaivePte): void {
    const table = this.tables.get(this.regionOf(page))!
    if (table.has(page)) throw new Error(`page ${page} has a pte already`)
    table.set(page, pte)
    if (pte.present) this.counts.ptesInstalled++
  }

  /** What was there. */
  clear(page: number): NaivePte | undefined {
    const pte = this.at(page)
    this.tables.get(this.regionOf(page))?.delete(page)
    if (pte?.present) this.counts.ptesZapped++
    return pte
  }

  /** Every pte with its page. */
  *all(): Generator<[number, NaivePte]> {
    for (const table of this.tables.values()) yield* table
  }

  /** Regions of [start, end) whose table nobody else needs, the vmas around the hole being `before` and `after`. */
  regionsInHole(start: number, end: number, before: NaiveVma | undefined, after: NaiveVma | undefined): number[] {
    const regions: number[] = []
    for (let region = this.regionOf(start); region <= this.regionOf(end - 1); region++) {
      const first = region * this.regionPages
      const past = first + this.regionPages
      if (!this.tables.has(region)) continue
      if ((before?.end ?? 0) <= first && (after?.start ?? Infinity) >= past) regions.push(region)
    }
    return regions
  }

  /** The same in whole slots of the page directory, trimmed as free_pgtables of 2.4 does. */
  regionsInSlots(
    start: number,
    end: number,
    before: NaiveVma | undefined,
    after: NaiveVma | undefined,
    slotPages: number,
  ): number[] {
    let first = start - (start % slotPages)
    let last = end + slotPages - 1
    if (after !== undefined && last > after.start) last = after.start
    if (before !== undefined && before.end > first) first = before.end + slotPages - 1
    const regions: number[] = []
    for (let slot = Math.floor(first / slotPages); slot < Math.floor(last / slotPages); slot++) {
      for (let page = slot * slotPages; page < (slot + 1) * slotPages; page += this.regionPages) {
        if (this.tables.has(this.regionOf(page))) regions.push(this.regionOf(page))
      }
    }
    return regions
  }
}
