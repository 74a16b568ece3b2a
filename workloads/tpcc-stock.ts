// In which order the STOCK rows of a warehouse lie: it decides how many hot rows share a page.
//
// key: by item number, as a clustered or freshly loaded table. hashed: in random order, as a hash-organised table.
// packed: hottest first, the best case that Leutenegger and Dias (SIGMOD 1993) describe. The order is the same in all
// warehouses; nobody accesses two warehouses' rows of one item together, so that changes no count.

import type { Rng } from '../engine/rng.ts'
import { ITEM_OR, nurandCounts } from './nurand.ts'
import { ITEMS } from './tpcc-layout.ts'
import { shuffled } from './tpcc-names.ts'

export const STOCK_ORDERS = ['key', 'hashed', 'packed'] as const

/**
 * Position of an item's row (items and positions from 0) among its warehouse's rows; null if it is the item's number,
 * which saves the default case a table that is larger than an L1 cache. `itemConstant`: C for OL_I_ID.
 */
export function stockPositions(order: string, itemConstant: number, rng: Rng): Int32Array | null {
  if (order === 'key') return null
  const position = new Int32Array(ITEMS)
  if (order === 'hashed') shuffled(position, rng)
  else hottestFirst(itemConstant, position)
  return position
}

function hottestFirst(itemConstant: number, position: Int32Array): void {
  const counts = nurandCounts(ITEM_OR, 1, ITEMS, itemConstant)
  // One number per item that sorts by count downwards, then by item: counts stay below 2^21, items below 2^17.
  const keys = counts.map((count, item) => (2 ** 21 - count) * 2 ** 17 + item)
  keys.sort()
  keys.forEach((key, rank) => {
    position[key % 2 ** 17] = rank
  })
}
