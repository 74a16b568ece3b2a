import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COUNTER_NAMES, COUNTERS } from '../../engine/counters.ts'
import { exitCodeOf } from '../../engine/gate/compare.ts'
import { edited, found, gateOf, golden, headOf, withColumns } from '../helpers/gate-files.ts'

const BASE = golden('small.csv')
const STOPPED = golden('small-stopped.csv')

function verdicts(current: string, baseline: string, code: 0 | 1 | 4, expected: readonly string[]): void {
  const result = gateOf(current, baseline)
  assert.deepEqual(found(result), expected)
  assert.equal(exitCodeOf(result), code)
}

test('a file passes against itself, whichever its format', () => {
  for (const current of [BASE, golden('small.json')]) {
    for (const baseline of [BASE, golden('small.json')]) {
      const result = gateOf(current, baseline)
      assert.deepEqual([found(result), result.compared, result.equal, exitCodeOf(result)], [[], 106, 106, 0])
    }
  }
})

test('a count that is worse by one is a regression, and the other way round an improvement that passes', () => {
  const worse = edited(BASE, 0, { page_faults: 8603 })
  verdicts(worse, BASE, 1, ['regression map-fixed page_faults'])
  verdicts(BASE, worse, 0, ['improvement map-fixed page_faults'])
})

test('what is better when more is a regression when less', () => {
  const worse = edited(BASE, 0, { tlb_hits: 6632, window_hits: 12619, vma_cache_hits: 89 })
  verdicts(worse, BASE, 1, [
    'regression map-fixed window_hits',
    'regression map-fixed tlb_hits',
    'change map-fixed vma_cache_hits',
  ])
  verdicts(BASE, worse, 0, [
    'improvement map-fixed window_hits',
    'improvement map-fixed tlb_hits',
    'change map-fixed vma_cache_hits',
  ])
})

test('the work asked for must be the same: any change fails', () => {
  for (const writes of [7961, 7963]) {
    verdicts(edited(BASE, 0, { writes }), BASE, 1, ['work-changed map-fixed writes'])
  }
})

test('from 0 to n is a regression, from n to 0 an improvement', () => {
  const some = edited(BASE, 1, { page_faults: 1 })
  verdicts(some, BASE, 1, ['regression remap-file-pages page_faults'])
  verdicts(BASE, some, 0, ['improvement remap-file-pages page_faults'])
})

test('every counter has a direction, and a change by one of it is found', () => {
  for (const name of COUNTER_NAMES) {
    const { column, better } = COUNTERS[name]
    const before = edited(BASE, 0, { [column]: 10_000_000 })
    const less = found(gateOf(edited(BASE, 0, { [column]: 9_999_999 }), before))
    const more = found(gateOf(edited(BASE, 0, { [column]: 10_000_001 }), before))
    const expected = {
      less: ['improvement', 'regression'],
      more: ['regression', 'improvement'],
      same: ['work-changed', 'work-changed'],
      either: ['change', 'change'],
    }[better]
    assert.deepEqual([less, more], [[`${expected[0]} map-fixed ${column}`], [`${expected[1]} map-fixed ${column}`]])
  }
})

test('an access refused earlier is a regression, later or never an improvement', () => {
  const at = (access: number | '') => edited(BASE, 0, { stock_limit_access: access })
  verdicts(at(99), at(100), 1, ['regression map-fixed stock_limit_access'])
  verdicts(at(101), at(100), 0, ['improvement map-fixed stock_limit_access'])
  verdicts(at(''), at(100), 0, ['improvement map-fixed stock_limit_access'])
  verdicts(at(100), at(''), 1, ['regression map-fixed stock_limit_access'])
  verdicts(at(-5), at(0), 1, ['regression map-fixed stock_limit_access'])
})

test('a missing lane and a new one are not passed over', () => {
  const [head, first, second] = BASE.split('\n')
  verdicts(`${head}\n${first}\n`, BASE, 4, ['missing-lane remap-file-pages'])
  verdicts(BASE, `${head}\n${second}\n`, 4, ['new-lane map-fixed'])
  verdicts(`${head}\n${first}\n`, `${head}\n${second}\n`, 4, [
    'missing-lane remap-file-pages',
    'new-lane map-fixed',
    'nothing-compared',
  ])
})

test('another specification is said field by field and not compared', () => {
  const current = edited(edited(BASE, 0, { accesses: 30_000, seed: 2, page_faults: 1 }), 1, { tlb: 'none' })
  const result = gateOf(current, BASE)
  assert.deepEqual(
    result.verdicts.map(({ why }) => why),
    ['accesses 30000, was 20000; seed 2, was 1', 'tlb none, was 64', 'no count was compared'],
  )
  assert.equal(exitCodeOf(result), 4)
})

test('lanes of one kernel and strategy are told apart by the rest, and paired only if that is unique', () => {
  const [head, first] = BASE.split('\n')
  const other = edited(BASE, 0, { unit_bytes: 4096 }).split('\n')[1]
  const third = edited(BASE, 0, { unit_bytes: 8192 }).split('\n')[1]
  const two = `${head}\n${first}\n${other}\n`
  assert.deepEqual(found(gateOf(two, `${head}\n${other}\n${first}\n`)), [])
  const result = gateOf(`${head}\n${first}\n${third}\n`, two)
  assert.deepEqual(
    result.verdicts.map(({ kind, lane, why }) => [kind, lane, why]),
    [['specification-differs', 'linux-2.5.42-remap/map-fixed (unit_bytes 4096)', 'unit_bytes 8192, was 4096']],
  )
  const apart = gateOf(`${head}\n${third}\n`, two)
  assert.deepEqual(found(apart), [
    'missing-lane map-fixed (unit_bytes 4096)',
    'missing-lane map-fixed (unit_bytes 16384)',
    'new-lane map-fixed (unit_bytes 8192)',
    'nothing-compared',
  ])
})

test('results of another model version are not compared', () => {
  const current = edited(BASE, 0, { model_version: 1, page_faults: 1 })
  verdicts(current, BASE, 4, ['model-version-differs map-fixed model_version'])
  verdicts(BASE, current, 4, ['model-version-differs map-fixed model_version'])
})

test('other accesses under the same specification are not compared', () => {
  verdicts(edited(BASE, 1, { trace_hash: '0123456789abcdef', syscalls: 1 }), BASE, 4, [
    'accesses-differ remap-file-pages trace_hash',
  ])
})

test('a lane that no longer completes fails; one that now does is not compared', () => {
  const stopped = edited(BASE, 0, { outcome: 'stopped:ENOMEM' })
  const [head] = BASE.split('\n')
  const empty = Object.fromEntries(
    headOf(BASE)
      .slice(headOf(BASE).indexOf('trace_hash') + 1)
      .map(name => [name, '']),
  )
  const unsupported = edited(BASE, 0, { ...empty, outcome: 'unsupported:no-populate', evidence: '' })
  verdicts(stopped, BASE, 1, ['outcome-worse map-fixed outcome'])
  verdicts(unsupported, BASE, 1, ['outcome-worse map-fixed outcome'])
  verdicts(unsupported, stopped, 1, ['outcome-worse map-fixed outcome'])
  verdicts(BASE, stopped, 4, ['outcome-differs map-fixed outcome'])
  verdicts(BASE, unsupported, 4, ['outcome-differs map-fixed outcome'])
  verdicts(edited(unsupported, 0, { outcome: 'unsupported:other' }), unsupported, 4, [
    'outcome-differs map-fixed outcome',
  ])
  const same = gateOf(unsupported, unsupported)
  assert.deepEqual([found(same), same.lanes.map(lane => lane.idle)], [[], ['unsupported:no-populate', null]])
  const alone = `${head}\n${unsupported.split('\n')[1]}\n`
  verdicts(alone, alone, 4, ['nothing-compared'])
})

test('a lane that stops at another access counted other work', () => {
  const at = (access: number) => edited(STOPPED, 0, { first_failure_access: access, page_faults: access })
  verdicts(at(452), at(452), 0, [])
  verdicts(at(451), at(452), 1, ['regression map-fixed first_failure_access'])
  verdicts(at(453), at(452), 4, ['stopped-elsewhere map-fixed first_failure_access'])
})

test('weaker evidence fails, stronger passes', () => {
  const weaker = edited(BASE, 0, { evidence: 'source' })
  verdicts(weaker, BASE, 1, ['evidence-weaker map-fixed evidence'])
  verdicts(BASE, weaker, 0, ['evidence-stronger map-fixed evidence'])
})

test('a value on one side only is not passed over; on neither it is not asked for', () => {
  const without = edited(BASE, 0, { mmap_sem_reads: '' })
  verdicts(without, BASE, 4, ['not-measured map-fixed mmap_sem_reads'])
  verdicts(BASE, without, 4, ['not-measured map-fixed mmap_sem_reads'])
  verdicts(without, without, 0, [])
})

test('a lane without a single count on both sides is said', () => {
  const empty = Object.fromEntries(
    headOf(BASE)
      .slice(headOf(BASE).indexOf('trace_hash') + 1)
      .map(name => [name, '']),
  )
  const nothing = edited(BASE, 0, empty)
  verdicts(nothing, nothing, 4, ['nothing-compared map-fixed'])
  const nowhere = edited(nothing, 1, empty)
  verdicts(nowhere, nowhere, 4, ['nothing-compared map-fixed', 'nothing-compared remap-file-pages', 'nothing-compared'])
})

test('every column that one file lacks is named, whatever it holds', () => {
  for (const name of headOf(BASE)) {
    if (name === 'kernel' || name === 'strategy') continue // without these it is no file of results
    const less = withColumns(
      BASE,
      headOf(BASE).filter(column => column !== name),
    )
    verdicts(less, BASE, 4, [`missing-column ${name}`])
    verdicts(BASE, less, 4, [`new-column ${name}`])
  }
})

test('a column that neither file has is said; without those that decide what may be compared nothing passes', () => {
  const less = (...names: readonly string[]) =>
    withColumns(
      BASE,
      headOf(BASE).filter(column => !names.includes(column)),
    )
  verdicts(less('ipi_rounds', 'warmup'), less('ipi_rounds', 'warmup'), 0, [
    'column-in-neither warmup',
    'column-in-neither ipi_rounds',
  ])
  for (const name of ['model_version', 'evidence', 'outcome', 'trace_hash']) {
    verdicts(less(name), less(name), 4, [`missing-column ${name}`])
  }
})

test('an unknown column is never passed over, even if it is equal', () => {
  const more = BASE.replace('\n', ',moon_phase\n')
    .split('\n')
    .map((line, i) => (i > 0 && line !== '' ? `${line},full` : line))
    .join('\n')
  for (const [current, baseline] of [
    [more, more],
    [more, BASE],
    [BASE, more],
  ] as const) {
    verdicts(current, baseline, 4, ['unknown-column moon_phase'])
  }
})

test('modelled times and other prices only warn', () => {
  const slower = edited(BASE, 0, { modelled_ns: 40_000_000, modelled_ns_high: 1 })
  verdicts(slower, BASE, 0, ['time-longer map-fixed modelled_ns'])
  verdicts(BASE, edited(slower, 0, { modelled_ns_high: 69293619 }), 0, ['time-shorter map-fixed modelled_ns'])
  verdicts(edited(BASE, 0, { cost_model: 'p3-2002', modelled_ns: 1 }), BASE, 0, ['prices-differ map-fixed cost_model'])
  verdicts(edited(BASE, 0, { cost_model: '', modelled_ns: '' }), BASE, 0, ['prices-differ map-fixed cost_model'])
})

test('prices that were measured anew each time are other prices', () => {
  const priced = (ns: number) => edited(BASE, 0, { cost_model: 'host', modelled_ns: ns })
  verdicts(priced(2000), priced(1000), 0, ['prices-differ map-fixed cost_model'])
  verdicts(priced(1000), priced(1000), 0, [])
})

test('what was not compared goes before what is worse', () => {
  const both = edited(edited(BASE, 0, { page_faults: 9000 }), 1, { model_version: 7 })
  verdicts(both, BASE, 4, ['regression map-fixed page_faults', 'model-version-differs remap-file-pages model_version'])
})
