// The three cases of LLVM libc's remap_file_pages_test on every model, each with its own era's right answer.
//
// From their description in semantics 3b; nothing is copied. The first is a file of no bytes: whether a page past its end
// can be mapped is what the eras disagree about.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EFAULT, EINVAL, ENOSYS, SIGBUS } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { PROT_READ } from '../../engine/kernel/syscalls.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { WindowUser } from '../helpers/window-user.ts'

const MAP_PRIVATE = 0x02
const UNMAPPED = 0x12345000

const NAMES: Readonly<Record<number, string>> = {
  [-ENOSYS]: 'ENOSYS',
  [-EFAULT]: 'EFAULT',
  [-EINVAL]: 'EINVAL',
  0: 'mapped, and SIGBUS when read',
}

/** Page 0 of two to file page 1 of an empty file. */
function ofEmptyFile({ remap }: KernelModel, isShmem: boolean): number {
  if (remap === 'none') return -ENOSYS
  if (remap === 'patch') return isShmem ? -EFAULT : -EINVAL // kernel-spec 4.1
  return remap === 'install' ? -EINVAL : 0 // 4.3; 4.4 and 4.5: the size is not looked at
}

for (const model of KERNELS) {
  for (const backing of ['shmem', 'disk'] as const) {
    const answer = ofEmptyFile(model, backing === 'shmem')
    test(`LLVM libc on ${model.name}, ${backing}: page 1 of an empty file is ${NAMES[answer]}`, () => {
      const user = new WindowUser(model, { windowPages: 2, filePages: 0, backing }).mapAll()
      assert.equal(user.remap(0, 1, 1), answer)
      assert.equal(user.vmas, user.isEmulated ? 2 : 1) // file pages 1, 1
      assert.deepEqual(user.peeks(), [-SIGBUS, -SIGBUS])
      assert.deepEqual(user.present(0, 2), [-1, -1])
      user.kernel.check()
    })
  }

  test(`LLVM libc on ${model.name}: PROT_READ with MAP_PRIVATE is refused by all but the mail, which looks at neither`, () => {
    const user = new WindowUser(model, { windowPages: 2, filePages: 2 }).mapAll()
    const answer = user.remapBytes(user.address(0), PAGE_BYTES, 1, MAP_PRIVATE, PROT_READ)
    const isMail = model.remap === 'patch'
    assert.equal(answer, isMail ? 0 : model.remap === 'none' ? -ENOSYS : -EINVAL)
    assert.deepEqual(user.peeks(), isMail ? [1, 1] : [0, 1])
  })

  test(`LLVM libc on ${model.name}: an address without a mapping is refused`, () => {
    const user = new WindowUser(model, { windowPages: 2, filePages: 2, otherVmas: model.otherVmas }).mapAll()
    assert.equal(user.remapBytes(UNMAPPED, PAGE_BYTES, 0), model.remap === 'none' ? -ENOSYS : -EINVAL)
    assert.deepEqual(user.peeks(), [0, 1])
    assert.equal(user.vmas, 1)
  })
}
