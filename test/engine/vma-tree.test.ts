import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../../engine/rng.ts'
import { VmaTree } from '../../engine/vma-tree.ts'

const CAPACITY = 300

function neighbours(present: readonly number[], id: number): [lower: number, upper: number] {
  return [present.filter(other => other < id).at(-1) ?? -1, present.find(other => other > id) ?? -1]
}

test('it stays a red-black tree with true depths through 20,000 random insertions, removals and replacements', () => {
  const tree = new VmaTree(CAPACITY)
  const rng = new Rng(42)
  let present: number[] = []
  for (let i = 0; i < 20_000; i++) {
    const id = rng.below(CAPACITY)
    const [lower, upper] = neighbours(present, id)
    if (!present.includes(id)) {
      tree.insert(id, lower, upper)
      present = [...present, id].sort((a, b) => a - b)
    } else if (rng.below(3) > 0) tree.reinsert(id, lower, upper)
    else {
      tree.erase(id)
      present = present.filter(other => other !== id)
    }
    assert.equal(tree.check(), present.length) // throws if a depth or a colour is wrong
  }
})

test('replacing a node is removing it and adding it again, to the last link', () => {
  const rng = new Rng(3)
  const quick = new VmaTree(CAPACITY)
  const plain = new VmaTree(CAPACITY)
  const present: number[] = []
  for (let id = 0; id < CAPACITY; id += 2) {
    for (const tree of [quick, plain]) tree.insert(id, present.at(-1) ?? -1, -1)
    present.push(id)
  }
  for (let i = 0; i < 5000; i++) {
    const id = present[rng.below(present.length)]!
    const [lower, upper] = neighbours(present, id)
    plain.erase(id)
    const gap = plain.gapDepth(lower, upper)
    plain.insert(id, lower, upper)
    assert.equal(quick.reinsert(id, lower, upper), gap)
    assert.deepEqual(
      present.map(node => quick.depth[node]),
      present.map(node => plain.depth[node]),
    )
  }
})

test('seven ascending insertions give the tree that the textbook gives', () => {
  // 1..7 inserted in order: root 2 (black), 4 red below it, the others as their colours demand.
  const tree = new VmaTree(8)
  for (let id = 1; id <= 7; id++) tree.insert(id, id - 1 || -1, -1)
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7].map(id => tree.depth[id]),
    [2, 1, 3, 2, 4, 3, 4],
  )
})
