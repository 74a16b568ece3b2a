// The vmas of one process, as Linux 2.5.42 keeps them: a tree, a count, a one-entry cache (mm->mm_rb, map_count, mmap_cache).
//
// Everything stands on one line of *places* in address order: a place for each cell of the window (a cell is the smallest
// piece a vma boundary can cut: the unit in a pool's run, a page otherwise), and around the window the other vmas of the
// process, each with a gap before it. A vma is named by the place it begins at.
// Left out: protections and flags (all vmas of the window are alike), and what the kernel keeps beside the tree.

import type { CounterSet } from './counters.ts'
import { ENOMEM, InvariantError } from './errors.ts'
import { VmaTree } from './vma-tree.ts'

const NONE = -1
/** Words of the boundary bitmap that are searched before the tree is asked. */
const SCAN_WORDS = 4

export interface AddressSpaceLayout {
  readonly cells: number
  readonly cellShift: number
  readonly below: number
  readonly above: number
}

export class AddressSpace {
  /** The place of the window's first cell, and the one after its last. */
  readonly windowStart: number
  readonly windowEnd: number
  /** First place after the vma that begins here. */
  readonly end: Int32Array
  /** File page of the vma's first page, as a signed 32-bit number; meaningless for vmas outside the window. */
  readonly pgoff: Int32Array
  /** All vmas of the process. */
  mapCount = 0
  mapCountPeak = 0
  /** find_vma's one-entry cache: a vma or -1. */
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
  private readonly tree: VmaTree
  /** One bit per place: a vma begins here. */
  private readonly begins: Int32Array

  /**
   * `cells` of 2^cellShift pages; `below` and `above`: how many other vmas lie on either side of the window.
   * `limit`: MAX_MAP_COUNT in force, compared with all vmas; `stockLimit`: what an unmodified kernel would have.
   */
  constructor(layout: AddressSpaceLayout, limit: number, stockLimit: number, counters: CounterSet) {
    const { cells, below, above } = layout
    this.windowStart = 2 * below + 1
    this.windowEnd = this.windowStart + cells
    const places = this.windowEnd + 2 * above + 1
    this.end = new Int32Array(places)
    this.pgoff = new Int32Array(places)
    this.begins = new Int32Array((places >>> 5) + 1)
    this.tree = new VmaTree(places)
    this.counters = counters
    this.cellShift = layout.cellShift
    this.limit = limit
    this.stockLimit = stockLimit
    for (let i = 0; i < below; i++) this.add(2 * i + 1, 2 * i + 2, 0)
    for (let i = 0; i < above; i++) this.add(this.windowEnd + 2 * i + 1, this.windowEnd + 2 * i + 2, 0)
  }

  /** find_vma: the first vma that ends after the place, by the cache or by a walk that refills it; -1 if none. */
  find(place: number): number {
    this.findCalls++
    const cached = this.cache
    if (cached >= 0 && cached <= place && place < this.end[cached]) {
      this.counters.vmaLookups++
      this.counters.vmaCacheHits++
      return cached
    }
    const found = this.walk(place)
    if (found >= 0) this.cache = found
    return found
  }

  /** find_vma_prepare: the first vma that ends after the place, always by a walk. */
  walk(place: number): number {
    const c = this.counters
    c.vmaLookups++
    const lower = this.floor(place)
    if (lower >= 0 && this.end[lower] > place) {
      c.vmaLookupLevels += this.tree.depth[lower]
      return lower
    }
    const upper = this.ceil(place + 1)
    c.vmaLookupLevels += this.tree.gapDepth(lower, upper)
    return upper
  }

  /** File page that the vma maps at a place inside it, as a signed 32-bit number. */
  pgoffAt(vma: number, place: number): number {
    return (this.pgoff[vma] + ((place - vma) << this.cellShift)) | 0
  }

  /** Whether a call that maps must fail on entry (do_mmap_pgoff: map_count > MAX_MAP_COUNT). */
  refusesMapping(): boolean {
    if (this.mapCount > this.stockLimit) this.stockRefused = true
    return this.mapCount > this.limit
  }

  /**
   * The first half of do_munmap: cuts the vmas that stick out of places first..end-1, of which at least one is mapped.
   * -ENOMEM at the limit: nothing changed if the first cut was refused, the first cut stays if the second was.
   */
  isolate(first: number, end: number): number {
    const { counters: c, tree } = this
    // find_vma_prev: a walk that ends at the last vma before `first`, or at the very first vma if there is none.
    const lower = this.floor(first)
    const overlapsStart = lower >= 0 && this.end[lower] > first
    const before = overlapsStart ? this.floor(lower - 1) : lower
    c.vmaLookups++
    c.vmaLookupLevels += tree.depth[before >= 0 ? before : this.ceil(0)]
    if (overlapsStart && lower < first && !this.split(lower, first)) return -ENOMEM
    const last = this.find(end)
    if (last >= 0 && last < end && !this.split(last, end)) return -ENOMEM
    return 0
  }

  /** The second half: takes every vma that begins in first..end-1 out of the tree. */
  detach(first: number, end: number): void {
    for (let vma = this.ceil(first); vma >= 0 && vma < end; vma = this.ceil(this.end[vma])) {
      this.tree.erase(vma)
      this.clearBegin(vma)
      this.mapCount--
      this.counters.vmaFrees++
    }
    this.cache = NONE
    this.lower = this.floor(first)
    this.upper = this.ceil(end)
  }

  /** Whether a vma of one cell begins here, with vmas right below and above it (of the window: beyond its ends are gaps). */
  isCellBetween(place: number): boolean {
    const { begins } = this
    const below = place - 1
    const above = place + 1
    const bits =
      (begins[below >>> 5] >>> (below & 31)) &
      (begins[place >>> 5] >>> (place & 31)) &
      (begins[above >>> 5] >>> (above & 31))
    return (bits & 1) !== 0
  }

  /**
   * What walk, isolate, detach, walk and link come to where isCellBetween() holds: the vma's object is freed and a new one
   * linked in its place. By far the commonest case, so its steps are counted together.
   */
  replaceCell(place: number, pgoff: number): void {
    const { counters: c, tree, cache } = this
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

  /** Allocates a vma and links it into a gap that a walk has just found. */
  link(first: number, end: number, pgoff: number): void {
    this.counters.vmaAllocs++
    this.add(first, end, pgoff)
  }

  /** The first vma that begins at or after the place, -1 if none. */
  ceil(place: number): number {
    const { begins } = this
    let word = place >>> 5
    let bits = begins[word] & (-1 << (place & 31))
    for (let left = SCAN_WORDS; ; left--) {
      if (bits !== 0) return (word << 5) + 31 - Math.clz32(bits & -bits)
      if (left === 0 || ++word >= begins.length) break
      bits = begins[word]
    }
    return word >= begins.length ? NONE : this.tree.ceil(place)
  }

  /** The last vma that begins at or before the place, -1 if none. */
  floor(place: number): number {
    if (place < 0) return NONE
    const { begins } = this
    let word = place >>> 5
    let bits = begins[word] & (-1 >>> (31 - (place & 31)))
    for (let left = SCAN_WORDS; ; left--) {
      if (bits !== 0) return (word << 5) + 31 - Math.clz32(bits)
      if (left === 0 || --word < 0) break
      bits = begins[word]
    }
    return word < 0 ? NONE : this.tree.floor(place)
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
    const nodes = this.tree.check()
    if (vmas !== this.mapCount || nodes !== vmas) {
      throw new InvariantError(`${vmas} vmas on the line, ${nodes} in the tree, ${this.mapCount} counted`)
    }
  }

  /** split_vma: the vma keeps its lower part, a new one takes the rest; false at the limit. */
  private split(vma: number, at: number): boolean {
    if (this.mapCount >= this.stockLimit) this.stockRefused = true
    if (this.mapCount >= this.limit) return false
    const end = this.end[vma]
    this.end[vma] = at
    this.counters.vmaSplits++
    this.walk(at) // insert_vm_struct looks for its own place once more
    this.link(at, end, this.pgoffAt(vma, at))
    return true
  }

  private setBegin(place: number): void {
    this.begins[place >>> 5] |= 1 << (place & 31)
  }

  private clearBegin(place: number): void {
    this.begins[place >>> 5] &= ~(1 << (place & 31))
  }

  private add(first: number, end: number, pgoff: number): void {
    this.tree.insert(first, this.floor(first - 1), this.ceil(first))
    this.setBegin(first)
    this.end[first] = end
    this.pgoff[first] = pgoff
    if (++this.mapCount > this.mapCountPeak) this.mapCountPeak = this.mapCount
  }
}
