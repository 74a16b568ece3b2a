// Loads that wait for one another, each in another page: what a translation that the TLB lacks adds to an access.
//
// A word in each page tells where the next one lies. The same number of cache lines side by side takes as long but for the
// pages; what they are taken from is the difference. The pages follow each other in an order that no prefetcher knows.

import { PAGE_BYTES } from '../units.ts'
import { scattered } from './price-sections.ts'

const LINE_WORDS = 64 / Int32Array.BYTES_PER_ELEMENT
const PAGE_WORDS = PAGE_BYTES / Int32Array.BYTES_PER_ELEMENT
export const HOPS = 2 ** 16

export class PageChase {
  private readonly words: Int32Array
  private readonly lines: number
  private readonly isPacked: boolean

  /** Through so many lines, a power of two: one in each page of `memory`, or side by side. */
  constructor(memory: Uint8Array, lines: number, isPacked: boolean) {
    this.words = new Int32Array(memory.buffer, memory.byteOffset, memory.length / Int32Array.BYTES_PER_ELEMENT)
    this.lines = lines
    this.isPacked = isPacked
  }

  /** Writes the words, and goes once around. */
  prepare(): void {
    const { words, lines } = this
    for (let i = 0; i < lines; i++) words[this.place(i)] = this.place((i + 1) & (lines - 1))
    this.run(lines)
  }

  /** So many loads; where they end. */
  run(hops: number): number {
    const { words } = this
    let at = 0
    for (let i = 0; i < hops; i++) at = words[at]!
    return at
  }

  private place(i: number): number {
    const line = scattered(i, this.lines)
    return line * (this.isPacked ? LINE_WORDS : PAGE_WORDS) + (this.isPacked ? 0 : (line % 64) * LINE_WORDS)
  }
}
