import assert from 'node:assert/strict'
import { test } from 'node:test'
import { geometry } from '../../engine/window.ts'

const K = 1024
const G = 2 ** 30

test('sizes become pages once', () => {
  assert.deepEqual(
    { ...geometry(16 * G, G, 16 * K) },
    { filePages: 4_194_304, windowPages: 262_144, unitPages: 4, unitShift: 2 },
  )
})

for (const [what, sizes, message] of [
  ['a unit of three quarters of a power of two', [16 * G, G, 3 * K], /--unit 3K: .*4K times a power of two/],
  ['a unit below a page', [16 * G, G, 2 * K], /--unit 2K/],
  ['a unit of zero', [16 * G, G, 0], /--unit 0/],
  ['a window larger than the file', [16 * G, 20 * G, 16 * K], /--window 20G: larger than the file \(--file 16G\)/],
  [
    'a window that is no whole number of units',
    [16 * G, G + 4 * K, 16 * K],
    /--window .*multiple of the unit \(--unit 16K\)/,
  ],
  ['a file that is no whole number of units', [16 * G + 4 * K, G, 16 * K], /--file .*multiple of the unit/],
  ['a unit larger than the window', [16 * G, 16 * K, 32 * K], /--window 16K: must be between one unit/],
  ['a file beyond what is modelled', [16 * 2 ** 40, G, 16 * K], /--file 16T: must be between/],
] as const) {
  test(`${what} is refused in one line that names the option`, () => {
    assert.throws(() => geometry(sizes[0], sizes[1], sizes[2]), { name: 'UsageError', message })
  })
}
