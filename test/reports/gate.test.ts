import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GateResult } from '../../engine/gate/compare.ts'
import { annotation, annotations } from '../../reports/annotations.ts'
import { gab } from '../../reports/gab.ts'
import { renderGate } from '../../reports/gate.ts'
import { changeText } from '../../reports/gate-words.ts'
import { junit } from '../../reports/junit.ts'
import { edited, gateOf, golden } from '../helpers/gate-files.ts'

const BASE = golden('small.csv')
const SAME = gateOf(BASE, BASE)
/** One of everything. */
const MIXED = gateOf(
  edited(edited(BASE, 0, { page_faults: 15_982, syscalls: 7379, populate_faults: 5, modelled_ns: 99_999_999 }), 1, {
    trace_hash: 'ffff',
  }),
  BASE,
  {
    allow: ['kernel_*=+1%'],
    assert: ['remap-file-pages.vma_bytes_peak <= 0.01 * map-fixed.vma_bytes_peak', 'map-fixed.remaps < 7380'],
  },
)

test('nothing changed: how much was compared, and that it passed', () => {
  const text = 'Compared: 106 counts of 2 lanes.\ngate passed: 2 lanes, 106 counts equal\n'
  assert.equal(renderGate(SAME, 'text'), text)
  assert.equal(
    renderGate(SAME, 'markdown'),
    '### remapbench: gate passed: 2 lanes, 106 counts equal\n\nCompared: 106 counts of 2 lanes.\n',
  )
})

test('the text says what changed, lane by lane, and sums it up in the last line', () => {
  assert.equal(
    renderGate(MIXED, 'text'),
    `linux-2.5.42-remap/map-fixed
  syscalls                   7,380 -> 7,379         -1 (-0.014 %)  improvement
  page_faults               8,602 -> 15,982      +7,380 (+85.8 %)  regression
  populate_faults                    0 -> 5           +5 (from 0)  regression
  modelled_ns      31,072,339 -> 99,999,999  +68,927,660 (+222 %)
    longer modelled time

linux-2.5.42-remap/remap-file-pages
  trace_hash: 836cb0b5c99b2da2 -> ffff: lane with other accesses: counts not
    compared

assertions
  remap-file-pages.vma_bytes_peak <= 0.01 * map-fixed.vma_bytes_peak: assertion
    holds: 128 <= 327.68
  map-fixed.remaps < 7380: failed assertion: not 7380 < 7380

Compared: 53 counts of 1 lane.
What is meant to be so becomes the baseline with --update.
gate failed: 2 regressions, 1 failed assertion, 1 lane with other accesses
`,
  )
})

test('an improvement, an allowed change and a warning pass and are named', () => {
  const now = edited(BASE, 0, { page_faults: 8600, syscalls: 7381, modelled_ns: 31_072_340 })
  assert.equal(
    renderGate(gateOf(now, BASE, { allow: ['syscalls<=7400'] }), 'text'),
    `linux-2.5.42-remap/map-fixed
  syscalls               7,380 -> 7,381      +1 (+0.014 %)
    allowed: --allow syscalls<=7400
  page_faults            8,602 -> 8,600      -2 (-0.023 %)  improvement
  modelled_ns  31,072,339 -> 31,072,340  +1 (+0.0000032 %)  longer modelled time

Compared: 106 counts of 2 lanes.
Better than the baseline: --update takes it over.
gate passed: 2 lanes, 104 counts equal, 1 longer modelled time, 1 allowed, 1 improvement
`,
  )
})

test('no line but the verdict, which is one for programs, is wider than 80 columns, however long a rule is', () => {
  const most = 2 ** 53 - 1
  const now = edited(edited(BASE, 0, { page_faults: most, kernel_entries: 20_000 }), 1, { remaps: 9000 })
  const rules = [
    'linux-2.5.*remap/map-fixed:page_faults<=9007199254740991',
    '*2.5.42-remap/*:kernel_entries=+50%',
    '*=+50%',
  ]
  const peak = 'page_table_bytes_peak'
  const claims = [1, 2, 3, 4, 5, 6].map(n => `map-fixed.${peak} <= ${'9'.repeat(n)} * remap-file-pages.${peak}`)
  const text = renderGate(gateOf(now, BASE, { allow: rules, assert: claims }), 'text')
  for (const line of text.split('\n').slice(0, -2)) assert.ok(line.length <= 80, line)
  const words = text.replaceAll(/\s+/g, ' ')
  assert.match(words, / page_faults 8,602 -> 9,007,199,254,740,991 \+9,007,199,254,732,389 \(/)
  for (const rule of rules) assert.ok(words.includes(` allowed: --allow ${rule} `), rule)
})

test('markdown is one table with everything escaped', () => {
  assert.equal(
    renderGate(MIXED, 'markdown'),
    `### remapbench: gate failed: 2 regressions, 1 failed assertion, 1 lane with other accesses

| lane | metric | baseline | current | change | verdict |
| --- | --- | ---: | ---: | ---: | --- |
| linux-2.5.42-remap/map-fixed | syscalls | 7,380 | 7,379 | -1 (-0.014 %) | improvement |
| linux-2.5.42-remap/map-fixed | page\\_faults | 8,602 | 15,982 | +7,380 (+85.8 %) | regression |
| linux-2.5.42-remap/map-fixed | populate\\_faults | 0 | 5 | +5 (from 0) | regression |
| linux-2.5.42-remap/map-fixed | modelled\\_ns | 31,072,339 | 99,999,999 | +68,927,660 (+222 %) | longer modelled time |
| linux-2.5.42-remap/remap-file-pages | trace\\_hash | 836cb0b5c99b2da2 | ffff |  | lane with other accesses: counts not compared |
|  | remap-file-pages.vma\\_bytes\\_peak \\<= 0.01 \\* map-fixed.vma\\_bytes\\_peak |  |  |  | assertion holds: 128 \\<= 327.68 |
|  | map-fixed.remaps \\< 7380 |  |  |  | failed assertion: not 7380 \\< 7380 |

Compared: 53 counts of 1 lane. What is meant to be so becomes the baseline with --update.
`,
  )
})

test('json says the same for programs', () => {
  const report = JSON.parse(renderGate(MIXED, 'json'))
  assert.deepEqual(
    [report.schema, report.passed, report.exit_code, report.counts_compared],
    ['remapbench-gate-1', false, 4, 53],
  )
  assert.deepEqual(report.lanes[1], { lane: 'linux-2.5.42-remap/remap-file-pages', counts_compared: 0, idle: null })
  assert.deepEqual(report.verdicts[1], {
    verdict: 'regression',
    effect: 'fails',
    lane: 'linux-2.5.42-remap/map-fixed',
    metric: 'page_faults',
    baseline: 8602,
    current: 15982,
    why: '',
  })
  assert.equal(renderGate(SAME, 'json').includes('"passed": true'), true)
})

test('one in ten million still shows, and nothing is divided by 0', () => {
  const change = (baseline: number, current: number) =>
    changeText({ kind: 'regression', lane: null, metric: 'x', baseline, current, why: '' })
  assert.equal(change(10_000_000, 10_000_001), '+1 (+0.00001 %)')
  assert.equal(change(10_000_000, 9_999_999), '-1 (-0.00001 %)')
  assert.equal(change(9e15, 9e15 + 2), '+2 (+less than 0.000001 %)')
  assert.equal(change(0, 12), '+12 (from 0)')
  assert.equal(change(1000, 1001), '+1 (+0.1 %)')
  assert.equal(change(7380, 7379), '-1 (-0.014 %)')
  assert.equal(change(1, 3500), '+3,499 (+349,900 %)')
})

test('JUnit has a case for the files, each lane and each assertion; worse is a failure, not compared an error', () => {
  assert.equal(
    junit(MIXED),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="2" errors="1" skipped="0">
  <testsuite name="remapbench compare" tests="5" failures="2" errors="1" skipped="0" time="0">
    <testcase classname="remapbench.compare" name="files" time="0"/>
    <testcase classname="remapbench.compare" name="linux-2.5.42-remap/map-fixed" time="0">
      <failure message="regression" type="regression">syscalls: 7,380 -&gt; 7,379, -1 (-0.014 %): improvement
page_faults: 8,602 -&gt; 15,982, +7,380 (+85.8 %): regression
populate_faults: 0 -&gt; 5, +5 (from 0): regression
modelled_ns: 31,072,339 -&gt; 99,999,999, +68,927,660 (+222 %): longer modelled time</failure>
    </testcase>
    <testcase classname="remapbench.compare" name="linux-2.5.42-remap/remap-file-pages" time="0">
      <error message="lane with other accesses" type="lane with other accesses">trace_hash: 836cb0b5c99b2da2 -&gt; ffff: lane with other accesses: counts not compared</error>
    </testcase>
    <testcase classname="remapbench.compare" name="remap-file-pages.vma_bytes_peak &lt;= 0.01 * map-fixed.vma_bytes_peak" time="0">
      <system-out>remap-file-pages.vma_bytes_peak &lt;= 0.01 * map-fixed.vma_bytes_peak: assertion holds: 128 &lt;= 327.68</system-out>
    </testcase>
    <testcase classname="remapbench.compare" name="map-fixed.remaps &lt; 7380" time="0">
      <failure message="failed assertion" type="failed assertion">map-fixed.remaps &lt; 7380: failed assertion: not 7380 &lt; 7380</failure>
    </testcase>
  </testsuite>
</testsuites>
`,
  )
})

test('JUnit XML is well-formed whatever the names hold', () => {
  const names = ['<a b="c">&amp;\'</a>', 'tab\there', '\u0000\u001b[31m', '\ud800', '\ufffe', 'a\nb', ']]>']
  for (const name of names) {
    const verdict = { kind: 'regression', lane: name, metric: name, baseline: name, current: null, why: name } as const
    const lane = { name, current: null, baseline: null, compared: 0, idle: name }
    const result: GateResult = { verdicts: [verdict], lanes: [lane], compared: 0, equal: 0, explanations: [] }
    requireWellFormed(junit(result))
    requireWellFormed(junit({ ...result, verdicts: [] }))
    requireWellFormed(junit({ ...result, verdicts: [{ ...verdict, kind: 'assertion-failed' }] }))
  }
  requireWellFormed(junit(MIXED))
  assert.throws(() => requireWellFormed('<a b="<"/>'))
  assert.throws(() => requireWellFormed('<a>&</a>'))
})

test('github-action-benchmark gets what is better when less, under names of their own', () => {
  const entries = JSON.parse(gab(MIXED)) as { name: string; unit: string; value: number; extra?: string }[]
  assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length)
  for (const { name, unit, value } of entries) assert.ok(name && unit && Number.isSafeInteger(value))
  assert.deepEqual(
    entries.find(({ name }) => name.endsWith('map-fixed page_faults')),
    {
      name: 'linux-2.5.42-remap/map-fixed page_faults',
      unit: 'events',
      value: 15982,
      extra: '8,602 -> 15,982, +7,380 (+85.8 %): regression',
    },
  )
  assert.ok(!entries.some(({ name }) => /window_hits|tlb_hits|cache_hits| remaps| writes/.test(name)))
  assert.equal(entries.filter(({ unit }) => unit === 'ns').length, 2)
})

test('annotations are escaped as GitHub demands, and at most ten of a kind', () => {
  assert.equal(annotation('error', 'a:b,c%\n', '50%\r\n a:b,c'), '::error title=a%3Ab%2Cc%25%0A::50%25%0D%0A a:b,c\n')
  assert.equal(annotations(SAME), '')
  assert.match(annotations(MIXED), /^::error title=linux-2\.5\.42-remap\/map-fixed page_faults::8,602 -> 15,982, \+7/)
  assert.match(annotations(MIXED), /\n::warning title=linux-2\.5\.42-remap\/map-fixed modelled_ns::/)
  const verdict = { kind: 'regression', lane: 'a', metric: 'b', baseline: 1, current: 2, why: '' } as const
  const lines = annotations({ ...SAME, verdicts: Array.from({ length: 30 }, () => verdict) })
    .trimEnd()
    .split('\n')
  assert.deepEqual([lines.length, lines[9]], [10, '::error title=remapbench compare::and 21 more'])
})

test('a report of thousands of changes stays below what a step summary may take', () => {
  const verdict = { kind: 'regression', lane: 'a'.repeat(200), metric: 'b', baseline: 1, current: 2, why: '' } as const
  const report = renderGate({ ...SAME, verdicts: Array.from({ length: 9000 }, () => verdict) }, 'markdown')
  assert.ok(report.length < 2 ** 20)
  assert.match(report, /\n\nAnd 8000 more\.\n\n/)
})

/** Tags that match, attributes once and quoted, only known entities, only characters of XML 1.0. */
function requireWellFormed(xml: string): void {
  assert.ok(!/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml), 'a character')
  const open: string[] = []
  const rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>/, '')
  const pattern =
    /<(\/?)([a-z-]+)((?: [a-z]+="(?:[^<&"]|&(?:amp|lt|gt|quot|apos|#\d+);)*")*)(\/?)>|((?:[^<&]|&(?:amp|lt|gt|quot|apos|#\d+);)+)/y
  for (pattern.lastIndex = 0; pattern.lastIndex < rest.length; ) {
    const at = pattern.lastIndex
    const match = pattern.exec(rest)
    assert.ok(match, `not well-formed at ${rest.slice(at, at + 40)}`)
    const [, closes, name, attributes, isEmpty, text] = match
    if (text !== undefined) continue
    const keys = [...attributes!.matchAll(/ ([a-z]+)="[^"]*"/g)].map(([, key]) => key)
    assert.equal(new Set(keys).size, keys.length)
    if (closes) assert.equal(open.pop(), name)
    else if (!isEmpty) open.push(name!)
  }
  assert.deepEqual(open, [])
}
