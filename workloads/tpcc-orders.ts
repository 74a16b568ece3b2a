// What a TPC-C-like database knows about its orders: which are undelivered, each customer's last one, the last 20 of a
// district with their items. Transactions that read orders find their rows and pages through it.
//
// Orders placed during the run are remembered by their row in ORDER, in columns. When the room for growth is full, a new
// order takes the row of an old one, which is then forgotten: so memory is bounded, and not touched before it is needed.
// The initial population (clause 4.3.3.1) is computed instead of stored: districts share a few patterns of orders.
// Left out: that a row of NEW-ORDER or ORDER-LINE may be overwritten before its order; the page stays where it was.

import type { Rng } from '../engine/rng.ts'
import { InsertPoints } from './tpcc-inserts.ts'
import { CUSTOMERS, DISTRICTS, ITEMS, type Layout, ORDER_LINES, ORDERS, UNDELIVERED } from './tpcc-layout.ts'
import { shuffled } from './tpcc-names.ts'

export const RECENT = 20 // orders that Stock-Level looks at, clause 2.8.2.2
export const MAX_LINES = 15 // clause 2.4.1.3: 5..15 lines
export const MIN_LINES = 5
const PATTERNS = 8 // guess: neighbouring districts must differ, no more

export class Orders {
  // The order found by the last call of place, deliver, lastOf or recent: rows of their relations.
  row = 0
  newOrderRow = 0
  firstLine = 0
  lines = 0
  /** Counted through the whole database. */
  customer = 0
  /** Where in `items` its items are, or -1: an initial order, see `initialItem`. */
  itemsAt = 0

  /** Items (from 0) of each district's last orders placed; the last 15 entries belong to an order that is rolled back. */
  readonly items: Int32Array

  private readonly orderRows: InsertPoints
  private readonly newOrderRows: InsertPoints
  private readonly lineRows: InsertPoints

  // One entry per ORDER row. linesOf is 0 where no order was placed during the run.
  private readonly linesOf: Uint8Array
  private readonly firstLineOf: Uint32Array
  private readonly newOrderRowOf: Uint32Array
  private readonly customerOf: Uint32Array
  /** The next undelivered order of the same district: its row + 1, or 0. */
  private readonly nextOf: Uint32Array

  // One entry per district. Rows of orders are counted from 1, 0 is none.
  private readonly initialUndelivered: Uint16Array
  private readonly oldest: Uint32Array
  private readonly newest: Uint32Array
  private readonly placed: Uint32Array
  // RECENT entries per district, rings: a Stock-Level reads neighbouring entries instead of scattered ORDER rows.
  private readonly recentLine: Uint32Array
  private readonly recentLines: Uint8Array

  /** One entry per customer: the row + 1 of the last order placed, 0 if it is an initial one. */
  private readonly lastRow: Uint32Array

  // Initial orders of one district: first line (one entry more than orders), customer, and the reverse of that.
  private readonly patternLine = new Uint16Array(PATTERNS * (ORDERS + 1))
  private readonly patternCustomer = new Uint16Array(PATTERNS * ORDERS)
  private readonly patternOrder = new Uint16Array(PATTERNS * CUSTOMERS)
  private readonly itemSalt: number

  constructor(layout: Layout, inserts: string, rng: Rng) {
    const districts = layout.warehouses * DISTRICTS
    this.orderRows = new InsertPoints(layout, 'orders', inserts)
    this.newOrderRows = new InsertPoints(layout, 'new_order', inserts)
    this.lineRows = new InsertPoints(layout, 'order_line', inserts)
    const { capacity } = this.orderRows
    this.linesOf = new Uint8Array(capacity)
    this.firstLineOf = new Uint32Array(capacity)
    this.newOrderRowOf = new Uint32Array(capacity)
    this.customerOf = new Uint32Array(capacity)
    this.nextOf = new Uint32Array(capacity)
    this.initialUndelivered = new Uint16Array(districts).fill(UNDELIVERED)
    this.oldest = new Uint32Array(districts)
    this.newest = new Uint32Array(districts)
    this.placed = new Uint32Array(districts)
    this.recentLine = new Uint32Array(districts * RECENT)
    this.recentLines = new Uint8Array(districts * RECENT)
    this.lastRow = new Uint32Array(districts * CUSTOMERS)
    this.items = new Int32Array((districts * RECENT + 1) * MAX_LINES)
    for (let pattern = 0; pattern < PATTERNS; pattern++) this.drawPattern(pattern, rng)
    this.itemSalt = rng.next() | 0
  }

  /** Finds the rows of a new order. An order that is not kept leaves no trace: the next one gets the same rows. */
  place(district: number, customer: number, lines: number, isKept: boolean): void {
    const row = this.orderRows.place(district, 1, isKept)
    const newOrderRow = this.newOrderRows.place(district, 1, isKept)
    const firstLine = this.lineRows.place(district, lines, isKept)
    this.row = row
    this.newOrderRow = newOrderRow
    this.firstLine = firstLine
    this.lines = lines
    this.customer = customer
    this.itemsAt = this.items.length - MAX_LINES
    if (!isKept) return

    this.forget(row)
    this.linesOf[row] = lines
    this.firstLineOf[row] = firstLine
    this.newOrderRowOf[row] = newOrderRow
    this.customerOf[row] = customer
    this.nextOf[row] = 0
    if (this.oldest[district] === 0) this.oldest[district] = row + 1
    else this.nextOf[this.newest[district]! - 1] = row + 1
    this.newest[district] = row + 1

    const slot = district * RECENT + (this.placed[district]! % RECENT)
    this.placed[district]!++
    this.recentLine[slot] = firstLine
    this.recentLines[slot] = lines
    this.itemsAt = slot * MAX_LINES
    this.lastRow[customer] = row + 1
  }

  /** Finds the oldest undelivered order of a district and makes it delivered; false if there is none. */
  deliver(district: number): boolean {
    const initial = this.initialUndelivered[district]!
    if (initial > 0) {
      this.initialUndelivered[district] = initial - 1
      this.findInitial(district, ORDERS - initial)
      this.newOrderRow = district * this.newOrderRows.districtStride + UNDELIVERED - initial
      return true
    }
    const oldest = this.oldest[district]!
    if (oldest === 0) return false
    this.oldest[district] = this.nextOf[oldest - 1]!
    this.newOrderRow = this.newOrderRowOf[oldest - 1]!
    this.find(oldest - 1)
    return true
  }

  /** Finds the last order of a customer. If its row was overwritten since, that is the order which lies there now. */
  lastOf(district: number, customer: number): void {
    const last = this.lastRow[district * CUSTOMERS + customer]!
    if (last > 0) this.find(last - 1)
    else this.findInitial(district, this.patternOrder[(district % PATTERNS) * CUSTOMERS + customer]!)
  }

  /** Finds the lines and items of one of a district's last RECENT orders, 0 is the oldest of them. */
  recent(district: number, index: number): void {
    const order = this.placed[district]! - RECENT + index
    if (order < 0) {
      this.findInitial(district, ORDERS + order)
    } else {
      const slot = district * RECENT + (order % RECENT)
      this.firstLine = this.recentLine[slot]!
      this.lines = this.recentLines[slot]!
      this.itemsAt = slot * MAX_LINES
    }
  }

  /** The item of a line of an initial order: uniform (clause 4.3.3.1), a fixed function of the line's row. */
  initialItem(line: number): number {
    // MurmurHash3's finalizer over the line number.
    let hash = line ^ this.itemSalt
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
    return Math.floor((hash >>> 0) * ITEMS * 2 ** -32)
  }

  private find(row: number): void {
    this.row = row
    this.firstLine = this.firstLineOf[row]!
    this.lines = this.linesOf[row]!
    this.customer = this.customerOf[row]!
  }

  private findInitial(district: number, order: number): void {
    const pattern = district % PATTERNS
    const line = this.patternLine[pattern * (ORDERS + 1) + order]!
    this.row = district * this.orderRows.districtStride + order
    this.firstLine = district * this.lineRows.districtStride + line
    this.lines = this.patternLine[pattern * (ORDERS + 1) + order + 1]! - line
    this.customer = district * CUSTOMERS + this.patternCustomer[pattern * ORDERS + order]!
    this.itemsAt = -1
  }

  /**
   * The order in a row about to be overwritten will never be delivered. Rows of a district are overwritten in the order
   * they were placed, so an undelivered one is its district's oldest.
   */
  private forget(row: number): void {
    if (this.linesOf[row] !== 0) {
      const district = Math.floor(this.customerOf[row]! / CUSTOMERS)
      if (this.oldest[district] === row + 1) this.oldest[district] = this.nextOf[row]!
      return
    }
    const { districtStride } = this.orderRows
    const district = Math.floor(row / districtStride)
    if (district >= this.initialUndelivered.length) return // room for growth, used for the first time
    if (row - district * districtStride === ORDERS - this.initialUndelivered[district]!)
      this.initialUndelivered[district]!--
  }

  /** 5..15 lines each, in pairs that add up to 20, so that every district has exactly 30,000; customers in random order. */
  private drawPattern(pattern: number, rng: Rng): void {
    const order = new Uint16Array(ORDERS)
    const lines = new Uint8Array(ORDERS)
    shuffled(order, rng)
    for (let i = 0; i < ORDERS; i += 2) {
      lines[order[i]!] = rng.between(MIN_LINES, MAX_LINES)
      lines[order[i + 1]!] = (2 * ORDER_LINES) / ORDERS - lines[order[i]!]!
    }
    const first = this.patternLine.subarray(pattern * (ORDERS + 1))
    for (let o = 0; o < ORDERS; o++) first[o + 1] = first[o]! + lines[o]!
    const customers = this.patternCustomer.subarray(pattern * ORDERS, (pattern + 1) * ORDERS)
    shuffled(customers, rng)
    for (let o = 0; o < ORDERS; o++) this.patternOrder[pattern * CUSTOMERS + customers[o]!] = o
  }
}
