// Stage one: which accesses find their block in the window, and which slot is reused for those that do not.
//
// This does not depend on how remapping is done, so it happens once for all lanes. Dense arrays: the file has at most
// 2^31 blocks, and looking one up must cost a load.

import { assert } from './errors.ts'
import type { ReplacementPolicy } from './policy/policy.ts'
import { OP_READ, OP_WRITE, type TraceBlock } from './trace.ts'
import type { Geometry } from './window.ts'
import { OP_KIND_BITS, OP_REMAP, type WindowOps } from './window-ops.ts'

/** What follows a remap: an access to the page asked for, or to every page of the unit in order. */
export type Touch = 'page' | 'unit'

const NO_SLOT = -1
const NO_PAGE = -1

export class BufferPool {
  private readonly unitShift: number
  private readonly unitPages: number
  private readonly wholeUnits: boolean
  private readonly policy: ReplacementPolicy
  /** Block -> slot. */
  private readonly slotOf: Int32Array
  /** Slot -> block. */
  private readonly blockOf: Int32Array
  private filled = 0
  // The rest of a unit just remapped whose pages are still to be touched; only the page asked for is written.
  private pendingVpn = 0
  private pendingPgoff = 0
  private pendingPages = 0
  private pendingWrite = NO_PAGE

  constructor(geometry: Geometry, policy: ReplacementPolicy, touch: Touch) {
    this.unitShift = geometry.unitShift
    this.unitPages = geometry.unitPages
    this.wholeUnits = touch === 'unit'
    this.policy = policy
    this.slotOf = new Int32Array(geometry.filePages / geometry.unitPages).fill(NO_SLOT)
    this.blockOf = new Int32Array(geometry.windowPages / geometry.unitPages).fill(NO_SLOT)
  }

  /**
   * Plans accesses of the trace block from index `from` on until the block ends, `out` is full or `budget` touches are
   * planned; returns the index of the first access not planned.
   */
  plan(trace: TraceBlock, from: number, budget: number, out: WindowOps): number {
    const { slotOf, unitShift, unitPages, policy, wholeUnits } = this
    const { op: planned, pgoff, capacity } = out
    const { op: ops, page: pages, length } = trace
    const mask = unitPages - 1
    out.length = out.writes = 0
    out.unitPages = unitPages
    out.touchesPerRemap = wholeUnits ? unitPages : 1
    out.carried = this.touchPending(budget, out)
    let at = out.length
    let left = budget - out.carried
    let writes = 0
    let hits = 0
    let remaps = 0
    let i = from
    for (; i < length && left > 0 && at < capacity - 1; i++) {
      const page = pages[i]
      const op = ops[i]
      const block = page >>> unitShift
      let slot = slotOf[block]
      if (slot >= 0) {
        policy.recordAccess(slot)
        hits++
      } else {
        slot = this.admit(block)
        planned[at] = (slot << (unitShift + OP_KIND_BITS)) | OP_REMAP
        pgoff[at++] = block << unitShift
        remaps++
        if (wholeUnits) {
          this.pendingVpn = slot << unitShift
          this.pendingPgoff = block << unitShift
          this.pendingPages = unitPages
          this.pendingWrite = op === OP_WRITE ? page : NO_PAGE
          out.length = at
          left -= this.touchPending(left, out)
          at = out.length
          continue
        }
      }
      planned[at++] = (((slot << unitShift) | (page & mask)) << OP_KIND_BITS) | op
      left--
      writes += op
    }
    out.length = at
    out.touches = at - remaps
    out.writes += writes
    out.remaps = remaps
    out.hits = hits
    return i
  }

  /** Whether touches of a remapped unit are still to be planned. */
  get hasPending(): boolean {
    return this.pendingPages > 0
  }

  /** Whether every slot holds a block. */
  get isFull(): boolean {
    return this.filled === this.blockOf.length
  }

  /** Throws unless every filled slot holds a block that knows it. */
  check(): void {
    for (let slot = 0; slot < this.filled; slot++) {
      const block = this.blockOf[slot]
      assert(this.slotOf[block] === slot, `slot ${slot} holds block ${block}, which claims slot ${this.slotOf[block]}`)
    }
  }

  /** Gives the block a slot: a free one while there are any, then one the policy chooses. */
  private admit(block: number): number {
    const { slotOf, blockOf, policy } = this
    let slot = this.filled
    if (slot < blockOf.length) this.filled = slot + 1
    else {
      slot = policy.evict(block)
      slotOf[blockOf[slot]] = NO_SLOT
    }
    slotOf[block] = slot
    blockOf[slot] = block
    policy.recordInsert(slot, block)
    return slot
  }

  /** Touches the pages of a unit just remapped, as many as fit; returns how many. */
  private touchPending(budget: number, out: WindowOps): number {
    const pages = Math.min(this.pendingPages, budget, out.capacity - out.length)
    for (let i = 0; i < pages; i++) {
      const page = this.pendingPgoff + i
      const op = page === this.pendingWrite ? OP_WRITE : OP_READ
      out.op[out.length++] = ((this.pendingVpn + i) << OP_KIND_BITS) | op
      out.writes += op
    }
    this.pendingVpn += pages
    this.pendingPgoff += pages
    this.pendingPages -= pages
    return pages
  }
}
