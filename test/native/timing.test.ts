// Times of the running kernel: what they are is the machine's; that they are taken, of the right work, and given up in good
// order is tested.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, readFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { run } from '../../bin/api.ts'
import { createBackingFile } from '../../bin/host-process.ts'
import { toRequest } from '../../bin/request.ts'
import { TimedLane } from '../../bin/timed-lane.ts'
import { roomForAll, timing } from '../../bin/timing.ts'
import { CLI, cli, environment, scratch } from '../bin/cli-process.ts'
import { cannotMeasure } from '../helpers/machine-can.ts'
import { resultOf, rowOf } from '../helpers/results.ts'

const small = { file: '128M', window: '4M', accesses: 5000 }

test('lanes are timed, doing what was counted, also at other units', { skip: cannotMeasure }, async () => {
  const strategy = ['map-fixed', 'pread-copy', 'linear']
  const rows = await run({ ...small, strategy, kernel: ['linux-6.18', 'host'], time: 2, units: true })
  for (const { result, times } of rows.slice(0, 3)) assert.equal(times, undefined, result.spec.strategy)
  for (const { result, times } of rows.slice(3)) {
    const name = result.spec.strategy
    const { own, harness, atUnits, why } = times!
    assert.equal(why, '')
    assert.deepEqual([own!.rounds, own!.accesses, own!.remaps], [2, 5000, result.counts.remaps], name)
    for (const { cpu, wall } of [own!, harness!.sample, harness!.plain]) {
      assert.ok(cpu.low > 0 && cpu.low <= cpu.median && cpu.median <= cpu.high, name)
      assert.ok(wall.median >= cpu.median * 0.9, `${name}: ${cpu.median} ns of CPU in ${wall.median} by the clock`)
    }
    // 2M is no unit for a window of 4M.
    assert.deepEqual(
      atUnits.map(({ unitBytes, times }) => [unitBytes / 1024, times!.accesses > 0]),
      [4, 16, 64, 256].map(unit => [unit, true]),
      name,
    )
  }
  // Fewer accesses where each may copy more: 2^28 bytes of units.
  assert.deepEqual(
    rows[3]!.times!.atUnits.map(({ times }) => times!.accesses),
    [5000, 5000, 4096, 1024],
  )
})

test('a lane that dies while it is timed says why', { skip: cannotMeasure }, async () => {
  const descriptor = createBackingFile(2 ** 15, 1)
  const request = toRequest({ ...small, strategy: 'map-fixed', kernel: 'host' })
  const start = (limitMs: number) =>
    new TimedLane({ kind: 'pool', strategy: 'map-fixed', request }, descriptor, limitMs)
  const slow = start(1)
  await assert.rejects(slow.round('whole'), /not done after 0 s/)
  await slow.close()
  const killed = start(60_000)
  assert.ok((await killed.round('sample')).cpuNs > 0)
  process.kill(killed.pid, 'SIGBUS')
  await assert.rejects(killed.round('whole'), /ended by SIGBUS \(no room left for the file\?\)/)
  await assert.rejects(killed.round('whole'), /ended by SIGBUS/)
  await killed.close()
  closeSync(descriptor)
})

test('lanes that fit memory one by one, and not together, are not timed and say why', {
  skip: cannotMeasure,
}, async () => {
  const request = (accesses: number) => toRequest({ ...small, kernel: 'host', time: 2, accesses })
  const half = request(Math.floor(freemem() / 16 / 2))
  assert.equal(roomForAll(half, ['map-fixed']), null)
  assert.match(roomForAll(half, ['map-fixed', 'remap-file-pages', 'linear'])!.why, /GiB are (available|left)/)
  // Copies fill frames of their own.
  const wide = { ...request(1000), windowBytes: 2 ** 50, unitBytes: 2 ** 40 }
  assert.equal(roomForAll(wide, ['linear']), null)
  assert.notEqual(roomForAll(wide, ['pread-copy']), null)
  const row = rowOf(resultOf({ strategy: 'map-fixed', kernel: 'host' }), null)
  const [timed] = await timing(request(2 ** 40), [row], async () => false).run(() => {})
  assert.equal(timed!.times!.own, null)
  assert.match(timed!.times!.why, /^the file and the measuring process need [\d,.]+ GiB, and [\d.]+ GiB are /)
})

test('a process that cannot be started is an answer, too', { skip: cannotMeasure }, async t => {
  const { execPath } = process
  t.after(() => {
    process.execPath = execPath
  })
  process.execPath = '/nonexistent/node'
  const request = toRequest({ ...small, kernel: 'host', time: 1 })
  const rows = ['map-fixed', 'linear'].map(strategy => rowOf(resultOf({ strategy, kernel: 'host' }), null))
  const timed = await timing(request, rows, async () => false).run(() => {})
  for (const { times } of timed) assert.match(times!.why, /ENOENT/)
})

/** Timing that would take minutes, at a moment when it is at work; and its processes. */
async function timingProgram(t: TestContext, ...more: readonly string[]) {
  const lanes = ['--kernel', 'host', '--strategy', 'map-fixed,linear', '--file', '128M', '--window', '4M']
  const args = [CLI, ...lanes, '--accesses', '5000', '--time', '1000', '--format', 'text', ...more]
  const program = spawn(process.execPath, args, { env: environment() })
  t.after(() => program.kill('SIGKILL'))
  const children = () => readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8').trim().split(' ')
  const isTimed = (child: string) => child !== '' && commandOf(child).includes('timing-child')
  await until(() => children().filter(isTimed).length === 2, 'no lane was timed')
  return { program, timed: children().filter(isTimed) }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // it has gone
  }
}

async function until(holds: () => boolean, otherwise: string): Promise<void> {
  for (const began = Date.now(); !holds(); await pause(5)) assert.ok(Date.now() - began < 60_000, otherwise)
}

test('a signal ends the timing alone, and soon: what was counted is written and printed', {
  skip: cannotMeasure,
}, async t => {
  const out = join(scratch(t), 'counts.json')
  const { program } = await timingProgram(t, '--out', out)
  let text = ''
  program.stdout.on('data', chunk => (text += chunk))
  const began = Date.now()
  program.kill('SIGINT')
  const [status, signal] = await once(program, 'close')
  assert.ok(Date.now() - began < 20_000, `it took ${Date.now() - began} ms`)
  assert.deepEqual([status, signal], [null, 'SIGINT'])
  assert.match(text, /kernel entries/)
  assert.match(text.replaceAll(/\s+/g, ' '), /Not all of map-fixed and linear was timed: interrupted\./)
  const { results, meta } = JSON.parse(readFileSync(out, 'utf8'))
  assert.deepEqual([results[0].kernel, meta.timing[0].failed], ['host', 'interrupted'])
})

test('lanes that are timed end with the program, however it ends', { skip: cannotMeasure }, async t => {
  const { program, timed } = await timingProgram(t)
  program.kill('SIGKILL')
  await once(program, 'close')
  await until(() => timed.every(child => commandOf(child) === ''), 'a process is left')
})

test('mistakes with --time name what is allowed', () => {
  for (const [options, message] of [
    [['--time', '5'], '--time 5: is for the running kernel alone; --kernel linux-2.5.42-remap lacks host'],
    [['--time', '0', '--kernel', 'host'], '--time 0: must be a whole number from 1 to 1000'],
    [
      ['--time', '5', '--kernel', 'host', '--ops', 'x.csv'],
      '--time 5: does not go with --ops, whose rows are counted only',
    ],
    [
      ['--time', '5', '--kernel', 'host', '--format', 'csv'],
      '--time 5: csv has no place for it; allowed: --format text or json, or --out FILE.json',
    ],
  ] as const) {
    const { status, stderr, stdout } = cli([...options])
    assert.deepEqual([status, stderr, stdout], [2, `remapbench: ${message}\n`, ''])
  }
})
