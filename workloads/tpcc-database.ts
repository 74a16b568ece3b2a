// The database of the TPC-C-like order system: its rows, where they lie, and the constants behind its skew. All processes
// work on the same one.

import type { Rng } from '../engine/rng.ts'
import { drawConstants, type NurandConstants } from './nurand.ts'
import { InsertPoints } from './tpcc-inserts.ts'
import { type Layout, layout } from './tpcc-layout.ts'
import { CustomerNames } from './tpcc-names.ts'
import { Orders } from './tpcc-orders.ts'
import { stockPositions } from './tpcc-stock.ts'
import type { ParamValues } from './workload.ts'

/** What all processes share: the rows and where they are. Transactions of one are seen by the others. */
export interface Database {
  readonly place: Layout
  readonly warehouses: number
  /** Clause 2.1.6.1 wants the same for all terminals. */
  readonly constants: NurandConstants
  readonly names: CustomerNames
  readonly orders: Orders
  readonly stockPosition: Int32Array | null
  readonly historyRows: InsertPoints
}

export function openDatabase(filePages: number, params: ParamValues, rng: Rng): Database {
  const warehouses = Number(params.warehouses)
  const place = layout(filePages, warehouses)
  const constants = drawConstants(rng.split(0))
  return {
    place,
    warehouses,
    constants,
    names: new CustomerNames(constants.nameLoad, constants.nameRun, rng.split(1)),
    orders: new Orders(place, String(params.inserts), rng.split(2)),
    stockPosition: stockPositions(String(params['stock-order']), constants.item, rng.split(3)),
    historyRows: new InsertPoints(place, 'history', 'heap'), // HISTORY has no key
  }
}
