// The limit of vmas, era by era: which call is refused, what a refused call leaves, and how far above the limit one gets.
//
// From kernel-spec 2.2 and 11 (limits 5 and 6), executed 4.7, and oracle 4.9 for 2.6.20, 3.10 and 6.18; 2.4's rule is the
// later one, holes alone, by 2.2. Counts are of all vmas; here the process has no others.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backing } from '../../engine/backing-file.ts'
import { ENOMEM } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { MAP_NONBLOCK } from '../../engine/kernel/kernel.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { type Era, piecesOf, upTo, WindowUser } from '../helpers/window-user.ts'

const UNIT = 4
const WINDOW_PAGES = 32
const FILE_PAGES = 1024

/** Where each cut of a vma is checked; elsewhere only one in its middle is. */
const CHECKS_EACH_CUT: readonly Era[] = ['patch', 'install']
const checksEachCut = (model: KernelModel) => CHECKS_EACH_CUT.includes(model.remap)

const boot = (model: KernelModel, mapLimit: number, backing: Backing = 'shmem') =>
  new WindowUser(model, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES, mapLimit, backing }).mapAll()

/** Maps units to file pages that never continue each other. */
const mapUnit = (user: WindowUser, unit: number) => user.mmap(unit * UNIT, UNIT, 500 + 8 * unit)

for (const model of KERNELS) {
  const checksAll = checksEachCut(model)
  const kind = checksAll ? 'each cut' : 'holes alone'
  const oneBelow = checksAll ? 'refused at its second cut, and the first stays' : 'mapped'
  const end = checksAll ? 'at the limit' : 'one vma above the limit'

  test(`${model.name} checks ${kind}: at a limit of 5 the units 1, 3, 5, 7 end as its era's golden vector`, () => {
    const user = boot(model, 5)
    const outcomes = [1, 3, 5, 7].map(unit => [mapUnit(user, unit), user.vmas])
    const last = checksAll ? [-ENOMEM, 5] : [0, 6] // unit 7 needs one cut only
    assert.deepEqual(outcomes, [[0, 3], [0, 5], [-ENOMEM, 5], last])
    // Above the limit even an exact replacement is refused; at the limit it is not.
    const isAbove = !checksAll
    assert.equal(mapUnit(user, 3), isAbove ? -ENOMEM : 0)
    assert.equal(user.mmap(0, WINDOW_PAGES, 0), isAbove ? -ENOMEM : 0)
    assert.equal(user.vmas, isAbove ? 6 : 1)
  })

  test(`${model.name} checks ${kind}: one below the limit a unit inside a vma is ${oneBelow}`, () => {
    const user = boot(model, 6)
    for (const unit of [1, 3]) assert.equal(mapUnit(user, unit), 0)
    const before = user.peeks()
    if (checksAll) {
      assert.equal(mapUnit(user, 5), -ENOMEM)
      assert.equal(user.vmas, 6)
      assert.deepEqual(user.peeks(), before)
      assert.equal(mapUnit(user, 5), -ENOMEM) // now at its first cut
      assert.equal(user.vmas, 6)
    } else {
      assert.equal(mapUnit(user, 5), 0)
      assert.equal(user.vmas, 7)
      assert.equal(mapUnit(user, 5), -ENOMEM)
    }
    user.kernel.check()
  })

  test(`${model.name} checks ${kind}: reversing the window ends ${end}, with every page readable`, () => {
    // Each operation needs one cut. Oracle 4.9: L+1 where holes alone are checked.
    const limit = 12
    const user = boot(model, limit)
    user.peeks()
    const shown = upTo(WINDOW_PAGES)
    let vpn = 0
    while (user.mmap(vpn, 1, WINDOW_PAGES - 1 - vpn) === 0) {
      shown[vpn] = WINDOW_PAGES - 1 - vpn
      vpn++
    }
    assert.equal(user.vmas, checksAll ? limit : limit + 1)
    assert.equal(vpn, user.vmas - 1)
    assert.equal(user.vmas, piecesOf(shown))
    assert.deepEqual(user.peeks(), shown)
    user.kernel.check()
  })

  test(`${model.name}: a refused mapping leaves all pages mapped as they were, those of the refused unit too`, () => {
    const user = boot(model, 5)
    for (const unit of [1, 3]) mapUnit(user, unit)
    const shown = user.peeks()
    const present = user.present(0, WINDOW_PAGES)
    const { tlbFullFlushes, tlbPageInvalidations, pageFaults } = user.kernel.counters
    assert.equal(mapUnit(user, 5), -ENOMEM)
    assert.deepEqual(user.present(0, WINDOW_PAGES), present)
    assert.deepEqual(user.peeks(), shown)
    const after = user.kernel.counters
    assert.deepEqual(
      [after.tlbFullFlushes, after.tlbPageInvalidations, after.pageFaults],
      [tlbFullFlushes, tlbPageInvalidations, pageFaults],
    )
  })
}

/** The window's pages in an order without neighbours, each to a file page that continues nothing. */
const SCATTERED = upTo(WINDOW_PAGES).map(i => ({ vpn: (i * 7) % WINDOW_PAGES, pgoff: 900 - 3 * i }))

/** How many calls succeed before the first refusal. */
function countUntilRefused(call: (vpn: number, pgoff: number) => number): number {
  const refused = SCATTERED.findIndex(({ vpn, pgoff }) => call(vpn, pgoff) !== 0)
  return refused < 0 ? SCATTERED.length : refused
}

for (const model of KERNELS.filter(model => model.remap !== 'none')) {
  for (const backing of ['shmem', 'disk'] as const) {
    const limit = 13
    const { isEmulated } = boot(model, limit, backing)
    const name = isEmulated ? 'is refused at the same operation as mmap()' : 'needs no vma and is never refused'
    test(`${model.name}, ${backing}: remap_file_pages() ${name}`, () => {
      // Kernel-spec 4.4 to 4.6, oracle 4.9.
      const mapped = boot(model, limit, backing)
      const ofMap = countUntilRefused((vpn, pgoff) => mapped.mmap(vpn, 1, pgoff))
      assert.ok(ofMap < SCATTERED.length)
      for (const flags of [0, MAP_NONBLOCK]) {
        const user = boot(model, limit, backing)
        const ofRemap = countUntilRefused((vpn, pgoff) => user.remap(vpn, 1, pgoff, flags))
        assert.equal(ofRemap, isEmulated ? ofMap : SCATTERED.length)
        assert.equal(user.vmas, isEmulated ? mapped.vmas : 1)
        if (isEmulated) assert.equal(user.remap(SCATTERED[ofMap]!.vpn, 1, SCATTERED[ofMap]!.pgoff), -ENOMEM)
        user.kernel.check()
      }
    })
  }
}

test('on 3.10 the emulation on disk is not refused above the limit, where mmap() is: it enters after that check', () => {
  // Kernel-spec 4.4: it calls mmap_region; the comparison with the map count on entry (2.2) is its caller's.
  for (const model of KERNELS.filter(model => model.remap === 'file-ptes')) {
    const user = boot(model, 5, 'disk')
    for (const unit of [1, 3, 7]) assert.equal(mapUnit(user, unit), 0)
    assert.equal(user.vmas, 6)
    assert.equal(mapUnit(user, 3), -ENOMEM)
    assert.equal(user.remap(3 * UNIT, UNIT, 700), 0)
    assert.equal(user.remap(5 * UNIT, UNIT, 700), -ENOMEM) // a hole is refused inside
    assert.equal(user.vmas, 6)
  }
})

test('2.5.42 refuses everything above the limit until a gap is unmapped: filling a hole is how one gets there', () => {
  // Executed 4.7. Munmap is not modelled, so it stays there.
  for (const model of KERNELS.filter(model => model.remap === 'patch')) {
    const user = new WindowUser(model, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES, mapLimit: 3 })
    for (const unit of [0, 2, 4, 6]) assert.equal(mapUnit(user, unit), 0)
    assert.equal(user.vmas, 4)
    for (const unit of [0, 1, 6]) assert.equal(mapUnit(user, unit), -ENOMEM)
    assert.equal(user.mmap(0, WINDOW_PAGES, 0), -ENOMEM)
    assert.equal(user.remap(0, UNIT, 700), 0) // needs no vma
    assert.deepEqual(user.peeks(0, UNIT), [700, 701, 702, 703])
  }
})
