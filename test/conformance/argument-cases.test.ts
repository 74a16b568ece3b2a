// What three real kernels answered to odd arguments and in odd states (test/fixtures/oracle/errors.csv): every case that can
// be said in the model's terms is run on the model of that kernel.
//
// The file tells a case's name and its outcome, not its calls: those are reconstructed here. Window of 1,024 pages, file of
// 4,096 fully written pages, page i of which holds i; the window shows the file from its first page on.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { MAP_NONBLOCK } from '../../engine/kernel/kernel.ts'
import { linux2620 } from '../../engine/kernel/linux-2.6.20.ts'
import { linux310 } from '../../engine/kernel/linux-3.10.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { PROT_READ, PROT_WRITE } from '../../engine/kernel/syscalls.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { fixture } from '../helpers/fixtures.ts'
import { WindowUser } from '../helpers/window-user.ts'

const WINDOW_PAGES = 1024
const FILE_PAGES = 4096
const ROWS = 180

const MODELS: Readonly<Record<string, KernelModel>> = {
  '3.10.30-x86_64': linux310,
  '2.6.20-i386': linux2620,
  '6.18': linux618,
}

/** Not modelled: a second process, other calls than the two and madvise, files that change their length, MAP_LOCKED. */
const LEFT_OUT = [
  ...['fork_child_R0_64pages_minflt', 'fork_child_R0_next64linear_minflt', 'fork_child_M_64pages_minflt'],
  ...['mprotect_middle_p5', 'mprotect_middle_p20', 'mprotect_middle_p40'],
  ...['mprotect_back(merge?)', 'mprotect_back_DONTNEED_p40'],
  ...['munmap_middle_p5', 'munmap_middle_p40'],
  'mremap_move',
  ...['ftruncate_below_pgoff', 'ftruncate_regrown'],
  ...['mlock_window', 'mlocked_R0_16pages_minflt_delta', 'mlocked_RN_16pages_minflt_delta'],
  'mlocked_RN_touch_minflt_delta',
]

/** A call, or calls of which the last is judged, on a window that is mapped linearly unless the case maps its own. */
interface Case {
  readonly map?: (model: KernelModel) => WindowUser
  readonly call: (user: WindowUser) => number
}

const boot = (model: KernelModel) => new WindowUser(model, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES })
const remap = (user: WindowUser, vpn = 5, pgoff = 100, pages = 1, flags = 0) => user.remap(vpn, pages, pgoff, flags)
const remapBytes = (startOffset: number, size: number): Case => ({
  call: user => user.remapBytes(user.address(5) + startOffset, size, 100),
})
const remapProt = (prot: number): Case => ({
  call: user => user.remapBytes(user.address(5), PAGE_BYTES, 100, 0, prot),
})
const remapPages = (...args: [vpn: number, pgoff: number, pages?: number, flags?: number]): Case => ({
  call: user => remap(user, ...args),
})
const onMapping = (mapping: 'private' | 'read-only-file' | 'read-only' | 'anonymous'): Case => ({
  map: model => boot(model).mapAll(mapping),
  call: user => remap(user),
})
const longs = (user: WindowUser) => 2 ** user.kernel.model.longBits
const dropAll = (user: WindowUser) => user.kernel.dontNeed(0, WINDOW_PAGES)

const basic = remapPages(5, 100)
const nonblock = remapPages(5, 100, 1, MAP_NONBLOCK)
const mapFixed: Case = { call: user => user.mmap(5, 1, 100) }
const partlyBeyond = remapPages(5, FILE_PAGES - 2, 4)
const fromPage64: Case = {
  map: model => boot(model).mapAll('shared', 64),
  call: user => remap(user, 5, 10),
}
const dropTouched: Case = {
  call: user => {
    remap(user)
    user.peeks(5, 7)
    return dropAll(user)
  },
}

const CASES: Readonly<Record<string, Case>> = {
  basic_R0: basic,
  basic_RN: nonblock,
  basic_M: mapFixed,
  linear_noop_fresh: remapPages(5, 5),
  'prot=PROT_READ': remapProt(PROT_READ),
  'prot=PROT_RW': remapProt(PROT_READ | PROT_WRITE),
  private_mapping: onMapping('private'),
  shared_map_of_O_RDONLY_fd: onMapping('read-only-file'),
  PROT_READ_map_of_O_RDWR_fd: onMapping('read-only'),
  range_end_outside_vma: remapPages(WINDOW_PAGES - 1, 100, 2),
  range_start_before_vma: remapPages(-1, 100, 2),
  no_vma: remapPages(-16, 100),
  range_straddles_two_vmas: {
    map: model => {
      const user = boot(model)
      user.mmap(0, 512, 0)
      user.mmap(512, 512, 2048)
      return user
    },
    call: user => remap(user, 511, 100, 2),
  },
  pgoff_beyond_EOF: remapPages(5, FILE_PAGES + 10),
  pgoff_beyond_EOF_RN: remapPages(5, FILE_PAGES + 10, 1, MAP_NONBLOCK),
  pgoff_beyond_EOF_M: { call: user => user.mmap(5, 1, FILE_PAGES + 10) },
  range_partly_beyond_EOF_first: partlyBeyond,
  range_partly_beyond_EOF_third: partlyBeyond,
  'size=0': remapBytes(0, 0),
  'size=100': remapBytes(0, 100),
  'size=4196_p5': remapBytes(0, 4196),
  'size=4196_p6': remapBytes(0, 4196),
  'start+123_p5': remapBytes(123, PAGE_BYTES),
  'start+123_p6': remapBytes(123, PAGE_BYTES),
  'start+size_wraps': { call: user => user.remapBytes(user.address(5), longs(user) - PAGE_BYTES, 100) },
  'pgoff+pages_wraps': { call: user => user.remap(5, 2, longs(user) - 1) },
  'pgoff=2^29_RN': remapPages(5, 2 ** 29, 1, MAP_NONBLOCK),
  'pgoff=2^31_RN': remapPages(5, 2 ** 31, 1, MAP_NONBLOCK),
  'flags=0x7777': remapPages(5, 100, 1, 0x7777),
  anon_private: onMapping('anonymous'),
  // A shared anonymous mapping is a file of its own on shmem, of holes.
  anon_shared: {
    map: model => {
      const holes = { isAbsent: () => true, holds: () => 0 }
      return new WindowUser(model, { windowPages: WINDOW_PAGES, filePages: WINDOW_PAGES, ...holes }).mapAll()
    },
    call: user => {
      user.poke(100, 777)
      return remap(user)
    },
  },
  vma_base_off64_remap_to_10: fromPage64,
  vma_base_off64_neighbour: fromPage64,
  MADV_DONTNEED_after_R0_touched: dropTouched,
  MADV_DONTNEED_after_R0_linearpage: dropTouched,
  MADV_DONTNEED_after_RN_untouched: { call: user => remap(user, 5, 100, 1, MAP_NONBLOCK) || dropAll(user) },
  MADV_DONTNEED_twice_R0: { call: user => remap(user) || dropAll(user) || dropAll(user) },
  MADV_DONTNEED_after_M: { call: user => mapFixed.call(user) || user.kernel.dontNeed(5, 1) },
  mmap_FIXED_linear_over_nonlinear: { call: user => remap(user) || remap(user, 20, 200) || user.mmap(20, 1, 20) },
  mmap_FIXED_whole_window_linear_again: { call: user => remap(user) || user.mmap(0, WINDOW_PAGES, 0) },
  remap_back_to_linear: { call: user => remap(user) || remap(user, 5, 5) },
  whole_window_one_call: remapPages(0, WINDOW_PAGES, WINDOW_PAGES),
  write_via_nonlinear_seen_linear: { call: user => remap(user) || user.poke(5, 4242) },
}

interface Row {
  readonly kernel: string
  readonly fs: string
  readonly case: string
  readonly ret: string
  readonly vmas_before: string
  readonly vmas_after: string
  readonly state: string
}

const rows: readonly Row[] = parse(readFileSync(fixture('oracle/errors.csv')), { columns: true })

/** `content5=100`, `content_last=1023`, `peek5(neg=signal)=-7`: what a page holds; nothing for `0`. */
function pageOf(state: string): { vpn: number; holds: number } | null {
  const found = /^(?:content|peek)(\d+|_last)(?:\(.*\))?=(-?\d+)$/.exec(state)
  return found && { vpn: found[1] === '_last' ? WINDOW_PAGES - 1 : Number(found[1]), holds: Number(found[2]) }
}

/** Runs a row's case; what was wrong, if anything. */
function differences(row: Row): string[] {
  const model = MODELS[row.kernel]!
  const { map = (of: KernelModel) => boot(of).mapAll(), call } = CASES[row.case]!
  const user = map(model)
  const page = pageOf(row.state)
  const seen: (readonly [string, number, number])[] = [['vmas before', user.vmas, Number(row.vmas_before)]]
  seen.push(['returned', call(user), Number(row.ret)], ['vmas after', user.vmas, Number(row.vmas_after)])
  if (page) seen.push([`page ${page.vpn}`, user.peek(page.vpn), page.holds])
  user.kernel.check()
  return seen
    .filter(([, ours, theirs]) => ours !== theirs)
    .map(([what, ours, theirs]) => `${row.case}: ${what} ${ours}, measured ${theirs}`)
}

for (const kernel of Object.keys(MODELS)) {
  const measured = rows.filter(row => row.kernel === kernel && row.case in CASES)
  test(`${measured.length} argument and state cases end on ${MODELS[kernel]!.name} as measured on ${kernel}`, () => {
    assert.deepEqual(measured.flatMap(differences), [])
  })
}

test('every case of the file is run, or is listed as left out', () => {
  assert.equal(rows.length, ROWS)
  for (const kernel of Object.keys(MODELS)) {
    const cases = rows.filter(row => row.kernel === kernel).map(row => row.case)
    assert.deepEqual(cases.sort(), [...Object.keys(CASES), ...LEFT_OUT].sort())
  }
  assert.ok(rows.every(row => row.kernel in MODELS && row.fs === 'tmpfs'))
})

test('of every case but one whose state is `0`, the content of a page is compared, too', () => {
  const without = new Set(rows.filter(row => row.case in CASES && pageOf(row.state) === null).map(row => row.case))
  assert.deepEqual([...without], ['no_vma'])
})
