import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnvironmentError } from '../../bin/errors.ts'
import { allocating, type LaneTables, requireMemory, tableBytes } from '../../bin/memory.ts'
import { geometry } from '../../engine/window.ts'

const GIB = 2 ** 30
const main = geometry(16 * GIB, GIB, 16 * 1024)
const huge = geometry(8192 * GIB, GIB, 4096)

/** Two lanes that map the window by whole units of a complete file. */
function lanes(unitPages: number): readonly LaneTables[] {
  const lane = { mappedPages: GIB / 4096, cellPages: unitPages, notesPages: false }
  return [lane, lane]
}

test('the main job needs a few megabytes, the largest geometry eight gigabytes', () => {
  assert.ok(tableBytes(main, lanes(4)) < 32 * 2 ** 20)
  assert.ok(tableBytes(huge, lanes(1)) > 8 * GIB)
})

test('a lane that maps the whole file needs tables for all of it, a file with missing pages a note for each', () => {
  const [lane] = lanes(4)
  const pages = main.filePages
  const more = (change: Partial<LaneTables>) => tableBytes(main, [{ ...lane, ...change }]) - tableBytes(main, [lane])
  assert.ok(more({ mappedPages: pages }) > 6 * (pages - lane.mappedPages))
  assert.ok(more({ cellPages: 1 }) > 0)
  assert.equal(more({ notesPages: true }), 2 * pages)
})

test('tables that do not fit are refused in one line, for want of memory or for their size alone', () => {
  assert.doesNotThrow(() => requireMemory(tableBytes(main, lanes(4)), main, GIB))
  assert.doesNotThrow(() => requireMemory(tableBytes(main, lanes(4)), main, 0))
  for (const [sizes, available, why] of [
    [main, 2 ** 20, /need 0\.\d GiB of tables, 0\.0 GiB are free; a larger --unit, a smaller --file or fewer lanes/],
    [huge, 64 * GIB, /^memory: 2,147,483,648 units of 4K need 8\.\d GiB of tables, at most 4\.0 GiB are used/],
  ] as const) {
    assert.throws(() => requireMemory(tableBytes(sizes, lanes(sizes.unitPages)), sizes, available), {
      name: 'EnvironmentError',
      message: why,
    })
  }
})

test('an allocation that fails all the same is the environment’s fault, any other error is not', () => {
  assert.throws(() => allocating(() => new Int32Array(2 ** 52)), EnvironmentError)
  assert.throws(() => allocating(() => (1).toFixed(-1)), RangeError)
  assert.equal(
    allocating(() => 7),
    7,
  )
})
