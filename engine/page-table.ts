// The window's page-table entries, and the page-table pages they need.
//
// Which entries are present stands in a bitmap of its own, small enough to stay in the CPU's cache: an access asks only
// for that. What they map is kept once per cell, the smallest piece a call maps, because its pages are consecutive.
// One entry per window page, and one beyond: the mail's remap_file_pages() can map a page past the end of its vma.
// Kept only where a kernel needs it: entries that are not present but name a file page (file ptes), dirty and read-only
// ones. Left out: access bits, upper levels.

import { InvariantError } from './errors.ts'

/** What is kept of entries beside what they map. */
export interface PageTableBits {
  readonly filePtes: boolean
  readonly dirty: boolean
  readonly readOnly: boolean
}

const NO_BITS: PageTableBits = { filePtes: false, dirty: false, readOnly: false }

export class PageTable {
  /** Pages one table maps. */
  readonly tablePages: number
  present = 0
  tables = 0
  tablesPeak = 0
  /** Entries lost with a freed table: the page keeps its references (2.5.42 alone, see ARCHITECTURE.md). */
  leaked = 0
  /** One bit per window page: its entry is present. */
  readonly presence: Int32Array
  /** Page number of the window's first address. */
  readonly basePage: number
  /** Whether any of the following is kept. */
  private readonly hasBits: boolean
  /** One bit per window page that is not present: its entry names a file page. */
  private readonly filePtes: Int32Array | null
  /** One bit per present page: written through this entry; the same: not writable. */
  private readonly dirty: Int32Array | null
  private readonly readOnly: Int32Array | null
  /** File page that the first page of a cell maps, or would, as a signed 32-bit number. */
  private readonly cellPage: Int32Array
  private readonly cellShift: number
  private readonly cellMask: number
  private readonly pages: number
  /** 1 for each aligned region that has a page-table page. */
  private readonly hasTable: Uint8Array
  private readonly regionShift: number

  /**
   * `cellShift`: log2 of the pages of a cell; `tablePages`: pages one table maps, a power of two; `basePage`: page number of
   * the window's first address.
   */
  constructor(windowPages: number, cellShift: number, basePage: number, tablePages: number, bits = NO_BITS) {
    const bitmap = () => new Int32Array((this.pages >>> 5) + 1)
    this.pages = windowPages + 1
    this.cellShift = cellShift
    this.cellMask = (1 << cellShift) - 1
    this.cellPage = new Int32Array((windowPages >>> cellShift) + 1)
    this.presence = bitmap()
    this.hasBits = bits.filePtes || bits.dirty || bits.readOnly
    this.filePtes = bits.filePtes ? bitmap() : null
    this.dirty = bits.dirty ? bitmap() : null
    this.readOnly = bits.readOnly ? bitmap() : null
    this.basePage = basePage
    this.tablePages = tablePages
    this.regionShift = Math.log2(tablePages)
    this.hasTable = new Uint8Array(this.region(windowPages) + 1)
  }

  has(vpn: number): boolean {
    return ((this.presence[vpn >>> 5] >>> (vpn & 31)) & 1) !== 0
  }

  /** Whether the entry is not present but names a file page. */
  hasFilePte(vpn: number): boolean {
    return isSet(this.filePtes, vpn)
  }

  /** Whether it is kept which entries are dirty. */
  get keepsDirty(): boolean {
    return this.dirty !== null
  }

  isDirty(vpn: number): boolean {
    return isSet(this.dirty, vpn)
  }

  /** Whether a present entry of a range is dirty. */
  hasDirty(vpn: number, pages: number): boolean {
    const { presence } = this
    const dirty = this.dirty!
    for (let at = vpn, left = pages; left > 0; ) {
      const here = Math.min(left, 32 - (at & 31))
      const mask = (-1 >>> (32 - here)) << (at & 31)
      if ((presence[at >>> 5] & dirty[at >>> 5] & mask) !== 0) return true
      at += here
      left -= here
    }
    return false
  }

  isReadOnly(vpn: number): boolean {
    return isSet(this.readOnly, vpn)
  }

  /** File page that a present entry maps or a file pte names, as a signed 32-bit number. */
  pageAt(vpn: number): number {
    return (this.cellPage[vpn >>> this.cellShift] + (vpn & this.cellMask)) | 0
  }

  /** Makes an entry present, clean and writable; returns whether it replaced a present one. */
  set(vpn: number, page: number): boolean {
    const bit = 1 << (vpn & 31)
    const word = this.presence[vpn >>> 5]
    this.cellPage[vpn >>> this.cellShift] = page - (vpn & this.cellMask)
    if (this.hasBits) this.clearBits(vpn >>> 5, ~bit)
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

  /** Makes an entry that is not present name a file page. */
  setFilePte(vpn: number, page: number): void {
    this.cellPage[vpn >>> this.cellShift] = page - (vpn & this.cellMask)
    this.filePtes![vpn >>> 5] |= 1 << (vpn & 31)
  }

  /** Marks a present entry dirty; without effect where that is not kept. */
  markDirty(vpn: number): void {
    if (this.dirty !== null) this.dirty[vpn >>> 5] |= 1 << (vpn & 31)
  }

  setReadOnly(vpn: number, readOnly: boolean): void {
    if (readOnly) this.readOnly![vpn >>> 5] |= 1 << (vpn & 31)
    else this.readOnly![vpn >>> 5] &= ~(1 << (vpn & 31))
  }

  /** Allocates the page-table page of this window page if it has none; says whether it did. */
  ensureTable(vpn: number): boolean {
    const region = this.region(vpn)
    if (this.hasTable[region] === 1) return false
    this.hasTable[region] = 1
    if (++this.tables > this.tablesPeak) this.tablesPeak = this.tables
    return true
  }

  /** Clears a present entry. */
  clear(vpn: number): void {
    this.presence[vpn >>> 5] ^= 1 << (vpn & 31)
    this.present--
  }

  /** Clears the entries of a range; returns how many were present. */
  zap(vpn: number, pages: number): number {
    const { presence, filePtes } = this
    let zapped = 0
    for (let at = vpn, left = pages; left > 0; ) {
      const here = Math.min(left, 32 - (at & 31))
      const mask = (-1 >>> (32 - here)) << (at & 31)
      const gone = presence[at >>> 5] & mask
      if (gone !== 0) {
        presence[at >>> 5] ^= gone
        zapped += populationCount(gone)
      }
      if (filePtes !== null) filePtes[at >>> 5] &= ~mask
      at += here
      left -= here
    }
    this.present -= zapped
    return zapped
  }

  /** The first present page of a range, -1 if none. */
  firstPresent(vpn: number, pages: number): number {
    const { presence } = this
    const end = vpn + pages
    for (let at = vpn; at < end; at = (at | 31) + 1) {
      const bits = presence[at >>> 5] & (-1 << (at & 31))
      if (bits === 0) continue
      const found = (at & ~31) + 31 - Math.clz32(bits & -bits)
      return found < end ? found : -1
    }
    return -1
  }

  /** The last present page of a range, -1 if none. */
  lastPresent(vpn: number, pages: number): number {
    const { presence } = this
    for (let at = vpn + pages - 1; at >= vpn; at = (at & ~31) - 1) {
      const bits = presence[at >>> 5] & (-1 >>> (31 - (at & 31)))
      if (bits === 0) continue
      const found = (at & ~31) + 31 - Math.clz32(bits)
      return found >= vpn ? found : -1
    }
    return -1
  }

  /** Entries of a range that have a page-table page, present or not. */
  entriesIn(vpn: number, pages: number): number {
    const { hasTable, regionShift, basePage } = this
    const end = vpn + pages
    let entries = 0
    for (let at = vpn; at < end; ) {
      const next = Math.min((((basePage + at) >>> regionShift) + 1) * 2 ** regionShift - basePage, end)
      if (hasTable[this.region(at)] === 1) entries += next - at
      at = next
    }
    return entries
  }

  /** Frees the tables of all regions that begin in pages from..to-1 (absolute page numbers); returns how many there were. */
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

  /** Frees the table of the region that a page (absolute) lies in; says whether there was one. */
  freeTable(page: number): boolean {
    const region = (page >>> this.regionShift) - (this.basePage >>> this.regionShift)
    if (this.hasTable[region] !== 1) return false
    this.hasTable[region] = 0
    this.tables--
    return true
  }

  /** Throws unless `present` and `tables` are what the entries say. */
  check(): void {
    let present = 0
    for (let vpn = 0; vpn < this.pages; vpn++) {
      const isFilePte = this.hasFilePte(vpn)
      if (!this.has(vpn) && !isFilePte) continue
      if (this.has(vpn)) present++
      if (this.has(vpn) && isFilePte) throw new InvariantError(`page ${vpn} is present and a file pte`)
      if (this.hasTable[this.region(vpn)] === 0) throw new InvariantError(`page ${vpn} mapped without a table`)
    }
    const tables = this.hasTable.reduce((sum, flag) => sum + flag, 0)
    if (present !== this.present || tables !== this.tables) {
      throw new InvariantError(
        `${present} entries and ${tables} tables, but ${this.present} and ${this.tables} counted`,
      )
    }
  }

  private clearBits(word: number, mask: number): void {
    if (this.filePtes !== null) this.filePtes[word] &= mask
    if (this.dirty !== null) this.dirty[word] &= mask
    if (this.readOnly !== null) this.readOnly[word] &= mask
  }

  private region(vpn: number): number {
    return ((this.basePage + vpn) >>> this.regionShift) - (this.basePage >>> this.regionShift)
  }
}

function isSet(bits: Int32Array | null, vpn: number): boolean {
  return bits !== null && ((bits[vpn >>> 5] >>> (vpn & 31)) & 1) !== 0
}

/** Bits set in a 32-bit word: pairs, nibbles, then all bytes summed by one multiplication. */
function populationCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
