// Times of the running kernel: what they are is the machine's; that they are taken, of the right work, and given up in good
// order is tested.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../../bin/api.ts'
import { createBackingFile } from '../../bin/host-process.ts'
import { toRequest } from '../../bin/request.ts'
import { TimedLane } from '../../bin/timed-lane.ts'
import { timing } from '../../bin/timing.ts'
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

test('lanes that do not fit memory together are not timed, and say why', { skip: cannotMeasure }, async () => {
  const request = toRequest({ ...small, kernel: 'host', time: 2, accesses: 2 ** 40 })
  const row = rowOf(resultOf({ strategy: 'map-fixed', kernel: 'host' }), null)
  const [timed] = await timing(request, [row], async () => false).run(() => {})
  assert.equal(timed!.times!.own, null)
  assert.match(timed!.times!.why, /^the file and the measuring process need [\d,.]+ GiB, and [\d.]+ GiB are /)
})

test('a signal ends the timing alone: what was counted is written and printed', { skip: cannotMeasure }, async t => {
  const out = join(scratch(t), 'counts.json')
  const options = ['--kernel', 'host', '--file', '128M', '--window', '4M', '--accesses', '5000', '--time', '1000']
  const program = spawn(
    process.execPath,
    [CLI, ...options, '--strategy', 'map-fixed', '--format', 'text', '--out', out],
    {
      env: environment(),
    },
  )
  let text = ''
  program.stdout.on('data', chunk => (text += chunk))
  await timedChildOf(program.pid!)
  program.kill('SIGINT')
  const [status, signal] = await once(program, 'close')
  assert.deepEqual([status, signal], [null, 'SIGINT'])
  assert.match(text, /kernel entries/)
  assert.doesNotMatch(text, /Timed by turns/)
  assert.equal(JSON.parse(readFileSync(out, 'utf8')).results[0].kernel, 'host')
})

/** Waits for a process that is timed. */
async function timedChildOf(parent: number): Promise<void> {
  for (;;) {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ')
    const commands = children.map(child => (child === '' ? '' : readFileSync(`/proc/${child}/cmdline`, 'utf8')))
    if (commands.some(command => command.includes('timing-child'))) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

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
