// Chooses which window slot gives up its block. The pool keeps who sits where; a policy keeps only the order.

/** Slots are numbered 0..slots-1 and are filled in that order before the first eviction. */
export interface ReplacementPolicy {
  /** The slot's block was used again. */
  recordAccess(slot: number): void
  /** The slot received a new block. */
  recordInsert(slot: number, block: number): void
  /** The slot to reuse for the incoming block; called only when every slot holds one. */
  evict(incoming: number): number
}

export interface PolicyEntry {
  /** What the user types. */
  readonly name: string
  readonly summary: string
  create(slots: number): ReplacementPolicy
}
