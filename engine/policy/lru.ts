// LRU: the block whose last use is longest ago goes. An exact list, two links per slot side by side.

import type { PolicyEntry, ReplacementPolicy } from './policy.ts'

class Lru implements ReplacementPolicy {
  /** links[2s] is the next less recent slot, links[2s+1] the next more recent; slot `slots` is the sentinel. */
  private readonly links: Int32Array
  private readonly sentinel: number

  constructor(slots: number) {
    this.links = new Int32Array(2 * (slots + 1))
    this.sentinel = slots
    this.links.fill(slots, 2 * slots)
  }

  recordAccess(slot: number): void {
    const { links, sentinel } = this
    if (links[sentinel << 1] === slot) return
    this.unlink(slot)
    this.linkFirst(slot)
  }

  recordInsert(slot: number, _block: number): void {
    this.linkFirst(slot)
  }

  evict(_incoming: number): number {
    const slot = this.links[(this.sentinel << 1) + 1]
    this.unlink(slot)
    return slot
  }

  private linkFirst(slot: number): void {
    const { links, sentinel } = this
    const first = links[sentinel << 1]
    links[slot << 1] = first
    links[(slot << 1) + 1] = sentinel
    links[(first << 1) + 1] = slot
    links[sentinel << 1] = slot
  }

  private unlink(slot: number): void {
    const { links } = this
    const older = links[slot << 1]
    const newer = links[(slot << 1) + 1]
    links[newer << 1] = older
    links[(older << 1) + 1] = newer
  }
}

export const lru = {
  name: 'lru',
  summary: 'the least recently used block goes',
  create: slots => new Lru(slots),
} as const satisfies PolicyEntry
