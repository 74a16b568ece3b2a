// The model of the running kernel follows what was observed, and is refused where that lies outside its rules.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import type { Calibration } from '../../engine/native/calibrate.ts'
import { hostModel } from '../../engine/native/host-model.ts'
import { randomTrace } from '../../engine/native/random-trace.ts'
import { OP_REMAP } from '../../engine/window-ops.ts'

/** What 6.18 shows of itself (tracepoints on a virtual machine, x86-64). */
const OBSERVED: Calibration = {
  pageBytes: 4096,
  faultAroundPages: 16,
  writeFaultPages: 1,
  merges: true,
  populates: true,
  remapFilePages: 'emulated',
  freesTables: true,
  dropFreesTables: true,
  flushCeiling: 33,
  flushesPerTwoTables: 2,
  flushesPerFreedTable: 2,
  vmaBytes: 192,
}

test('a kernel that behaves like 6.18 has its numbers', () => {
  const { model, outside } = hostModel(OBSERVED)
  assert.deepEqual(outside, [])
  assert.deepEqual({ ...model, name: linux618.name }, { ...linux618 })
})

test('observed numbers replace those of 6.18', () => {
  const clean = { flushesPerTwoTables: 1, flushesPerFreedTable: 1 }
  const { model, outside } = hostModel({ ...OBSERVED, ...clean, faultAroundPages: 4, flushCeiling: 64, vmaBytes: 184 })
  assert.deepEqual(outside, [])
  assert.deepEqual(
    [model.faultAroundPages, model.rangedFlush!.ceilingPages, model.inheritsDirty, model.vmaSlab.objectBytes],
    [4, 64, false, 184],
  )
})

test('a kernel without remap_file_pages() lacks it, and is predicted all the same', () => {
  const { model, outside } = hostModel({ ...OBSERVED, remapFilePages: 'absent' })
  assert.deepEqual(outside, [])
  assert.match(model.lacks['remap-file-pages']!, /refuses remap_file_pages/)
})

test('nothing is predicted of huge pages, other page sizes and anything else there is no rule for', () => {
  const strange: Partial<Calibration>[] = [
    { faultAroundPages: 512 },
    { writeFaultPages: 512 },
    { pageBytes: 65536 },
    { faultAroundPages: 12 },
    { merges: false },
    { populates: false },
    { remapFilePages: 'nonlinear' },
    { freesTables: false },
    { dropFreesTables: false },
    { flushesPerTwoTables: 3 },
    { flushesPerFreedTable: 5 },
  ]
  for (const observed of strange) assert.notEqual(hostModel({ ...OBSERVED, ...observed }).outside.length, 0)
})

test('a random trace is the same for the same seed and number, and stays inside window and file', () => {
  const sizes = { windowPages: 4096, filePages: 65_536 }
  for (let number = 0; number < 60; number++) {
    const { rows, name } = randomTrace(5, number, sizes)
    assert.deepEqual(randomTrace(5, number, sizes).rows, rows)
    for (let i = 0; i < rows.length; i++) {
      assert.ok(rows.vpn[i]! + rows.pages[i]! <= sizes.windowPages, name)
      if (rows.op[i] === OP_REMAP) assert.ok(rows.pgoff[i]! + rows.pages[i]! <= sizes.filePages, name)
    }
  }
  assert.notDeepEqual(randomTrace(5, 1, sizes).rows, randomTrace(6, 1, sizes).rows)
})
