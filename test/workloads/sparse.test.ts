import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../../engine/errors.ts'
import { sparse } from '../../workloads/sparse.ts'
import { uniform } from '../../workloads/uniform.ts'
import { file, MIB, open, take, visit } from './accesses.ts'

/** The distinct pages of so many accesses, ascending. */
function pagesOf(bytes: number, stride: number, accesses = 100_000): number[] {
  const pages = new Set<number>()
  visit(open(sparse, { stride }, file(bytes)), accesses, page => pages.add(page))
  return [...pages].sort((a, b) => a - b)
}

test('of every stride of pages the first is used, each of them, and no other', () => {
  for (const stride of [1, 7, 512, 1024]) {
    const expected = Array.from({ length: Math.ceil(25_600 / stride) }, (_, i) => i * stride)
    assert.deepEqual(pagesOf(100 * MIB, stride, 600_000), expected, `stride ${stride}`)
  }
})

test('one page per page-table page of x86-64 by default', () => {
  assert.deepEqual(sparse.resolve({}), { stride: 512, writes: 0.05 })
})

test('a last stride that the file cuts short is used, one longer than the file is its first page', () => {
  assert.deepEqual(pagesOf(4 * 4096, 3), [0, 3])
  assert.deepEqual(pagesOf(7 * 4096, 3), [0, 3, 6])
  assert.deepEqual(pagesOf(4 * 4096, 4), [0])
  assert.deepEqual(pagesOf(4 * 4096, 2 ** 31 - 1), [0])
})

test('all the pages used are equally likely', () => {
  const counts = new Float64Array(100)
  visit(open(sparse, { stride: 512 }, file(100 * 2 * MIB)), 409_600, page => counts[page / 512]!++)
  let chiSquare = 0
  for (const count of counts) chiSquare += (count - 4096) ** 2 / 4096
  assert.ok(Math.abs(chiSquare - 99) < 5 * 14.1, `${chiSquare}`) // 99 degrees of freedom, standard deviation 14.1
})

test('page numbers of the largest file are exact: nothing wraps at 2^31', () => {
  const pages = pagesOf(8 * 2 ** 40, 512)
  assert.ok(pages.every(page => page >= 0 && page < 2 ** 31 && page % 512 === 0))
  assert.ok(pages.at(-1)! > 0.999 * 2 ** 31)
})

test('with a stride of one page it is the uniform workload', () => {
  const dense = open(sparse, { stride: 1 }, file(MIB))
  assert.deepEqual(take(dense, 10_000), take(open(uniform, {}, file(MIB)), 10_000))
})

test('a stride that is no whole number from 1 is refused', () => {
  for (const stride of [0, -1, 1.5, 'wide']) {
    assert.throws(() => sparse.resolve({ stride }), {
      name: UsageError.name,
      message: `--param stride=${stride}: must be an integer from 1 to 2147483647`,
    })
  }
})
