// The gate on random files made of real runs: no false alarm, and nothing gets through.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type ReportRow, render } from '../../bin/api.ts'
import { exitCodeOf } from '../../engine/gate/compare.ts'
import { Rng } from '../../engine/rng.ts'
import { GATE_COLUMNS } from '../../reports/gate-columns.ts'
import { edited, found, gateOf, headOf, realRuns, withColumns } from '../helpers/gate-files.ts'

const RUNS = 24
const GATES = 1000
const JUDGED = GATE_COLUMNS.filter(({ role }) => role === 'count' || role === 'refusal')

let rows: readonly ReportRow[] = []
before(async () => {
  rows = await realRuns(RUNS)
})

function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = rng.below(i + 1)
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}

/** Some of the lanes, one that counted something among them. */
function sample(rng: Rng): ReportRow[] {
  const ran = rows.filter(row => row.result.outcome.state !== 'unsupported')
  return [...new Set([ran[rng.below(ran.length)]!, ...shuffled(rows, rng).slice(0, rng.below(12))])]
}

/** The same lanes in another order and another dress. */
function dressed(lanes: readonly ReportRow[], rng: Rng): string {
  const order = shuffled(lanes, rng)
  const dress = rng.below(5)
  if (dress === 0) return render(order, 'json')
  if (dress === 1) return JSON.stringify(JSON.parse(render(order, 'json')))
  const csv = render(order, 'csv')
  if (dress === 2) return csv.replaceAll('\n', '\r\n')
  return dress === 3 ? withColumns(csv, shuffled(headOf(csv), rng)) : csv
}

test(`${GATES} gates of results against themselves all pass, in any order and format`, () => {
  const rng = new Rng(1)
  for (let i = 0; i < GATES; i++) {
    const lanes = sample(rng)
    const result = gateOf(dressed(lanes, rng), dressed(lanes, rng))
    assert.deepEqual([found(result), exitCodeOf(result)], [[], 0], `gate ${i}`)
    assert.equal(result.equal, result.compared)
  }
})

test('one count of one lane that changes by one is found among all others, in every column', () => {
  const rng = new Rng(2)
  for (const { name } of JUDGED) {
    for (let i = 0; i < 4; i++) {
      const lanes = sample(rng)
      const csv = render(lanes, 'csv')
      const at = rng.below(lanes.length)
      const value = 10_000_000 + i
      const before = edited(csv, at, { [name]: value })
      const result = gateOf(edited(csv, at, { [name]: value + (i % 2 === 0 ? 1 : -1) }), before)
      const isStop = name === 'first_failure_access' && lanes[at]!.result.outcome.state === 'stopped'
      assert.equal(result.verdicts.length, 1, `${name}: ${found(result)}`)
      assert.equal(result.verdicts[0]!.metric, name)
      assert.ok(isStop || result.compared - result.equal === 1)
    }
  }
})

test('lanes taken away, added or changed never pass, whatever else is in the file', () => {
  const rng = new Rng(3)
  for (let i = 0; i < 300; i++) {
    const lanes = sample(rng)
    const fewer = lanes.slice(1)
    if (fewer.length === 0) continue
    assert.equal(exitCodeOf(gateOf(dressed(fewer, rng), dressed(lanes, rng))), 4)
    assert.equal(exitCodeOf(gateOf(dressed(lanes, rng), dressed(fewer, rng))), 4)
    const csv = render(lanes, 'csv')
    for (const change of [{ seed: 12_345 }, { model_version: 0 }, { trace_hash: 'ffff' }, { params: 'theta=0.1' }]) {
      assert.equal(exitCodeOf(gateOf(edited(csv, rng.below(lanes.length), change), dressed(lanes, rng))), 4)
    }
  }
})
