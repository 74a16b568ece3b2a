// The vmas of one process: where they begin and end, what they map, how many there are; cut, joined and limited by the
// rules of a kernel.
//
// Everything stands on one line of *places* in address order: a place for each cell of the window (a cell is the smallest
// piece a vma boundary can cut: the unit in a pool's run, a page otherwise), and around the window the other vmas of the
// process, each with a gap before it. A vma is named by the place it begins at.
// Look-ups are counted where the kernel's red-black tree is known (`countsLookups`): in nodes, with find_vma's one-entry
// cache. Elsewhere the same questions are answered without a tree.
// Over 300 lines because all of it changes the same line, and cutting, joining and counting go hand in hand.

import type { CounterSet } from './counters.ts'
import { ENOMEM, InvariantError } from './errors.ts'
import { PlaceSet } from './place-set.ts'
import { VmaTree } from './vma-tree.ts'

const NONE = -1

// What a vma is besides a shared, writable mapping of the file; vmas that differ in this never join.
/** remap_file_pages() has set it: its pages may map other file pages than its offset says. */
export const VMA_NONLINEAR = 1
/** Private anonymous memory. */
export const VMA_ANONYMOUS = 2
/** MAP_PRIVATE of the file. */
export const VMA_PRIVATE = 4
/** PROT_READ alone. */
export const VMA_READ_ONLY = 8
/** MAP_SHARED of a file opened for reading: the kernel drops VM_SHARED. */
export const VMA_FILE_READ_ONLY = 16

/** MAP_LOCKED: reclaim leaves its pages alone. */
export const VMA_LOCKED = 32
/** PROT_NONE: every fault is a signal. */
export const VMA_GUARDED = 64

export interface AddressSpaceLayout {
  /** Cells of the window, each of 2^cellShift pages. */
  readonly cells: number
  readonly cellShift: number
  /** How many other vmas lie on either side of the window. */
  readonly below: number
  readonly above: number
}

/** The rules of a kernel; engine/kernel/model.ts says what they mean. */
export interface VmaRules {
  readonly maxMapCount: number
  readonly limitAt: 'each-cut' | 'hole'
  readonly mergesFileVmas: 'never' | 'after-allocating' | 'before-allocating'
  readonly cutsInPlace: boolean
  readonly countsLookups: boolean
}

export class AddressSpace {
  /** The place of the window's first cell, and the one after its last. */
  readonly windowStart: number
  readonly windowEnd: number
  /** First place after the vma that begins here. */
  readonly end: Int32Array
  /** File page of the vma's first page, as a signed 32-bit number; meaningless for vmas outside the window. */
  readonly pgoff: Int32Array
  /** VMA_ bits of the vma that begins here; read them by flagsOf(). */
  private readonly flags: Uint8Array
  /** False while no vma has any bit set, which spares the look at them. */
  private isFlagged = false
  /** All vmas of the process. */
  mapCount = 0
  mapCountPeak = 0
  /** The vma found last, -1 for none: find_vma's one-entry cache where look-ups are counted. */
  cache = NONE
  /** How often find_vma was called; a walk by other means is not a call. */
  findCalls = 0
  /** The vmas around the hole that detach() last made, -1 for none. */
  lower = NONE
  upper = NONE
  /** Whether the stock limit would have refused a call by now. */
  stockRefused = false
  private readonly counters: CounterSet
  private readonly cellShift: number
  private readonly limit: number
  private readonly stockLimit: number
  private readonly refusesHolesOnly: boolean
  private readonly cutsInPlace: boolean
  private readonly merges: boolean
  private readonly allocatesFirst: boolean
  private readonly tree: VmaTree | null
  private readonly begins: PlaceSet

  /** `limit`: of map_count, in force; the rules' own is the stock limit, which is only noted. */
  constructor(layout: AddressSpaceLayout, rules: VmaRules, limit: number, counters: CounterSet) {
    const { cells, below, above } = layout
    this.windowStart = 2 * below + 1
    this.windowEnd = this.windowStart + cells
    const places = this.windowEnd + 2 * above + 1
    this.end = new Int32Array(places)
    this.pgoff = new Int32Array(places)
    this.flags = new Uint8Array(places)
    this.begins = new PlaceSet(places)
    this.tree = rules.countsLookups ? new VmaTree(places) : null
    this.counters = counters
    this.cellShift = layout.cellShift
    this.limit = limit
    this.stockLimit = rules.maxMapCount
    this.refusesHolesOnly = rules.limitAt === 'hole'
    this.cutsInPlace = rules.cutsInPlace
    this.merges = rules.mergesFileVmas !== 'never'
    this.allocatesFirst = rules.mergesFileVmas !== 'before-allocating'
    for (let i = 0; i < below; i++) this.add(2 * i + 1, 2 * i + 2, 0, 0)
    for (let i = 0; i < above; i++) this.add(this.windowEnd + 2 * i + 1, this.windowEnd + 2 * i + 2, 0, 0)
  }

  /** find_vma: the first vma that ends after the place, by the cache or by a walk that refills it; -1 if none. */
  find(place: number): number {
    const { cache, counters: c } = this
    this.findCalls++
    if (cache >= 0 && cache <= place && place < this.end[cache]) {
      c.vmaLookups++
      c.vmaCacheHits++
      return cache
    }
    const found = this.walk(place)
    if (found >= 0) this.cache = found
    return found
  }

  /** find_vma for an address outside the window, not counted: it leaves another vma in the cache, none if there is no other. */
  findElsewhere(): void {
    const below = this.begins.floor(this.windowStart - 1)
    this.cache = below >= 0 ? below : this.begins.ceil(this.windowEnd)
  }

  /** find_vma_prepare: the first vma that ends after the place, always by a walk. */
  walk(place: number): number {
    const { counters: c, tree } = this
    c.vmaLookups++
    const lower = this.begins.floor(place)
    if (lower < 0 || this.end[lower] <= place) return this.walkIntoGap(lower, place)
    if (tree !== null) c.vmaLookupLevels += tree.depth[lower]
    return lower
  }

  /** VMA_ bits of a vma. */
  flagsOf(vma: number): number {
    return this.isFlagged ? this.flags[vma] : 0
  }

  /** Sets the VMA_ bits of a vma. */
  setFlags(vma: number, flags: number): void {
    this.flags[vma] = flags
    this.isFlagged = true
  }

  /** File page that the vma maps at a place inside it, as a signed 32-bit number. */
  pgoffAt(vma: number, place: number): number {
    return (this.pgoff[vma] + ((place - vma) << this.cellShift)) | 0
  }

  /** Whether a call that maps passes on entry, with nothing to note about the stock limit. */
  get mapsFreely(): boolean {
    return this.mapCount <= this.limit && (this.stockRefused || this.mapCount <= this.stockLimit)
  }

  /** Whether a call that maps must fail on entry (do_mmap_pgoff: map_count > MAX_MAP_COUNT). */
  refusesMapping(): boolean {
    if (this.mapCount > this.stockLimit) this.stockRefused = true
    return this.mapCount > this.limit
  }

  /**
   * The first half of do_munmap: cuts the vmas that stick out of places first..end-1, of which at least one is mapped.
   * -ENOMEM at the limit, with nothing changed; but where each cut is checked, the first stays if the second is refused.
   */
  isolate(first: number, end: number): number {
    const lower = this.begins.floor(first)
    const overlapsStart = lower >= 0 && this.end[lower] > first
    const cutsStart = overlapsStart && lower < first
    if (this.refusesHolesOnly && cutsStart && this.end[lower] > end && this.refusesOneMore()) return -ENOMEM
    if (this.cutsInPlace) return this.cutInPlace(cutsStart ? lower : NONE, first, end)
    if (this.tree !== null) this.countPrevious(overlapsStart ? this.begins.floor(lower - 1) : lower)
    if (cutsStart && !this.split(lower, first)) return -ENOMEM
    const last = this.find(end)
    if (last >= 0 && last < end && !this.split(last, end)) return -ENOMEM
    return 0
  }

  /** The second half: takes every vma that begins in first..end-1 off the line. */
  detach(first: number, end: number): void {
    const { begins, tree } = this
    for (let vma = begins.ceil(first); vma >= 0 && vma < end; vma = begins.ceil(this.end[vma])) {
      if (tree !== null) tree.erase(vma)
      begins.delete(vma)
      this.mapCount--
      this.counters.vmaFrees++
    }
    this.cache = NONE
    this.lower = begins.floor(first)
    this.upper = begins.ceil(end)
  }

  /** Whether a vma of one cell begins here, with vmas right below and above it (of the window: beyond its ends are gaps). */
  isCellBetween(place: number): boolean {
    return this.begins.hasThree(place)
  }

  /**
   * What walk, isolate, detach, walk and link come to where isCellBetween() holds and look-ups are counted: the vma's
   * object is freed and a new one linked in its place. By far the commonest case, so its steps are counted together.
   */
  replaceCell(place: number, pgoff: number): void {
    const { counters: c, cache } = this
    const tree = this.tree!
    const { depth } = tree
    const above = place + 1
    let levels = depth[place] + depth[place - 1]
    if (cache === above)
      c.vmaCacheHits++ // no other vma contains the place above
    else levels += depth[above]
    c.vmaLookupLevels += levels + tree.reinsert(place, place - 1, above)
    c.vmaLookups += 4
    c.vmaFrees++
    c.vmaAllocs++
    this.findCalls++
    this.cache = NONE
    this.pgoff[place] = pgoff
  }

  /** Whether one vma fills places first..end-1, with others right below and above it. */
  isBetween(first: number, end: number): boolean {
    const { begins } = this
    if (first <= this.windowStart || !begins.has(first) || this.end[first] !== end || !begins.has(end)) return false
    return this.end[begins.floor(first - 1)] === first
  }

  /** What isolate, detach and link come to where isBetween() holds and look-ups are not counted. */
  replace(first: number, end: number, pgoff: number, flags: number): void {
    const { counters: c } = this
    c.vmaFrees++
    if (this.cutsInPlace) {
      c.vmaAllocs++ // the spare, not used
      c.vmaFrees++
    }
    this.cache = NONE
    const merges = this.merges || (flags & VMA_ANONYMOUS) !== 0
    if (merges && (this.continues(first, end, pgoff, flags) || this.joinable(first, pgoff, flags) >= 0)) {
      this.begins.delete(first)
      this.mapCount--
      this.link(first, end, pgoff, flags)
      return
    }
    c.vmaAllocs++
    this.pgoff[first] = pgoff
    if (this.flagsOf(first) !== flags) this.setFlags(first, flags)
  }

  /** Maps the free places first..end-1: joins the neighbours it continues, where the kernel does that; else a new vma. */
  link(first: number, end: number, pgoff: number, flags: number): void {
    const c = this.counters
    // Memory of the process's own always joined its like, and before an object was made (not where a tree is kept: left out).
    const isOwn = (flags & VMA_ANONYMOUS) !== 0 && this.tree === null
    const merges = this.merges || isOwn
    const allocatesFirst = this.allocatesFirst && !isOwn
    if (allocatesFirst) c.vmaAllocs++
    const below = merges ? this.joinable(first, pgoff, flags) : NONE
    const above = merges && this.continues(first, end, pgoff, flags) ? end : NONE
    if (below < 0 && above < 0) {
      if (!allocatesFirst) c.vmaAllocs++
      this.add(first, end, pgoff, flags)
      return
    }
    if (allocatesFirst) c.vmaFrees++
    this.cache = NONE
    if (below < 0) {
      // The upper neighbour grows downwards.
      this.begins.delete(above)
      this.begins.add(first)
      this.end[first] = this.end[above]
      this.pgoff[first] = pgoff
      if (this.isFlagged) this.flags[first] = flags
    } else if (above < 0) this.end[below] = end
    else {
      this.end[below] = this.end[above]
      this.begins.delete(above)
      this.mapCount--
      c.vmaFrees++
      c.vmaMerges++
    }
    c.vmaMerges++
  }

  /** The first vma that begins at or after the place, -1 if none. */
  ceil(place: number): number {
    return this.begins.ceil(place)
  }

  /** The last vma that begins at or before the place, -1 if none. */
  floor(place: number): number {
    return this.begins.floor(place)
  }

  /** Throws unless tree, bitmap, count and lengths agree. */
  check(): void {
    let vmas = 0
    let previousEnd = 0
    for (let vma = this.ceil(0); vma >= 0; vma = this.ceil(vma + 1)) {
      if (vma < previousEnd || this.end[vma] <= vma)
        throw new InvariantError(`vma ${vma}..${this.end[vma]} overlaps ${previousEnd}`)
      previousEnd = this.end[vma]
      vmas++
    }
    const nodes = this.tree === null ? vmas : this.tree.check()
    if (vmas !== this.mapCount || nodes !== vmas) {
      throw new InvariantError(`${vmas} vmas on the line, ${nodes} in the tree, ${this.mapCount} counted`)
    }
  }

  /** A walk to a place without a vma, above the vma `lower` (-1 for none). */
  private walkIntoGap(lower: number, place: number): number {
    const upper = this.begins.ceil(place + 1)
    if (this.tree !== null) this.counters.vmaLookupLevels += this.tree.gapDepth(lower, upper)
    return upper
  }

  /** find_vma_prev: a walk that ends at the last vma before the place, or at the very first vma if there is none. */
  private countPrevious(before: number): void {
    const { counters: c, tree } = this
    c.vmaLookups++
    c.vmaLookupLevels += tree!.depth[before >= 0 ? before : this.ceil(0)]
  }

  /** Whether the limit refuses one more vma; takes note if the stock limit would. */
  private refusesOneMore(): boolean {
    if (this.mapCount >= this.stockLimit) this.stockRefused = true
    return this.mapCount >= this.limit
  }

  /** split_vma: the vma keeps its lower part, a new one takes the rest; false if each cut is checked and the limit is reached. */
  private split(vma: number, at: number): boolean {
    if (!this.refusesHolesOnly && this.refusesOneMore()) return false
    const end = this.end[vma]
    this.end[vma] = at
    this.counters.vmaSplits++
    if (this.tree !== null) this.walk(at) // insert_vm_struct looks for its own place once more
    this.counters.vmaAllocs++
    this.add(at, end, this.pgoffAt(vma, at), this.flagsOf(vma))
    return true
  }

  /**
   * 2.4's unmap_fixup: vmas are shortened where they stand. One spare object is allocated in any case; only a hole uses it.
   * What is cut off has no object of its own, so detach(), which counts one for each piece, is corrected beforehand.
   */
  private cutInPlace(lower: number, first: number, end: number): number {
    const c = this.counters
    const upper = this.begins.floor(end - 1)
    const cutsEnd = upper >= 0 && this.end[upper] > end
    const isHole = lower >= 0 && cutsEnd && upper === lower
    const peak = this.mapCountPeak
    c.vmaAllocs++
    if (isHole) c.vmaSplits++
    else c.vmaFrees++
    c.vmaFrees -= (lower >= 0 ? 1 : 0) + (cutsEnd && !isHole ? 1 : 0)
    if (lower >= 0) this.cut(lower, first)
    if (cutsEnd) this.cut(isHole ? first : upper, end)
    // The pieces that are to go never were vmas.
    this.mapCountPeak = isHole ? Math.max(peak, this.mapCount - 1) : peak
    return 0
  }

  private cut(vma: number, at: number): void {
    const end = this.end[vma]
    this.end[vma] = at
    this.add(at, end, this.pgoffAt(vma, at), this.flagsOf(vma))
  }

  /** The vma that ends here and that a mapping continues, -1 if there is none. */
  private joinable(first: number, pgoff: number, flags: number): number {
    const below = this.begins.floor(first - 1)
    const fits =
      below >= this.windowStart &&
      this.end[below] === first &&
      this.flagsOf(below) === flags &&
      this.pgoffAt(below, first) === pgoff
    return fits ? below : NONE
  }

  /** Whether the vma that begins at `end` continues the mapping. */
  private continues(first: number, end: number, pgoff: number, flags: number): boolean {
    const continued = (pgoff + ((end - first) << this.cellShift)) | 0
    return end < this.windowEnd && this.begins.has(end) && this.flagsOf(end) === flags && this.pgoff[end] === continued
  }

  private add(first: number, end: number, pgoff: number, flags: number): void {
    const { begins, tree } = this
    if (tree !== null) tree.insert(first, begins.floor(first - 1), begins.ceil(first))
    begins.add(first)
    this.end[first] = end
    this.pgoff[first] = pgoff
    if (flags !== 0) this.isFlagged = true
    if (this.isFlagged) this.flags[first] = flags
    if (++this.mapCount > this.mapCountPeak) this.mapCountPeak = this.mapCount
  }
}
