// The rules that no claim can get round, on claims made up for it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claim, type Judgement, type Reversal } from '../../claims/claim.ts'
import { type Cells, findingOf, isInRange, settled } from '../../claims/judge.ts'
import { InvariantError } from '../../engine/errors.ts'

const KERNEL = 'linux-a'
const SOURCE = 'made up'

const lane = (kernel: string, faults: number | null, outcome = 'completed'): Cells =>
  new Map<string, string | number | null>([
    ['kernel', kernel],
    ['strategy', 'map-fixed'],
    ['outcome', outcome],
    ['page_faults', faults],
  ])
const reversal = (at: Reversal['at'], range: Reversal['range']): Reversal => ({
  what: 'a price',
  at,
  range,
  source: SOURCE,
})
const judged = (verdict: Judgement['verdict'], ...reversals: Reversal[]): Judgement => ({ verdict, why: '', reversals })

/** Holds on a kernel with fewer than 5 faults. */
function fewFaults(reversals: readonly Reversal[] = []) {
  return claim({
    id: 'few-faults',
    title: 'few faults',
    quote: 'few faults',
    runs: { '': '--seed 1' },
    kernel: KERNEL,
    numbers: { faults: ['page faults', 'map-fixed.page_faults'] },
    judge: ({ faults }) => ({ verdict: faults < 5 ? 'holds' : 'does not hold', why: `${faults}`, reversals }),
    source: SOURCE,
  })
}

test('a verdict stands if what would turn it lies outside the range, and is undecided from the bounds on', () => {
  for (const verdict of ['holds', 'does not hold', 'holds if'] as const) {
    assert.equal(settled(judged(verdict, reversal(9.99, [10, 20]))), verdict)
    assert.equal(settled(judged(verdict, reversal(10, [10, 20]))), 'undecided')
    assert.equal(settled(judged(verdict, reversal(15, [10, 20]))), 'undecided')
    assert.equal(settled(judged(verdict, reversal(20, [10, 20]))), 'undecided')
    assert.equal(settled(judged(verdict, reversal(20.01, [10, 20]))), verdict)
  }
})

test('of several constants one is enough to leave it undecided', () => {
  assert.equal(settled(judged('holds', reversal(9, [10, 20]), reversal(11, [10, 20]))), 'undecided')
  assert.equal(settled(judged('holds', reversal(9, [10, 20]), reversal(21, [10, 20]))), 'holds')
})

test('values in words lie within a range that names them', () => {
  assert.equal(settled(judged('holds', reversal('128K', ['4K', '16K']))), 'holds')
  assert.equal(settled(judged('holds', reversal('16K', ['4K', '16K']))), 'undecided')
  assert.throws(() => isInRange(reversal(3, ['4K'])), InvariantError)
})

test('a range that nobody knows leaves only a verdict that states its condition', () => {
  assert.equal(isInRange(reversal(7, null)), null)
  assert.equal(settled(judged('holds', reversal(7, null))), 'undecided')
  assert.equal(settled(judged('does not hold', reversal(7, null))), 'undecided')
  assert.equal(settled(judged('holds if', reversal(7, null))), 'holds if')
  assert.equal(settled(judged('holds if', reversal(7, null), reversal(11, [10, 20]))), 'undecided')
})

test('a finding goes through the same rule', () => {
  const inside = findingOf(fewFaults([reversal(15, [10, 20])]), () => [lane(KERNEL, 3)])
  assert.deepEqual([inside.verdict, inside.reversals[0]?.inRange], ['undecided', true])
  const outside = findingOf(fewFaults([reversal(21, [10, 20])]), () => [lane(KERNEL, 3)])
  assert.deepEqual([outside.verdict, outside.reversals[0]?.inRange], ['holds', false])
})

test('the numbers are those of the kernel that decides, and say where they stand', () => {
  const one = findingOf(fewFaults(), () => [lane(KERNEL, 3)])
  assert.deepEqual(one.numbers, [{ label: 'page faults', value: 3, formula: 'map-fixed.page_faults' }])
  const two = findingOf(fewFaults(), () => [lane('linux-b', 4), lane(KERNEL, 3)])
  assert.deepEqual(two.numbers, [{ label: 'page faults', value: 3, formula: 'linux-a/map-fixed.page_faults' }])
})

test('other kernels are judged by the same rule, and the first that differs is what turns the verdict', () => {
  const rows = [lane(KERNEL, 3), lane('linux-b', 4), lane('linux-c', 5), lane('linux-d', 6)]
  const { verdict, elsewhere, reversals } = findingOf(fewFaults(), () => rows)
  assert.equal(verdict, 'holds')
  assert.deepEqual(
    elsewhere.map(({ kernel, verdict }) => `${kernel} ${verdict}`),
    ['linux-b holds', 'linux-c does not hold', 'linux-d does not hold'],
  )
  assert.deepEqual(
    reversals.map(({ what, at, range, inRange }) => [what, at, range, inRange]),
    [['--kernel', 'linux-c', [KERNEL], false]],
  )
})

test('a kernel that cannot run it turns no verdict, and one that did not count it neither', () => {
  const missing = findingOf(fewFaults(), () => [lane(KERNEL, 3), lane('linux-b', null)])
  assert.deepEqual([missing.elsewhere[0]?.verdict, missing.reversals], ['not counted', []])
  const unable = findingOf(fewFaults(), () => [lane(KERNEL, 3), lane('linux-b', null, 'unsupported:no-x')])
  assert.deepEqual([unable.elsewhere[0]?.verdict, unable.reversals], ['cannot run', []])
})

test('a kernel that only some of the runs have is not judged', () => {
  const both = { ...fewFaults(), runs: { '': 'one', more: 'two' } }
  const { elsewhere } = findingOf(both, options => [
    lane(KERNEL, 3),
    ...(options === 'one' ? [lane('linux-b', 9)] : []),
  ])
  assert.deepEqual(elsewhere, [])
})

test('a claim whose numbers are not there is a bug of ours that names formula and kernel', () => {
  const fails = (rows: readonly Cells[], message: RegExp) =>
    assert.throws(
      () => findingOf(fewFaults(), () => rows),
      (error: unknown) => error instanceof InvariantError && message.test(error.message),
    )
  fails([lane(KERNEL, null)], /few-faults: map-fixed\.page_faults has no value on linux-a/)
  fails([lane('linux-b', 3)], /no lane linux-a\/map-fixed/)
})

test('a condition comes with "holds if", and with nothing else', () => {
  const conditional = (verdict: Judgement['verdict'], condition?: string) => ({
    ...fewFaults(),
    judge: () => ({ ...judged(verdict), ...(condition === undefined ? {} : { condition }) }),
  })
  assert.throws(() => findingOf(conditional('holds if'), () => [lane(KERNEL, 3)]), InvariantError)
  assert.throws(() => findingOf(conditional('holds', 'it rains'), () => [lane(KERNEL, 3)]), InvariantError)
  assert.equal(findingOf(conditional('holds if', 'it rains'), () => [lane(KERNEL, 3)]).condition, 'it rains')
})

test('an untested claim says why, and has nothing else', () => {
  const { verdict, why, numbers, runs } = findingOf(
    { id: 'x', title: 'x', quote: 'x', untested: 'no such thing' },
    () => assert.fail('nothing is run'),
  )
  assert.deepEqual([verdict, why, numbers, runs], ['untested', 'no such thing', [], []])
})
