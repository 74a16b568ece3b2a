import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../../engine/rng.ts'
import { InsertPoints } from '../../workloads/tpcc-inserts.ts'
import { initialPages, layout } from '../../workloads/tpcc-layout.ts'
import { Orders } from '../../workloads/tpcc-orders.ts'

const ONE = layout(initialPages(1) + 40, 1)

test('a heap appends behind the initial rows and then overwrites the first ones', () => {
  const points = new InsertPoints(ONE, 'orders', 'heap')
  assert.equal(points.districtStride, 3000)
  for (let row = 30_000; row < points.capacity; row++) assert.equal(points.place(row % 10, 1, true), row)
  assert.equal(points.place(3, 1, true), 0)
})

test('clustered rows go behind those of their district', () => {
  const points = new InsertPoints(ONE, 'orders', 'clustered')
  const stride = points.districtStride
  assert.ok(stride > 3000)
  assert.equal(points.place(4, 1, true), 4 * stride + 3000)
  assert.equal(points.place(0, 1, true), 3000)
  assert.equal(points.place(4, 1, true), 4 * stride + 3001)
})

test('a place that is not kept is given again', () => {
  const points = new InsertPoints(ONE, 'order_line', 'heap')
  assert.equal(points.place(0, 9, false), points.place(1, 5, true))
})

test("an order's lines stay together where the room ends", () => {
  const points = new InsertPoints(ONE, 'order_line', 'heap')
  const room = points.capacity - 300_000
  points.place(0, room - 4, true)
  assert.equal(points.place(0, 5, true), 0)
})

test('initial orders: 3,000 a district, 5 to 15 lines, 30,000 in all, every customer once, the last 900 undelivered', () => {
  const orders = new Orders(ONE, 'heap', new Rng(1))
  for (let district = 0; district < 10; district++) {
    const customers = new Set<number>()
    let lines = 0
    for (let customer = 0; customer < 3000; customer++) {
      orders.lastOf(district, customer)
      assert.equal(orders.customer, district * 3000 + customer)
      assert.ok(orders.lines >= 5 && orders.lines <= 15)
      assert.ok(orders.row >= district * 3000 && orders.row < (district + 1) * 3000)
      customers.add(orders.row)
      lines += orders.lines
    }
    assert.equal(customers.size, 3000)
    assert.equal(lines, 30_000)
    for (let o = 2100; o < 3000; o++) {
      assert.ok(orders.deliver(district))
      assert.equal(orders.row, district * 3000 + o)
      assert.equal(orders.newOrderRow, district * 900 + o - 2100)
    }
    assert.ok(!orders.deliver(district))
  }
})

test('initial items are spread evenly over all items', () => {
  const orders = new Orders(ONE, 'heap', new Rng(1))
  const tenths = new Float64Array(10)
  for (let line = 0; line < 100_000; line++) tenths[Math.floor(orders.initialItem(line) / 10_000)]!++
  for (const count of tenths) assert.ok(Math.abs(count - 10_000) < 500, `${tenths}`)
})

/** What Orders promises, written down with lists and maps. An order is [row, newOrderRow, firstLine, lines, customer]. */
class NaiveOrders {
  private readonly undelivered: number[][][] = []
  private readonly recent: number[][][] = []
  private readonly last = new Map<number, number[]>()
  private readonly inRow = new Map<number, number[]>()

  constructor(districts: number) {
    for (let d = 0; d < districts; d++) {
      this.undelivered.push([])
      this.recent.push([])
    }
  }

  /** A placed order, or an initial one. */
  add(district: number, order: number[], isUndelivered: boolean): void {
    const overwritten = this.inRow.get(order[0]!)
    for (const queue of this.undelivered) {
      const at = overwritten === undefined ? -1 : queue.indexOf(overwritten)
      if (at >= 0) queue.splice(at, 1)
    }
    this.inRow.set(order[0]!, order)
    if (isUndelivered) this.undelivered[district]!.push(order)
    this.recent[district]!.push(order)
    this.recent[district]!.splice(0, this.recent[district]!.length - 20)
    this.last.set(order[4]!, order)
  }

  deliver(district: number): number[] | undefined {
    return this.undelivered[district]!.shift()
  }

  recentOf(district: number): number[][] {
    return this.recent[district]!
  }

  /** The customer's last order, while its row still holds it. */
  lastOf(customer: number): number[] | undefined {
    const order = this.last.get(customer)!
    return this.inRow.get(order[0]!) === order ? order : undefined
  }
}

for (const inserts of ['heap', 'clustered']) {
  test(`${inserts} orders agree with a naive model through several rounds of overwriting`, () => {
    const place = layout(initialPages(1) + 20, 1)
    const orders = new Orders(place, inserts, new Rng(1))
    const naive = new NaiveOrders(10)
    const rng = new Rng(2)
    const now = (): number[] => [orders.row, orders.newOrderRow, orders.firstLine, orders.lines, orders.customer]
    // Initial orders, read from a twin whose deliveries do not matter: an order is told by its row.
    const twin = new Orders(place, inserts, new Rng(1))
    for (let district = 0; district < 10; district++) {
      const byRow: number[][] = []
      for (let customer = 0; customer < 3000; customer++) {
        twin.lastOf(district, customer)
        byRow.push([twin.row, -1, twin.firstLine, twin.lines, twin.customer])
      }
      byRow.sort((a, b) => a[0]! - b[0]!)
      byRow.forEach((order, o) => {
        if (o >= 2100) {
          twin.deliver(district)
          order[1] = twin.newOrderRow
        }
        naive.add(district, order, o >= 2100)
      })
    }

    for (let step = 0; step < 130_000; step++) {
      const district = rng.below(10)
      const draw = rng.below(20)
      if (draw < 15) {
        const customer = district * 3000 + rng.below(3000)
        orders.place(district, customer, rng.between(5, 15), draw > 0)
        if (draw > 0) naive.add(district, now(), true)
        orders.items.fill(step, orders.itemsAt, orders.itemsAt + orders.lines)
      } else if (draw < 18) {
        const expected = naive.deliver(district)
        const isFound = orders.deliver(district)
        assert.equal(isFound, expected !== undefined, `step ${step}`)
        if (isFound) assert.deepEqual(now(), expected, `step ${step}`)
      } else if (draw === 18) {
        const customer = rng.below(3000)
        orders.lastOf(district, customer)
        const expected = naive.lastOf(district * 3000 + customer)
        if (expected)
          assert.deepEqual([orders.row, orders.firstLine, orders.lines], [expected[0], expected[2], expected[3]])
      } else {
        naive.recentOf(district).forEach((expected, index) => {
          orders.recent(district, index)
          assert.deepEqual([orders.firstLine, orders.lines], [expected[2], expected[3]], `step ${step}`)
          if (orders.itemsAt < 0) return
          const items = orders.items.subarray(orders.itemsAt, orders.itemsAt + orders.lines)
          assert.ok(
            items.every(item => item === items[0]),
            `step ${step}: items of one order`,
          )
        })
      }
    }
  })
}
