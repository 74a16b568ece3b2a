// The arguments of remap_file_pages(), era by era: what each refuses, how it rounds, and what the window shows afterwards.
//
// From the table of errors in kernel-spec 4.6 and the comparison of the mail with 6.18 in semantics 3e; where a row needs
// more, its section stands beside it. Left out: MAP_LOCKED (no model has it), SysV shm, sealing, personalities, PROT_NONE
// in the mail's kernel (an endless loop of faults there, executed 4.3), pages from 2^32 on (syscalls.ts).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backing } from '../../engine/backing-file.ts'
import { EFAULT, EINVAL, ENOSYS, EOVERFLOW, SIGBUS, SIGSEGV } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { type Mapping, PROT_READ, PROT_WRITE } from '../../engine/kernel/syscalls.ts'
import { PAGE_BYTES as P } from '../../engine/units.ts'
import { piecesOf, upTo, WindowUser } from '../helpers/window-user.ts'

const WINDOW_PAGES = 16
const FILE_PAGES = 64
const LAST = WINDOW_PAGES - 1
const REMAPPING = KERNELS.filter(model => model.remap !== 'none')
const BACKINGS: readonly Backing[] = ['shmem', 'ramfs', 'disk']

/** Window pages that map another file page than they did; the others are as they were. */
type Changed = Readonly<Record<number, number>>
/** A refusal that changed nothing, a success, or a failure halfway. */
type Outcome = number | Changed | readonly [errno: number, changed: Changed]
/** Of 2.5.42 with the mail (by kind of file where they differ), of 2.6.20, and of all since 2.6.23. */
type Outcomes = readonly [patch: Outcome | { shmem: Outcome; file: Outcome }, install: Outcome, later: Outcome]
type Row = readonly [what: string, call: (user: WindowUser) => number, outcomes: Outcomes]

const same = (outcome: Outcome): Outcomes => [outcome, outcome, outcome]
const bytes =
  (startOffset: number, size: number, flags = 0, prot?: number) =>
  (user: WindowUser) =>
    user.remapBytes(user.address(0) + startOffset, size, 30, flags, prot)
const longs = (user: WindowUser) => 2 ** user.kernel.model.longBits
const pages = (vpn: number, count: number, pgoff: number, flags?: number) => (user: WindowUser) =>
  user.remap(vpn, count, pgoff, flags)

const ROWS: readonly Row[] = [
  // The mail uses the protection, masked with 15; later kernels want none.
  ['a protection of -1', bytes(5 * P, P, 0, -1), [{ 5: 30 }, -EINVAL, -EINVAL]],
  ['PROT_READ', bytes(5 * P, P, 0, PROT_READ), [{ 5: 30 }, -EINVAL, -EINVAL]],
  ['PROT_READ|PROT_WRITE', bytes(5 * P, P, 0, PROT_READ | PROT_WRITE), [{ 5: 30 }, -EINVAL, -EINVAL]],

  // Rounding: the mail's is up, each for itself and with the end computed before (4.1); 2.6.20's is down, with the end still
  // computed before (4.3); later all is down.
  ['a start inside a page', bytes(5 * P + 123, P), [{ 6: 30 }, { 5: 30 }, { 5: 30 }]],
  ['a start inside a page and an end at the next', bytes(5 * P + 123, P - 123), same(-EINVAL)],
  ['a start inside the last page', bytes(LAST * P + 123, P), [-EINVAL, -EINVAL, { [LAST]: 30 }]],
  ['4196 bytes', bytes(5 * P, 4196), [{ 5: 30, 6: 31 }, { 5: 30 }, { 5: 30 }]],
  ['4196 bytes at the last page', bytes(LAST * P, 4196), [-EINVAL, -EINVAL, { [LAST]: 30 }]],
  ['100 bytes', bytes(5 * P, 100), [{ 5: 30 }, -EINVAL, -EINVAL]],
  ['100 bytes off, to the end of a page', bytes(3 * P + 100, 2 * P - 100), [{ 4: 30, 5: 31 }, { 3: 30 }, { 3: 30 }]],
  ['no bytes', bytes(5 * P, 0), same(-EINVAL)],
  ['no bytes inside a page', bytes(5 * P + 123, 0), same(-EINVAL)],
  ['a size with which addresses wrap', user => user.remapBytes(user.address(5), longs(user) - P, 30), same(-EINVAL)],

  // Ranges that are not the window's.
  ['a start below the vma', pages(-1, 2, 30), same(-EINVAL)],
  ['an end past the vma', pages(LAST, 2, 30), same(-EINVAL)],
  ['the page past the vma', pages(WINDOW_PAGES, 1, 30), same(-EINVAL)],
  ['an address without a vma', pages(-16, 1, 30), same(-EINVAL)],

  // File pages past the end of the file.
  ['the page at the end', pages(5, 1, FILE_PAGES), [{ shmem: -EFAULT, file: -EINVAL }, -EINVAL, { 5: FILE_PAGES }]],
  [
    'two pages inside, two past the end',
    pages(5, 4, 62),
    [{ shmem: [-EFAULT, { 5: 62, 6: 63 }], file: -EINVAL }, -EINVAL, { 5: 62, 6: 63, 7: 64, 8: 65 }],
  ],
  ['a file page of 2^29', pages(5, 1, 2 ** 29), [{ shmem: -EFAULT, file: -EINVAL }, -EINVAL, { 5: 2 ** 29 }]],

  // What is allowed.
  ['unknown flags', pages(5, 1, 30, 0x7777), same({ 5: 30 })],
  ['MAP_PRIVATE as a flag', pages(5, 1, 30, 0x02), same({ 5: 30 })],
  ['MAP_FIXED|MAP_SHARED as flags', pages(5, 1, 30, 0x11), same({ 5: 30 })],
  ['all flags', pages(5, 1, 30, -1), same({ 5: 30 })],
  ['a file page that is mapped already', pages(5, 1, 9), same({ 5: 9 })],
  ['the linear page', pages(5, 1, 5), same({})],
  ['the whole window', pages(0, WINDOW_PAGES, 30), same(Object.fromEntries(upTo(WINDOW_PAGES).map(i => [i, 30 + i])))],
]

function boot(model: KernelModel, backing: Backing, mapping?: Mapping): WindowUser {
  return new WindowUser(model, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES, backing }).mapAll(mapping)
}

/** What a row says of a model and a kind of file: the errno and what has changed. */
function expected([, , outcomes]: Row, model: KernelModel, backing: Backing): readonly [number, Changed] {
  const [patch, install, later] = outcomes
  const ofMail = typeof patch === 'object' && 'shmem' in patch ? patch[backing === 'shmem' ? 'shmem' : 'file'] : patch
  const outcome = model.remap === 'patch' ? ofMail : model.remap === 'install' ? install : later
  if (typeof outcome === 'number') return [outcome, {}]
  return Array.isArray(outcome) ? (outcome as [number, Changed]) : [0, outcome as Changed]
}

const contentOf = (page: number) => (page < FILE_PAGES ? page : -SIGBUS)

for (const model of REMAPPING) {
  for (const backing of BACKINGS) {
    test(`${model.name}, ${backing}: remap_file_pages() answers ${ROWS.length} kinds of arguments as its era does`, () => {
      for (const row of ROWS) {
        for (const isTouched of [true, false]) {
          const user = boot(model, backing)
          if (isTouched) user.peeks()
          const [errno, changed] = expected(row, model, backing)
          const shown = upTo(WINDOW_PAGES).map(vpn => changed[vpn] ?? vpn)
          assert.equal(row[1](user), errno, row[0])
          assert.deepEqual(user.peeks(), shown.map(contentOf), row[0])
          assert.equal(user.vmas, user.isEmulated ? piecesOf(shown) : 1, `${row[0]}: vmas`)
          user.kernel.check()
        }
      }
    })
  }

  test(`${model.name}: remap_file_pages() takes shared mappings only, also of PROT_READ, none of a file opened for reading`, () => {
    // Kernel-spec 4.1: a shared mapping of a file that was opened for reading has lost VM_SHARED.
    for (const [mapping, errno] of [
      ['private', -EINVAL],
      ['anonymous', -EINVAL],
      ['read-only-file', -EINVAL],
      ['read-only', 0],
    ] as const) {
      const user = boot(model, 'shmem', mapping)
      const before = user.peeks()
      assert.equal(user.remap(5, 1, 30), errno, mapping)
      assert.deepEqual(user.peeks(), errno === 0 ? before.with(5, 30) : before, mapping)
    }
  })
}

test('Linux 2.4 has no remap_file_pages(): ENOSYS whatever the arguments', () => {
  for (const model of KERNELS.filter(model => model.remap === 'none')) {
    for (const [what, call] of ROWS) {
      const user = boot(model, 'shmem')
      assert.equal(call(user), -ENOSYS, what)
      assert.deepEqual(user.peeks(), upTo(WINDOW_PAGES), what)
    }
  }
})

test('file page numbers that wrap are refused by all but the mail, which compares them with the end of the file', () => {
  for (const model of REMAPPING) {
    for (const backing of BACKINGS) {
      const user = boot(model, backing)
      const answer = user.remap(5, 2, 2 ** model.longBits - 1)
      if (model.remap !== 'patch') assert.equal(answer, -EINVAL)
      else if (backing === 'shmem') assert.equal(answer, -EFAULT)
      else {
        // Executed 4.5: the page cache's comparison wraps, too, and the last page of all is read and mapped.
        assert.equal(answer, 0)
        assert.deepEqual(user.present(5, 7), [2 ** 32 - 1, 0])
      }
    }
  }
})

test('a file page of 2^52 is too far: EOVERFLOW on 6.18, EINVAL on 3.10, whose ptes cannot name it', () => {
  // Semantics 3e for 6.18; PTE_FILE_MAX_BITS as in kernel-spec 4.3 for 3.10. 4.0 has neither check: not modelled.
  for (const model of REMAPPING.filter(model => model.longBits === 64 && model.remap !== 'emulated-in-one-vma')) {
    const user = boot(model, 'shmem')
    assert.equal(user.remap(5, 1, 2 ** 52), model.remap === 'emulated' ? -EOVERFLOW : -EINVAL, model.name)
    assert.deepEqual(user.peeks(), upTo(WINDOW_PAGES))
    assert.equal(user.remap(-16, 1, 2 ** 52), -EINVAL, model.name) // without a vma nothing else is looked at
  }
})

test('start = 14P+100 with size 2P-100: the mail maps one page past the vma, later kernels page 14', () => {
  // Semantics 3e; executed 4.4: no munmap zaps that page, for there is no vma.
  for (const model of REMAPPING) {
    const user = boot(model, 'shmem')
    assert.equal(user.remapBytes(user.address(14) + 100, 2 * P - 100, 30), 0)
    const isMail = model.remap === 'patch'
    assert.deepEqual(user.peeks(13, 17), isMail ? [13, 14, 30, 31] : [13, 30, 15, -SIGSEGV], model.name)
    assert.equal(user.kernel.pgoffByVma(16), -1)
    assert.equal(user.mmap(1, LAST, 41), 0)
    assert.deepEqual(user.peeks(14, 17), [54, 55, isMail ? 31 : -SIGSEGV], model.name)
  }
})

/** Two neighbours of six pages, the second at file page 32 and of some kind. */
function twoVmas(
  model: KernelModel,
  backing: Backing,
  second: Mapping = 'shared',
  secondAt = 6,
  pgoff = 32,
): WindowUser {
  const user = new WindowUser(model, { windowPages: 12, filePages: FILE_PAGES, backing })
  user.mmap(0, 6, 0)
  user.mmap(secondAt, 12 - secondAt, pgoff, 0, second)
  return user
}

test('a range over two adjacent vmas of the file is EINVAL until 4.5, which remaps it', () => {
  for (const model of REMAPPING) {
    for (const backing of BACKINGS) {
      const user = twoVmas(model, backing)
      const before = user.peeks()
      const isTaken = model.remap === 'emulated'
      assert.equal(user.remap(4, 4, 50), isTaken ? 0 : -EINVAL, model.name)
      assert.deepEqual(user.peeks(4, 8), isTaken ? [50, 51, 52, 53] : before.slice(4, 8))
      assert.equal(user.vmas, isTaken ? 3 : 2)
    }
  }
})

test('two mappings that continue each other are one vma to remap where vmas merge, two in 2.5.42', () => {
  for (const model of REMAPPING) {
    const user = twoVmas(model, 'shmem', 'shared', 6, 6)
    assert.equal(user.remap(4, 4, 50), model.remap === 'patch' ? -EINVAL : 0, model.name)
  }
})

test('a range over a hole or over a vma of another kind is EINVAL on every kernel, and nothing has changed', () => {
  for (const model of REMAPPING) {
    for (const user of [
      twoVmas(model, 'shmem', 'shared', 7),
      twoVmas(model, 'shmem', 'read-only'),
      twoVmas(model, 'shmem', 'private'),
      twoVmas(model, 'shmem', 'anonymous'),
    ]) {
      const before = user.peeks()
      assert.equal(user.remap(4, 4, 50), -EINVAL, model.name)
      assert.deepEqual(user.peeks(), before)
      assert.equal(user.vmas, 2)
    }
  }
})

test('2.6.20 makes the vma nonlinear before it looks at the end of the file, but after a page no pte can name', () => {
  // Kernel-spec 4.3, in the order of its checks.
  for (const model of REMAPPING.filter(model => model.remap === 'install')) {
    const user = boot(model, 'shmem')
    assert.equal(user.remap(5, 1, 2 ** 29), -EINVAL)
    assert.equal(user.kernel.isNonlinear(5), false)
    assert.equal(user.remap(5, 1, FILE_PAGES), -EINVAL)
    assert.equal(user.kernel.isNonlinear(5), true)
  }
})
