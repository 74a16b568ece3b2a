import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Part } from '../../engine/breakdown.ts'
import { explanationLines } from '../../reports/explanation.ts'
import { json } from '../../reports/json.ts'
import { parseResults } from '../../reports/results-file.ts'
import { text } from '../../reports/text.ts'
import { countsOf, reportOf, resultOf, rowOf } from '../helpers/results.ts'

const PARTS: readonly Part[] = [
  { relation: 'stock', step: 'access', counts: { tlbHits: 600, tlbMisses: 400, remaps: 200 } },
  { relation: 'stock', step: 'fault', counts: { pageFaults: 300 } },
  { relation: 'stock', step: 'unmap', counts: { tlbFullFlushes: 150 } },
  { relation: 'item', step: 'access', counts: { tlbHits: 2000 } },
]
const COUNTS = countsOf({ tlbHits: 2600, tlbMisses: 400, remaps: 200, pageFaults: 300, tlbFullFlushes: 150 })
const REPORT = reportOf(rowOf(resultOf({}, { counts: COUNTS, breakdown: PARTS }), null))

test('the text sets relations and steps in tables, and says what the steps are', () => {
  const shown = text.render(REPORT)
  assert.ok(
    shown.includes(`
map-fixed, by relation
           accesses        remaps   page faults   whole flushes
stock         1,000           200           300             150
item          2,000             -             -               -

map-fixed, by kernel step
                         fault         unmap
page_faults                300             -
tlb_full_flushes             -           150
`),
    shown,
  )
  assert.match(shown, /\nSteps: fault, a page fault, from its trap to the new entry; unmap, taking them\n {2}away/)
  assert.doesNotMatch(text.render(reportOf(rowOf(resultOf({}), null))), /by relation|by kernel step|Steps:/)
})

test('JSON has the parts as the last member of a result, under the names of the columns', () => {
  const [result] = JSON.parse(json.render(REPORT)).results
  assert.deepEqual(Object.keys(result).at(-1), 'breakdown')
  assert.deepEqual(result.breakdown[1], { relation: 'stock', step: 'fault', page_faults: 300 })
  assert.equal('breakdown' in JSON.parse(json.render(reportOf(rowOf(resultOf({}), null)))).results[0], false)
})

test('a breakdown that is none is refused with its line', () => {
  const refused = (breakdown: unknown, message: RegExp) => {
    const file = JSON.parse(json.render(REPORT))
    file.results[0].breakdown = breakdown
    const bytes = new TextEncoder().encode(JSON.stringify(file))
    assert.throws(() => parseResults(bytes, 'x.json'), message)
  }
  const part = { relation: 'stock', step: 'fault', page_faults: 1 }
  refused({}, /x\.json:1: breakdown must be a list of parts/)
  refused([1], /x\.json:1: a part must be an object/)
  refused([{ ...part, relation: 5 }], /relation of a part: must be a text or null/)
  refused([{ ...part, step: 'walk' }], /step of a part: must be one of access, fault, call/)
  refused([{ ...part, page_fault: 1 }], /"page_fault" of a part: is no count/)
  refused([{ ...part, vmas_peak: 1 }], /"vmas_peak" of a part: is no count/)
  refused([{ ...part, page_faults: -1 }], /page_faults of a part: must be a whole number/)
  refused([{ ...part, page_faults: '1' }], /page_faults of a part: must be a whole number/)
  refused([part, part], /the part \["stock","fault"\] is there twice/)
})

test('an explanation shows the largest changes and how many smaller ones there are', () => {
  const parts = Array.from({ length: 14 }, (_, i) => ({
    relation: null,
    step: `s${i}`,
    baseline: 100,
    current: 86 + i,
  }))
  const about = { lane: 'a/b', metric: 'page_faults', baseline: 1400, current: 1295, obstacle: null }
  const lines = explanationLines([{ ...about, parts }])
  assert.equal(lines[0], 'page_faults of a/b: 1,400 -> 1,295, changed in 14 parts')
  assert.equal(lines[1], '  s0   100 -> 86  -14')
  assert.equal(lines[13], '  and 2 smaller changes (all in --format json)')
  assert.deepEqual(
    explanationLines([{ ...about, current: 1400, parts: [] }])[0],
    'page_faults of a/b: 1,400, unchanged in every part',
  )
  assert.match(
    explanationLines([{ ...about, parts: [], obstacle: 'why' }])[0]!,
    /^page_faults of a\/b is not explained: why$/,
  )
})
