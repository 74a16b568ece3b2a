// What MAP_NONBLOCK and MAP_POPULATE leave in the page table, era by era, when pages of the file are absent or past its end.
//
// From kernel-spec 4.1 to 4.5 and 5, semantics 3e, executed 4.10; 2.6.20, 3.10 and 6.18 as measured (oracle 3 and 4).
// MAP_LOCKED is not modelled: it populates inside the call like a write, and shields pages from reclaim, of which there is
// none here. Nor are the copies that MAP_POPULATE makes of private pages.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backing } from '../../engine/backing-file.ts'
import { ENOMEM, ENOSYS, SIGBUS } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { MAP_NONBLOCK, MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { type Era, WindowUser } from '../helpers/window-user.ts'

const WINDOW_PAGES = 8
const FILE_PAGES = 64
const ABSENT = 31
const NONE = [-1, -1, -1, -1]

const boot = (model: KernelModel, backing: Backing) =>
  new WindowUser(model, {
    windowPages: WINDOW_PAGES,
    filePages: FILE_PAGES,
    backing,
    isAbsent: page => page === ABSENT,
  }).mapAll()

/** What a call on pages 2..5 returned, left present in them, and left as file ptes. */
interface Left {
  readonly returned: number
  readonly present: readonly number[]
  readonly filePtes?: readonly number[]
}

function look(user: WindowUser, returned: number): Left {
  const filePtes = [2, 3, 4, 5].map(vpn => user.kernel.filePteAt(vpn))
  return { returned, present: user.present(2, 6), filePtes }
}

const left = ({ returned, present, filePtes = NONE }: Left): Left => ({ returned, present, filePtes })

/** By era, and for the file's kind where it matters: 3.10 emulates on disk. */
type Answers = Readonly<Record<Era, Left | ((backing: Backing) => Left)>>

function answer(answers: Answers, { remap }: KernelModel, backing: Backing): Left {
  const found = answers[remap]
  return left(typeof found === 'function' ? found(backing) : found)
}

for (const backing of ['shmem', 'ramfs', 'disk'] as const) {
  test(`remap_file_pages(MAP_NONBLOCK) where a page of ${backing} is absent: stale or ENOMEM, a file pte, or nothing present`, () => {
    const emulated = { returned: 0, present: NONE }
    const answers: Answers = {
      none: { returned: -ENOSYS, present: [2, 3, 4, 5] },
      // 4.1: shmem skips the page, whose old entry stays; the page cache fails there.
      patch: of =>
        of === 'shmem' ? { returned: 0, present: [30, 3, 32, 33] } : { returned: -ENOMEM, present: [30, 3, 4, 5] },
      install: { returned: 0, present: [30, -1, 32, 33], filePtes: [-1, ABSENT, -1, -1] }, // 4.3
      'file-ptes': of => (of === 'disk' ? emulated : { returned: 0, present: NONE, filePtes: [30, 31, 32, 33] }), // 4.4
      'emulated-in-one-vma': emulated, // 4.5
      emulated,
    }
    for (const model of KERNELS) {
      const user = boot(model, backing)
      user.peeks()
      const { fileReads } = user.kernel.counters
      assert.deepEqual(look(user, user.remap(2, 4, 30, MAP_NONBLOCK)), answer(answers, model, backing), model.name)
      assert.equal(user.kernel.counters.fileReads, fileReads) // none is read in
      // Whoever reads then gets the pages asked for, but not from the mail's kernel nor where there is no such call.
      const isMail = model.remap === 'patch'
      const seen = isMail || model.remap === 'none' ? user.present(2, 6) : [30, 31, 32, 33]
      assert.deepEqual(user.peeks(2, 6), seen, model.name)
      user.kernel.check()
    }
  })

  test(`remap_file_pages() without it brings an absent page of ${backing} in, on every kernel that has it`, () => {
    for (const model of KERNELS.filter(model => model.remap !== 'none')) {
      const user = boot(model, backing)
      assert.deepEqual(look(user, user.remap(2, 4, 30)), left({ returned: 0, present: [30, 31, 32, 33] }), model.name)
      assert.equal(user.kernel.counters.fileReads, 1)
      assert.equal(user.kernel.counters.pageFaults, 0)
    }
  })

  test(`mmap(MAP_POPULATE) maps all pages, an absent one of ${backing} too, but is unknown to 2.4`, () => {
    for (const model of KERNELS) {
      const user = boot(model, backing)
      const present = model.remap === 'none' ? NONE : [30, 31, 32, 33]
      assert.deepEqual(look(user, user.mmap(2, 4, 30, MAP_POPULATE)), left({ returned: 0, present }), model.name)
      assert.deepEqual(user.peeks(2, 6), [30, 31, 32, 33], model.name)
      assert.equal(user.kernel.counters.pageFaults === 0, model.remap !== 'none', model.name)
    }
  })

  test(`mmap(MAP_POPULATE|MAP_NONBLOCK) maps what is cached of ${backing} in 2.5.42 and 2.6.20, nothing since`, () => {
    const nothing = { returned: 0, present: NONE }
    const answers: Answers = {
      none: nothing,
      // The error of the page cache is swallowed (executed 4.10): the pages before the absent one stay.
      patch: of => ({ returned: 0, present: of === 'shmem' ? [30, -1, 32, 33] : [30, -1, -1, -1] }),
      install: { returned: 0, present: [30, -1, 32, 33] },
      'file-ptes': nothing, // 5: a no-op since 2.6.23
      'emulated-in-one-vma': nothing,
      emulated: nothing,
    }
    for (const model of KERNELS) {
      const user = boot(model, backing)
      const flags = MAP_POPULATE | MAP_NONBLOCK
      assert.deepEqual(look(user, user.mmap(2, 4, 30, flags)), answer(answers, model, backing), model.name)
      assert.equal(user.kernel.counters.fileReads, 0)
      assert.deepEqual(user.peeks(2, 6), [30, 31, 32, 33], model.name)
    }
  })

  test(`mmap(MAP_POPULATE) over the end of ${backing} succeeds with what its era populates up to the end`, () => {
    const upToTheEnd = { returned: 0, present: [62, 63, -1, -1] }
    const nothing = { returned: 0, present: NONE }
    const answers: Answers = {
      none: nothing,
      patch: of => (of === 'shmem' ? upToTheEnd : nothing), // executed 4.10
      install: nothing, // 4.3: EINVAL up front, and its result is ignored
      'file-ptes': upToTheEnd,
      'emulated-in-one-vma': upToTheEnd,
      emulated: upToTheEnd,
    }
    for (const model of KERNELS) {
      const user = boot(model, backing)
      assert.deepEqual(look(user, user.mmap(2, 4, 62, MAP_POPULATE)), answer(answers, model, backing), model.name)
      assert.deepEqual(user.peeks(2, 6), [62, 63, -SIGBUS, -SIGBUS], model.name)
    }
  })

  test(`MAP_NONBLOCK without MAP_POPULATE is nothing to mmap(), on ${backing}`, () => {
    for (const model of KERNELS) {
      const user = boot(model, backing)
      const result = look(user, user.mmap(2, 4, 30, MAP_NONBLOCK))
      assert.deepEqual(result, left({ returned: 0, present: NONE }), model.name)
    }
  })
}

test('in 2.5.42 and 2.6.20 MAP_POPULATE is without effect on mappings that cannot be remapped', () => {
  // Kernel-spec 5: it calls remap_file_pages(), which wants VM_SHARED.
  for (const model of KERNELS.filter(({ remap }) => remap === 'patch' || remap === 'install')) {
    for (const mapping of ['private', 'read-only-file', 'anonymous'] as const) {
      const user = boot(model, 'shmem')
      assert.equal(user.mmap(2, 4, 30, MAP_POPULATE, mapping), 0)
      assert.deepEqual(user.present(2, 6), NONE, `${model.name}, ${mapping}`)
    }
  }
})

test('a file pte, too, leads past the end of the file: it is written without a look, and read with SIGBUS', () => {
  // Kernel-spec 4.4, oracle 4.3.
  for (const model of KERNELS.filter(model => model.remap === 'file-ptes')) {
    const user = boot(model, 'shmem')
    user.peeks()
    assert.equal(user.remap(2, 4, 62, MAP_NONBLOCK), 0)
    assert.deepEqual(look(user, 0), { returned: 0, present: NONE, filePtes: [62, 63, 64, 65] })
    assert.deepEqual(user.peeks(2, 6), [62, 63, -SIGBUS, -SIGBUS])
  }
})

test('3.10 populates even where the pages are linear and nothing else is to be done; 4.0 does nothing at all then', () => {
  // Oracle 3, "linear no-op" of 3.10 (kernel-spec 4.4 says "nothing done": measured wins); kernel-spec 4.5 for 4.0.
  for (const [remap, present] of [
    ['file-ptes', [2, 3, 4, 5]],
    ['emulated-in-one-vma', NONE],
    ['emulated', [2, 3, 4, 5]],
  ] as const) {
    for (const model of KERNELS.filter(model => model.remap === remap)) {
      const user = boot(model, 'shmem')
      assert.equal(user.remap(2, 4, 2), 0)
      assert.deepEqual(user.present(2, 6), present, model.name)
      assert.equal(user.vmas, 1)
      assert.equal(user.kernel.isNonlinear(2), false)
    }
  }
})
