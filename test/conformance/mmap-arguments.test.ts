// The arguments of mmap(MAP_FIXED), era by era: what is refused, in which order, with which errno, and what is mapped then.
//
// From kernel-spec 2.1 (2.5.42, and 2.4 like it) and 2.2 (6.12), executed 4.8, and do_mmap_pgoff of 2.6.24 and 3.19 for the
// kernels between. Left out: MAP_LOCKED and its limits, RLIMIT_AS, rights of the file, hints without MAP_FIXED.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EINVAL, ENOMEM, EOVERFLOW, SIGBUS, SIGSEGV } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { type Mapping, mmapBytes } from '../../engine/kernel/syscalls.ts'
import { PAGE_BYTES as P } from '../../engine/units.ts'
import { type Era, piecesOf, upTo, WindowUser } from '../helpers/window-user.ts'

const WINDOW_PAGES = 16
const FILE_PAGES = 64

/** 2.4, and 2.5.42 with the mail: before vmas of files merged. */
const OLD: readonly Era[] = ['none', 'patch']
const isOld = (model: KernelModel) => OLD.includes(model.remap)

const boot = (model: KernelModel, mapping?: Mapping) =>
  new WindowUser(model, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES }).mapAll(mapping)

interface Call {
  readonly address?: (user: WindowUser) => number
  readonly length?: (model: KernelModel) => number
  readonly pgoff?: (model: KernelModel) => number
  /** What it returns before 2.6, and since. */
  readonly returns: readonly [old: number, since: number]
  /** Whether this is found out before the map count is looked at. */
  readonly isEarly?: true
}

const oddly = (user: WindowUser) => user.address(5) + 1
const atTheEnd = (user: WindowUser) => user.kernel.model.addressEnd - P
const twoPages = () => 2 * P
const nothing = () => 0
const wrapping = (model: KernelModel) => 2 ** model.longBits - 1

const REFUSED: Readonly<Record<string, Call>> = {
  'no bytes': { length: nothing, returns: [0, -EINVAL], isEarly: true },
  'no bytes at an odd address': { address: oddly, length: nothing, returns: [0, -EINVAL], isEarly: true },
  'no bytes, from a wrapping file page': { length: nothing, pgoff: wrapping, returns: [0, -EINVAL], isEarly: true },
  'more than there are addresses': {
    length: model => model.addressEnd + P,
    returns: [-EINVAL, -ENOMEM],
    isEarly: true,
  },
  'a wrapping file page': { length: twoPages, pgoff: wrapping, returns: [-EINVAL, -EOVERFLOW], isEarly: true },
  'a wrapping file page at an odd address': {
    address: oddly,
    length: twoPages,
    pgoff: wrapping,
    returns: [-EINVAL, -EOVERFLOW],
    isEarly: true,
  },
  'past the last address': { address: atTheEnd, length: twoPages, returns: [-ENOMEM, -ENOMEM] },
  'past the last address, from an odd one': { address: user => atTheEnd(user) + 1, returns: [-ENOMEM, -ENOMEM] },
  'an odd address': { address: oddly, returns: [-EINVAL, -EINVAL] },
}

function make(user: WindowUser, call: Call): number {
  const { model } = user.kernel
  const { address = (of: WindowUser) => of.address(5), length = () => P, pgoff = () => 30 } = call
  return mmapBytes(user.kernel, address(user), length(model), pgoff(model), 0)
}

for (const model of KERNELS) {
  test(`${model.name}: mmap() answers ${Object.keys(REFUSED).length} kinds of bad arguments as its era does, and changes nothing`, () => {
    for (const [what, call] of Object.entries(REFUSED)) {
      const user = boot(model)
      assert.equal(make(user, call), call.returns[isOld(model) ? 0 : 1], what)
      assert.deepEqual(user.peeks(), upTo(WINDOW_PAGES), what)
      assert.deepEqual([user.vmas, user.kernel.counters.syscalls], [1, 2], what) // counted, refused or not
    }
  })

  test(`${model.name}: with too many vmas, what is wrong with length and file page is told first, the address never`, () => {
    // Kernel-spec 2.1: the map count comes third, after length and offset, before get_unmapped_area.
    for (const [what, call] of Object.entries(REFUSED)) {
      const user = new WindowUser(model, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES, mapLimit: 2 })
      for (const vpn of [0, 2, 4]) assert.equal(user.mmap(vpn, 1, 20 + vpn), 0) // into holes: no cut is refused
      assert.equal(make(user, call), call.isEarly ? call.returns[isOld(model) ? 0 : 1] : -ENOMEM, what)
      assert.equal(user.mmap(2, 1, 22), -ENOMEM) // even what is there already
      assert.equal(user.mmap(0, WINDOW_PAGES, 0), -ENOMEM) // even what would leave one vma
      assert.deepEqual(user.peeks(0, 6), [20, -SIGSEGV, 22, -SIGSEGV, 24, -SIGSEGV])
      assert.equal(user.vmas, 3)
    }
  })

  test(`${model.name}: mmap() rounds the length up to whole pages`, () => {
    for (const [length, count] of [
      [1, 1],
      [P, 1],
      [P + 1, 2],
      [3 * P - 1, 3],
    ] as const) {
      const user = boot(model)
      assert.equal(mmapBytes(user.kernel, user.address(5), length, 30, 0), 0)
      const shown = upTo(WINDOW_PAGES).map(vpn => (vpn >= 5 && vpn < 5 + count ? 25 + vpn : vpn))
      assert.deepEqual(user.peeks(), shown)
      assert.equal(user.vmas, 3)
    }
  })

  test(`${model.name}: mmap() past the end of the file succeeds and kills who reads there`, () => {
    const user = boot(model)
    assert.equal(user.mmap(4, 4, 62), 0)
    assert.deepEqual(user.peeks(3, 9), [3, 62, 63, -SIGBUS, -SIGBUS, 8])
    assert.equal(user.vmas, 3)
  })

  test(`${model.name}: mapping back what was there ${isOld(model) ? 'merges nothing' : 'leaves one vma again'}`, () => {
    // Kernel-spec 2.3: file vmas merge since 2.5.60, with both neighbours.
    const user = boot(model)
    assert.equal(user.mmap(5, 1, 30), 0)
    assert.equal(user.mmap(5, 1, 5), 0)
    assert.equal(user.vmas, isOld(model) ? 3 : 1)
    assert.equal(user.mmap(7, 2, 40), 0)
    assert.equal(user.mmap(9, 2, 42), 0)
    const shown = upTo(WINDOW_PAGES).map(vpn => (vpn >= 7 && vpn < 11 ? 33 + vpn : vpn))
    assert.deepEqual(user.peeks(), shown)
    assert.equal(user.vmas, isOld(model) ? 6 : piecesOf(shown))
  })

  test(`${model.name}: a mapping of another kind never merges, whatever it continues`, () => {
    // Kernel-spec 2.3: the flags must be equal.
    for (const kind of ['private', 'read-only', 'read-only-file'] as const) {
      const user = boot(model)
      assert.equal(user.mmap(5, 1, 5, 0, kind), 0)
      assert.deepEqual(user.peeks(), upTo(WINDOW_PAGES))
      assert.equal(user.vmas, 3)
    }
  })
}
