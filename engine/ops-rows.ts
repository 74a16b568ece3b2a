// Window operations given row by row instead of planned by a pool: what an --ops file holds.

import { OP_RECLAIM, OP_REMAP } from './window-ops.ts'

/** Columns that grow by doubling. Row i is (op, vpn, pages, pgoff); pgoff of a touch is 0. */
export class OpsRows {
  /** OP_TOUCH_READ, OP_TOUCH_WRITE, OP_REMAP or OP_RECLAIM. */
  op = new Uint8Array(1024)
  vpn = new Int32Array(1024)
  pages = new Int32Array(1024)
  /** Up to 2^32-1: a row may ask for pages far beyond the end of the file. */
  pgoff = new Uint32Array(1024)
  length = 0

  append(op: number, vpn: number, pages: number, pgoff: number): void {
    const at = this.length++
    if (at === this.op.length) this.grow()
    this.op[at] = op
    this.vpn[at] = vpn
    this.pages[at] = pages
    this.pgoff[at] = pgoff
  }

  /** Pages read or written by rows from..length-1. */
  accessesFrom(from: number): number {
    let accesses = 0
    for (let i = from; i < this.length; i++) if (this.op[i] < OP_REMAP) accesses += this.pages[i]
    return accesses
  }

  /** Rows that remap. */
  get remaps(): number {
    return this.op.subarray(0, this.length).reduce((remaps, op) => remaps + (op === OP_REMAP ? 1 : 0), 0)
  }

  /** Whether any row takes pages back. */
  get reclaims(): boolean {
    return this.op.subarray(0, this.length).includes(OP_RECLAIM)
  }

  private grow(): void {
    const capacity = this.op.length * 2
    const { op, vpn, pages, pgoff } = this
    this.op = new Uint8Array(capacity)
    this.vpn = new Int32Array(capacity)
    this.pages = new Int32Array(capacity)
    this.pgoff = new Uint32Array(capacity)
    this.op.set(op)
    this.vpn.set(vpn)
    this.pages.set(pages)
    this.pgoff.set(pgoff)
  }
}
