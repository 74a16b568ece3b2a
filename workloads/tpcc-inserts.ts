// Where a growing relation's next rows go: one or many insertion points, each the tail of its own part of the room.
//
// heap: all rows go to one tail, as in PostgreSQL. clustered: rows go to the end of their district's key range, as in
// InnoDB or SQLite, so that 10 pages a warehouse are hot. When a part is full, its oldest rows are overwritten.
// Left out: page splits and half-full pages of a clustered tree, reuse of deleted rows before the room is full.

import { assert } from '../engine/errors.ts'
import { DISTRICTS, type Layout, type RelationName } from './tpcc-layout.ts'

export const INSERT_KINDS = ['heap', 'clustered'] as const

export class InsertPoints {
  /** Rows that the room holds. */
  readonly capacity: number
  /** From the first initial row of one district to that of the next. */
  readonly districtStride: number
  private readonly rowsPerPoint: number
  private readonly districtsPerPoint: number
  /** Row within its part, one per point. */
  private readonly next: Uint32Array

  constructor(layout: Layout, name: RelationName, kind: string) {
    const { pages, perPage, initialRows } = layout.of[name]
    const districts = layout.warehouses * DISTRICTS
    const points = kind === 'clustered' ? districts : 1
    this.capacity = pages * perPage
    this.rowsPerPoint = Math.floor(this.capacity / points)
    this.districtsPerPoint = districts / points
    this.districtStride = kind === 'clustered' ? this.rowsPerPoint : initialRows / districts
    this.next = new Uint32Array(points).fill(initialRows / points)
    assert(this.capacity < 2 ** 31, `${this.capacity} rows in relation ${name}`)
  }

  /** The first of `rows` consecutive free rows for a district; takes them if `isKept`. */
  place(district: number, rows: number, isKept: boolean): number {
    const point = this.districtsPerPoint === 1 ? district : 0
    let at = this.next[point]!
    if (at + rows > this.rowsPerPoint) at = 0 // an order's lines stay together: up to 14 rows remain unused
    if (isKept) this.next[point] = at + rows
    return point * this.rowsPerPoint + at
  }
}
