// The layouts of the Linux Test Project's remap_file_pages01 and 02 on every model, each with its own era's right answers.
//
// From their description in semantics 3a (testcases/kernel/syscalls/remap_file_pages); nothing is copied. The first
// descends from the test program of the mail's author. Run as there on a file of /dev/shm and on one of a disk. Left out:
// shmctl05, SysV shared memory that another thread removes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EINVAL, ENOSYS } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { piecesOf, upTo, WindowUser } from '../helpers/window-user.ts'

const CACHE_PAGES = 1024
const WINDOW_PAGES = 16
const PAIRS = upTo(WINDOW_PAGES / 2).map(i => 2 * i)

for (const model of KERNELS) {
  for (const backing of ['shmem', 'disk'] as const) {
    // Prot 0 is what the test passes; the mail's kernel would make pages of PROT_NONE of it, so there it is the vma's.
    test(`LTP remap_file_pages01 on ${model.name}, ${backing}: pairs of pages in reverse, twice`, () => {
      const user = new WindowUser(model, { windowPages: WINDOW_PAGES, filePages: CACHE_PAGES, backing }).mapAll()
      const hasCall = model.remap !== 'none'
      const shown = upTo(WINDOW_PAGES)
      for (const pass of [1, 2]) {
        for (const i of PAIRS) {
          // No call spans two vmas, so that also 4.0's rule of one vma refuses none: in the first pass a pair lies in the
          // part that is linear still, in the second it is a vma of its own, and linear in it already (kernel-spec 4.5).
          assert.equal(user.remap(i, 2, WINDOW_PAGES - i - 2), hasCall ? 0 : -ENOSYS, `pass ${pass}, page ${i}`)
          if (hasCall) shown.splice(i, 2, WINDOW_PAGES - i - 2, WINDOW_PAGES - i - 1)
          assert.equal(user.vmas, user.isEmulated ? piecesOf(shown) : 1, `pass ${pass}, page ${i}: vmas`)
        }
        const layout = upTo(WINDOW_PAGES).map(j => WINDOW_PAGES - j + (j % 2 === 0 ? -2 : 0))
        assert.deepEqual(user.peeks(), hasCall ? layout : upTo(WINDOW_PAGES), `pass ${pass}`)
      }
      assert.equal(user.vmas, user.isEmulated ? PAIRS.length : 1)
      user.kernel.check()
    })
  }

  test(`LTP remap_file_pages02 on ${model.name}: four calls to refuse, of which the mail's kernel makes the last`, () => {
    const SHARED = 0
    const PRIVATE = 4
    const user = new WindowUser(model, { windowPages: 8, filePages: 1 })
    assert.equal(user.mmap(SHARED, 1, 0), 0)
    assert.equal(user.mmap(PRIVATE, 1, 0, 0, 'private'), 0)
    const refused = model.remap === 'none' ? -ENOSYS : -EINVAL
    assert.equal(user.remap(PRIVATE, 1, 0), refused, 'a start inside the private mapping')
    assert.equal(user.remap(SHARED + 1, 1, 0), refused, 'a start outside')
    assert.equal(user.remap(SHARED, 2, 0), refused, 'two pages over a mapping of one')
    const anyProt = user.remapBytes(user.address(SHARED), PAGE_BYTES, 0, 0, -1)
    assert.equal(anyProt, model.remap === 'patch' ? 0 : refused, 'a protection of -1') // kernel-spec 4.6: used, not checked
    assert.equal(user.vmas, 2)
    assert.deepEqual([user.peek(SHARED), user.peek(PRIVATE)], [0, 0])
  })
}
