import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describe, EnvironmentError } from '../../bin/errors.ts'
import { InvariantError, TraceError, UsageError } from '../../engine/errors.ts'

test('each kind of error has its exit code, and a mistake of the user is one line', () => {
  assert.deepEqual(describe(new UsageError('--unit 3K: no')), { text: 'remapbench: --unit 3K: no\n', code: 2 })
  assert.equal(describe(new TraceError('ops.csv:3: no')).code, 3)
  assert.equal(describe(new EnvironmentError('memory: no')).code, 5)
})

test('a bug of ours shows its values and its stack', () => {
  for (const error of [new InvariantError('7 vmas, 8 counted'), new TypeError('7 vmas, 8 counted')]) {
    const { text, code } = describe(error)
    assert.equal(code, 70)
    assert.match(text, /7 vmas, 8 counted\n +at .*errors\.test/)
  }
  assert.deepEqual([describe('odd').code, describe(undefined).code], [70, 70])
})

test('line breaks and escape sequences in what the user gave do not reach the terminal', () => {
  const { text } = describe(new UsageError('--out a\nb\x1b[31m\x9bc: no'))
  assert.equal(text, 'remapbench: --out a\\x0ab\\x1b[31m\\x9bc: no\n')
})
