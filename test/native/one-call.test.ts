// The machine code does what was recorded, no more and no less, and leaves the process as it was.

import assert from 'node:assert/strict'
import { closeSync, fstatSync } from 'node:fs'
import { test } from 'node:test'
import { createBackingFile } from '../../bin/host-process.ts'
import { HostKernel } from '../../engine/native/host-kernel.ts'
import { HostWindow } from '../../engine/native/host-window.ts'
import { Libc, SYS_GETPPID } from '../../engine/native/libc.ts'
import { windowVmas } from '../../engine/native/meter.ts'
import { oneCall } from '../../engine/native/one-call.ts'
import { CALL_WORDS, RecordedCalls } from '../../engine/native/recorded-calls.ts'
import { cannotMeasure } from '../helpers/machine-can.ts'

const RESULT = 7

function withWindow(work: (made: { libc: Libc; window: HostWindow; recorded: RecordedCalls; file: number }) => void) {
  const file = createBackingFile(64, 1)
  const libc = new Libc()
  const window = new HostWindow(libc, 32)
  try {
    work({ libc, window, recorded: new RecordedCalls(window), file })
  } finally {
    closeSync(file)
  }
}

test('a call that takes nothing returns what the kernel knows', { skip: cannotMeasure }, () => {
  withWindow(({ libc, recorded }) => {
    for (let i = 0; i < 3000; i++) recorded.syscall(SYS_GETPPID, 0, 0, 0, 0, 0, 0)
    assert.equal(oneCall(libc)(recorded), 3000)
    for (let i = 0; i < 3000; i++) assert.equal(recorded.calls[i * CALL_WORDS + RESULT], process.ppid)
  })
})

test('all six arguments arrive, and results are addresses, lengths or errnos', { skip: cannotMeasure }, () => {
  withWindow(({ libc, window, recorded, file }) => {
    const kernel = new HostKernel(recorded, file)
    kernel.mmapFixed(0, 32, 0, 0) // the descriptor is the fifth
    kernel.mmapFixed(8, 4, 60, 0) // the offset is the sixth
    kernel.mmapFixed(0, 0, 0, 0)
    kernel.pread(1, 2, 40) // the offset is the fourth
    recorded.syscall(-1, 1, 2, 3, 4, 5, 6)
    assert.equal(oneCall(libc)(recorded), 5)
    const results = Array.from({ length: 5 }, (_, call) => recorded.calls[call * CALL_WORDS + RESULT])
    assert.deepEqual(results, [window.base, window.base + 8 * 4096, -22, 8192, -38]) // EINVAL, ENOSYS
    assert.deepEqual(
      [0, 1, 2, 3, 4].map(call => recorded.errorOf(call)),
      [0, 0, -22, 0, -38],
    )
    assert.equal(windowVmas(window.base, window.bytes), 3)
    assert.deepEqual(
      [0, 1, 2, 8, 11, 12].map(vpn => window.firstWord(vpn)),
      [0, 40, 41, 60, 63, 12],
    )
    new HostKernel(window, file).release()
  })
})

test('pages are touched in their order, and written where they should be', { skip: cannotMeasure }, () => {
  withWindow(({ libc, window, recorded, file }) => {
    const pages = new HostKernel(window, file)
    pages.mmapFixed(0, 32, 0, 0)
    const kernel = new HostKernel(recorded, file)
    kernel.touch(31, 1)
    kernel.touch(0, 1)
    kernel.touch(5, 0)
    kernel.mmapFixed(0, 1, 7, 0)
    kernel.touch(0, 1)
    assert.equal(oneCall(libc)(recorded), 5)
    const [view] = window.views
    const written = Array.from({ length: 32 }, (_, vpn) => vpn).filter(vpn => view![vpn * 4096 + 8] === 1)
    assert.deepEqual(written, [0, 7, 31]) // window page 0 is file page 7
    pages.mmapFixed(0, 1, 0, 0)
    assert.equal(view![8], 1)
    for (let vpn = 0; vpn < 32; vpn++) assert.equal(window.firstWord(vpn), vpn)
    const others = view!.filter((byte, at) => byte !== 0 && at % 4096 !== 8 && at % 4096 !== 0)
    assert.equal(others.length, 0)
    pages.release()
  })
})

test('reads fault pages in as reads do: an absent page of a sparse file comes to be', { skip: cannotMeasure }, () => {
  const file = createBackingFile(16, 0)
  const libc = new Libc()
  const window = new HostWindow(libc, 16)
  const kernel = new HostKernel(window, file)
  kernel.mmapFixed(0, 16, 0, 0)
  const recorded = new RecordedCalls(window)
  for (const vpn of [3, 9]) recorded.touch(vpn, 0)
  assert.equal(fstatSync(file).blocks, 0)
  assert.equal(oneCall(libc)(recorded), 2)
  assert.equal(fstatSync(file).blocks, 16) // of 512 bytes: two pages
  kernel.release()
  closeSync(file)
})

test('nothing recorded is nothing done', { skip: cannotMeasure }, () => {
  withWindow(({ libc, recorded }) => assert.equal(oneCall(libc)(recorded), 0))
})

test('its last operation may give the window back', { skip: cannotMeasure }, () => {
  withWindow(({ libc, window, recorded, file }) => {
    const kernel = new HostKernel(recorded, file)
    kernel.mmapFixed(0, 32, 0, 0)
    for (let vpn = 0; vpn < 32; vpn++) kernel.mmapFixed(vpn, 1, 63 - vpn, 0)
    kernel.release()
    assert.equal(oneCall(libc)(recorded), 34)
    assert.equal(windowVmas(window.base, window.bytes), 0)
    assert.equal(recorded.errorOf(33), 0)
  })
})

test('another machine is refused with the reason', () => {
  assert.throws(() => oneCall({} as Libc, 'arm64'), /is for x64, not for arm64/)
})
