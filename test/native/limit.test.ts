// Past the limit of vmas on the running kernel, in a process that lives on to tell.

import assert from 'node:assert/strict'
import { closeSync, existsSync } from 'node:fs'
import { test } from 'node:test'
import { certifyLimit, limitHindrance, predictedErrors } from '../../bin/certify-limit.ts'
import { strategyNamed } from '../../bin/compose.ts'
import { mapLimit } from '../../bin/host-guard.ts'
import { createBackingFile, isDeath, perform } from '../../bin/host-process.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import { LIMIT_TRACES, limitTrace } from '../../engine/native/limit-trace.ts'
import { cli } from '../bin/cli-process.ts'
import { heldFiles } from '../helpers/held-files.ts'
import { cannotMeasure } from '../helpers/machine-can.ts'

/** Limits far above the default would take minutes. */
const MOST = 200_000
const cannotReach = cannotMeasure || reachable()

function reachable(): string | false {
  if (!existsSync('/proc/sys/vm/max_map_count')) return 'needs Linux'
  return mapLimit() > MOST ? `vm.max_map_count is ${mapLimit()}` : (limitHindrance('/dev/shm')?.why ?? false)
}

const asked = [
  'certify',
  '--limit',
  '--quiet',
  '--traces',
  '1',
  '--seed',
  '20261122',
  '--file',
  '64M',
  '--window',
  '8M',
]

test('certify --limit: every operation at the limit is answered as the model says', { skip: cannotReach }, () => {
  const { stdout, stderr, status } = cli([...asked, '--strategy', 'map-fixed,linear', '--format', 'json'])
  assert.equal(stderr, '')
  const { limit, certified, runs } = JSON.parse(stdout)
  assert.equal(status, certified ? 0 : 1) // of the counters, which may be disturbed, others tell
  assert.equal(runs.length, 2)
  assert.equal(limit.max_map_count, mapLimit())
  assert.equal(limit.runs.length, LIMIT_TRACES) // linear cannot come to the limit
  for (const run of limit.runs) {
    assert.deepEqual([run.strategy, run.died, run.mismatches, run.equal], ['map-fixed', null, 0, true], run.trace)
    assert.ok(run.operations >= 2 * mapLimit() && run.refused_measured > 1000, run.trace)
    assert.equal(run.refused_measured, run.refused_predicted)
    assert.equal(run.first_refused_measured, run.first_refused_predicted)
    assert.ok(run.other_vmas > 20 && run.other_vmas < 1000)
  }
  assert.ok(limit.runs[0].granted_later > 1000, 'the first trace stays at the limit')
  assert.equal(limit.runs[1].granted_later, 0)
})

test('one vma more or less beside the window would be noticed', { skip: cannotReach }, () => {
  const trace = limitTrace(99, 0, mapLimit())
  const { rows, sizes } = trace
  const descriptor = createBackingFile(sizes.filePages, 0)
  const task = { kind: 'limit', strategy: 'map-fixed', sizes, rows: { ...rows }, mapLimit: mapLimit() } as const
  const answer = perform(task, descriptor, 60_000)
  closeSync(descriptor)
  assert.ok(!isDeath(answer), JSON.stringify(answer))
  const predictedWith = (otherVmas: number) =>
    predictedErrors(linux618, strategyNamed('map-fixed'), trace, { otherVmas, mapLimit: mapLimit() })
  assert.deepEqual(predictedWith(answer.otherVmas), [...answer.errors])
  for (const wrong of [answer.otherVmas - 1, answer.otherVmas + 1]) {
    assert.notDeepEqual(predictedWith(wrong), [...answer.errors])
  }
})

test('a process that dies at the limit is a row that says so', { skip: cannotReach }, () => {
  const unknown = { ...strategyNamed('map-fixed'), name: 'no-such' }
  const done: number[] = []
  const { runs } = certifyLimit(linux618, [unknown], { seed: 1, hostFile: '/dev/shm' }, runs => done.push(runs))
  assert.equal(done.at(-1), LIMIT_TRACES)
  assert.deepEqual(heldFiles(), [])
  assert.ok(
    runs.every(({ died, answers }) => answers === null && /measuring process failed: .*no-such/.test(died ?? '')),
  )
})

test('strategies of which none can come to the limit are a mistake that is said', () => {
  const { status, stderr, stdout } = cli([...asked, '--strategy', 'linear,vmcache'])
  assert.deepEqual([status, stdout], [2, ''])
  assert.match(stderr, /^remapbench: --limit: --strategy linear,vmcache never comes to it; .*such as map-fixed\n$/)
})
