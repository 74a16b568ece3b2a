// Reverse mappings of file pages for the naive model: struct page's pte.direct / pte.chain of 2.5.42 (mm/rmap.c).
//
// A page has no pte, one direct pte, or a chain of objects with room for `nrpte` ptes each. Only the head object may
// be partly filled. A chain that shrinks to one pte stays a chain; when its last object is freed the page has no pte
// again, and the next pte is direct. A pte is named by any number that is unique in its lifetime. Reclaim, which would
// collapse chains, is left out. Shares no code with the engine on purpose: it is the oracle the engine is compared
// with.

export class NaiveRmap {
  chainObjects = 0
  chainObjectsPeak = 0
  /** Told whenever there are more objects. */
  onGrowth = (): void => {}
  private readonly nrpte: number
  private readonly direct = new Map<number, number>()
  /** Objects of a page, the head last. */
  private readonly chains = new Map<number, number[][]>()

  constructor(nrpte: number) {
    this.nrpte = nrpte
  }

  add(filePage: number, pte: number): void {
    const chain = this.chains.get(filePage)
    const only = this.direct.get(filePage)
    if (chain !== undefined) {
      const head = chain[chain.length - 1]
      if (head.length < this.nrpte) {
        head.push(pte)
      } else {
        chain.push([pte])
        this.allocated()
      }
    } else if (only !== undefined) {
      this.direct.delete(filePage)
      this.chains.set(filePage, [[only, pte]])
      this.allocated()
    } else {
      this.direct.set(filePage, pte)
    }
  }

  remove(filePage: number, pte: number): void {
    if (this.direct.get(filePage) === pte) {
      this.direct.delete(filePage)
      return
    }
    const chain = this.chains.get(filePage)
    const holder = chain?.find(ptes => ptes.includes(pte))
    if (chain === undefined || holder === undefined)
      throw new Error(`no reverse mapping ${pte} of file page ${filePage}`)
    const head = chain[chain.length - 1]
    holder[holder.indexOf(pte)] = head[head.length - 1]
    head.pop()
    if (head.length > 0) return
    chain.pop()
    this.chainObjects--
    if (chain.length === 0) this.chains.delete(filePage)
  }

  private allocated(): void {
    this.chainObjects++
    this.chainObjectsPeak = Math.max(this.chainObjectsPeak, this.chainObjects)
    this.onGrowth()
  }
}
