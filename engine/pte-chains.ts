// Reverse mappings of 2.5.42 (mm/rmap.c): how many chain objects the file's pages need.
//
// A page mapped once is named by its struct page alone. The second mapping moves both to a chain of objects of `perChain`
// entries; from then on the page keeps ceil(k / perChain) objects for k mappings until the last one goes. Left out:
// page_referenced(), which looks at a page's age and folds a chain of one.

/** Chain objects of a page that so many ptes have come to map. */
export function chainObjects(mapped: number, perChain: number): number {
  return mapped < 2 ? 0 : Math.ceil(mapped / perChain)
}

/** How often a page is mapped, negative once its mappings stand in a chain; 0 or undefined for not at all. */
interface Mappings {
  get(page: number): number | undefined
  set(page: number, mapped: number): unknown
  delete(page: number): unknown
}

export class PteChains {
  objects = 0
  objectsPeak = 0
  private readonly perChain: number
  private readonly mappings: Mappings

  /** `filePages`: pages of a file of which many are going to be mapped, by many processes; 0 where few are. */
  constructor(perChain: number, filePages = 0) {
    this.perChain = perChain
    this.mappings = filePages > 0 ? new DenseMappings(filePages) : new Map<number, number>()
  }

  /** One more pte maps the page. */
  add(page: number): void {
    const k = this.mappings.get(page) ?? 0
    if (k === 0) this.mappings.set(page, 1)
    else {
      const mapped = Math.abs(k) + 1
      this.mappings.set(page, -mapped)
      this.objects += this.inChain(mapped) - (k < 0 ? this.inChain(-k) : 0)
      if (this.objects > this.objectsPeak) this.objectsPeak = this.objects
    }
  }

  /** One pte less maps the page. */
  remove(page: number): void {
    const k = this.mappings.get(page) ?? 0
    if (k === 1 || k === -1) this.mappings.delete(page)
    else this.mappings.set(page, k > 0 ? k - 1 : k + 1)
    if (k < 0) this.objects += this.inChain(-k - 1) - this.inChain(-k)
  }

  /** Objects of a chain, which may have shrunk to one entry. */
  private inChain(mapped: number): number {
    return Math.ceil(mapped / this.perChain)
  }
}

/** The same without a Map: an entry for each page of the file. */
class DenseMappings implements Mappings {
  private readonly mapped: Int32Array

  constructor(filePages: number) {
    this.mapped = new Int32Array(filePages)
  }

  get(page: number): number {
    return this.mapped[page]
  }

  set(page: number, mapped: number): void {
    this.mapped[page] = mapped
  }

  delete(page: number): void {
    this.mapped[page] = 0
  }
}
