// Whether each touch of a lane on the running kernel sees the page of the file that the pool put there.

import assert from 'node:assert/strict'
import { closeSync, writeSync } from 'node:fs'
import { test } from 'node:test'
import { render, run } from '../../bin/api.ts'
import { wrongPages } from '../../bin/host-lanes.ts'
import { createBackingFile, isDeath, perform } from '../../bin/host-process.ts'
import { toRequest } from '../../bin/request.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import { cli, preloaded, SMALL } from '../bin/cli-process.ts'
import { cannotMeasure } from '../helpers/machine-can.ts'

const small = { file: '128M', window: '4M', accesses: 4000, warmup: 1000, kernel: 'host' }

test('every strategy that can run shows each touch its page, also of a sparse file', {
  skip: cannotMeasure,
}, async () => {
  const strategy = STRATEGIES.map(({ name }) => name)
  for (const contents of ['written', '50%']) {
    const rows = await run({ ...small, strategy, contents, verify: true })
    const done = rows.filter(({ result }) => result.outcome.state === 'completed')
    assert.ok(done.length >= 6)
    for (const { result } of done) assert.equal(result.measured!.verifiedTouches, 5000, result.spec.strategy)
    assert.match(
      render(done, 'text').replaceAll(/\s+/g, ' '),
      /Verified: 5,000 touches of .* each saw the right page\./,
    )
  }
})

test('a wrong page is seen, and leaves no result', { skip: cannotMeasure }, () => {
  const request = toRequest({ ...small, strategy: 'map-fixed' })
  const work = { kind: 'pool', strategy: 'map-fixed', request } as const
  const verified = (spoil: (descriptor: number) => void) => {
    const descriptor = createBackingFile(2 ** 15, 1)
    try {
      spoil(descriptor)
      const task = { kind: 'count', work, patience: { tries: 1, ms: 1 }, verifies: true } as const
      const answer = perform(task, descriptor, 60_000)
      assert.ok(!isDeath(answer))
      return answer.verified!
    } finally {
      closeSync(descriptor)
    }
  }
  assert.deepEqual(
    verified(() => {}),
    { touches: 5000, wrong: 0, first: null },
  )
  const wrong = verified(descriptor => {
    for (let page = 0; page < 2 ** 15; page++) writeSync(descriptor, Uint8Array.of(7, 0, 0, 1), 0, 4, page * 4096)
  })
  assert.deepEqual([wrong.touches, wrong.wrong, wrong.first!.found], [5000, 5000, 7 + 2 ** 24])
  const { vpn, expected } = wrong.first!
  assert.deepEqual(wrongPages(wrong), {
    reason: 'wrong-pages',
    why: `5000 of 5000 touches saw a wrong page: window page ${vpn} showed file page 16777223 instead of ${expected}`,
  })
})

/** Each page of the backing file begins with another number than its own. */
const spoiled = preloaded(`const own = Buffer.prototype.writeUInt32LE
  Buffer.prototype.writeUInt32LE = function (page, at) { return own.call(this, page + 1, at) }`)
const asked = [...SMALL, '--kernel', 'host', '--strategy', 'map-fixed', '--verify', '--format', 'csv']

test('a wrong page makes the program fail: the row stays, and a line names the lane and the page', {
  skip: cannotMeasure,
}, () => {
  for (const option of [[], ['--quiet'], ['--kernel', 'linux-6.18']]) {
    const { status, stdout, stderr } = cli([...asked, ...option], spoiled)
    assert.equal(status, 1, stderr)
    assert.match(stdout, /^[^\n]+\n(.*,linux-6\.18,.*\n)?.*,host,map-fixed,.*,unsupported:wrong-pages,.*\n/)
    const [, wrong, touches, found, expected] =
      /^remapbench: --verify of map-fixed on host: (\d+) of (\d+) touches saw a wrong page: window page \d+ showed file page (\d+) instead of (\d+)\n$/.exec(
        stderr,
      )!
    assert.deepEqual([wrong, touches, Number(found)], ['20000', '20000', Number(expected) + 1])
  }
})

test('that every touch saw its page is said with csv, too, unless nothing is to be said', {
  skip: cannotMeasure,
}, () => {
  const { status, stderr } = cli(asked)
  assert.deepEqual([status, stderr], [0, 'Verified: 20,000 touches of map-fixed each saw the right page.\n'])
  const quiet = cli([...asked, '--quiet'])
  assert.deepEqual([quiet.status, quiet.stderr], [0, ''])
})

test('--verify without the running kernel, or with --ops, is a mistake', () => {
  for (const [options, message] of [
    [['--verify'], '--verify: is for the running kernel alone; --kernel linux-2.5.42-remap lacks host'],
    [
      ['--verify', '--kernel', 'host', '--ops', 'x.csv'],
      '--verify: does not go with --ops, whose rows are counted only',
    ],
  ] as const) {
    const { status, stderr } = cli([...options])
    assert.deepEqual([status, stderr], [2, `remapbench: ${message}\n`])
  }
})
