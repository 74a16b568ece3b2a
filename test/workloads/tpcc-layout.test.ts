import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultWarehouses, initialPages, layout } from '../../workloads/tpcc-layout.ts'
import { file, MIB } from './accesses.ts'

test('250 warehouses have 16,828 MiB of pages before growth', () => {
  assert.equal(initialPages(250), 6 + 59 + 1_250_000 + 84_270 + 44_118 + 4395 + 1_000_000 + 1_923_077 + 2041)
  assert.equal(Math.round((initialPages(250) * 4096) / MIB), 16_828)
})

test('nine tenths of 16 GiB hold 219 warehouses', () => {
  assert.equal(defaultWarehouses(file(16 * 1024 * MIB).filePages), 219)
})

test('a file that holds one warehouse, but not in nine tenths, gets one', () => {
  assert.equal(defaultWarehouses(initialPages(1)), 1)
  assert.equal(defaultWarehouses(initialPages(2) + 1000), 1)
})

test('rows never straddle pages: as many fit as the spec sizes allow', () => {
  const { relations } = layout(initialPages(1), 1)
  const perPage = Object.fromEntries(relations.map(relation => [relation.name, relation.perPage]))
  assert.deepEqual(perPage, {
    warehouse: 46,
    district: 43,
    customer: 6,
    history: 89,
    orders: 170,
    new_order: 512,
    order_line: 75,
    stock: 13,
    item: 49,
  })
})

test('relations lie one after another, and the growing ones share what is left', () => {
  for (const [warehouses, filePages] of [
    [219, 4_194_304],
    [1, initialPages(1)],
    [3, initialPages(3) + 1000],
  ] as const) {
    const { relations, of } = layout(filePages, warehouses)
    let page = 0
    for (const { firstPage, pages, perPage, initialRows } of relations) {
      assert.equal(firstPage, page)
      assert.ok(pages * perPage >= initialRows)
      page += pages
    }
    assert.ok(page <= filePages && page > filePages - 9, `${page} of ${filePages}`)
    const growth = (name: keyof typeof of): number => of[name].pages * of[name].perPage - of[name].initialRows
    // Ten lines per order, to a page's rows of rounding on either side.
    assert.ok(Math.abs(growth('order_line') - 10 * growth('orders')) <= 2 * 10 * 170)
  }
})

test('one warehouse in 8 TiB leaves what a hundred million transactions cannot fill', () => {
  const { relations, of } = layout(2 ** 31, 1)
  assert.ok(of.orders.pages * of.orders.perPage < 50e6)
  assert.ok(relations.every(({ pages, perPage }) => pages * perPage < 2 ** 31))
})

test('row numbers of the largest database stay below 2^31', () => {
  const { relations } = layout(2 ** 31, 5000)
  assert.ok(relations.every(({ pages, perPage }) => pages * perPage < 2 ** 31))
})
