// The reports of a finding made by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '../../claims/judge.ts'
import { CLAIMS_FORMATS } from '../../reports/claims.ts'
import { reversalText, summaryLine, turnedByTexts, valueText, verdictText } from '../../reports/claims-words.ts'

const FOUND: Finding = {
  id: 'toy',
  title: 'a toy',
  quote: 'it has *few* faults',
  verdict: 'holds if',
  condition: 'it rains',
  why: 'Because.',
  source: 'mm/toy.c',
  kernel: 'linux-a',
  numbers: [{ label: 'faults', value: 1234.5, formula: 'wet:linux-a/map-fixed.page_faults / 2' }],
  reversals: [{ what: 'a price', at: 7, range: [1, 5], source: 'a list', inRange: false }],
  elsewhere: [
    { kernel: 'linux-b', verdict: 'holds' },
    { kernel: 'linux-c', verdict: 'cannot run' },
    { kernel: 'linux-d', verdict: 'holds' },
  ],
  runs: [{ name: 'wet', options: '--seed 1' }],
}
const UNTESTED: Finding = {
  ...FOUND,
  id: 'sky',
  verdict: 'untested',
  condition: null,
  source: null,
  kernel: null,
  numbers: [],
  reversals: [],
  elsewhere: [],
  runs: [],
}

const rendered = (name: string, findings: readonly Finding[]) =>
  CLAIMS_FORMATS.find(format => format.name === name)!.render(findings, { node: 'v0' })

test('the screen: verdict, quote, number and how it is read, why, source, what turns it, other kernels, command', () => {
  assert.equal(
    rendered('text', [FOUND]),
    `toy: a toy
  Verdict     holds if it rains
  The mail    "it has *few* faults"
  Numbers     1,234.50  faults
                = wet:map-fixed.page_faults / 2
  Why         Because.
  Source      mm/toy.c
  Turned by   a price: 7; here 1 to 5 (a list)
  Kernel      linux-a, whose rows the numbers are read from
  Elsewhere   holds: linux-b, linux-d; cannot run: linux-c
  # wet
  npx remapbench run --seed 1 --format csv

1 claim: holds if 1
`,
  )
})

test('several claims end in their verdicts, one line each', () => {
  const lines = rendered('text', [FOUND, UNTESTED]).trimEnd().split('\n')
  assert.deepEqual(lines.slice(-4), [
    '  toy                     holds if it rains',
    '  sky                     untested',
    '',
    '2 claims: holds if 1, untested 1',
  ])
})

test('the document escapes what markdown would read, and leaves formulas and commands as they are', () => {
  const text = rendered('markdown', [FOUND, UNTESTED])
  assert.ok(text.includes('> it has \\*few\\* faults\n'))
  assert.ok(text.includes('| faults | 1,234.50 | `wet:linux-a/map-fixed.page_faults / 2` |'))
  assert.ok(text.includes('```\n# wet\nnpx remapbench run --seed 1 --format csv\n```\n'))
  assert.ok(text.includes('| [sky](#sky) | a toy | untested |'))
})

test('JSON keeps full numbers and says null where there is nothing', () => {
  const { claims, verdicts, meta } = JSON.parse(rendered('json', [FOUND, UNTESTED]))
  assert.equal(claims[0].numbers[0].value, 1234.5)
  assert.equal(claims[0].command, 'npx remapbench run --seed 1 --format csv')
  assert.deepEqual(claims[0].turned_by, [{ what: 'a price', at: 7, range: [1, 5], source: 'a list', in_range: false }])
  assert.deepEqual([claims[1].command, claims[1].source, claims[1].kernel], [null, null, null])
  assert.deepEqual([verdicts['holds if'], verdicts.untested, verdicts.holds, meta.node], [1, 1, 0, 'v0'])
})

test('values show two decimals, in groups of three, or two digits of what is smaller', () => {
  const shown = [131_072, 3329.512, -1_234_567.8, 3.456, 4.001, 0, 0.004, 0.0000461, -3, -0.5].map(valueText)
  assert.deepEqual(shown, [
    '131,072',
    '3,329.51',
    '-1,234,567.80',
    '3.46',
    '4',
    '0',
    '0.004',
    '0.000046',
    '-3',
    '-0.50',
  ])
})

test('an undecided claim still tells its condition, and what could be', () => {
  assert.equal(verdictText({ ...FOUND, verdict: 'undecided' }), 'undecided (would hold if it rains)')
  const inside = { what: 'x', at: 0.5, range: [0, 0.65], source: 's', inRange: true } as const
  assert.equal(reversalText(inside), 'x: 0.50; here 0 to 0.65, so that it could be (s)')
  assert.equal(reversalText({ ...inside, range: null, inRange: null }), 'x: 0.50; what it can be is open (s)')
  assert.equal(reversalText({ ...inside, at: 'c', range: ['a', 'b'], inRange: false }), 'x: c; here it is a or b (s)')
  assert.equal(reversalText({ ...inside, range: [3, 3], inRange: false }), 'x: 0.50; here it is 3 (s)')
  assert.equal(
    reversalText({ ...inside, range: [3, Number.MAX_SAFE_INTEGER], inRange: false }),
    'x: 0.50; here 3 or more (s)',
  )
})

test('a verdict that nothing turns says so, on the screen and in the document; an untested sentence has none to turn', () => {
  const fixed = { ...FOUND, reversals: [] }
  assert.match(rendered('text', [fixed]), /\n {2}Turned by {3}nothing that can be set here\n/)
  assert.ok(rendered('markdown', [fixed]).includes('\n- **Turned by** nothing that can be set here.\n'))
  assert.deepEqual(turnedByTexts(UNTESTED), [])
})

test('the last line counts verdicts in their order and leaves out those that nobody has', () => {
  assert.equal(
    summaryLine([UNTESTED, { ...FOUND, verdict: 'holds', condition: null }, UNTESTED]),
    '3 claims: holds 1, untested 2',
  )
})
