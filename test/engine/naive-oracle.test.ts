// The naive model of the kernel eras against the measured kernels (test/fixtures/oracle): what the engine is compared with
// (kernel-against-naive.test.ts) is itself right. Only the smaller runs, for time; `npm run oracle` knows the engine alone.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { scratch } from '../bin/cli-process.ts'
import { fixture } from '../helpers/fixtures.ts'
import { bootNaive } from '../helpers/naive/naive-oracle.ts'
import { runOracle } from '../helpers/oracle-suite.ts'

const MOST_OPS = 4096
const ROWS = 242
/** Rows whose measurement is known to be off by a little. */
const NOISY = 7

test('every row of at most 4,096 operations of every measured kernel is equal to the naive model', t => {
  const [header, ...lines] = readFileSync(fixture('oracle/rows.csv'), 'utf8').trimEnd().split('\n')
  const ops = header!.split(',').indexOf('n')
  const path = join(scratch(t), 'rows.csv')
  writeFileSync(path, [header, ...lines.filter(line => Number(line.split(',')[ops]) <= MOST_OPS)].join('\n'))
  const kernels = new Set<string>()
  let rows = 0
  let noisy = 0
  for (const { row, noise, differences } of runOracle(path, bootNaive)) {
    assert.deepEqual(differences, [], row.key)
    kernels.add(row.kernel)
    rows++
    if (noise.length > 0) noisy++
  }
  assert.deepEqual([rows, noisy, kernels.size], [ROWS, NOISY, 4])
})
