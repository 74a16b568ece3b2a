// Stage two with a breakdown: the same operations as replay(), each told apart by the group of file pages it is for.
//
// A remap is for the page that is touched next, since that page was asked for. Slower than replay(), and used only when
// somebody asks where the counts come from: it remembers which file page every slot shows, and counts access by access what
// stage one had counted by the block.

import type { Breakdown } from './breakdown.ts'
import type { Lane } from './replay.ts'
import type { PageGroup } from './trace.ts'
import type { Geometry } from './window.ts'
import { OP_KIND_BITS, OP_KIND_MASK, OP_REMAP, OP_TOUCH_WRITE, type WindowOps } from './window-ops.ts'

export class AttributedReplay {
  private readonly breakdown: Breakdown
  /** First file page of each group, ascending, the first 0. */
  private readonly firstPages: readonly number[]
  private readonly unitShift: number
  /** Slot -> first file page shown there. */
  private readonly shown: Int32Array
  /** Touches still to come that belong to a remap, and so are no hits. */
  private remapped = 0
  /** Accesses made since counting began. */
  private accesses = 0

  constructor(breakdown: Breakdown, groups: readonly PageGroup[], { windowPages, unitPages, unitShift }: Geometry) {
    this.breakdown = breakdown
    this.firstPages = groups.length === 0 ? [0] : groups.map(group => group.firstPage)
    this.unitShift = unitShift
    this.shown = new Int32Array(windowPages / unitPages)
  }

  /** Replays a block; returns 0, or the negative errno of the first refused remap, where it stops. */
  replay(ops: WindowOps, { strategy, kernel, firsts }: Lane): number {
    const { breakdown, shown, unitShift } = this
    const c = kernel.counters
    const inUnit = ops.unitPages - 1
    for (let i = 0; i < ops.length; i++) {
      const op = ops.op[i]
      const kind = op & OP_KIND_MASK
      const vpn = op >>> OP_KIND_BITS
      if (kind === OP_REMAP) {
        const pgoff = ops.pgoff[i]
        const asked = i + 1 < ops.length ? (ops.op[i + 1] >>> OP_KIND_BITS) & inUnit : 0
        shown[vpn >>> unitShift] = pgoff
        breakdown.serve(this.groupOf(pgoff + asked))
        const error = strategy.remap(vpn, ops.unitPages, pgoff)
        if (error < 0) c.failedRemaps++
        else c.remaps++
        firsts?.note({ kind: 'remap', at: this.accesses, vpn, pages: ops.unitPages, pgoff })
        if (error < 0) return error
        this.remapped = ops.touchesPerRemap
        continue
      }
      const page = shown[vpn >>> unitShift] + (vpn & inUnit)
      breakdown.serve(this.groupOf(page))
      if (this.remapped > 0) this.remapped--
      else c.windowHits++
      if (kind === OP_TOUCH_WRITE) c.writes++
      if (strategy.touch === undefined) kernel.touch(vpn, kind)
      else strategy.touch(vpn, kind)
      firsts?.note({ kind: kind === OP_TOUCH_WRITE ? 'write' : 'read', at: this.accesses, vpn, pages: 1, pgoff: page })
      this.accesses++
    }
    return 0
  }

  /** Counting begins here. */
  restart(): void {
    this.accesses = 0
  }

  private groupOf(page: number): number {
    const { firstPages } = this
    let group = firstPages.length - 1
    while (page < firstPages[group]) group--
    return group
  }
}
