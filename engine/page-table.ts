// The window's page-table entries, and the page-table pages they need.
//
// One entry per window page, and one beyond it: the mail's remap_file_pages() can map a page past the end of its vma.
// Left out: access and dirty bits, protections (every mapping is readable and writable), upper levels.

import { InvariantError } from './errors.ts'

/** What an entry holds when it maps nothing; no file page has this number (files end below 2^31 pages). */
export const NO_PAGE = -(2 ** 31)

export class PageTable {
  /** File page mapped at each window page, as a signed 32-bit number, or NO_PAGE. */
  readonly pte: Int32Array
  present = 0
  tables = 0
  tablesPeak = 0
  /** Entries lost with a freed table: the page keeps its references (executed.md, an oddity of 2.5.42). */
  leaked = 0
  /** 1 for each aligned region that has a page-table page. */
  private readonly hasTable: Uint8Array
  private readonly basePage: number
  private readonly regionShift: number

  /** `tablePages`: pages one table maps, a power of two; `basePage`: page number of the window's first address. */
  constructor(windowPages: number, basePage: number, tablePages: number) {
    this.pte = new Int32Array(windowPages + 1).fill(NO_PAGE)
    this.basePage = basePage
    this.regionShift = Math.log2(tablePages)
    this.hasTable = new Uint8Array(this.region(windowPages) + 1)
  }

  /** Allocates the page-table page of this window page if it has none; says whether it did. */
  ensureTable(vpn: number): boolean {
    const region = this.region(vpn)
    if (this.hasTable[region] === 1) return false
    this.hasTable[region] = 1
    if (++this.tables > this.tablesPeak) this.tablesPeak = this.tables
    return true
  }

  /** Clears the entries of a range; returns how many were present. */
  zap(vpn: number, pages: number): number {
    const { pte } = this
    let zapped = 0
    for (let at = vpn, end = vpn + pages; at < end; at++) {
      if (pte[at] === NO_PAGE) continue
      pte[at] = NO_PAGE
      zapped++
    }
    this.present -= zapped
    return zapped
  }

  /** Frees the tables of all regions that lie in pages from..to-1 (absolute page numbers); returns how many there were. */
  freeTables(from: number, to: number): number {
    const { pte, hasTable } = this
    let freed = 0
    for (let region = 0; region < hasTable.length; region++) {
      const first = ((this.basePage >>> this.regionShift) + region) * 2 ** this.regionShift
      if (hasTable[region] === 0 || first < from || first >= to) continue
      hasTable[region] = 0
      freed++
      const vpn = Math.max(first - this.basePage, 0)
      this.leaked += this.zap(vpn, Math.min(first + 2 ** this.regionShift - this.basePage, pte.length) - vpn)
    }
    this.tables -= freed
    return freed
  }

  /** Throws unless `present` and `tables` are what the entries say. */
  check(): void {
    const present = this.pte.reduce((sum, page) => sum + (page === NO_PAGE ? 0 : 1), 0)
    const tables = this.hasTable.reduce((sum, flag) => sum + flag, 0)
    if (present !== this.present || tables !== this.tables) {
      throw new InvariantError(`page table: ${present} entries and ${tables} tables, counted ${this.present} and ${this.tables}`)
    }
    for (let vpn = 0; vpn < this.pte.length; vpn++) {
      if (this.pte[vpn] !== NO_PAGE && this.hasTable[this.region(vpn)] === 0) throw new InvariantError(`page ${vpn} mapped without a table`)
    }
  }

  private region(vpn: number): number {
    return ((this.basePage + vpn) >>> this.regionShift) - (this.basePage >>> this.regionShift)
  }
}
