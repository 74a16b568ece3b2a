// NURand, the skewed distribution of TPC-C: clause 2.1.6 of the specification (revision 5.11).
//
// The OR of two uniform numbers has many one bits, so numbers with many one bits are drawn most often. The constant C
// rotates the values, so that loading and running can be given different hot spots without changing how skewed they are.
// Left out: nothing. The exact distribution is computed here too, for the stock order that packs hot rows together.

import type { Rng } from '../engine/rng.ts'

export const ITEM_OR = 8191 // clause 2.1.6: A for OL_I_ID, 1..100000
export const CUSTOMER_OR = 1023 // clause 2.1.6: A for C_ID, 1..3000
export const NAME_OR = 255 // clause 2.1.6: A for C_LAST, 0..999

/** NURand(a, low, high) with constant c in 0..a; `a` is a power of two minus one. */
export function nurand(rng: Rng, a: number, low: number, high: number, c: number): number {
  return (((rng.below(a + 1) | rng.between(low, high)) + c) % (high - low + 1)) + low
}

/**
 * How many of the (a+1)·(high-low+1) equally likely pairs give each value; entry 0 belongs to `low`. Exact.
 *
 * 1. Bits above `a` come from the second number alone, so the values fall into blocks of a+1 with common high bits.
 * 2. In a block, (first | rest) = t needs rest to be a submask of t, and leaves 2^(ones of rest) choices for `first`.
 * 3. Summing over all submasks of every t is one pass per bit, k·2^k steps instead of 4^k.
 */
export function nurandCounts(a: number, low: number, high: number, c: number): Float64Array {
  const span = high - low + 1
  const counts = new Float64Array(span)
  const ways = new Float64Array(a + 1)
  for (let block = low - (low & a); block <= high; block += a + 1) {
    for (let rest = 0; rest <= a; rest++) {
      ways[rest] = block + rest >= low && block + rest <= high ? 1 << ones(rest) : 0
    }
    for (let bit = 1; bit <= a; bit <<= 1) {
      for (let t = 0; t <= a; t++) if (t & bit) ways[t]! += ways[t ^ bit]!
    }
    for (let t = 0; t <= a; t++) counts[(block + t + c) % span]! += ways[t]!
  }
  return counts
}

/** The run-time constants of one database and one run; clause 2.1.6.1. */
export interface NurandConstants {
  readonly item: number
  readonly customer: number
  /** C for C_LAST while the database was loaded, and while it runs. */
  readonly nameLoad: number
  readonly nameRun: number
}

/**
 * How far apart the two constants for C_LAST are. It decides how many customers a lookup by name reads: on average from
 * 1.79 (at 85) to 3.87 (at 80). If it were drawn, seeds would differ by it more than by anything else.
 */
export const NAME_DELTA = 85 // guess: the specification allows 53 distances and prefers none

/** Clause 2.1.6.1: the distance must be 65..119, but neither 96 nor 112. */
export function isAllowedNameDelta(delta: number): boolean {
  return delta >= 65 && delta <= 119 && delta !== 96 && delta !== 112
}

export function drawConstants(rng: Rng): NurandConstants {
  const item = rng.below(ITEM_OR + 1)
  const customer = rng.below(CUSTOMER_OR + 1)
  const nameLoad = rng.below(NAME_OR + 1)
  const nameRun = nameLoad + NAME_DELTA <= NAME_OR ? nameLoad + NAME_DELTA : nameLoad - NAME_DELTA
  return { item, customer, nameLoad, nameRun }
}

function ones(word: number): number {
  let count = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) count++
  return count
}
