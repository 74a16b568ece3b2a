// The engine, and the naive model that judges it elsewhere, against the kernel's own code, executed
// (test/fixtures/executed): every column of every step.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runExecuted, runScenarios, type SuiteResult } from '../helpers/executed-suite.ts'
import { fixture } from '../helpers/fixtures.ts'
import { bootNaive } from '../helpers/naive/naive-executed.ts'

const STEPS = 13_867
const CHECKPOINTS = 50

/** Fails at the first scenario that is not equal; returns how many steps were. */
function allEqual(results: Iterable<SuiteResult>): number {
  let steps = 0
  for (const result of results) {
    assert.equal(result.firstDifference, null, `${result.scenario}: ${result.firstDifference}`)
    assert.equal(result.equal, result.steps, result.scenario)
    steps += result.steps
  }
  return steps
}

test('every step of the executed kernel code is equal in every column, tree levels included', () => {
  assert.equal(allEqual(runExecuted(fixture('executed'))), STEPS + CHECKPOINTS)
})

test('every step of the scenarios is equal in the naive model, too', () => {
  assert.equal(allEqual(runScenarios(fixture('executed'), bootNaive)), STEPS)
})
