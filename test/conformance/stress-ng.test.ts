// The layouts of stress-ng's --remap on every model: 512 shared pages remapped one at a time, each layout verified page by
// page, then six calls it expects nothing of.
//
// From their description in semantics 3d; nothing is copied. A shared anonymous mapping is a file of its own on shmem, made
// by the writes. Left out: mlock around each call, and the other stressors (munmap, mremap, several threads).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EINVAL, ENOSYS } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { Rng } from '../../engine/rng.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { piecesOf, upTo, WindowUser } from '../helpers/window-user.ts'

const PAGES = 512
const ALL_BITS = -1

/** Every page swapped with one drawn at random. */
function shuffled(seed: number): number[] {
  const rng = new Rng(seed)
  const order = upTo(PAGES)
  for (let i = 0; i < PAGES; i++) {
    const other = rng.below(PAGES)
    ;[order[i], order[other]] = [order[other]!, order[i]!]
  }
  return order
}

/** In the order in which the stressor makes them, one after the other on the same window. */
const LAYOUTS: Readonly<Record<string, readonly number[]>> = {
  reverse: upTo(PAGES).reverse(),
  'a random permutation': shuffled(1),
  'all to page 0': upTo(PAGES).fill(0),
  identity: upTo(PAGES),
}

/** A window over pages that are there because they were written, page i with the number i. */
function written(model: KernelModel): WindowUser {
  const options = { windowPages: PAGES, filePages: PAGES, isAbsent: () => true, holds: () => 0 }
  const user = new WindowUser(model, options).mapAll()
  for (const page of upTo(PAGES)) assert.equal(user.poke(page, page), 0)
  return user
}

/** Remaps page by page; what each call returned. */
const remapTo = (user: WindowUser, layout: readonly number[]) => layout.map((page, vpn) => user.remap(vpn, 1, page))

for (const model of KERNELS) {
  if (model.remap === 'none') {
    test(`stress-ng remap on ${model.name}: ENOSYS for all, and every page as it was`, () => {
      const user = written(model)
      for (const layout of Object.values(LAYOUTS)) {
        assert.ok(remapTo(user, layout).every(answer => answer === -ENOSYS))
        assert.deepEqual(user.peeks(), upTo(PAGES))
      }
    })
    continue
  }

  test(`stress-ng remap on ${model.name}: reverse, random, all to page 0 and identity, two rounds`, () => {
    const user = written(model)
    for (const round of [1, 2]) {
      for (const [name, layout] of Object.entries(LAYOUTS)) {
        assert.ok(
          remapTo(user, layout).every(answer => answer === 0),
          `round ${round}, ${name}`,
        )
        assert.deepEqual(user.peeks(), layout, `round ${round}, ${name}`)
        // Reverse and all to page 0 leave 512 vmas where the call is emulated, identity one.
        assert.equal(user.vmas, user.isEmulated ? piecesOf(layout) : 1, `round ${round}, ${name}: vmas`)
        user.kernel.check()
      }
    }
    assert.equal(user.kernel.file.presentPages, PAGES)
  })

  test(`stress-ng remap on ${model.name}: six illegal calls are refused, and every page is as it was`, () => {
    const user = written(model)
    for (const vpn of [-PAGES, PAGES]) {
      const start = user.address(vpn) // nothing is mapped there; the second is the page just past the mapping
      for (const [flags, prot] of [
        [0, 0],
        [ALL_BITS, 0],
        [0, ALL_BITS],
      ] as const) {
        assert.equal(user.remapBytes(start, PAGE_BYTES, 0, flags, prot), -EINVAL)
      }
    }
    assert.deepEqual(user.peeks(), upTo(PAGES))
    assert.equal(user.vmas, 1)
  })
}
