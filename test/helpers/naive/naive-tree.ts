// The red-black tree that orders a process's vmas, for the naive model: pointers, one node object per item, no
// cleverness.
//
// Stands for lib/rbtree.c of Linux 2.4/2.5. Written from the algorithm (CLRS cases, insertion by recolouring upwards,
// deletion by putting the in-order successor in the place of a node with two children); the kernel's balance is
// reproduced case for case because the depth of every descent is a counter. Searching is left to the caller: each
// kernel search stops elsewhere. Shares no code with the engine on purpose: it is the oracle the engine is compared
// with.

export type Side = 0 | 1

export interface TreeNode<T> {
  item: T
  red: boolean
  parent: TreeNode<T> | null
  /** child[0] is left (lower), child[1] is right (higher). */
  child: [TreeNode<T> | null, TreeNode<T> | null]
}

export class NaiveTree<T> {
  root: TreeNode<T> | null = null
  private readonly nodeOf = new Map<T, TreeNode<T>>()

  /** Links `item` as the `side` child of `parent` (null: as root), then restores the balance. */
  insert(item: T, parent: TreeNode<T> | null, side: Side): void {
    const added: TreeNode<T> = { item, red: true, parent, child: [null, null] }
    this.nodeOf.set(item, added)
    if (parent === null) this.root = added
    else parent.child[side] = added

    let node = added
    while (node.parent?.red) {
      let up = node.parent
      const top = up.parent! // a red node is never the root
      const near: Side = top.child[0] === up ? 0 : 1
      const far: Side = near === 0 ? 1 : 0
      const uncle = top.child[far]
      if (uncle?.red) {
        uncle.red = false
        up.red = false
        top.red = true
        node = top
        continue
      }
      if (up.child[far] === node) {
        this.rotate(up, near)
        const lower = up
        up = node
        node = lower
      }
      up.red = false
      top.red = true
      this.rotate(top, far)
    }
    this.root!.red = false
  }

  erase(item: T): void {
    const gone = this.nodeOf.get(item)
    if (gone === undefined) throw new Error('erase of an item that is not in the tree')
    this.nodeOf.delete(item)

    // 1. Take out `gone`, or its successor if it has two children. `hole` is what moved up into the emptied place.
    let hole: TreeNode<T> | null
    let holeParent: TreeNode<T> | null
    let blackRemoved: boolean
    if (gone.child[0] !== null && gone.child[1] !== null) {
      let successor = gone.child[1]
      while (successor.child[0] !== null) successor = successor.child[0]
      hole = successor.child[1]
      holeParent = successor.parent === gone ? successor : successor.parent
      blackRemoved = !successor.red
      this.replace(successor, hole)
      // 2. The successor takes the place, the children and the colour of `gone`.
      this.replace(gone, successor)
      successor.red = gone.red
      for (const side of [0, 1] as const) {
        const child = gone.child[side]
        successor.child[side] = child
        if (child !== null) child.parent = successor
      }
    } else {
      hole = gone.child[0] ?? gone.child[1]
      holeParent = gone.parent
      blackRemoved = !gone.red
      this.replace(gone, hole)
    }
    if (blackRemoved) this.rebalanceAfterErase(hole, holeParent)
  }

  /** The place under `holeParent` where `start` hangs (perhaps nothing) lacks one black node. */
  private rebalanceAfterErase(start: TreeNode<T> | null, holeParent: TreeNode<T> | null): void {
    let node = start
    let parent = holeParent
    while (!isRed(node) && node !== this.root) {
      const near: Side = parent!.child[0] === node ? 0 : 1
      const far: Side = near === 0 ? 1 : 0
      let sibling = parent!.child[far]!
      if (sibling.red) {
        sibling.red = false
        parent!.red = true
        this.rotate(parent!, near)
        sibling = parent!.child[far]!
      }
      if (!isRed(sibling.child[0]) && !isRed(sibling.child[1])) {
        sibling.red = true
        node = parent
        parent = node!.parent
        continue
      }
      if (!isRed(sibling.child[far])) {
        sibling.child[near]!.red = false
        sibling.red = true
        this.rotate(sibling, far)
        sibling = parent!.child[far]!
      }
      sibling.red = parent!.red
      parent!.red = false
      sibling.child[far]!.red = false
      this.rotate(parent!, near)
      node = this.root
      break
    }
    if (node !== null) node.red = false
  }

  /** Turns `node` down towards `side`; its child on the other side takes its place. */
  private rotate(node: TreeNode<T>, side: Side): void {
    const other: Side = side === 0 ? 1 : 0
    const riser = node.child[other]!
    const between = riser.child[side]
    node.child[other] = between
    if (between !== null) between.parent = node
    this.replace(node, riser)
    riser.child[side] = node
    node.parent = riser
  }

  /** Hangs `other` (perhaps nothing) where `node` hung. */
  private replace(node: TreeNode<T>, other: TreeNode<T> | null): void {
    const parent = node.parent
    if (parent === null) this.root = other
    else parent.child[parent.child[0] === node ? 0 : 1] = other
    if (other !== null) other.parent = parent
  }
}

function isRed<T>(node: TreeNode<T> | null): boolean {
  return node?.red ?? false
}
