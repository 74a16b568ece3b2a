import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import { COLUMNS } from '../../reports/columns.ts'
import { csv } from '../../reports/csv.ts'
import type { ReportRow } from '../../reports/report.ts'
import {
  countsOf,
  MAP_FIXED_RESULT,
  NO_COUNTS,
  REMAP_FILE_PAGES_RESULT,
  reportOf,
  resultOf,
  rowOf,
} from '../helpers/results.ts'

function parsed(...rows: readonly ReportRow[]): Record<string, string>[] {
  return parse(csv.render(reportOf(...rows)), { columns: true })
}

test('a parser reads back every cell of every lane', () => {
  const rows = [MAP_FIXED_RESULT, REMAP_FILE_PAGES_RESULT].map(result => rowOf(result, p42002))
  const expected = rows.map(row => COLUMNS.map(column => String(column.value(row) ?? '')))
  assert.deepEqual(
    parsed(...rows).map(record => Object.values(record)),
    expected,
  )
})

test('lines end with a line feed alone, the last one, too', () => {
  const text = csv.render(reportOf(rowOf(MAP_FIXED_RESULT, p42002)))
  assert.equal(text.split('\n').length, 3)
  assert.ok(text.endsWith('\n') && !text.includes('\r'))
})

test('without lanes there is a header', () => {
  assert.equal(csv.render(reportOf()), `${COLUMNS.map(column => column.name).join(',')}\n`)
})

test('commas, quotes and line breaks in a text survive', () => {
  const workload = 'trace:a,"b"\r\nc.csv'
  assert.equal(parsed(rowOf(resultOf({ workload }), p42002))[0]!.workload, workload)
})

test('a text that begins like a formula is shown, not computed, by a spreadsheet', () => {
  for (const params of ['=1+1', '+1', '-1', '@SUM(A1)']) {
    assert.equal(parsed(rowOf(resultOf({ params }), p42002))[0]!.params, `'${params}`)
  }
})

test('large numbers are written in full', () => {
  const row = rowOf(resultOf({}, { counts: countsOf({ bytesCopied: Number.MAX_SAFE_INTEGER }) }), p42002)
  assert.equal(parsed(row)[0]!.bytes_copied, '9007199254740991')
})

test('a lane that could not run has empty counts and prices', () => {
  const outcome = { state: 'unsupported', reason: 'no-remap-file-pages', why: 'not in 2.4, that call' } as const
  const [record] = parsed(rowOf(resultOf({}, { outcome, evidence: null, counts: NO_COUNTS }), p42002))
  assert.equal(record!.outcome, 'unsupported:no-remap-file-pages')
  for (const name of ['evidence', 'syscalls', 'remaps', 'modelled_ns']) assert.equal(record![name], '')
})

test('NaN is refused, not written', () => {
  assert.throws(() => parsed(rowOf(resultOf({ seed: Number.NaN }), p42002)), /seed/)
})
