// A translation lookaside buffer: which page translations the CPU remembers.
//
// Modelled: hits, misses, single-page invalidation, ranged and full flush. Fully associative with exact LRU (the P4's data TLB has
// 64 fully associative entries; kernel-independent, it belongs to the CPU).
// Left out: separate instruction TLB, large pages, global entries, a second level, translations of anything but the window.

/** `entries` from 0 (no TLB: every access misses) to 65,535; page numbers from 0 to pages-1. */
export class Tlb {
  private readonly entries: number
  /** Page -> node; true only if the node's tag names the page. */
  private readonly nodeOf: Uint8Array | Uint16Array
  /** Node -> page, -1 if invalid. */
  private readonly tag: Int32Array
  // The nodes form a ring from the most recent (head) to the least recent; invalid nodes stand at its end.
  private readonly previous: Int32Array
  private readonly following: Int32Array
  private head = 0
  /** How many nodes, counted from the head, are valid. */
  private live = 0

  constructor(entries: number, pages: number) {
    const nodes = Math.max(entries, 1)
    this.entries = entries
    this.nodeOf = entries <= 256 ? new Uint8Array(pages) : new Uint16Array(pages)
    this.tag = new Int32Array(nodes).fill(-1)
    this.previous = Int32Array.from({ length: nodes }, (_, node) => (node + nodes - 1) % nodes)
    this.following = Int32Array.from({ length: nodes }, (_, node) => (node + 1) % nodes)
  }

  /** Whether the translation is held; if so it becomes the most recent. */
  lookup(page: number): boolean {
    const node = this.nodeOf[page]
    if (this.tag[node] !== page) return false
    if (node !== this.head) this.moveToHead(node)
    return true
  }

  /** Remembers a translation that is not held; the least recent one gives way. */
  insert(page: number): void {
    if (this.entries === 0) return
    const node = this.previous[this.head] // the ring's end becomes its head: nothing has to be relinked
    this.tag[node] = page
    this.nodeOf[page] = node
    this.head = node
    if (this.live < this.entries) this.live++
  }

  invalidatePage(page: number): void {
    const node = this.nodeOf[page]
    if (this.tag[node] !== page) return
    this.tag[node] = -1
    this.live--
    if (node === this.head) this.head = this.following[node]
    else this.unlinkToEnd(node)
  }

  /** Forgets the pages first..last. */
  invalidateRange(first: number, last: number): void {
    for (let page = first; page <= last; page++) this.invalidatePage(page)
  }

  /** Forgets everything; costs no more than the insertions since the last flush did. */
  flushAll(): void {
    const { tag, following } = this
    let node = this.head
    for (let left = this.live; left > 0; left--) {
      tag[node] = -1
      node = following[node]
    }
    this.live = 0
  }

  private moveToHead(node: number): void {
    if (node !== this.previous[this.head]) this.unlinkToEnd(node)
    this.head = node
  }

  /** Takes a node other than the head out of the ring and puts it back in front of the head, which is the ring's end. */
  private unlinkToEnd(node: number): void {
    const { previous, following, head } = this
    const before = previous[node]
    const after = following[node]
    following[before] = after
    previous[after] = before
    const end = previous[head]
    following[end] = node
    previous[node] = end
    following[node] = head
    previous[head] = node
  }
}
