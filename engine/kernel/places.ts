// Window pages, absolute page numbers, and the line of places that the vmas stand on (address-space.ts).
//
// The other vmas of the process are one page each, evenly spaced on one side of the window, and never touch it.

import type { AddressSpaceLayout } from '../address-space.ts'
import { assert } from '../errors.ts'
import { PAGE_BYTES } from '../units.ts'
import type { KernelModel } from './model.ts'

export class Places {
  readonly layout: AddressSpaceLayout
  readonly windowStart: number
  readonly windowEnd: number
  private readonly model: KernelModel
  private readonly windowPages: number
  private readonly cellShift: number
  private readonly basePage: number
  /** Places in all. */
  private readonly count: number

  constructor(model: KernelModel, windowPages: number, cellShift: number, otherVmas: number) {
    const cells = windowPages >>> cellShift
    this.layout = { cells, cellShift, ...othersAround(model, windowPages, otherVmas) }
    this.windowStart = 2 * this.layout.below + 1
    this.windowEnd = this.windowStart + cells
    this.count = this.windowEnd + 2 * this.layout.above + 1
    this.model = model
    this.windowPages = windowPages
    this.cellShift = cellShift
    this.basePage = model.windowBase / PAGE_BYTES
  }

  /** Place of a window page; beyond the window, the place of the other vma or gap at that address. */
  of(vpn: number): number {
    return vpn >= 0 && vpn <= this.windowPages ? this.windowStart + (vpn >>> this.cellShift) : this.beyond(vpn)
  }

  private beyond(vpn: number): number {
    const { othersBase, othersStride } = this.model
    const address = this.model.windowBase + vpn * PAGE_BYTES
    const from = vpn < 0 ? 0 : this.windowEnd
    const most = (vpn < 0 ? this.windowStart : this.count) - 1 - from
    const stride = Math.floor((address - othersBase) / othersStride)
    const inside = address - othersBase - stride * othersStride < PAGE_BYTES
    return from + Math.min(Math.max(2 * stride + (inside ? 1 : 2), 0), most)
  }

  vpnOf(place: number): number {
    return (place - this.windowStart) << this.cellShift
  }

  pagesOf(first: number, end: number): number {
    return (end - first) << this.cellShift
  }

  /** Whether a vma that begins here is the window's. */
  inWindow(vma: number): boolean {
    return vma >= this.windowStart && vma < this.windowEnd
  }

  /** Absolute page number of a place of the window, or of the vma that begins at one outside it; -1 for none. */
  pageAt(place: number): number {
    if (place < 0) return -1
    if (place >= this.windowStart && place <= this.windowEnd) return this.basePage + this.vpnOf(place)
    const other = place < this.windowStart ? place >>> 1 : (place - this.windowEnd) >>> 1
    return (this.model.othersBase + other * this.model.othersStride) / PAGE_BYTES
  }

  /** Absolute page number after a vma's last page, given the place it ends at; -1 for none. */
  pageAfter(vma: number, end: number): number {
    if (vma < 0) return -1
    return this.inWindow(vma) ? this.pageAt(end) : this.pageAt(vma) + 1
  }
}

/** How many of the other vmas lie below and above the window: each has a gap on either side. */
function othersAround(model: KernelModel, windowPages: number, otherVmas: number): { below: number; above: number } {
  const { othersBase, othersStride, windowBase, addressEnd } = model
  const windowEnd = windowBase + windowPages * PAGE_BYTES
  const below = othersBase < windowBase
  const end = othersBase + otherVmas * othersStride
  const fits = otherVmas === 0 || (below ? end <= windowBase : othersBase > windowEnd && end <= addressEnd)
  assert(fits && windowEnd <= addressEnd, `${otherVmas} other vmas and a window of ${windowPages} pages do not fit`)
  return below ? { below: otherVmas, above: 0 } : { below: 0, above: otherVmas }
}
