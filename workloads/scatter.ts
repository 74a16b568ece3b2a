// A fixed random order of 0..count-1 that needs no table, so that neighbours in one order are strangers in the other.
//
// Mixing steps that each are one-to-one on words of just enough bits (odd multiplication, addition, xor with the own
// upper half); a result outside the range is mixed again until it is inside ("cycle walking", Black and Rogaway 2002).
// The words are at most twice the range, so that takes less than two rounds on average.

import { assert } from '../engine/errors.ts'
import type { Rng } from '../engine/rng.ts'

export class Scatter {
  private readonly count: number
  private readonly mask: number
  private readonly half: number
  private readonly add: number
  private readonly factor1: number
  private readonly factor2: number
  private readonly factor3: number

  /** `count`: 1 to 2^31. */
  constructor(count: number, rng: Rng) {
    assert(count >= 1 && count <= 2 ** 31, `scatter of ${count} numbers`)
    let bits = 2
    while (2 ** bits < count) bits++
    this.count = count
    this.mask = 2 ** bits - 1
    this.half = (bits + 1) >> 1
    this.add = rng.next() | 0
    this.factor1 = rng.next() | 1
    this.factor2 = rng.next() | 1
    this.factor3 = rng.next() | 1
  }

  /** Where `index` goes: one-to-one on 0..count-1. */
  at(index: number): number {
    const { mask, half } = this
    let word = index
    do {
      word = Math.imul(word + this.add, this.factor1) & mask
      word = Math.imul(word ^ (word >>> half), this.factor2) & mask
      word = Math.imul(word ^ (word >>> half), this.factor3) & mask
      word ^= word >>> half
    } while (word >= this.count)
    return word
  }
}
