// The vmas of a process in ascending order, for the naive model of the kernel eras: an array, one object per vma.
//
// Cuts, joins and the counts of vma objects; how they are looked up (tree, cache, maple tree) is left out. Pages are
// numbers of the whole address space, a vma is [start, end). Shares no code with the engine on purpose: it is the oracle
// the engine is compared with.

export interface NaiveVma {
  start: number
  end: number
  /** File page of `start`; without meaning if the vma is not of the file. */
  pgoff: number
  /** 'other': the rest of the process, which nothing touches. */
  kind: 'file' | 'anon' | 'other'
  /** VM_NONLINEAR. */
  nonlinear: boolean
}

interface VmaCounts {
  vmaAllocs: number
  vmaFrees: number
  vmaSplits: number
  vmaMerges: number
  mapCountPeak: number
}

export class NaiveVmas {
  readonly list: NaiveVma[] = []
  private readonly counts: VmaCounts

  constructor(counts: VmaCounts) {
    this.counts = counts
  }

  /** Place of the first vma with end > page; the length of the list if there is none. */
  firstEndingAfter(page: number): number {
    let low = 0
    let high = this.list.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.list[middle].end > page) high = middle
      else low = middle + 1
    }
    return low
  }

  /** The vma that holds a page. */
  holding(page: number): NaiveVma | undefined {
    const vma = this.list[this.firstEndingAfter(page)]
    return vma !== undefined && vma.start <= page ? vma : undefined
  }

  /** The vmas that share pages with [start, end). */
  overlapping(start: number, end: number): NaiveVma[] {
    const from = this.firstEndingAfter(start)
    let past = from
    while (past < this.list.length && this.list[past].start < end) past++
    return this.list.slice(from, past)
  }

  /** The vmas before and after a page that none holds. */
  around(page: number): { before: NaiveVma | undefined; after: NaiveVma | undefined } {
    const place = this.firstEndingAfter(page)
    return { before: this.list[place - 1], after: this.list[place] }
  }

  insert(vma: NaiveVma): void {
    this.list.splice(this.firstEndingAfter(vma.start), 0, vma)
    this.counts.mapCountPeak = Math.max(this.counts.mapCountPeak, this.list.length)
  }

  remove(vma: NaiveVma): void {
    this.list.splice(this.list.indexOf(vma, this.firstEndingAfter(vma.start)), 1)
  }

  /** Makes two vmas of one; the new object has the upper part. */
  split(vma: NaiveVma, at: number): void {
    this.counts.vmaAllocs++
    this.counts.vmaSplits++
    const upper = { ...vma, start: at, pgoff: vma.pgoff + (at - vma.start) }
    vma.end = at
    this.insert(upper)
  }

  /** Neighbours that take over a new vma: 0, 1 or 2. With 2 the next one's object is freed. */
  join(vma: NaiveVma): number {
    const previous = vma.start > 0 ? this.holding(vma.start - 1) : undefined
    const next = this.holding(vma.end)
    const joinsPrevious = previous !== undefined && continues(previous, vma)
    const joinsNext = next !== undefined && continues(vma, next)
    if (joinsPrevious && joinsNext) {
      this.remove(next)
      this.counts.vmaFrees++
      previous.end = next.end
    } else if (joinsPrevious) {
      previous.end = vma.end
    } else if (joinsNext) {
      next.start = vma.start
      next.pgoff = vma.pgoff
    }
    const joined = Number(joinsPrevious) + Number(joinsNext)
    this.counts.vmaMerges += joined
    return joined
  }
}

/** Two vmas that meet could be one. */
function continues(lower: NaiveVma, upper: NaiveVma): boolean {
  if (lower.kind !== upper.kind || lower.nonlinear !== upper.nonlinear || lower.kind === 'other') return false
  return lower.kind === 'anon' || lower.pgoff + (lower.end - lower.start) === upper.pgoff
}
