// What the database reads: a sequence of accesses, one file page each. Sources expand larger requests themselves.
//
// Blocks are allocated once and refilled, so that a trace of any length needs no more memory than a short one.

import { assert } from './errors.ts'

export const OP_READ = 0
export const OP_WRITE = 1

/** The least a block holds; every source's largest indivisible step must fit (a TPC-C-like transaction needs under 1,024). */
export const MIN_BLOCK_ACCESSES = 4096
/** Large blocks let each stage run long with its own tables in the CPU's caches; beyond this the gain ends. */
export const MAX_BLOCK_ACCESSES = 2 ** 20

/** A reusable block of accesses, one column per field. Access i is (op[i], page[i]). */
export class TraceBlock {
  readonly capacity: number
  readonly op: Uint8Array
  readonly page: Int32Array
  length = 0

  constructor(capacity: number = MIN_BLOCK_ACCESSES) {
    this.capacity = capacity
    this.op = new Uint8Array(capacity)
    this.page = new Int32Array(capacity)
  }
}

/** Writes the next accesses into a block the caller owns and sets its length; returns that length, 0 at the end. */
export interface TraceSource {
  fill(block: TraceBlock): number
}

/** Consecutive file pages with a name, such as a relation; up to the first page of the next group. */
export interface PageGroup {
  readonly name: string
  readonly firstPage: number
}

/** Identifies a trace: 64 bits over every access in order. Not cryptographic. */
export class TraceHash {
  private low = 0x811c9dc5 | 0
  private high = 0x9e3779b9 | 0

  /** Adds accesses from..to-1 of the block. */
  update(block: TraceBlock, from: number, to: number): void {
    assert(from >= 0 && to <= block.length, `hash of ${from}..${to} of ${block.length} accesses`)
    const { op, page } = block
    let low = this.low
    let high = this.high
    for (let i = from; i < to; i++) {
      // Two multiply-and-xor chains with different odd factors (FNV's prime, and MurmurHash3's c1).
      const word = page[i] ^ (op[i] << 31)
      low = Math.imul(low ^ word, 0x01000193)
      low ^= low >>> 15
      high = Math.imul(high ^ word, 0xcc9e2d51)
      high ^= high >>> 13
    }
    this.low = low
    this.high = high
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return [this.high, this.low].map(word => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }
}
