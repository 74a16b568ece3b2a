import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodeOf } from '../../engine/gate/compare.ts'
import { compare, decimalText, parseDecimal } from '../../engine/gate/exact.ts'
import { glob } from '../../engine/gate/lanes.ts'
import { edited, found, gateOf, golden } from '../helpers/gate-files.ts'

const BASE = golden('small.csv')
const KERNELS = golden('small-4k-mail.csv')

function allowed(rule: string, column: string, was: number | '', is: number | ''): number {
  const result = gateOf(edited(BASE, 0, { [column]: is }), edited(BASE, 0, { [column]: was }), { allow: [rule] })
  return exitCodeOf(result)
}

function refused(rules: Parameters<typeof gateOf>[2], message: RegExp): void {
  assert.throws(() => gateOf(KERNELS, KERNELS, rules), { name: 'UsageError', message })
}

test('a percentage is exact: up to it passes, one more does not', () => {
  assert.deepEqual(
    [allowed('page_faults=+1%', 'page_faults', 1000, 1010), allowed('page_faults=+1%', 'page_faults', 1000, 1011)],
    [0, 1],
  )
  assert.deepEqual(
    [allowed('page_faults=+0.1%', 'page_faults', 999, 999), allowed('page_faults=+0.1%', 'page_faults', 999, 1000)],
    [0, 1],
  )
  const most = Number.MAX_SAFE_INTEGER
  assert.equal(allowed('page_faults=+0.0000000000001%', 'page_faults', most - 10, most - 1), 0)
  assert.equal(allowed('page_faults=+0.0000000000001%', 'page_faults', most - 11, most - 1), 1)
})

test('a sign says which way: + to grow, - to shrink, none either', () => {
  assert.deepEqual(
    ['tlb_hits=+5%', 'tlb_hits=-5%', 'tlb_hits=5%'].map(rule => allowed(rule, 'tlb_hits', 100, 95)),
    [1, 0, 0],
  )
  assert.deepEqual(
    ['writes=+5%', 'writes=-5%', 'writes=5%'].map(rule => allowed(rule, 'writes', 100, 105)),
    [0, 1, 0],
  )
})

test('no percentage of 0 is anything', () => {
  assert.equal(allowed('page_faults=+1000%', 'page_faults', 0, 1), 1)
  assert.equal(allowed('page_faults<=1', 'page_faults', 0, 1), 0)
})

test('a limit takes any value up to it, and is no limit for what is no worse', () => {
  assert.deepEqual(
    [10, 11].map(is => allowed('page_faults<=10', 'page_faults', 5, is)),
    [0, 1],
  )
  assert.deepEqual(
    [10, 9].map(is => allowed('tlb_hits>=10', 'tlb_hits', 50, is)),
    [0, 1],
  )
  assert.equal(allowed('page_faults<=10', 'page_faults', 50, 50), 0)
  assert.equal(allowed('stock_limit_access>=40', 'stock_limit_access', '', 40), 0)
  assert.equal(allowed('stock_limit_access=-50%', 'stock_limit_access', '', 40), 1)
})

test('an allowed change is shown as such, and several rules add up', () => {
  const worse = edited(BASE, 0, { page_faults: 8700, kernel_entries: 16_080, syscalls: 7381 })
  const result = gateOf(worse, BASE, { allow: ['page_f*=+2%', 'kernel_entries=+1%'] })
  assert.deepEqual(found(result), [
    'regression map-fixed syscalls',
    'allowed map-fixed page_faults',
    'allowed map-fixed kernel_entries',
  ])
})

test('a rule can be for some lanes: a strategy, or a kernel and a strategy, both globs', () => {
  const column = { page_faults: 999_999 }
  const worse = edited(edited(KERNELS, 0, column), 2, column) // map-fixed on both kernels
  const left = (...allow: readonly string[]) =>
    found(gateOf(worse, KERNELS, { allow })).filter(text => text.startsWith('regr'))
  assert.equal(left('*:page_faults=+999999%').length, 0)
  assert.equal(left('map-fixed:page_faults=+999999%').length, 0)
  assert.equal(left('linux-2.5.42-mail/*:page_faults=+999999%').length, 1)
  assert.equal(left('*/remap-*:page_faults=+999999%').length, 2)
  assert.equal(left('linux-2.5.42-????/map-fixed:*=+999999%').length, 1)
})

test('no rule makes comparable what is not', () => {
  const other = edited(BASE, 0, { model_version: 1 })
  assert.equal(exitCodeOf(gateOf(other, BASE, { allow: ['*=+100%', '*<=1e15'] })), 4)
})

test('what is no rule, no metric or no lane is refused with the nearest and all there are', () => {
  refused({ allow: ['page_faults'] }, /^--allow page_faults: must be METRIC=\[\+-\]N%/)
  refused({ allow: ['page_faults=+1'] }, /\+1 must be a percentage such as \+1%/)
  refused({ allow: ['page_faults=+1.2.3%'] }, /must be a percentage/)
  refused({ allow: ['page_faults<=many'] }, /many must be a number/)
  refused(
    { allow: ['page_fault=+1%'] },
    /no metric page_fault; did you mean page_faults\?; allowed: .*\bremaps, .*\bmodelled_ns\b/,
  )
  refused({ allow: ['kernel=+1%'] }, /no metric kernel; did you mean kernel_entries\?; allowed: /)
  refused({ allow: ['vmx_*=+1%'] }, /no metric vmx_\*; allowed: .*\bpage_faults, /)
  refused({ allow: ['map-fixd:page_faults=+1%'] }, /no lane map-fixd; did you mean map-fixed\?; allowed: map-fixed, /)
  refused(
    { allow: ['linux-6.18/*:page_faults=+1%'] },
    /no lane linux-6\.18\/\*; allowed: .*linux-2\.5\.42-remap\/map-fixed/,
  )
})

test('an assertion compares lanes of each kernel exactly', () => {
  const holds = (text: string) => found(gateOf(BASE, BASE, { assert: [text] })).map(verdict => verdict.split(' ')[0])
  assert.deepEqual(holds('remap-file-pages.vma_bytes_peak <= 0.01 * map-fixed.vma_bytes_peak'), ['assertion-holds'])
  assert.deepEqual(holds('remap-file-pages.vma_bytes_peak<0.00390625*map-fixed.vma_bytes_peak'), ['assertion-failed'])
  assert.deepEqual(holds('remap-file-pages.vma_bytes_peak == map-fixed.vma_bytes_peak * 0.00390625'), [
    'assertion-holds',
  ])
  assert.deepEqual(holds('map-fixed.page_faults >= 8602'), ['assertion-holds'])
  assert.deepEqual(holds('8_601 > map-fixed.page_faults'), ['assertion-failed'])
  assert.deepEqual(holds('linux-2.5.42-remap/remap*.page_faults == 0'), ['assertion-holds'])
  assert.deepEqual(holds('map-fixed.page_faults <= 0.5 * map-fixed.accesses'), ['assertion-holds'])
  assert.deepEqual(found(gateOf(KERNELS, KERNELS, { assert: ['map-fixed.failed_remaps == 0'] })), [
    'assertion-holds map-fixed map-fixed.failed_remaps == 0',
    'assertion-holds map-fixed map-fixed.failed_remaps == 0',
  ])
})

test('a failed assertion says both values', () => {
  const result = gateOf(BASE, BASE, { assert: ['map-fixed.page_faults <= 0.5 * map-fixed.syscalls'] })
  assert.equal(result.verdicts[0]!.why, 'not 8602 <= 3690')
  assert.equal(exitCodeOf(result), 1)
})

test('numbers beyond what a double holds are compared exactly', () => {
  const most = Number.MAX_SAFE_INTEGER
  const csv = edited(edited(BASE, 0, { page_faults: most }), 1, { page_faults: most - 1 })
  const holds = (text: string) => exitCodeOf(gateOf(csv, csv, { assert: [text] })) === 0
  assert.ok(holds('remap-file-pages.page_faults < map-fixed.page_faults'))
  assert.ok(holds('1.1 * remap-file-pages.page_faults < 1.1 * map-fixed.page_faults'))
  assert.ok(!holds('3 * remap-file-pages.page_faults >= 3 * map-fixed.page_faults'))
})

test('an assertion about what was not counted is no pass', () => {
  const empty = edited(BASE, 0, { mmap_sem_reads: '' })
  const result = gateOf(empty, empty, { assert: ['map-fixed.mmap_sem_reads <= 10'] })
  assert.deepEqual([found(result)[0]!.split(' ')[0], exitCodeOf(result)], ['assertion-open', 4])
})

test('an assertion across kernels needs their names, and each of them must mean one lane', () => {
  const [here, there] = ['linux-2.5.42-remap/map-fixed', 'linux-2.5.42-mail/map-fixed']
  const result = gateOf(KERNELS, KERNELS, { assert: [`${there}.tlb_full_flushes < ${here}.tlb_full_flushes`] })
  assert.deepEqual([found(result).length, exitCodeOf(result)], [1, 0])
  refused(
    { assert: [`map-fixed.remaps == ${here}.remaps`] },
    /map-fixed means 2 lanes \(.*\); one KERNEL\/STRATEGY is needed$/,
  )
  refused({ assert: ['*.remaps == 1'] }, /\* means 2 lanes/)
})

test('a group that lacks one of the lanes is not passed over, one that has none is not meant', () => {
  const three = `${KERNELS.trimEnd().split('\n').slice(0, 4).join('\n')}\n` // the mail's kernel has map-fixed alone
  const kinds = (text: string) => found(gateOf(three, three, { assert: [text] })).map(verdict => verdict.split(' ')[0])
  assert.deepEqual(kinds('remap-file-pages.remaps == map-fixed.remaps'), ['assertion-holds', 'assertion-open'])
  assert.deepEqual(kinds('remap-file-pages.page_faults == 0'), ['assertion-holds'])
})

test('what is no assertion, no metric or no lane is refused with the nearest and all there are', () => {
  refused({ assert: ['map-fixed.page_faults'] }, /^--assert .*: must be EXPR <= EXPR/)
  refused({ assert: ['map-fixed.page_faults = 5'] }, /must be EXPR/)
  refused({ assert: ['1 <= map-fixed.page_faults <= 5'] }, /must be EXPR/)
  refused({ assert: ['1 <= 2'] }, /names no lane/)
  refused({ assert: [' <= map-fixed.remaps'] }, /nothing is no expression/)
  refused({ assert: ['map-fixed <= 1'] }, /map-fixed is no expression/)
  refused({ assert: ['linux-2.5.42-remap/map-fixed <= 1'] }, /is no expression/)
  refused({ assert: ['map-fixed.remaps <= 1e999'] }, /1e999 is no expression/)
  refused({ assert: ['map-fixed.remap <= 1'] }, /no metric remap; did you mean remaps\?; allowed: /)
  refused(
    { assert: ['map-fixed.kernel == 1'] },
    /no metric kernel; did you mean kernel_entries\?; allowed: .*\bpage_faults, /,
  )
  refused({ assert: ['map-fixd.remaps <= 1'] }, /no lane map-fixd; did you mean map-fixed\?; allowed: map-fixed, /)
})

test('decimals are read and written exactly', () => {
  for (const [text, shown] of [
    ['0.01', '0.01'],
    ['1e6', '1000000'],
    ['-2.50', '-2.5'],
    ['65_530', '65530'],
    ['+1.5e-3', '0.0015'],
  ] as const) {
    assert.equal(decimalText(parseDecimal(text)!), shown)
  }
  for (const text of ['', '.', '1.', '.5', '1e', '1e100', '0x10', '1,000', 'NaN', '9'.repeat(50)]) {
    assert.equal(parseDecimal(text), null, text)
  }
  assert.equal(compare(parseDecimal('0.3')!, parseDecimal('0.30')!), 0)
})

test('globs match whole names and nothing else is special in them', () => {
  assert.ok(glob('linux-2.?.42-*').test('linux-2.5.42-remap'))
  assert.ok(
    !glob('linux').test('linux-2.4') && !glob('a.c').test('abc') && glob('**').test('') && glob('[a]+').test('[a]+'),
  )
})
