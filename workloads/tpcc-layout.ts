// Where the nine relations of a TPC-C-like database lie in the file.
//
// Cardinalities and row sizes are those of clause 4.2.2 of the TPC-C specification (revision 5.11). Rows are fixed-size
// and never straddle a 4K page. The relations lie one after another; behind each one that grows lies its room for growth.
// Left out: indexes, page and row headers, free space maps.

import { UsageError } from '../engine/errors.ts'
import { formatSize, PAGE_BYTES } from '../engine/units.ts'

export const DISTRICTS = 10 // per warehouse, clause 4.2.2
export const CUSTOMERS = 3000 // per district, clause 4.2.2
export const ORDERS = 3000 // per district at first, clause 4.3.3.1
export const UNDELIVERED = 900 // per district at first: the newest orders, clause 4.3.3.1
export const ORDER_LINES = 30_000 // per district at first: ten per order on average, clause 4.2.2
export const ITEMS = 100_000 // clause 4.2.2; also the STOCK rows per warehouse
const HISTORIES = 3000 // per district at first, clause 4.2.2

export const WAREHOUSE_PER_PAGE = rowsPerPage(89) // bytes per row, clause 4.2.2
export const DISTRICT_PER_PAGE = rowsPerPage(95) // clause 4.2.2
export const CUSTOMER_PER_PAGE = rowsPerPage(655) // clause 4.2.2
export const HISTORY_PER_PAGE = rowsPerPage(46) // clause 4.2.2
export const ORDER_PER_PAGE = rowsPerPage(24) // clause 4.2.2
export const NEW_ORDER_PER_PAGE = rowsPerPage(8) // clause 4.2.2
export const ORDER_LINE_PER_PAGE = rowsPerPage(54) // clause 4.2.2
export const STOCK_PER_PAGE = rowsPerPage(306) // clause 4.2.2
export const ITEM_PER_PAGE = rowsPerPage(82) // clause 4.2.2

/** Row numbers stay below 2^31 (ORDER-LINE: 300,000 rows a warehouse, and growth). */
export const MAX_WAREHOUSES = 5000
/** Room for growth beyond that many transactions stays unused: it bounds the memory that remembers orders. */
const MAX_GROWTH_TRANSACTIONS = 1e8
/** How much of the file the initial pages fill if the user does not say how many warehouses. */
const DEFAULT_FILL = 0.9 // guess: leaves 6 million transactions of growth in 16 GiB

const PAYMENT_SHARE = 0.43 // clause 5.2.3 (minimum)
const PLACED_SHARE = 0.45 * 0.99 // clauses 5.2.3 and 2.4.1.4: New-Orders that are not rolled back

/** In file order. `growth`: rows inserted per transaction. */
const RELATIONS = [
  { name: 'warehouse', perWarehouse: 1, fixed: 0, perPage: WAREHOUSE_PER_PAGE, growth: 0 },
  { name: 'district', perWarehouse: DISTRICTS, fixed: 0, perPage: DISTRICT_PER_PAGE, growth: 0 },
  { name: 'customer', perWarehouse: DISTRICTS * CUSTOMERS, fixed: 0, perPage: CUSTOMER_PER_PAGE, growth: 0 },
  { name: 'history', perWarehouse: DISTRICTS * HISTORIES, fixed: 0, perPage: HISTORY_PER_PAGE, growth: PAYMENT_SHARE },
  { name: 'orders', perWarehouse: DISTRICTS * ORDERS, fixed: 0, perPage: ORDER_PER_PAGE, growth: PLACED_SHARE },
  {
    name: 'new_order',
    perWarehouse: DISTRICTS * UNDELIVERED,
    fixed: 0,
    perPage: NEW_ORDER_PER_PAGE,
    growth: PLACED_SHARE,
  },
  {
    name: 'order_line',
    perWarehouse: DISTRICTS * ORDER_LINES,
    fixed: 0,
    perPage: ORDER_LINE_PER_PAGE,
    growth: 10 * PLACED_SHARE,
  },
  { name: 'stock', perWarehouse: ITEMS, fixed: 0, perPage: STOCK_PER_PAGE, growth: 0 },
  { name: 'item', perWarehouse: 0, fixed: ITEMS, perPage: ITEM_PER_PAGE, growth: 0 },
] as const

export type RelationName = (typeof RELATIONS)[number]['name']

export interface Relation {
  readonly name: RelationName
  readonly perPage: number
  readonly firstPage: number
  /** Initial pages and room for growth. */
  readonly pages: number
  readonly initialRows: number
}

export interface Layout {
  readonly warehouses: number
  readonly relations: readonly Relation[]
  readonly of: Readonly<Record<RelationName, Relation>>
}

/** Places the relations; the file must hold their initial pages. */
export function layout(filePages: number, warehouses: number): Layout {
  const spare = filePages - initialPages(warehouses)
  if (spare < 0) throw new UsageError(tooSmall(filePages, warehouses))
  let pagesPerTransaction = 0
  for (const { growth, perPage } of RELATIONS) pagesPerTransaction += growth / perPage
  const transactions = Math.min(spare / pagesPerTransaction, MAX_GROWTH_TRANSACTIONS)
  const relations: Relation[] = []
  let firstPage = 0
  for (const { name, perWarehouse, fixed, perPage, growth } of RELATIONS) {
    const initialRows = fixed + perWarehouse * warehouses
    const pages = Math.ceil(initialRows / perPage) + Math.floor((transactions * growth) / perPage)
    relations.push({ name, perPage, firstPage, pages, initialRows })
    firstPage += pages
  }
  const of = Object.fromEntries(relations.map(relation => [relation.name, relation])) as Record<RelationName, Relation>
  return { warehouses, relations, of }
}

/** Pages before any growth. */
export function initialPages(warehouses: number): number {
  let pages = 0
  for (const { perWarehouse, fixed, perPage } of RELATIONS)
    pages += Math.ceil((fixed + perWarehouse * warehouses) / perPage)
  return pages
}

/** The most warehouses whose initial pages fill no more than nine tenths of the file, but one if the file holds one. */
export function defaultWarehouses(filePages: number): number {
  if (filePages < initialPages(1)) throw new UsageError(tooSmall(filePages, 1))
  return Math.max(1, mostWarehouses(filePages * DEFAULT_FILL))
}

function mostWarehouses(pages: number): number {
  let low = 0
  let high = MAX_WAREHOUSES
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (initialPages(middle) <= pages) low = middle
    else high = middle - 1
  }
  return low
}

function tooSmall(filePages: number, warehouses: number): string {
  const file = formatSize(filePages * PAGE_BYTES)
  const needed = `${Math.ceil((initialPages(warehouses) * PAGE_BYTES) / 2 ** 20)}M`
  const most = mostWarehouses(filePages)
  if (most === 0) return `--file ${file}: too small for a TPC-C-like database; one warehouse needs ${needed}`
  return `--param warehouses=${warehouses}: needs ${needed}; --file ${file} holds at most ${most}`
}

function rowsPerPage(rowBytes: number): number {
  return Math.floor(PAGE_BYTES / rowBytes)
}
