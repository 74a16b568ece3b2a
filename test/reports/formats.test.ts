import assert from 'node:assert/strict'
import { test } from 'node:test'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import { FORMATS } from '../../reports/index.ts'
import { MAP_FIXED_RESULT, REMAP_FILE_PAGES_RESULT, reportOf, rowOf } from '../helpers/results.ts'

test('the formats of the contract are offered, with names and extensions of their own', () => {
  assert.deepEqual(
    FORMATS.map(format => format.name),
    ['text', 'csv', 'markdown', 'json'],
  )
  assert.deepEqual(
    FORMATS.map(format => format.extension),
    ['.txt', '.csv', '.md', '.json'],
  )
})

for (const format of FORMATS) {
  test(`${format.name}: rendering changes nothing, repeats itself and ends with one newline`, () => {
    const report = reportOf(...[MAP_FIXED_RESULT, REMAP_FILE_PAGES_RESULT].map(result => rowOf(result, p42002)))
    const before = JSON.stringify(report)
    const text = format.render(report)
    assert.equal(format.render(report), text)
    assert.equal(JSON.stringify(report), before)
    assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'))
    assert.doesNotMatch(text, /NaN|undefined|Infinity|\[object/)
  })

  test(`${format.name}: a report without lanes is no crash`, () => {
    assert.ok(format.render(reportOf()).endsWith('\n'))
  })
}
