// The seeded generator: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, 32-bit integer steps only,
// so that a seed gives the same numbers on every machine and Node version.

/** A stream of uniform 32-bit numbers. Two streams with the same seed are equal. */
export class Rng {
  private a: number
  private b: number
  private c: number
  private counter = 1

  /** `seed`: any integer from 0 to 2^53-1. */
  constructor(seed: number) {
    this.a = 0
    this.b = seed | 0
    this.c = Math.floor(seed / 2 ** 32) | 0
    for (let i = 0; i < 15; i++) this.next() // PractRand's own seeding mixes 12 times or more
  }

  /** Uniform in [0, 2^32), as a non-negative number. */
  next(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (this.c << 21) | (this.c >>> 11)
    this.c = (this.c + t) | 0
    return t >>> 0
  }

  /** Uniform in [0, bound), bound up to 2^31. Multiply and shift: the bias is below bound / 2^32. */
  below(bound: number): number {
    return Math.floor(this.next() * bound * 2 ** -32)
  }

  /** Uniform in [low, high], both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** An independent stream named by `key` (below 2^20); takes one number from this one. */
  split(key: number): Rng {
    return new Rng(this.next() * 2 ** 20 + (key & 0xfffff))
  }
}
