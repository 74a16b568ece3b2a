import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../../engine/rng.ts'
import { OP_READ, OP_WRITE, TraceBlock } from '../../engine/trace.ts'
import { ITEM_OR, NAME_DELTA, NAME_OR, nurandCounts } from '../../workloads/nurand.ts'
import { tpcc } from '../../workloads/tpcc.ts'
import { DISTRICTS, initialPages, layout } from '../../workloads/tpcc-layout.ts'
import { CustomerNames } from '../../workloads/tpcc-names.ts'
import type { ParamValues } from '../../workloads/workload.ts'
import { file, MIB, open, relationOfPage, take, visit } from './accesses.ts'
import { LruPool } from './lru-pool.ts'

const RELATIONS = ['warehouse', 'district', 'customer', 'history', 'orders', 'new_order', 'order_line', 'stock', 'item']

/** Reads and writes per relation, and how many transactions of each kind made them. */
function count(given: ParamValues, place = file(2048 * MIB), accesses = 3_000_000) {
  const { warehouses } = tpcc.resolve(given, place)
  const relationOf = relationOfPage(place, Number(warehouses))
  const reads = new Float64Array(RELATIONS.length)
  const writes = new Float64Array(RELATIONS.length)
  visit(open(tpcc, given, place), accesses, (page, op) => {
    ;(op === OP_WRITE ? writes : reads)[relationOf[page]!]!++
  })
  const of = (name: string, counts: Float64Array): number => counts[RELATIONS.indexOf(name)]!
  // Only New-Order reads WAREHOUSE, only Payment writes HISTORY, only Order-Status reads ORDER, only Stock-Level reads
  // DISTRICT, and a Delivery deletes ten rows of NEW-ORDER (no district runs dry here).
  const newOrders = of('warehouse', reads)
  const payments = of('history', writes)
  const orderStatuses = of('orders', reads)
  const deliveries = (of('new_order', writes) - newOrders) / 10
  const stockLevels = of('district', reads)
  const transactions = newOrders + payments + orderStatuses + deliveries + stockLevels
  return { reads, writes, of, newOrders, payments, orderStatuses, deliveries, stockLevels, transactions }
}

const RUN = count({})

test('the mix is 45 / 43 / 4 / 4 / 4', () => {
  const { newOrders, payments, orderStatuses, deliveries, stockLevels, transactions } = RUN
  const shares = [newOrders, payments, orderStatuses, deliveries, stockLevels].map(kind => kind / transactions)
  // Four standard deviations at 76,000 transactions are 0.0072 and 0.0028.
  const near = (share: number, expected: number, tolerance: number): boolean => Math.abs(share - expected) < tolerance
  assert.ok(near(shares[0]!, 0.45, 0.0072) && near(shares[1]!, 0.43, 0.0072), `${shares}`)
  assert.ok(
    shares.slice(2).every(share => near(share, 0.04, 0.0028)),
    `${shares}`,
  )
})

test('rows per transaction are those of the specification, 39.2 in all', () => {
  const expected = [0.88, 0.92, 1.54, 0.43, 0.89, 0.85, 16.9, 12.35, 4.5]
  let total = 0
  RELATIONS.forEach((name, i) => {
    const rows = (RUN.reads[i]! + RUN.writes[i]!) / RUN.transactions
    total += rows
    assert.ok(Math.abs(rows / expected[i]! - 1) < 0.03, `${name}: ${rows} against ${expected[i]}`)
  })
  assert.ok(Math.abs(total - 39.2) < 0.6, `${total}`)
})

test('what a transaction inserts, updates or deletes is written, the rest is read', () => {
  const { of, reads, writes, newOrders, payments, deliveries } = RUN
  assert.equal(of('warehouse', writes), payments)
  assert.equal(of('district', writes), newOrders + payments)
  assert.equal(of('customer', writes), payments + 10 * deliveries)
  assert.equal(of('history', reads), 0)
  assert.equal(of('orders', writes), newOrders + 10 * deliveries)
  assert.equal(of('new_order', reads), 0)
  assert.equal(of('item', writes), 0)
  assert.equal(of('stock', writes), of('item', reads))
})

test('60 % of the customers are looked up by name, 40 % by number', () => {
  const { of, reads, writes, newOrders, payments, orderStatuses, deliveries } = RUN
  const lookups = of('customer', reads) + of('customer', writes) - newOrders - 10 * deliveries
  const rows = lookups / (payments + orderStatuses)
  assert.ok(Math.abs(rows - (0.4 + 0.6 * fanOut(NAME_DELTA))) < 0.03, `${rows}`)
})

test('Stock-Level reads each item of the last 20 orders once', () => {
  const { of, reads, stockLevels } = RUN
  let distinct = 0
  for (const ways of nurandCounts(ITEM_OR, 1, 100_000, 0)) distinct += 1 - (1 - ways / 819_200_000) ** 200
  const rows = of('stock', reads) / stockLevels
  assert.ok(Math.abs(rows - distinct) < 1.5 && distinct < 197, `${rows} against ${distinct}`)
})

test('1 % of the New-Orders are rolled back: no last line, and their rows go to the next order', () => {
  const place = file(2048 * MIB)
  const { warehouses } = tpcc.resolve({}, place)
  const { of } = layout(place.filePages, Number(warehouses))
  const relationOf = relationOfPage(place, Number(warehouses))
  let before = ''
  let [orders, lines, last] = [0, 0, 0]
  const lineCounts = new Set<number>()
  const rowsOnPage = new Map<number, number>()
  visit(open(tpcc, {}, place), 3_000_000, (page, op) => {
    const name = RELATIONS[relationOf[page]!]!
    if (name === 'orders' && before === 'customer' && op === OP_WRITE) {
      lineCounts.add(lines)
      lines = 0
      orders++
      last = page - of.orders.firstPage
    } else if (name === 'order_line' && before === 'stock') {
      lines++
      rowsOnPage.set(page, (rowsOnPage.get(page) ?? 0) + 1)
    }
    before = name
  })
  assert.deepEqual(
    [...lineCounts].sort((a, b) => a - b),
    [0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  ) // 0: before the first
  // 34,000 orders: 340 rolled back, standard deviation 18; a page holds 170.
  const placed = last * of.orders.perPage - of.orders.initialRows
  assert.ok(Math.abs(placed - 0.99 * orders) < 170 + 4 * 18, `${placed} of ${orders}`)
  // Seven or eight orders a page: 92 of 100 pages saw none rolled back and were filled exactly once.
  const full = [...rowsOnPage.values()].filter(rows => rows === 75).length
  assert.ok(full / rowsOnPage.size > 0.88, `${full} of ${rowsOnPage.size}`)
})

/** Customers a lookup by name reads on average, from the exact distributions of names given and looked up. */
function fanOut(delta: number): number {
  const load = nurandCounts(NAME_OR, 0, 999, 0)
  const run = nurandCounts(NAME_OR, 0, 999, delta)
  let namesakes = 0
  load.forEach((count, name) => {
    namesakes += (count / 256_000) * (run[name]! / 256_000)
  })
  return 1 + 2000 * namesakes
}

test('a lookup by name reads 12.29 customers if the constants are equal, 2.96 if they are 100 apart', () => {
  assert.equal(fanOut(0).toFixed(2), '12.29')
  assert.equal(fanOut(100).toFixed(2), '2.96')
  assert.equal(fanOut(NAME_DELTA).toFixed(2), '1.79')
})

test('the shared name tables give the customers per lookup that the distributions promise', () => {
  for (const delta of [0, 85, 100]) {
    const names = new CustomerNames(20, 20 + delta, new Rng(4))
    const rng = new Rng(5)
    const draws = 200_000
    let found = 0
    for (let i = 0; i < draws; i++) {
      const group = names.draw(i, rng)
      const matches = names.end(group) - names.first(group)
      assert.ok(matches >= 1)
      found += matches
    }
    assert.ok(Math.abs(found / draws / fanOut(delta) - 1) < 0.02, `${delta}: ${found / draws}`)
  }
})

test('every district has each of its 3,000 customers under one name', () => {
  const names = new CustomerNames(20, 120, new Rng(4))
  for (let table = 0; table < 64; table++) {
    const customers = new Set(names.customers.subarray(table * 3000, (table + 1) * 3000))
    assert.equal(customers.size, 3000)
  }
})

test('one New-Order reads its warehouse and customer, then writes order, line and stock rows in the order of the spec', () => {
  const place = file(2048 * MIB)
  const relationOf = relationOfPage(place, Number(tpcc.resolve({}, place).warehouses))
  const kinds = take(open(tpcc, {}, place), 200_000).map(
    access => RELATIONS[relationOf[access >> 1]!]! + (access & 1 ? '+' : ''),
  )
  const text = kinds.join(' ')
  const newOrders =
    text.match(/warehouse district\+ customer orders\+ new_order\+( item stock\+ order_line\+){4,15}/g) ?? []
  assert.equal(newOrders.length, kinds.filter(kind => kind === 'warehouse').length)
  const payments = text.match(/warehouse\+ district\+( customer)* customer\+( customer)* history\+/g) ?? []
  assert.equal(payments.length, kinds.filter(kind => kind === 'history+').length)
})

test('15 % of the payments are for customers of another warehouse, 1 % of the lines from one', () => {
  const place = file(20 * 1024 * MIB)
  const { of } = layout(place.filePages, 250)
  const relationOf = relationOfPage(place, 250)
  let isPayment = false
  let home = 0
  let [lines, remoteLines, payments, remotePayments] = [0, 0, 0, 0]
  // A page of DISTRICT tells the warehouse to within 5; that hides 2 % of the remote accesses.
  const isRemote = (row: number): boolean => row < Math.floor(home) - 0.001 || row >= Math.floor(home + 4.2) + 1
  visit(open(tpcc, { warehouses: 250 }, place), 2_000_000, (page, op) => {
    const name = RELATIONS[relationOf[page]!]!
    if (name === 'warehouse') isPayment = op === OP_WRITE
    if (op === OP_READ) return
    if (name === 'district') {
      home = ((page - of.district.firstPage) * 43) / DISTRICTS
    } else if (name === 'stock') {
      lines++
      if (isRemote(((page - of.stock.firstPage) * 13) / 100_000)) remoteLines++
    } else if (name === 'customer' && isPayment) {
      isPayment = false // later writes are a Delivery's
      payments++
      if (isRemote(((page - of.customer.firstPage) * 6) / 30_000)) remotePayments++
    }
  })
  // Four standard deviations at 22,000 payments and 230,000 lines.
  assert.ok(Math.abs(remotePayments / payments - 0.15 * 0.98) < 0.0096, `${remotePayments / payments}`)
  assert.ok(Math.abs(remoteLines / lines - 0.01 * 0.98) < 0.0009, `${remoteLines / lines}`)
})

test('one warehouse, which has no other to turn to, makes as many accesses', () => {
  const one = count({ warehouses: 1 }, file(200 * MIB), 1_000_000)
  for (const name of ['customer', 'stock']) {
    const perTransaction = one.of(name, one.writes) / one.transactions
    assert.ok(Math.abs(perTransaction / (RUN.of(name, RUN.writes) / RUN.transactions) - 1) < 0.03, name)
  }
})

for (const inserts of ['heap', 'clustered']) {
  test(`${inserts}: with no room for growth at all, inserts wrap for ever and nothing leaves its relation`, () => {
    const place = { ...file(100 * MIB), filePages: initialPages(1) }
    const relationOf = relationOfPage(place, 1)
    const counts = new Float64Array(RELATIONS.length + 1)
    // Six rounds through ORDER, HISTORY and ORDER-LINE: 400,000 transactions.
    visit(open(tpcc, { inserts }, place), 16_000_000, page => {
      counts[relationOf[page]!]!++
    })
    assert.equal(counts[RELATIONS.length], 0)
    // The same rows per transaction as without wrapping, but for Deliveries that find orders overwritten.
    assert.ok(Math.abs(counts[3]! / counts[8]! / (0.43 / 4.5) - 1) < 0.02)
    assert.ok(Math.abs(counts[6]! / counts[8]! / (16.9 / 4.5) - 1) < 0.04)
  })
}

test('clustered orders go to a page of each district, heap orders to one page after another', () => {
  const place = file(2048 * MIB)
  const warehouses = Number(tpcc.resolve({}, place).warehouses)
  const relationOf = relationOfPage(place, warehouses)
  const pagesWritten = (inserts: string): number => {
    const seen = new Set<number>()
    let before = ''
    visit(open(tpcc, { inserts }, place), 80_000, page => {
      const name = RELATIONS[relationOf[page]!]!
      // A New-Order writes NEW-ORDER right after ORDER; a Delivery before.
      if (name === 'new_order' && before === 'orders') seen.add(page)
      before = name
    })
    return seen.size
  }
  assert.ok(pagesWritten('heap') <= 3) // 920 orders, 512 a page
  assert.ok(pagesWritten('clustered') > (warehouses * DISTRICTS) / 2) // a page may end one district and begin the next
})

test('blocks hold whole transactions and are nearly full', () => {
  const source = open(tpcc, {}, file(2048 * MIB))
  const block = new TraceBlock()
  for (let i = 0; i < 500; i++) {
    const length = source.fill(block)
    assert.equal(length, block.length)
    assert.ok(length > 4096 - 602 && length <= 4096, `${length}`)
  }
})

test('an LRU pool behaves as Leutenegger and Dias found for 20 warehouses: 25 % misses at 52 MB, 16 % at 104 MB', () => {
  const place = file(4096 * MIB)
  const source = open(tpcc, { warehouses: 20 }, place)
  const pools = [52, 104].map(mb => new LruPool(place.filePages, Math.floor((mb * 1e6) / 4096)))
  const block = new TraceBlock()
  let measured = 0
  for (let seen = 0; seen < 16_000_000; seen += block.length) {
    source.fill(block)
    const isMeasured = seen > 10_000_000
    for (const pool of pools) pool.run(block, isMeasured)
    if (isMeasured) measured += block.length
  }
  const ratios = pools.map(pool => pool.misses / measured)
  assert.ok(Math.abs(ratios[0]! - 0.253) < 0.006 && Math.abs(ratios[1]! - 0.156) < 0.006, `${ratios}`)
})
