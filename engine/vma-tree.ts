// The red-black tree that Linux keeps a process's vmas in (mm->mm_rb): its exact shape, because look-ups are counted in nodes.
//
// Same insertion points and rebalancing as lib/rbtree.c of 2.4 and 2.5, so that the depth of every vma is the kernel's.
// Node ids are numbered in address order. Two things follow, and make the tree cheap:
// - no comparing descent is needed: a new node becomes the right child of its lower neighbour or the left child of its
//   upper one, whichever place is free (exactly one is);
// - a subtree is a run of ids, so the depth of every node is kept up to date by adding +1 or -1 to two runs of bytes per
//   rotation. Rotations high in the tree are long but rare (each level up is several times rarer).

import { InvariantError } from './errors.ts'

const LEFT = 0
const RIGHT = 1
const PARENT = 2
const COLOUR = 3
const RED = 0
const BLACK = 1
const NIL = -1

/** A red-black tree over the ids 0..capacity-1, each present at most once. */
export class VmaTree {
  /** Nodes a descent from the root visits to reach this id, itself included; meaningless while the id is absent. */
  readonly depth: Uint8Array
  private readonly links: Int32Array
  private root = NIL

  constructor(capacity: number) {
    this.depth = new Uint8Array(capacity)
    this.links = new Int32Array(capacity * 4)
  }

  /** Nodes visited by a descent that falls into the gap between two neighbours (-1: none on that side). */
  gapDepth(lower: number, upper: number): number {
    const { depth } = this
    return Math.max(lower < 0 ? 0 : depth[lower], upper < 0 ? 0 : depth[upper])
  }

  /** Adds `node` between its present neighbours `lower` and `upper` (-1: none). */
  insert(node: number, lower: number, upper: number): void {
    const { links, depth } = this
    const at = node << 2
    links[at + LEFT] = NIL
    links[at + RIGHT] = NIL
    if (lower >= 0 && links[(lower << 2) + RIGHT] < 0) {
      links[(lower << 2) + RIGHT] = node
      links[at + PARENT] = lower
      depth[node] = depth[lower] + 1
      if (links[(lower << 2) + COLOUR] === BLACK) links[at + COLOUR] = RED
      else this.rebalanceInsertion(node)
    } else if (upper >= 0) {
      links[(upper << 2) + LEFT] = node
      links[at + PARENT] = upper
      depth[node] = depth[upper] + 1
      if (links[(upper << 2) + COLOUR] === BLACK) links[at + COLOUR] = RED
      else this.rebalanceInsertion(node)
    } else {
      this.root = node
      links[at + PARENT] = NIL
      links[at + COLOUR] = BLACK
      depth[node] = 1
    }
  }

  /** Removes a present node. */
  erase(node: number): void {
    const { links, depth } = this
    const at = node << 2
    const left = links[at + LEFT]
    const right = links[at + RIGHT]
    let child: number
    let parent: number
    let colour: number
    if (left >= 0 && right >= 0) {
      // The successor takes the node's place; its own right subtree moves up into the hole it leaves.
      let heir = right
      for (let next = links[(heir << 2) + LEFT]; next >= 0; next = links[(heir << 2) + LEFT]) heir = next
      const heirAt = heir << 2
      child = links[heirAt + RIGHT]
      parent = links[heirAt + PARENT]
      colour = links[heirAt + COLOUR]
      if (child >= 0) this.shiftDepth(heir + 1, this.farthest(child, RIGHT), -1)
      if (parent === node) parent = heir
      else {
        links[(parent << 2) + LEFT] = child
        if (child >= 0) links[(child << 2) + PARENT] = parent
        links[heirAt + RIGHT] = right
        links[(right << 2) + PARENT] = heir
      }
      links[heirAt + LEFT] = left
      links[heirAt + COLOUR] = links[at + COLOUR]
      links[(left << 2) + PARENT] = heir
      this.replaceChild(links[at + PARENT], node, heir)
      depth[heir] = depth[node]
    } else {
      child = left >= 0 ? left : right
      parent = links[at + PARENT]
      colour = links[at + COLOUR]
      if (child >= 0) this.shiftDepth(this.farthest(child, LEFT), this.farthest(child, RIGHT), -1)
      this.replaceChild(parent, node, child)
    }
    if (colour === BLACK) this.rebalanceErasure(child, parent)
  }

  /** Removes a present node and adds it again between its neighbours; returns `gapDepth` as it is in between. */
  reinsert(node: number, lower: number, upper: number): number {
    const { links, depth } = this
    const at = node << 2
    const left = links[at + LEFT]
    const right = links[at + RIGHT]
    // A red leaf leaves no trace: it comes back to the same parent, which is black.
    if ((left & right) === NIL && links[at + COLOUR] === RED) return depth[node] - 1
    // A node with one child is black and the child a red leaf: the two change places, the node below.
    if ((left ^ right) < 0) return this.swapWithOnlyChild(node, left >= 0 ? left : right)
    this.erase(node)
    const gap = this.gapDepth(lower, upper)
    this.insert(node, lower, upper)
    return gap
  }

  private swapWithOnlyChild(node: number, child: number): number {
    const { links, depth } = this
    const at = node << 2
    const childAt = child << 2
    this.replaceChild(links[at + PARENT], node, child)
    links[childAt + (child < node ? RIGHT : LEFT)] = node
    links[childAt + COLOUR] = BLACK
    links[at + LEFT] = NIL
    links[at + RIGHT] = NIL
    links[at + PARENT] = child
    links[at + COLOUR] = RED
    depth[child] = depth[node]
    depth[node] = depth[child] + 1
    return depth[child]
  }

  /** Throws unless the tree is a red-black tree over ascending ids with true depths. Returns the number of nodes. */
  check(): number {
    let size = 0
    let previous = NIL
    const visit = (node: number, parent: number, depth: number, redAbove: boolean): number => {
      if (node < 0) return 0
      const at = node << 2
      const red = this.links[at + COLOUR] === RED
      const lower = visit(this.links[at + LEFT], node, depth + 1, red)
      const sound =
        node > previous && this.links[at + PARENT] === parent && this.depth[node] === depth && !(red && redAbove)
      previous = node
      size++
      const upper = visit(this.links[at + RIGHT], node, depth + 1, red)
      if (!sound || lower !== upper) throw new InvariantError(`vma tree broken at node ${node}, depth ${depth}`)
      return lower + (red ? 0 : 1)
    }
    visit(this.root, NIL, 1, false)
    return size
  }

  /** After hanging a red node below a red parent: recolour upwards, then at most two rotations. */
  private rebalanceInsertion(inserted: number): void {
    const { links } = this
    let node = inserted
    links[(node << 2) + COLOUR] = RED
    for (;;) {
      let parent = links[(node << 2) + PARENT]
      if (parent < 0 || links[(parent << 2) + COLOUR] === BLACK) break
      const grandparent = links[(parent << 2) + PARENT]
      const near = links[(grandparent << 2) + LEFT] === parent ? LEFT : RIGHT
      const uncle = links[(grandparent << 2) + (near ^ 1)]
      if (uncle >= 0 && links[(uncle << 2) + COLOUR] === RED) {
        links[(uncle << 2) + COLOUR] = BLACK
        links[(parent << 2) + COLOUR] = BLACK
        links[(grandparent << 2) + COLOUR] = RED
        node = grandparent
        continue
      }
      if (links[(parent << 2) + (near ^ 1)] === node) {
        this.rotate(parent, near)
        const swapped = parent
        parent = node
        node = swapped
      }
      links[(parent << 2) + COLOUR] = BLACK
      links[(grandparent << 2) + COLOUR] = RED
      this.rotate(grandparent, near ^ 1)
    }
    links[(this.root << 2) + COLOUR] = BLACK
  }

  /** After taking a black node from above `node` (which may be -1, then only its parent tells where it hangs). */
  private rebalanceErasure(from: number, above: number): void {
    const { links } = this
    let node = from
    let parent = above
    while ((node < 0 || links[(node << 2) + COLOUR] === BLACK) && node !== this.root) {
      const near = links[(parent << 2) + LEFT] === node ? LEFT : RIGHT
      const far = near ^ 1
      let sibling = links[(parent << 2) + far]
      if (links[(sibling << 2) + COLOUR] === RED) {
        links[(sibling << 2) + COLOUR] = BLACK
        links[(parent << 2) + COLOUR] = RED
        this.rotate(parent, near)
        sibling = links[(parent << 2) + far]
      }
      const nearNephew = links[(sibling << 2) + near]
      let farNephew = links[(sibling << 2) + far]
      const farBlack = farNephew < 0 || links[(farNephew << 2) + COLOUR] === BLACK
      if (farBlack && (nearNephew < 0 || links[(nearNephew << 2) + COLOUR] === BLACK)) {
        links[(sibling << 2) + COLOUR] = RED
        node = parent
        parent = links[(node << 2) + PARENT]
        continue
      }
      if (farBlack) {
        links[(nearNephew << 2) + COLOUR] = BLACK
        links[(sibling << 2) + COLOUR] = RED
        this.rotate(sibling, far)
        farNephew = sibling
        sibling = nearNephew
      }
      links[(sibling << 2) + COLOUR] = links[(parent << 2) + COLOUR]
      links[(parent << 2) + COLOUR] = BLACK
      links[(farNephew << 2) + COLOUR] = BLACK
      this.rotate(parent, near)
      node = this.root
      break
    }
    if (node >= 0) links[(node << 2) + COLOUR] = BLACK
  }

  /** Rotates `top` down towards `side`; its child on the other side comes up. */
  private rotate(top: number, side: number): void {
    const { links } = this
    const other = side ^ 1
    const riser = links[(top << 2) + other]
    const inner = links[(riser << 2) + side]
    const outer = links[(riser << 2) + other]
    const rest = links[(top << 2) + side]
    // Top and what hangs on its near side sink by one, the riser and what hangs on its far side rise by one.
    const sinkEnd = rest < 0 ? top : this.farthest(rest, side)
    const riseEnd = outer < 0 ? riser : this.farthest(outer, other)
    if (side === LEFT) {
      this.shiftDepth(sinkEnd, top, 1)
      this.shiftDepth(riser, riseEnd, -1)
    } else {
      this.shiftDepth(top, sinkEnd, 1)
      this.shiftDepth(riseEnd, riser, -1)
    }
    links[(top << 2) + other] = inner
    if (inner >= 0) links[(inner << 2) + PARENT] = top
    this.replaceChild(links[(top << 2) + PARENT], top, riser)
    links[(riser << 2) + side] = top
    links[(top << 2) + PARENT] = riser
  }

  private replaceChild(parent: number, child: number, heir: number): void {
    const { links } = this
    if (parent < 0) this.root = heir
    else if (links[(parent << 2) + LEFT] === child) links[(parent << 2) + LEFT] = heir
    else links[(parent << 2) + RIGHT] = heir
    if (heir >= 0) links[(heir << 2) + PARENT] = parent
  }

  /** The outermost id of a subtree on one side. */
  private farthest(top: number, side: number): number {
    const { links } = this
    let node = top
    for (let next = links[(node << 2) + side]; next >= 0; next = links[(node << 2) + side]) node = next
    return node
  }

  /** Adds to the depth of every id in from..to. Absent ids in between are changed too: their depth has no meaning. */
  private shiftDepth(from: number, to: number, by: number): void {
    const { depth } = this
    for (let id = from; id <= to; id++) depth[id] = depth[id] + by
  }
}
