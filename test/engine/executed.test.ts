// The engine against the kernel's own code, executed (test/fixtures/executed): every column of every step.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runExecuted } from '../helpers/executed-suite.ts'

// From dist/test/engine back to the sources: fixtures are not compiled.
const fixtures = fileURLToPath(new URL('../../../test/fixtures/executed/', import.meta.url))

const STEPS = 13_867
const CHECKPOINTS = 50

test('every step of the executed kernel code is equal in every column, tree levels included', () => {
  let steps = 0
  for (const result of runExecuted(fixtures)) {
    assert.equal(result.firstDifference, null, `${result.scenario}: ${result.firstDifference}`)
    assert.equal(result.equal, result.steps, result.scenario)
    steps += result.steps
  }
  assert.equal(steps, STEPS + CHECKPOINTS)
})
