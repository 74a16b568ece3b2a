import assert from 'node:assert/strict'
import { test } from 'node:test'
import { render, run } from '../../bin/api.ts'
import { explain } from '../../engine/gate/explain.ts'
import type { ResultRow } from '../../engine/gate/table.ts'
import { gateOf, tableOf } from '../helpers/gate-files.ts'

/** A lane that counted page_faults in these places. */
function rowOf(total: number | null, parts: Readonly<Record<string, number>> | null): ResultRow {
  const list = Object.entries(parts ?? {}).map(([place, count]) => {
    const [relation = '', step = ''] = place.split(' ')
    return { relation, step, counts: new Map([['page_faults', count]]) }
  })
  return { cells: new Map([['page_faults', total]]), parts: parts && list, line: 1 }
}

test('the parts that changed come by the size of their change, also those that are new or gone', () => {
  const before = rowOf(100, { 'stock fault': 60, 'item fault': 30, 'district fault': 10 })
  const after = rowOf(120, { 'stock fault': 55, 'item fault': 30, 'orders fault': 35 })
  assert.deepEqual(explain('page_faults', 'a/b', after, before), {
    lane: 'a/b',
    metric: 'page_faults',
    baseline: 100,
    current: 120,
    obstacle: null,
    parts: [
      { relation: 'orders', step: 'fault', baseline: 0, current: 35 },
      { relation: 'district', step: 'fault', baseline: 10, current: 0 },
      { relation: 'stock', step: 'fault', baseline: 60, current: 55 },
    ],
  })
})

test('without a breakdown, a value, or parts that add up, nothing is explained, and it is said why', () => {
  const whole = rowOf(5, { 'stock fault': 5 })
  const why = (current: ResultRow, baseline: ResultRow) => explain('page_faults', 'a/b', current, baseline)
  assert.match(
    why(whole, rowOf(5, null)).obstacle!,
    /^the baseline has no breakdown \(run --breakdown --out FILE.json\)$/,
  )
  assert.match(why(rowOf(5, null), whole).obstacle!, /^CURRENT has no breakdown/)
  assert.match(why(rowOf(null, {}), whole).obstacle!, /^not measured in CURRENT$/)
  assert.match(why(rowOf(6, { 'stock fault': 5 }), whole).obstacle!, /^its parts in CURRENT add up to 5, not to 6$/)
  assert.deepEqual(why(rowOf(6, { 'stock fault': 5 }), whole).parts, [])
})

test('a breakdown survives its file, and the gate explains each lane of both files', async () => {
  const rows = await run({ file: '128M', window: '1M', accesses: 3000, breakdown: true })
  const text = render(rows, 'json')
  const [first] = tableOf(text).rows
  assert.deepEqual(
    first!.parts!.map(({ relation, step, counts }) => [relation, step, counts.get('page_faults') ?? 0]),
    rows[0]!.result.breakdown!.map(({ relation, step, counts }) => [relation, step, counts.pageFaults ?? 0]),
  )
  const result = gateOf(text, text, { explain: ['page_faults', 'tlb_full_flushes'] })
  assert.equal(result.explanations.length, 4)
  assert.ok(result.explanations.every(({ obstacle, parts }) => obstacle === null && parts.length === 0))
  // One fault more, where it was: found by lane, relation and step.
  const changed = JSON.parse(text) as { results: { page_faults: number; breakdown: Record<string, unknown>[] }[] }
  const part = changed.results[0]!.breakdown.find(({ relation, step }) => relation === 'stock' && step === 'fault')!
  part.page_faults = Number(part.page_faults) + 1
  changed.results[0]!.page_faults++
  const worse = gateOf(JSON.stringify(changed), text, { explain: ['page_faults'] })
  const count = Number(part.page_faults)
  assert.deepEqual(worse.explanations[0]!.parts, [
    { relation: 'stock', step: 'fault', baseline: count - 1, current: count },
  ])
})

test('a breakdown decides nothing: with or without one, a file passes against the other', async () => {
  const options = { file: '128M', window: '1M', accesses: 3000 }
  const [plain, apart] = [await run(options), await run({ ...options, breakdown: true })]
  const result = gateOf(render(plain, 'csv'), render(apart, 'json'))
  assert.deepEqual(result.verdicts, [])
})
