// Reverse mappings of 2.5.42 (mm/rmap.c): how many chain objects the file's pages need.
//
// A page mapped once is named by its struct page alone. The second mapping moves both to a chain of objects of `perChain`
// entries; from then on the page keeps ceil(k / perChain) objects for k mappings until the last one goes. Left out:
// page_referenced(), which looks at a page's age and folds a chain of one.

export class PteChains {
  objects = 0
  objectsPeak = 0
  private readonly perChain: number
  /** Page -> mappings, negative once they stand in a chain. */
  private readonly mappings = new Map<number, number>()

  constructor(perChain: number) {
    this.perChain = perChain
  }

  /** One more pte maps the page. */
  add(page: number): void {
    const k = this.mappings.get(page) ?? 0
    if (k === 0) this.mappings.set(page, 1)
    else {
      const mapped = Math.abs(k) + 1
      this.mappings.set(page, -mapped)
      this.objects += this.chains(mapped) - (k < 0 ? this.chains(-k) : 0)
      if (this.objects > this.objectsPeak) this.objectsPeak = this.objects
    }
  }

  /** One pte less maps the page. */
  remove(page: number): void {
    const k = this.mappings.get(page) ?? 0
    if (k === 1 || k === -1) this.mappings.delete(page)
    else this.mappings.set(page, k > 0 ? k - 1 : k + 1)
    if (k < 0) this.objects += this.chains(-k - 1) - this.chains(-k)
  }

  private chains(mapped: number): number {
    return Math.ceil(mapped / this.perChain)
  }
}
