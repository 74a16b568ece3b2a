// A TPC-C-like order system: the database job whose buffer pool the program is about. Derived from TPC-C, not TPC-C:
// the accesses follow the five transactions of the specification (revision 5.11, clauses 2.4 to 2.8), its mix and its
// skew, and nothing is timed or priced.
//
// One access to a row is one access to its page. Transactions run one after another, each for a uniformly drawn
// warehouse and district; several processes work on one set of rows, a block of whole transactions at a time.
// Left out: indexes, think times, interleaved transactions, locks, the undo of a rollback.
// Over 300 lines because five transactions share their pages, and a hot loop its fields.

import type { Rng } from '../engine/rng.ts'
import { OP_READ, OP_WRITE, type TraceBlock } from '../engine/trace.ts'
import type { Geometry } from '../engine/window.ts'
import { CUSTOMER_OR, ITEM_OR, type NurandConstants, nurand } from './nurand.ts'
import { resolveParams } from './params.ts'
import { type Database, openDatabase } from './tpcc-database.ts'
import { INSERT_KINDS, type InsertPoints } from './tpcc-inserts.ts'
import {
  CUSTOMER_PER_PAGE,
  CUSTOMERS,
  DISTRICT_PER_PAGE,
  DISTRICTS,
  defaultWarehouses,
  HISTORY_PER_PAGE,
  ITEM_PER_PAGE,
  ITEMS,
  layout,
  MAX_WAREHOUSES,
  NEW_ORDER_PER_PAGE,
  ORDER_LINE_PER_PAGE,
  ORDER_PER_PAGE,
  STOCK_PER_PAGE,
  WAREHOUSE_PER_PAGE,
} from './tpcc-layout.ts'
import type { CustomerNames } from './tpcc-names.ts'
import { MAX_LINES, MIN_LINES, type Orders, RECENT } from './tpcc-orders.ts'
import { STOCK_ORDERS } from './tpcc-stock.ts'
import type { DatabaseSource, ParamValues, Workload } from './workload.ts'

const PARAMS = {
  warehouses: {
    kind: 'number',
    default: null,
    min: 1,
    max: MAX_WAREHOUSES,
    integer: true,
    help: 'size of the database; by default as many as fill nine tenths of the file',
  },
  'stock-order': {
    kind: 'word',
    default: 'key',
    words: STOCK_ORDERS,
    help: "order of a warehouse's STOCK rows: by item, random, or hottest first",
  },
  inserts: {
    kind: 'word',
    default: 'heap',
    words: INSERT_KINDS,
    help: 'new orders go to one tail per relation, or to one place per district',
  },
} as const

/** Stock-Level: its district, 20 orders of at most 15 lines, and as many STOCK rows. */
const MAX_TRANSACTION = 1 + 2 * RECENT * MAX_LINES

class TpccSource implements DatabaseSource {
  private readonly database: Database
  private readonly rng: Rng
  private readonly warehouses: number
  private readonly constants: NurandConstants
  private readonly names: CustomerNames
  private readonly orders: Orders
  private readonly historyRows: InsertPoints
  private readonly stockPosition: Int32Array | null
  // First pages of the relations that do not begin the file.
  private readonly districtPage: number
  private readonly customerPage: number
  private readonly historyPage: number
  private readonly orderPage: number
  private readonly newOrderPage: number
  private readonly linePage: number
  private readonly stockPage: number
  private readonly itemPage: number
  /** Stock-Level's distinct items, and a bit for each of them: 12.5 KB, which the L1 cache holds. */
  private readonly distinct = new Int32Array(RECENT * MAX_LINES)
  private readonly isMet = new Int32Array(ITEMS / 32)

  constructor(database: Database, rng: Rng) {
    const { place } = database
    this.database = database
    this.rng = rng
    this.warehouses = database.warehouses
    this.constants = database.constants
    this.names = database.names
    this.orders = database.orders
    this.stockPosition = database.stockPosition
    this.historyRows = database.historyRows
    this.districtPage = place.of.district.firstPage
    this.customerPage = place.of.customer.firstPage
    this.historyPage = place.of.history.firstPage
    this.orderPage = place.of.orders.firstPage
    this.newOrderPage = place.of.new_order.firstPage
    this.linePage = place.of.order_line.firstPage
    this.stockPage = place.of.stock.firstPage
    this.itemPage = place.of.item.firstPage
  }

  /** Terminals of the same system: its new orders are among those that the others deliver and read. */
  another(rng: Rng): DatabaseSource {
    return new TpccSource(this.database, rng)
  }

  /** Whole transactions, as many as surely fit. */
  fill(block: TraceBlock): number {
    const { op, page } = block
    let n = 0
    while (n <= block.capacity - MAX_TRANSACTION) {
      // Clause 5.2.3 asks for at least 43, 4, 4 and 4 per cent of all but New-Order.
      const draw = this.rng.below(100)
      const warehouse = this.rng.below(this.warehouses)
      const district = warehouse * DISTRICTS + this.rng.below(DISTRICTS)
      if (draw < 45) n = this.newOrder(op, page, n, warehouse, district)
      else if (draw < 88) n = this.payment(op, page, n, warehouse, district)
      else if (draw < 92) n = this.orderStatus(op, page, n, district)
      else if (draw < 96) n = this.delivery(op, page, n, warehouse)
      else n = this.stockLevel(op, page, n, warehouse, district)
    }
    block.length = n
    return n
  }

  /** Clause 2.4.2. */
  private newOrder(op: Uint8Array, page: Int32Array, at: number, warehouse: number, district: number): number {
    const { rng, orders, constants, stockPosition, stockPage, itemPage } = this
    const customer = district * CUSTOMERS + nurand(rng, CUSTOMER_OR, 1, CUSTOMERS, constants.customer) - 1
    const lines = rng.between(MIN_LINES, MAX_LINES)
    const isRolledBack = rng.below(100) === 0 // clause 2.4.1.4
    let n = at
    op[n] = OP_READ
    page[n++] = (warehouse / WAREHOUSE_PER_PAGE) | 0
    op[n] = OP_WRITE
    page[n++] = this.districtPage + ((district / DISTRICT_PER_PAGE) | 0)
    op[n] = OP_READ
    page[n++] = this.customerPage + ((customer / CUSTOMER_PER_PAGE) | 0)
    orders.place(district, customer, lines, !isRolledBack)
    op[n] = OP_WRITE
    page[n++] = this.orderPage + ((orders.row / ORDER_PER_PAGE) | 0)
    op[n] = OP_WRITE
    page[n++] = this.newOrderPage + ((orders.newOrderRow / NEW_ORDER_PER_PAGE) | 0)

    const { items, itemsAt } = orders
    const bought = isRolledBack ? lines - 1 : lines // the last item does not exist
    let linePage = this.linePage + ((orders.firstLine / ORDER_LINE_PER_PAGE) | 0)
    let slot = orders.firstLine % ORDER_LINE_PER_PAGE
    for (let i = 0; i < bought; i++) {
      const item = nurand(rng, ITEM_OR, 1, ITEMS, constants.item) - 1
      const supplier = rng.below(100) === 0 ? this.otherThan(warehouse) : warehouse // clause 2.4.1.5
      const position = stockPosition === null ? item : stockPosition[item]!
      items[itemsAt + i] = item
      op[n] = OP_READ
      page[n++] = itemPage + ((item / ITEM_PER_PAGE) | 0)
      op[n] = OP_WRITE
      page[n++] = stockPage + (((supplier * ITEMS + position) / STOCK_PER_PAGE) | 0)
      op[n] = OP_WRITE
      page[n++] = linePage
      if (++slot === ORDER_LINE_PER_PAGE) {
        slot = 0
        linePage++
      }
    }
    return n
  }

  /** Clause 2.5.2. */
  private payment(op: Uint8Array, page: Int32Array, at: number, warehouse: number, district: number): number {
    const { rng } = this
    let n = at
    op[n] = OP_WRITE
    page[n++] = (warehouse / WAREHOUSE_PER_PAGE) | 0
    op[n] = OP_WRITE
    page[n++] = this.districtPage + ((district / DISTRICT_PER_PAGE) | 0)
    const isRemote = rng.below(100) < 15 && this.warehouses > 1 // clause 2.5.1.2
    const theirs = isRemote ? this.otherThan(warehouse) * DISTRICTS + rng.below(DISTRICTS) : district
    n = this.customer(op, page, n, theirs, OP_WRITE)
    op[n] = OP_WRITE
    page[n++] = this.historyPage + ((this.historyRows.place(district, 1, true) / HISTORY_PER_PAGE) | 0)
    return n
  }

  /** Clause 2.6.2. */
  private orderStatus(op: Uint8Array, page: Int32Array, at: number, district: number): number {
    let n = this.customer(op, page, at, district, OP_READ)
    this.orders.lastOf(district, this.found)
    op[n] = OP_READ
    page[n++] = this.orderPage + ((this.orders.row / ORDER_PER_PAGE) | 0)
    return this.lines(op, page, n, OP_READ)
  }

  /** Clause 2.7.4, for all ten districts of the warehouse; one without undelivered orders is skipped. */
  private delivery(op: Uint8Array, page: Int32Array, at: number, warehouse: number): number {
    const { orders } = this
    let n = at
    for (let district = warehouse * DISTRICTS; district < (warehouse + 1) * DISTRICTS; district++) {
      if (!orders.deliver(district)) continue
      op[n] = OP_WRITE
      page[n++] = this.newOrderPage + ((orders.newOrderRow / NEW_ORDER_PER_PAGE) | 0)
      op[n] = OP_WRITE
      page[n++] = this.orderPage + ((orders.row / ORDER_PER_PAGE) | 0)
      n = this.lines(op, page, n, OP_WRITE)
      op[n] = OP_WRITE
      page[n++] = this.customerPage + ((orders.customer / CUSTOMER_PER_PAGE) | 0)
    }
    return n
  }

  /** Clause 2.8.2: the lines of the last orders, then the STOCK rows of their items, each once. */
  private stockLevel(op: Uint8Array, page: Int32Array, at: number, warehouse: number, district: number): number {
    const { orders, distinct, isMet, stockPosition, stockPage } = this
    const { items } = orders
    isMet.fill(0)
    let count = 0
    let n = at
    op[n] = OP_READ
    page[n++] = this.districtPage + ((district / DISTRICT_PER_PAGE) | 0)
    for (let index = 0; index < RECENT; index++) {
      orders.recent(district, index)
      n = this.lines(op, page, n, OP_READ)
      const { lines, itemsAt, firstLine } = orders
      for (let i = 0; i < lines; i++) {
        const item = itemsAt < 0 ? orders.initialItem(firstLine + i) : items[itemsAt + i]!
        const word = isMet[item >> 5]!
        const bit = 1 << (item & 31)
        if ((word & bit) === 0) {
          isMet[item >> 5] = word | bit
          distinct[count++] = item
        }
      }
    }
    for (let i = 0; i < count; i++) {
      const item = distinct[i]!
      const position = stockPosition === null ? item : stockPosition[item]!
      op[n] = OP_READ
      page[n++] = stockPage + (((warehouse * ITEMS + position) / STOCK_PER_PAGE) | 0)
    }
    return n
  }

  /** The customer (within its district) that the last call of `customer` chose. */
  private found = 0

  /** 60 % by last name: all of that name are read and the middle one is chosen; 40 % by number. `chosen`: its op. */
  private customer(op: Uint8Array, page: Int32Array, at: number, district: number, chosen: number): number {
    const { rng, names, customerPage } = this
    const row = district * CUSTOMERS
    let n = at
    if (rng.below(100) >= 60) {
      // clauses 2.5.1.2 and 2.6.1.2
      this.found = nurand(rng, CUSTOMER_OR, 1, CUSTOMERS, this.constants.customer) - 1
      op[n] = chosen
      page[n++] = customerPage + (((row + this.found) / CUSTOMER_PER_PAGE) | 0)
      return n
    }
    const group = names.draw(district, rng)
    const first = names.first(group)
    const end = names.end(group)
    const middle = (first + end - 1) >> 1 // clause 2.5.2.2: position n/2 rounded up, from 1
    for (let i = first; i < end; i++) {
      op[n] = i === middle ? chosen : OP_READ
      page[n++] = customerPage + (((row + names.customers[i]!) / CUSTOMER_PER_PAGE) | 0)
    }
    this.found = names.customers[middle]!
    return n
  }

  /** The lines of the order found last. */
  private lines(op: Uint8Array, page: Int32Array, at: number, kind: number): number {
    const { firstLine, lines } = this.orders
    let linePage = this.linePage + ((firstLine / ORDER_LINE_PER_PAGE) | 0)
    let slot = firstLine % ORDER_LINE_PER_PAGE
    for (let n = at; n < at + lines; n++) {
      op[n] = kind
      page[n] = linePage
      if (++slot === ORDER_LINE_PER_PAGE) {
        slot = 0
        linePage++
      }
    }
    return at + lines
  }

  /** Another warehouse, all equally likely; the same one if there is no other. */
  private otherThan(warehouse: number): number {
    if (this.warehouses === 1) return warehouse
    const other = this.rng.below(this.warehouses - 1)
    return other < warehouse ? other : other + 1
  }
}

export const tpcc = {
  name: 'tpcc',
  summary: 'a TPC-C-like order system: nine relations, five transactions, skewed and growing',
  params: PARAMS,
  resolve(given: ParamValues, geometry: Geometry): ParamValues {
    const values = resolveParams('tpcc', PARAMS, given)
    const warehouses = Number(values.warehouses ?? defaultWarehouses(geometry.filePages))
    layout(geometry.filePages, warehouses) // refuses what the file cannot hold
    return { ...values, warehouses }
  },
  groups: (geometry: Geometry, params: ParamValues) => layout(geometry.filePages, Number(params.warehouses)).relations,
  open(geometry: Geometry, params: ParamValues, rng: Rng): DatabaseSource {
    const database = openDatabase(geometry.filePages, params, rng)
    return new TpccSource(database, rng.split(4))
  },
} as const satisfies Workload
