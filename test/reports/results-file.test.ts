import assert from 'node:assert/strict'
import { test } from 'node:test'
import { render, run } from '../../bin/api.ts'
import { CAUSE_NAMES } from '../../engine/cost.ts'
import { TraceError } from '../../engine/errors.ts'
import { Rng } from '../../engine/rng.ts'
import { parseResults, renderResults } from '../../reports/results-file.ts'
import { edited, gateOf, golden, headOf, tableOf, withColumns } from '../helpers/gate-files.ts'

const CSV = golden('small.csv')
const JSON_TEXT = golden('small.json')
const bytes = (text: string) => new TextEncoder().encode(text)

function refused(content: string | Uint8Array, message: RegExp | string): void {
  assert.throws(() => tableOf(content), { name: 'TraceError', message })
}

test('what a run writes as CSV and JSON is the same table, cell by cell, and gives the same bytes again', () => {
  for (const name of ['small', 'small-4k-mail', 'small-p3', 'small-stopped']) {
    const csv = parseResults(bytes(golden(`${name}.csv`)), 'x')
    const json = parseResults(bytes(golden(`${name}.json`)), 'x')
    assert.deepEqual([csv.format, json.format], ['csv', 'json'])
    assert.deepEqual(
      csv.table.rows.map(row => [...row.cells]),
      json.table.rows.map(row => [...row.cells]),
    )
    const sorted = renderResults(csv.table, 'csv')
    assert.deepEqual(sorted.split('\n').sort(), golden(`${name}.csv`).split('\n').sort())
    assert.equal(renderResults(tableOf(renderResults(json.table, 'json')), 'csv'), sorted)
  }
  assert.equal(renderResults(tableOf(JSON_TEXT), 'csv'), CSV)
  assert.equal(
    JSON.stringify(JSON.parse(renderResults(tableOf(CSV), 'json')).results),
    JSON.stringify(JSON.parse(JSON_TEXT).results.map(columnsAlone)),
  )
})

/** A result of JSON without what is in no column. */
function columnsAlone({ modelled, ...columns }: Record<string, unknown>) {
  assert.deepEqual(Object.keys(modelled as object), CAUSE_NAMES)
  return columns
}

test('what has to be quoted or looks like a formula survives both ways', async () => {
  const rows = await run({ workload: 'zipf', file: '8M', window: '1M', accesses: 100 })
  for (const params of ['=1+1', '-1', '@a', `a,"b"\nc`, "it's"]) {
    const odd = rows.map(row => ({ ...row, result: { ...row.result, spec: { ...row.result.spec, params } } }))
    for (const format of ['csv', 'json']) {
      const { table } = parseResults(bytes(render(odd, format)), 'x')
      assert.equal(table.rows[0]!.cells.get('params'), params)
      assert.equal(tableOf(renderResults(table, 'csv')).rows[0]!.cells.get('params'), params)
    }
    assert.equal(gateOf(render(odd, 'csv'), render(odd, 'json')).verdicts.length, 0)
  }
})

test('a byte-order mark, CRLF, blank lines, other orders and other formatting are forgiven', () => {
  const [head, first, second] = CSV.split('\n')
  const columns = headOf(CSV).reverse()
  for (const text of [
    `\ufeff${CSV}`,
    CSV.replaceAll('\n', '\r\n'),
    `${head}\n\n${first}\n\n${second}\n\n`,
    `${head}\n${second}\n${first}\n`,
    withColumns(CSV, columns),
    `\ufeff${JSON_TEXT}`,
    JSON_TEXT.replaceAll('\n', '\r\n'),
    JSON.stringify(JSON.parse(JSON_TEXT)),
  ]) {
    const result = gateOf(text, CSV)
    assert.deepEqual([result.verdicts, result.equal], [[], 106])
  }
})

test('a malformed cell is refused with its line, column and value', () => {
  const whole = 'must be a whole number, 0 to 2^53-1'
  for (const value of ['NaN', '-1', '1.5', '1e3', 'many', '0x10', ' 5', '9007199254740992', 'Infinity', '1.0']) {
    refused(edited(CSV, 1, { page_faults: value }), `x:3: page_faults ${JSON.stringify(value)}: ${whole}`)
    refused(edited(CSV, 1, { accesses: value }), `x:3: accesses ${JSON.stringify(value)}: ${whole}`)
    refused(edited(CSV, 1, { modelled_ns: value }), `x:3: modelled_ns ${JSON.stringify(value)}: ${whole}`)
  }
  for (const value of ['NaN', '1.5', '--1']) {
    refused(edited(CSV, 0, { stock_limit_access: value }), `x:2: stock_limit_access "${value}": must be a whole number`)
  }
  refused(edited(CSV, 0, { outcome: 'done' }), /^x:2: outcome "done": must be completed, stopped:ERRNO or/)
  refused(
    edited(CSV, 0, { evidence: 'hearsay' }),
    /^x:2: evidence "hearsay": must be executed, measured, source, guess$/,
  )
  refused(edited(CSV, 0, { evidence: '' }), /^x:2: evidence empty: must be there for a lane that completed$/)
  for (const name of ['kernel', 'strategy', 'model_version', 'seed', 'trace_hash', 'outcome', 'workload', 'tlb']) {
    refused(edited(CSV, 0, { [name]: '' }), `x:2: ${name} empty: must not be empty`)
  }
})

test('a malformed value of JSON is refused with the line it stands in', () => {
  const line = JSON_TEXT.split('\n').findIndex(text => text.includes('"page_faults"')) + 1
  for (const value of ['"8602"', '8602.0', '86e2', '-8602', '9007199254740993', '1e400']) {
    const text = JSON_TEXT.replace('"page_faults": 8602', `"page_faults": ${value}`)
    refused(text, new RegExp(`^x:${line}: page_faults "${value.replaceAll('"', '')}": must be a whole number`))
  }
  for (const value of ['true', '[1]', '{}']) {
    const text = JSON_TEXT.replace('"page_faults": 8602', `"page_faults": ${value}`)
    refused(text, `x:${line}: "page_faults" must be a number, a text or null`)
  }
  refused(
    JSON_TEXT.replace('"page_faults": 8602', '"page_faults": NaN'),
    new RegExp(`^x:${line}: no value of JSON \\(byte \\d+\\)$`),
  )
  refused(
    JSON_TEXT.replace('"page_faults"', '"remaps"'),
    new RegExp(`^x:${line}: "remaps" is there twice \\(byte \\d+\\)$`),
  )
})

test('results of JSON must all have the same keys', () => {
  const parsed = JSON.parse(JSON_TEXT)
  const rows = (change: (row: Record<string, unknown>) => void) => {
    const copy = structuredClone(parsed)
    change(copy.results[1])
    return JSON.stringify(copy)
  }
  refused(
    rows(row => delete row.page_faults),
    'x:1: "page_faults" is missing',
  )
  refused(
    rows(row => Object.assign(row, { more: 1 })),
    'x:1: "more" is not in the first result',
  )
})

test('two lanes of one specification are refused, even with other counts or another model version', () => {
  const line = edited(CSV, 1, { page_faults: 1, model_version: 1 }).split('\n')[2]
  refused(`${CSV}${line}\n`, 'x:4: linux-2.5.42-remap/remap-file-pages has the same specification as line 3')
})

test('a row with too few or too many fields is refused with both numbers', () => {
  const columns = headOf(CSV).length
  refused(`${CSV}<<<<<<< HEAD\n`, `x:4: 1 field; the header has ${columns}`)
  refused(CSV.replace(/\n$/, ',\n'), `x:3: ${columns + 1} fields; the header has ${columns}`)
  refused(CSV.replace('tpcc', '"tpcc'), /^x:\d+: no line of a CSV file$/)
  refused(CSV.replace('tpcc', 'tp"cc'), /^x:2: no line of a CSV file$/)
})

test('what is no file of results is refused', () => {
  refused('', 'x:1: empty; results of remapbench run are needed, CSV or JSON')
  refused(' \n\n', /^x:1: empty/)
  refused(`${headOf(CSV).join(',')}\n`, 'x:2: no lane')
  refused(
    'op,vpn,pages,pgoff\nremap,0,4,0\n',
    'x:1: no results of remapbench run: there is no column kernel and no strategy',
  )
  refused(golden('small.md'), /^x:1: no results of remapbench run/)
  refused(golden('small.txt'), /^x:1: no results of remapbench run/)
  refused(CSV.replace('params', 'workload'), 'x:1: column "workload" is there twice')
  refused(CSV.replace('params', ''), 'x:1: column 3 has no name')
  refused('{}', 'x:1: no schema; results have "remapbench-results-1"')
  refused('[]', 'x:1: no schema; results have "remapbench-results-1"')
  refused(
    JSON_TEXT.replace('results-1', 'results-2'),
    'x:2: schema "remapbench-results-2"; results have "remapbench-results-1"',
  )
  refused('{"schema":"remapbench-results-1"}', 'x:1: no list of results')
  refused('{"schema":"remapbench-results-1","results":[]}', 'x:1: no lane')
  refused('{"schema":"remapbench-results-1","results":[5]}', 'x:1: a result must be an object')
  refused(`${JSON_TEXT}x`, /^x:\d+: JSON goes on after its end \(byte \d+\)$/)
  refused('['.repeat(100_000), /^x:1: JSON nested too deeply/)
  refused(new Uint8Array([0xff, 0xfe, 0x6d, 0]), 'x: byte 0: UTF-16; results are UTF-8')
  refused(new Uint8Array([0x6d, 0, 0x6d]), /^x: byte 1: no text/)
  refused(new Uint8Array([0x6d, 0x6f, 0xe9, 0x6d]), /^x: byte 2: no UTF-8/)
})

test('a file cut off at any byte is refused, or lacks a whole lane that the gate misses', () => {
  for (let length = 0; length < CSV.length; length++) {
    const cut = CSV.slice(0, length)
    const isWhole = cut.endsWith('\n') && cut.split('\n').length === 3
    if (isWhole) {
      assert.deepEqual(
        gateOf(cut, CSV).verdicts.map(({ kind }) => kind),
        ['missing-lane'],
      )
      assert.deepEqual(
        gateOf(CSV, cut).verdicts.map(({ kind }) => kind),
        ['new-lane'],
      )
    } else refused(cut, /^x:\d+: /)
  }
  const end = JSON_TEXT.trimEnd().length
  for (let length = 0; length < end; length++)
    refused(JSON_TEXT.slice(0, length), /^x:\d+: (empty|ends at byte \d+ in the middle)/)
})

test('a file with bytes changed at random is read, or refused in one line', () => {
  const rng = new Rng(7)
  for (let i = 0; i < 3000; i++) {
    const changed = bytes(i % 2 === 0 ? CSV : JSON_TEXT)
    for (let times = 1 + (i % 3); times > 0; times--) changed[rng.below(changed.length)] = rng.below(256)
    try {
      tableOf(changed)
    } catch (error) {
      assert.ok(error instanceof TraceError, String(error))
      assert.match(error.message, /^x(:\d+)?: /)
    }
  }
})
