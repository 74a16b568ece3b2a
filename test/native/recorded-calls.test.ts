// What was recorded is what a lane does: the same calls and accesses in the same order, and the same window afterwards.

import assert from 'node:assert/strict'
import { closeSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createBackingFile } from '../../bin/host-process.ts'
import { CounterSet } from '../../engine/counters.ts'
import { type Hands, HostKernel } from '../../engine/native/host-kernel.ts'
import { HostWindow } from '../../engine/native/host-window.ts'
import { Libc } from '../../engine/native/libc.ts'
import { randomTrace } from '../../engine/native/random-trace.ts'
import { CALL_WORDS, NEXT_CALL, playPlainly, RecordedCalls } from '../../engine/native/recorded-calls.ts'
import { runRows } from '../../engine/ops-run.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import { cannotMeasure } from '../helpers/machine-can.ts'

const sizes = { windowPages: 2048, filePages: 8192 }
const SEED = 20261122

function withFile(work: (libc: Libc, descriptor: number) => void): void {
  const descriptor = createBackingFile(sizes.filePages, 1)
  try {
    work(new Libc(), descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** All that a strategy does with a random trace, its first mapping included. */
function drive(hands: Hands, descriptor: number, name: string, number: number): CounterSet {
  const kernel = new HostKernel(hands, descriptor)
  const strategy = STRATEGIES.find(entry => entry.name === name)!.create(kernel, sizes)
  strategy.setup(sizes.windowPages)
  const { rows } = randomTrace(SEED, number, sizes)
  runRows(rows, 0, rows.length, { strategy, kernel }, () => {})
  return kernel.counters
}

/** A window that writes down what it is told to do. */
function watched(window: HostWindow, log: string[]): Hands {
  const { base, bytes, reserved } = window
  return {
    base,
    bytes,
    reserved,
    syscall: (...call) => {
      log.push(call.join(' '))
      return window.syscall(...call)
    },
    errno: () => window.errno(),
    touch: (vpn, write) => {
      log.push(`${write === 0 ? 'read' : 'write'} ${vpn}`)
      return window.touch(vpn, write)
    },
  }
}

function logOf({ steps, stepCount, calls }: RecordedCalls): string[] {
  let call = 0
  return Array.from(steps.subarray(0, stepCount), step => {
    if (step !== NEXT_CALL) return `${step % 2 === 0 ? 'read' : 'write'} ${Math.floor(step / 2)}`
    const at = call++ * CALL_WORDS
    return calls.subarray(at, at + CALL_WORDS - 1).join(' ')
  })
}

/** The window as /proc/self/maps has it, and the beginning of each page. */
function shown(window: HostWindow) {
  const maps = readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter(line => {
      const from = Number.parseInt(line, 16)
      return from >= window.base && from < window.base + window.bytes
    })
  return { maps, words: Array.from({ length: sizes.windowPages }, (_, vpn) => window.firstWord(vpn)) }
}

for (const { name } of STRATEGIES.filter(({ name, maps }) => maps === 'window' && !/locked|sigbus/.test(name))) {
  test(`${name} is recorded as it is done, and played again leaves the same window`, { skip: cannotMeasure }, () => {
    withFile((libc, descriptor) => {
      const window = new HostWindow(libc, sizes.windowPages)
      const kernel = new HostKernel(window, descriptor)
      for (let number = 0; number < 8; number++) {
        kernel.clear()
        const log: string[] = []
        const done = drive(watched(window, log), descriptor, name, number)
        const byLane = shown(window)
        const recorded = new RecordedCalls(window)
        const noted = drive(recorded, descriptor, name, number)
        assert.deepEqual(noted, done)
        assert.deepEqual(logOf(recorded), log)
        assert.equal(recorded.callCount, log.filter(line => /^\d/.test(line)).length)
        kernel.clear()
        playPlainly(libc, window.views, recorded)
        assert.deepEqual(shown(window), byLane)
        for (let call = 0; call < recorded.callCount; call++) assert.equal(recorded.errorOf(call), 0)
      }
      kernel.release()
    })
  })
}

test('a refused call leaves its errno, and the loop goes on', { skip: cannotMeasure }, () => {
  withFile((libc, descriptor) => {
    const window = new HostWindow(libc, 16)
    const recorded = new RecordedCalls(window)
    const noted = new HostKernel(recorded, descriptor)
    noted.mmapFixed(0, 16, 0, 0)
    noted.mmapFixed(0, 0, 0, 0)
    noted.pread(0, 1, 5)
    noted.touch(3, 0)
    noted.touch(3, 1)
    assert.deepEqual(noted.counters, Object.assign(new CounterSet(), { syscalls: 3, bytesCopied: 4096 }))
    playPlainly(libc, window.views, recorded)
    assert.deepEqual(
      [0, 1, 2].map(call => recorded.errorOf(call)),
      [0, -22, 0],
    ) // EINVAL
    assert.equal(recorded.calls[2 * CALL_WORDS + 7], 4096)
    assert.deepEqual([window.firstWord(0), window.firstWord(3), window.views[0]![3 * 4096 + 8]], [5, 3, 1])
    new HostKernel(window, descriptor).release()
  })
})
