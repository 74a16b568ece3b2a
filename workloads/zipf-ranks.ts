// The zipf distribution over any number of ranks: rank k (from 1) is drawn with a probability in proportion to k^-theta.
//
// Exact, without a table as long as the file: the first ranks have a cell each; the others lie in bands whose last rank
// is at most a 64th beyond the first. A band is drawn as if all its ranks were as likely as its first one, and the
// surplus is rejected. Cells and bands share one alias table (Walker 1977, Vose 1991) that stays in the L1 cache.
//
// Math.pow, exp and log may differ in the last bit between V8 versions; only + - * / are bound by IEEE 754 (which
// ECMAScript requires). So power() is built from those, and the same seed gives the same ranks on every machine.

import { assert } from '../engine/errors.ts'
import type { Rng } from '../engine/rng.ts'

/** Ranks with a cell of their own: enough that a band's rounding up to whole ranks stays below a 64th. */
const HEAD_RANKS = 1024
const BAND = 64

export class ZipfRanks {
  private readonly theta: number
  private readonly cells: number
  private readonly keep: Int32Array
  private readonly alias: Int32Array
  /** Per cell its first rank (from 0), how many ranks it has, and the draw below which none of them is rejected. */
  private readonly first: Float64Array
  private readonly width: Float64Array
  private readonly sure: Float64Array

  /** `ranks`: 1 to 2^31; `theta`: 0 (uniform) or more. */
  constructor(ranks: number, theta: number) {
    assert(ranks >= 1 && ranks <= 2 ** 31 && theta >= 0, `zipf of ${ranks} ranks with theta ${theta}`)
    const firsts: number[] = []
    for (let rank = 0; rank < ranks; rank += rank < HEAD_RANKS ? 1 : Math.floor(rank / BAND)) firsts.push(rank)
    this.theta = theta
    this.cells = firsts.length
    this.first = Float64Array.from(firsts)
    this.width = this.first.map((rank, cell) => (firsts[cell + 1] ?? ranks) - rank)
    this.sure = this.first.map((rank, cell) =>
      this.width[cell] === 1 ? 2 ** 32 : Math.floor(this.likeness(rank, rank + this.width[cell]! - 1)),
    )
    const { keep, alias } = aliasTable(this.first.map((rank, cell) => this.width[cell]! * power(rank + 1, -theta)))
    this.keep = keep
    this.alias = alias
  }

  /** Fills `into` with ranks, from 0. */
  draw(rng: Rng, into: Int32Array): void {
    const { cells, keep, alias, first, width, sure } = this
    for (let i = 0; i < into.length; ) {
      const column = rng.below(cells)
      const other = alias[column]!
      // The column if the draw is below keep, else its alias, by a mask of all ones or none: a branch here would be
      // mispredicted too often.
      const cell = other ^ ((other ^ column) & (((rng.next() >>> 1) - keep[column]!) >> 31))
      // A rank with a cell of its own needs neither draw below, but the branch would cost more than they do.
      const rank = first[cell]! + rng.below(width[cell]!)
      const draw = rng.next()
      if (draw < sure[cell]! || draw < this.likeness(first[cell]!, rank)) into[i++] = rank
    }
  }

  /** How likely `rank` is compared with its band's first one, times 2^32. */
  private likeness(first: number, rank: number): number {
    return 2 ** 32 * power((first + 1) / (rank + 1), this.theta)
  }
}

/** Column i stands for itself if a 31-bit draw is below keep[i], else for alias[i]; a full one is its own alias. */
function aliasTable(weights: Float64Array): { keep: Int32Array; alias: Int32Array } {
  const n = weights.length
  let total = 0
  for (const weight of weights) total += weight
  const share = weights.map(weight => (weight * n) / total)
  const keep = new Int32Array(n).fill(2 ** 31 - 1)
  const alias = Int32Array.from(weights, (_, i) => i)
  const small: number[] = []
  const large: number[] = []
  for (let i = 0; i < n; i++) (share[i]! < 1 ? small : large).push(i)
  while (small.length > 0 && large.length > 0) {
    const giver = large.at(-1)!
    const taker = small.pop()!
    keep[taker] = Math.floor(share[taker]! * 2 ** 31)
    alias[taker] = giver
    share[giver]! -= 1 - share[taker]!
    if (share[giver]! < 1) small.push(large.pop()!)
  }
  return { keep, alias } // what is left over differs from 1 by rounding only, and keeps itself
}

/** base^exponent for base > 0 and a result within the range of doubles, the same bits on every machine. */
export function power(base: number, exponent: number): number {
  return exponential(exponent * logarithm(base))
}

/** 1. Halve or double into [1/√2, √2). 2. ln m = 2 artanh((m-1)/(m+1)), whose argument is below 0.172. */
function logarithm(x: number): number {
  let m = x
  let halvings = 0
  for (; m >= Math.SQRT2; m /= 2) halvings++
  for (; m < Math.SQRT1_2; m *= 2) halvings--
  const s = (m - 1) / (m + 1)
  let sum = 0
  for (let j = 23; j >= 1; j -= 2) sum = sum * s * s + 1 / j // the first term left out is below 0.172^24 / 25 < 2^-65
  return halvings * Math.LN2 + 2 * s * sum
}

/** 1. Take out whole multiples of ln 2. 2. The exponential series of the rest, which is below 0.35. 3. Double back. */
function exponential(y: number): number {
  const doublings = Math.floor(y / Math.LN2 + 0.5)
  const r = y - doublings * Math.LN2
  let result = 1
  for (let j = 16; j >= 1; j--) result = 1 + (result * r) / j // the first term left out is below 0.35^17 / 17! < 2^-73
  for (let n = doublings; n > 0; n--) result *= 2
  for (let n = doublings; n < 0; n++) result /= 2
  return result
}
