import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunSpec } from '../../engine/run.ts'
import { namesOf, settingsOf } from '../../reports/lanes.ts'
import { lowmemLines, lowmemNotes, lowmemTables } from '../../reports/lowmem.ts'
import { markdown } from '../../reports/markdown.ts'
import { memory } from '../../reports/numbers.ts'
import type { ReportRow } from '../../reports/report.ts'
import { text } from '../../reports/text.ts'
import { verdict } from '../../reports/verdict.ts'
import { countsOf, impossibleOf, reportOf, resultOf, rowOf } from '../helpers/results.ts'

const MIB = 2 ** 20

/** A lane of which every process takes so many MiB of 720, half of it vmas, a quarter chains, a quarter page tables. */
function lane(
  processes: number,
  mibEach: number,
  more: Partial<RunSpec> = {},
  exhausted: number | null = null,
): ReportRow {
  const bytes = processes * mibEach * MIB
  const counts = countsOf({
    remaps: 1e7,
    vmas: processes,
    syscalls: more.strategy === 'remap-file-pages' ? 5 : 7,
    pageFaults: more.strategy === 'remap-file-pages' ? 0 : 7,
    lowmemBytesPeak: bytes,
    lowmemVmaBytes: bytes / 2,
    lowmemPageTableBytes: bytes / 4,
    lowmemChainBytes: bytes / 4,
    lowmemAvailableBytes: 720 * MIB,
  })
  const traceHash = `${processes}`.padStart(16, '0')
  return rowOf(resultOf({ processes, ...more }, { counts, traceHash, lowmemExhaustedAccess: exhausted }), null)
}

const LANES = [
  lane(1, 8),
  lane(1, 1, { strategy: 'remap-file-pages' }),
  lane(100, 8, {}, 1_234_567),
  lane(100, 1, { strategy: 'remap-file-pages' }),
]

test('several processes: what fills lowmem, where it runs out and how many fit stand below the table', () => {
  assert.deepEqual(lowmemLines(LANES), [
    '',
    'Lowmem of linux-2.5.42-remap: 720.0 MiB. In MiB at its peak; fit: in proportion:',
    '                      total  vmas  tables  chains  fixed  runs out at   fit',
    '1 map-fixed             8.0   4.0     2.0     2.0      0        never     -',
    '1 remap-file-pages      1.0   0.5     0.3     0.3      0        never     -',
    '100 map-fixed           800   400     200     200      0    1,234,567   ~90',
    '100 remap-file-pages    100  50.0    25.0    25.0      0        never  ~720',
  ])
})

test('they stand in the text and in the document, and nowhere if there was one process', () => {
  assert.match(text.render(reportOf(...LANES)), /\nLowmem of linux-2.5.42-remap: 720.0 MiB/)
  assert.match(
    markdown.render(reportOf(...LANES)),
    /\| 100 map-fixed \| 800.0 MiB \| 400.0 MiB \| 200.0 MiB \| 200.0 MiB \| 0 B \| 1,234,567 \| ~90 \|/,
  )
  const alone = LANES.slice(0, 2)
  assert.deepEqual([lowmemLines(alone), lowmemNotes(alone)], [[], []])
  assert.doesNotMatch(text.render(reportOf(...alone)) + markdown.render(reportOf(...alone)), /Lowmem/)
})

test('kernels whose memory is all alike, and lanes that could not run, have no part in it', () => {
  const flat = rowOf(
    resultOf({ processes: 10, kernel: 'linux-6.18' }, { counts: { ...countsOf({}), lowmemAvailableBytes: null } }),
    null,
  )
  const none = rowOf(impossibleOf({ processes: 10, kernel: 'linux-2.4' }), null)
  assert.deepEqual(lowmemTables([flat, none], memory), [])
  assert.deepEqual(
    lowmemTables([flat, none, lane(10, 8)], memory).map(({ kernel, labels }) => [kernel, labels]),
    [['linux-2.5.42-remap', ['10 map-fixed']]],
  )
})

test('what ran out in the warm-up says so', () => {
  const [table] = lowmemTables([lane(100, 8, {}, -5)], memory)
  assert.deepEqual(table!.columns.at(-2), { head: ['runs out at'], cells: ['warm-up'] })
})

test('it is said that counts go on where lowmem ran out', () => {
  assert.deepEqual(lowmemNotes(LANES), [
    'Lowmem runs out for map-fixed with 100 processes; counts go on as if there were more.',
    'Where ~ stands how many fit is an estimate: pte chains do not grow in proportion to processes. --processes tries it.',
  ])
})

test('how many fit is no estimate where chains are a tenth of it at most', () => {
  const withChains = (bytes: number) => {
    const row = lane(100, 8)
    const counts = { ...row.result.counts, lowmemChainBytes: bytes }
    return lowmemTables([{ ...row, result: { ...row.result, counts } }], memory)[0]!.columns.at(-1)!.cells
  }
  assert.deepEqual([withChains(80 * MIB), withChains(80 * MIB + 1)], [['90'], ['~90']])
})

test('how many fit is not worked out for windows that were not full, whatever was counted', () => {
  const filling = LANES.map(row => ({ ...row, result: { ...row.result, windowsFull: false } }))
  assert.deepEqual(lowmemTables(filling, memory)[0]!.columns.at(-1)!.cells, ['-', '-', '-', '-'])
  assert.match(
    lowmemNotes(filling)[1]!,
    /^The windows of 1 and 100 processes were not full at the end: more --accesses/,
  )
})

test('nor for lanes that stopped', () => {
  const row = lane(100, 8)
  const stopped = { ...row, result: { ...row.result, outcome: { state: 'stopped', errno: 'ENOMEM' } as const } }
  assert.equal(lowmemTables([stopped], memory)[0]!.columns.at(-1)!.cells[0], '-')
  assert.deepEqual(lowmemNotes([stopped]), [])
})

test('what to try next is the build that keeps page tables in lowmem', () => {
  const next = (...rows: readonly ReportRow[]) =>
    text
      .render(reportOf(...rows))
      .trimEnd()
      .split('\n')
      .at(-1)
  const build = 'Next: the same with --kernel linux-2.5.42-remap,linux-2.5.42-remap-lowpte'
  assert.equal(next(...LANES), build)
  assert.equal(
    next(...LANES, lane(100, 8, { kernel: 'linux-2.5.42-remap-lowpte' })),
    'Next: the same with --touch unit, or with --unit 64K, where unused pages count',
  )
  assert.notEqual(next(LANES[0]!), build)
})

test('each number of processes has a verdict of its own, alike ones are said once', () => {
  const more = [...LANES, lane(10, 8), lane(10, 1, { strategy: 'remap-file-pages' })]
  const alike = verdict(more)
  assert.equal(alike.length, 1)
  assert.match(alike[0]!, /^remap-file-pages dominates/)
  const stopped = { ...more[4]!.result, outcome: { state: 'stopped', errno: 'ENOMEM' } as const }
  const [first, second] = verdict([...more.slice(0, 4), { ...more[4]!, result: stopped }, more[5]!])
  assert.match(first!, /^1, 100 processes: remap-file-pages dominates/)
  assert.equal(second, '10 processes: only remap-file-pages completed the run, so there is no winner.')
})

test('lanes are named with their processes after all else, and without if all numbers are meant', () => {
  const [one, two, three, four] = LANES as [ReportRow, ReportRow, ReportRow, ReportRow]
  assert.equal(namesOf([one], LANES), 'map-fixed with 1 process')
  assert.equal(namesOf([one, three], LANES), 'map-fixed')
  assert.equal(namesOf([one, three, four], LANES), 'map-fixed and remap-file-pages with 100 processes')
  assert.equal(namesOf([three, four], LANES), 'map-fixed and remap-file-pages with 100 processes')
  assert.equal(namesOf([one, two, three, four], LANES), 'map-fixed and remap-file-pages')
  const other = lane(100, 8, { kernel: 'linux-2.4' })
  assert.equal(namesOf([three], [...LANES, other]), 'map-fixed on linux-2.5.42-remap with 100 processes')
  assert.equal(namesOf([three, other], [...LANES, other]), 'map-fixed on every kernel with 100 processes')
})

test('settings are kernels, numbers of processes, or both', () => {
  const other = lane(100, 8, { kernel: 'linux-2.4' })
  const rows = [...LANES, other]
  assert.equal(settingsOf(LANES.slice(2), LANES), '100 processes')
  assert.equal(settingsOf(LANES, LANES), '')
  assert.equal(settingsOf([LANES[0]!, LANES[2]!], rows), 'linux-2.5.42-remap')
  assert.equal(settingsOf([LANES[2]!, other], rows), 'linux-2.5.42-remap, linux-2.4 with 100 processes')
  assert.equal(settingsOf([LANES[0]!, LANES[2]!, other], rows), 'linux-2.5.42-remap; linux-2.4 with 100 processes')
})

test('the heading says how many processes share how many CPUs', () => {
  assert.match(text.render(reportOf(lane(10, 8, { cpus: 4 }))), /1 GiB window, .*, 10\s+processes, 4 CPUs to share\n/)
})
