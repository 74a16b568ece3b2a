// A fully associative TLB with exact LRU replacement, for the naive model: an array of page numbers, most recent
// first.
//
// No sets, no global entries, no second level; a capacity of 0 never hits. Every look-up searches the array from its
// start. Shares no code with the engine on purpose: it is the oracle the engine is compared with.

export class NaiveTlb {
  readonly pages: number[] = []
  private readonly entries: number

  constructor(entries: number) {
    this.entries = entries
  }

  /** True if the translation is held; it is then the most recent one. */
  use(page: number): boolean {
    const place = this.pages.indexOf(page)
    if (place < 0) return false
    this.pages.splice(place, 1)
    this.pages.unshift(page)
    return true
  }

  /** Loads a translation that is not held; the least recent one leaves if there is no room. */
  load(page: number): void {
    this.pages.unshift(page)
    if (this.pages.length > this.entries) this.pages.pop()
  }

  invalidate(page: number): void {
    const place = this.pages.indexOf(page)
    if (place >= 0) this.pages.splice(place, 1)
  }

  flush(): void {
    this.pages.length = 0
  }
}
