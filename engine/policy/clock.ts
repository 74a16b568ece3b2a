// CLOCK with one reference bit (Corbató 1969), as most buffer pools have it.
//
// A new block enters behind the hand with its bit clear (FIFO with reinsertion); a hit sets the bit; the hand clears bits
// until it finds a clear one. Setting the bit on entry, as some do, gives other counts.

import type { PolicyEntry, ReplacementPolicy } from './policy.ts'

class Clock implements ReplacementPolicy {
  private readonly referenced: Uint8Array
  private hand = 0

  constructor(slots: number) {
    this.referenced = new Uint8Array(slots)
  }

  recordAccess(slot: number): void {
    this.referenced[slot] = 1
  }

  recordInsert(slot: number, _block: number): void {
    this.referenced[slot] = 0
  }

  evict(_incoming: number): number {
    const { referenced } = this
    let hand = this.hand
    while (referenced[hand] === 1) {
      referenced[hand] = 0
      if (++hand === referenced.length) hand = 0
    }
    this.hand = hand + 1 === referenced.length ? 0 : hand + 1
    return hand
  }
}

export const clock = {
  name: 'clock',
  summary: 'one reference bit and a hand (FIFO with reinsertion)',
  create: slots => new Clock(slots),
} as const satisfies PolicyEntry
