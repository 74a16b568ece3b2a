// Which customers of a district have a given last name (TPC-C clauses 4.3.2.3 and 4.3.3.1, 2.5.2.2).
//
// The first 1,000 customers of a district get the names 0..999, the others NURand(255, 0, 999). A lookup by name reads
// all customers of the name in the order of their first names, which are random. Left out: a population of its own for
// every district; districts share 64 of them, so that opening a large database takes no time.

import { assert } from '../engine/errors.ts'
import type { Rng } from '../engine/rng.ts'
import { NAME_OR, nurand } from './nurand.ts'
import { CUSTOMERS } from './tpcc-layout.ts'

const NAMES = 1000 // clause 4.3.2.3: three syllables out of ten
const TABLES = 64 // guess: enough that no single draw of the names matters

/** A transaction must fit into a trace block; the most common name has about 60 customers. */
const MAX_NAMESAKES = 400

export class CustomerNames {
  /** Customers (0..2999) grouped by name; those of name n in table t are from start[t·1001+n] to start[t·1001+n+1]-1. */
  readonly customers = new Uint16Array(TABLES * CUSTOMERS)
  private readonly start = new Uint32Array(TABLES * (NAMES + 1))
  private readonly runConstant: number

  /** `loadConstant` and `runConstant`: C for C_LAST when the names were given, and when they are looked up. */
  constructor(loadConstant: number, runConstant: number, rng: Rng) {
    this.runConstant = runConstant
    const name = new Uint16Array(CUSTOMERS)
    const byFirstName = new Uint16Array(CUSTOMERS) // the same in every table: only the order within a name matters
    shuffled(byFirstName, rng)
    for (let table = 0; table < TABLES; table++) {
      for (let c = 0; c < CUSTOMERS; c++) name[c] = c < NAMES ? c : nurand(rng, NAME_OR, 0, NAMES - 1, loadConstant)
      this.group(table, name, byFirstName)
    }
  }

  /** The start of the group of customers to look up in a district; `end(found)` is its end. */
  draw(district: number, rng: Rng): number {
    return (district % TABLES) * (NAMES + 1) + nurand(rng, NAME_OR, 0, NAMES - 1, this.runConstant)
  }

  /** Index into `customers` of the first one of a drawn group. */
  first(group: number): number {
    return this.start[group]!
  }

  /** Index into `customers` behind the last one of a drawn group, which has one member at least. */
  end(group: number): number {
    return this.start[group + 1]!
  }

  /** Counting sort by name that keeps the order of first names. */
  private group(table: number, name: Uint16Array, byFirstName: Uint16Array): void {
    const start = this.start.subarray(table * (NAMES + 1), (table + 1) * (NAMES + 1))
    for (const n of name) start[n + 1]!++
    let most = 0
    start[0] = table * CUSTOMERS
    for (let n = 1; n <= NAMES; n++) {
      most = Math.max(most, start[n]!)
      start[n]! += start[n - 1]!
    }
    assert(most <= MAX_NAMESAKES, `${most} customers of one name`)
    const next = start.slice()
    for (const c of byFirstName) this.customers[next[name[c]!]!++] = c
  }
}

/** Fills `order` with a random permutation of 0..length-1 (Fisher and Yates, inside out). */
export function shuffled(order: Uint16Array | Int32Array, rng: Rng): void {
  for (let i = 0; i < order.length; i++) {
    const j = rng.below(i + 1)
    order[i] = order[j]!
    order[j] = i
  }
}
