// The window's page-table entries, and the page-table pages they need.
//
// Which entries are present stands in a bitmap of its own, small enough to stay in the CPU's cache: an access asks only
// for that. What they map is kept once per cell, the smallest piece a call maps, because its pages are consecutive.
// One entry per window page, and one beyond: the mail's remap_file_pages() can map a page past the end of its vma.
// Left out: access and dirty bits, protections (every mapping is readable and writable), upper levels.

import { InvariantError } from './errors.ts'

export class PageTable {
  /** Pages one table maps. */
  readonly tablePages: number
  present = 0
  tables = 0
  tablesPeak = 0
  /** Entries lost with a freed table: the page keeps its references (an oddity of 2.5.42, see ARCHITECTURE.md). */
  leaked = 0
  /** One bit per window page: its entry is present. */
  readonly presence: Int32Array
  /** File page that the first page of a cell maps, or would, as a signed 32-bit number. */
  private readonly cellPage: Int32Array
  private readonly cellShift: number
  private readonly cellMask: number
  private readonly pages: number
  /** 1 for each aligned region that has a page-table page. */
  private readonly hasTable: Uint8Array
  private readonly basePage: number
  private readonly regionShift: number

  /**
   * `cellShift`: log2 of the pages of a cell; `tablePages`: pages one table maps, a power of two; `basePage`: page number of
   * the window's first address.
   */
  constructor(windowPages: number, cellShift: number, basePage: number, tablePages: number) {
    this.pages = windowPages + 1
    this.cellShift = cellShift
    this.cellMask = (1 << cellShift) - 1
    this.cellPage = new Int32Array((windowPages >>> cellShift) + 1)
    this.presence = new Int32Array((this.pages >>> 5) + 1)
    this.basePage = basePage
    this.tablePages = tablePages
    this.regionShift = Math.log2(tablePages)
    this.hasTable = new Uint8Array(this.region(windowPages) + 1)
  }

  has(vpn: number): boolean {
    return ((this.presence[vpn >>> 5] >>> (vpn & 31)) & 1) !== 0
  }

  /** File page that a present entry maps, as a signed 32-bit number. */
  pageAt(vpn: number): number {
    return (this.cellPage[vpn >>> this.cellShift] + (vpn & this.cellMask)) | 0
  }

  /** Sets an entry; returns whether it replaced a present one. */
  set(vpn: number, page: number): boolean {
    const bit = 1 << (vpn & 31)
    const word = this.presence[vpn >>> 5]
    this.cellPage[vpn >>> this.cellShift] = page - (vpn & this.cellMask)
    if ((word & bit) !== 0) return true
    this.presence[vpn >>> 5] = word | bit
    this.present++
    return false
  }

  /** Sets the entries of whole cells to consecutive file pages; returns how many present ones were replaced. */
  setCells(vpn: number, pages: number, page: number): number {
    const { presence, cellPage, cellShift } = this
    let replaced = 0
    for (let at = vpn, left = pages; left > 0; ) {
      const here = Math.min(left, 32 - (at & 31))
      const mask = (-1 >>> (32 - here)) << (at & 31)
      const word = presence[at >>> 5]
      presence[at >>> 5] = word | mask
      replaced += populationCount(word & mask)
      at += here
      left -= here
    }
    for (let cell = vpn >>> cellShift, at = 0; at < pages; cell++, at += 1 << cellShift) cellPage[cell] = page + at
    this.present += pages - replaced
    return replaced
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
    const { presence } = this
    let zapped = 0
    for (let at = vpn, left = pages; left > 0; ) {
      const here = Math.min(left, 32 - (at & 31))
      const mask = (-1 >>> (32 - here)) << (at & 31)
      const gone = presence[at >>> 5] & mask
      if (gone !== 0) {
        presence[at >>> 5] ^= gone
        zapped += populationCount(gone)
      }
      at += here
      left -= here
    }
    this.present -= zapped
    return zapped
  }

  /** Frees the tables of all regions that lie in pages from..to-1 (absolute page numbers); returns how many there were. */
  freeTables(from: number, to: number): number {
    if (from === to) return 0
    const { hasTable, regionShift, basePage } = this
    let freed = 0
    for (let region = 0; region < hasTable.length; region++) {
      const first = ((basePage >>> regionShift) + region) * 2 ** regionShift
      if (hasTable[region] === 0 || first < from || first >= to) continue
      hasTable[region] = 0
      freed++
      const vpn = Math.max(first - basePage, 0)
      this.leaked += this.zap(vpn, Math.min(first + 2 ** regionShift - basePage, this.pages) - vpn)
    }
    this.tables -= freed
    return freed
  }

  /** Throws unless `present` and `tables` are what the entries say. */
  check(): void {
    let present = 0
    for (let vpn = 0; vpn < this.pages; vpn++) {
      if (!this.has(vpn)) continue
      present++
      if (this.hasTable[this.region(vpn)] === 0) throw new InvariantError(`page ${vpn} mapped without a table`)
    }
    const tables = this.hasTable.reduce((sum, flag) => sum + flag, 0)
    if (present !== this.present || tables !== this.tables) {
      throw new InvariantError(
        `page table: ${present} entries and ${tables} tables, counted ${this.present} and ${this.tables}`,
      )
    }
  }

  private region(vpn: number): number {
    return ((this.basePage + vpn) >>> this.regionShift) - (this.basePage >>> this.regionShift)
  }
}

/** Bits set in a 32-bit word: pairs, nibbles, then all bytes summed by one multiplication. */
function populationCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
