import assert from 'node:assert/strict'
import { test } from 'node:test'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import type { RunResult } from '../../engine/run.ts'
import { text } from '../../reports/text.ts'
import {
  countsOf,
  impossibleOf,
  MAP_FIXED_RESULT,
  REMAP_FILE_PAGES_RESULT,
  reportOf,
  resultOf,
  rowOf,
  SPEC,
} from '../helpers/results.ts'

function screen(...results: readonly RunResult[]): string {
  return text.render(reportOf(...results.map(result => rowOf(result, p42002))))
}

/** On one line, so that a test need not know where a sentence is wrapped. */
function unwrapped(...results: readonly RunResult[]): string {
  return screen(...results).replace(/\s+/g, ' ')
}

function assertNarrow(text: string): void {
  for (const line of text.split('\n')) assert.ok(line.length <= 80 && line === line.trimEnd(), line)
}

const DEFAULT_SCREEN = `\
TPC-C-like, 10,000,000 page accesses, 16K units, clock, seed 1
16 GiB /dev/shm file, 1 GiB window, i386 PAE, Linux 2.5.42 + the 2002 patch
                           map-fixed   remap-file-pages         ratio
kernel entries             5,053,078          2,298,721          2.20
  system calls             2,298,721          2,298,721          1.00
  page faults              2,754,357                  0             -
TLB flushes, whole         2,233,185                  0             -
TLB flushes, one page              0          9,194,884             -
TLB misses, 64 entries        67.4 %             55.2 %          1.22
vmas, peak                    65,536                  1        65,536
vma lowmem, peak             8.5 MiB            4.0 KiB         2,185
modelled, P4 2.4 GHz      6.5 - 34 s        3.3 - 5.4 s      1.3 - 10

remap-file-pages wins here: no page fault, no whole TLB flush, one vma.
Turns if an invlpg costs 2,496 cycles (200 to 450). Limits: 21 of 65,536 vmas.
  Most time: entries 1.7 s.
! A stock kernel refuses map-fixed at access 200,171 (limit: 65,536 vmas, the
  process's others included); the limit is lifted for this run.
! One page touched per pool miss: 1.20 faults per remap with map-fixed. Whole
  units (--touch unit) give the mail's 5 kernel entries against 1.
Evidence: executed (kernel code ran, TLB modelled); 11 of 12 prices are guesses.
Next: the same with --touch unit, or with --unit 64K, where unused pages count
`

test('the screen of a run like the default one is this', () => {
  assert.equal(screen(MAP_FIXED_RESULT, REMAP_FILE_PAGES_RESULT), DEFAULT_SCREEN)
})

test('it fits 80 x 24 with a line for the files written and one for the prompt', () => {
  assertNarrow(DEFAULT_SCREEN)
  assert.ok(DEFAULT_SCREEN.trimEnd().split('\n').length <= 22)
})

test('it is plain ASCII without colours', () => {
  assert.match(DEFAULT_SCREEN, /^[\n -~]*$/)
})

test('one lane has no ratio', () => {
  const alone = screen(MAP_FIXED_RESULT)
  assert.doesNotMatch(alone, /ratio|wins|against 1/)
  assert.match(alone, /give the mail's 5 kernel\s+entries\./)
})

test('any number of lanes stays within 80 columns: up to three side by side, more of them as rows', () => {
  for (let lanes = 1; lanes <= 9; lanes++) {
    const results = Array.from({ length: lanes }, (_, i) => resultOf({ strategy: `strategy-number-${i}` }))
    const shown = screen(...results)
    assertNarrow(shown)
    for (const { spec } of results) assert.ok(shown.includes(spec.strategy))
    const tables = shown.split('\n').filter(line => line.startsWith('kernel entries')).length
    assert.equal(tables, lanes > 3 ? 0 : Math.ceil(lanes / 2))
  }
})

test('whatever tells lanes of one kernel apart stands under the strategies', () => {
  const lines = screen(MAP_FIXED_RESULT, resultOf({ unitBytes: 4096 })).split('\n')
  assert.match(lines[2]!, /^ +map-fixed +map-fixed +ratio$/)
  assert.match(lines[3]!, /^ +unit 16K +unit 4K$/)
  assert.match(lines[0]!, /^TPC-C-like, 10,000,000 page accesses, clock, seed 1$/)
})

test('what one lane has is a row, what no lane has is none', () => {
  const counts = { remaps: 10, syscalls: 20, kernelEntries: 20, vmasPeak: 1, vmaLowmemBytesPeak: null }
  const copying = resultOf(
    { strategy: 'pread-copy' },
    { counts: countsOf({ ...counts, populateFaults: 40, bytesCopied: 163_840, writebacks: 3, tlbRangeFlushes: 9 }) },
  )
  const pressed = { pagesReclaimed: 32, reclaimUnmaps: 33, reclaimVmas: 34, reclaimPtes: 35 }
  const other = resultOf({}, { counts: countsOf({ ...counts, ...pressed, fileReads: 7 }) })
  const shown = text.render(reportOf(rowOf(other, null), rowOf(copying, null)))
  for (const row of [
    /\nfaults in calls +0 +40 +-\n/,
    /\nfile pages brought in +7 +0 +-\n/,
    /\npages taken back +32 +0 +-\n {2}entries unmapped +33 +0 +-\n {2}vmas looked at +34 +0 +-\n {2}entries looked at +35 +0 +-\n/,
    /\nbytes copied +0 B +160\.0 KiB +-\n/,
    /\nunits copied back +0 +3 +-\n/,
    /\nTLB flushes, ranged +0 +9 +-\n/,
  ]) {
    assert.match(shown, row)
  }
  assert.doesNotMatch(shown, /vma lowmem|\nmodelled|TLB misses/)
  assert.doesNotMatch(DEFAULT_SCREEN, /faults in calls|brought in|copied|ranged/)
})

test('names longer than a line are broken or cut, not hung out', () => {
  const workload = `trace:/${'very-long-directory/'.repeat(10)}file.csv`
  assertNarrow(
    screen(resultOf({ workload, strategy: 's'.repeat(100) }), resultOf({ workload, kernel: 'k'.repeat(100) })),
  )
})

test('warm-up, limit, processes and missing pages are told in the heading', () => {
  const spec = {
    warmup: 1000,
    accesses: 1,
    maxMapCount: 100_000,
    processes: 4,
    contents: 'sparse',
    backing: 'ramfs',
  } as const
  const lines = unwrapped(resultOf(spec))
  assert.match(lines, /1 page access after 1,000 uncounted, 16K units/)
  assert.match(lines, /ramfs file, sparse, 1 GiB window, .*, 4 processes, vma limit 100,000/)
  const pressed = unwrapped(resultOf({ reclaim: 10_000, otherFaults: '50%' }))
  assert.match(pressed, /, memory pressure every 10,000 accesses, faults elsewhere before 50% of remaps/)
  const disk = unwrapped(resultOf({ backing: 'disk', contents: '80%' }))
  assert.match(disk, /16 GiB file on disk, 80% written, 1 GiB window/)
})

test('parameters are shown, but for the order system, whose would not fit', () => {
  assert.match(screen(resultOf({ workload: 'zipf', params: 'theta=0.99;writes=0.05' })), /\ntheta=0.99, writes=0.05\n/)
  assert.doesNotMatch(screen(MAP_FIXED_RESULT), /warehouses/)
})

test('a lane that cannot run shows dashes and the reason', () => {
  const lane = impossibleOf({ strategy: 'linear' }, 'too large a file')
  const shown = screen(MAP_FIXED_RESULT, lane)
  assert.match(shown, /\nkernel entries +5,053,078 +- +-\n/)
  assert.match(shown, /\nmodelled, P4 2.4 GHz +6.5 - 34 s +- +-\n/)
  assert.match(unwrapped(MAP_FIXED_RESULT, lane), /! linear cannot run: too large a file\. Nothing was counted\./)
})

test('a stopped lane is said to be stopped, has no ratio, and the next command lifts the limit', () => {
  const spec = { ...SPEC, maxMapCount: 'stock' } as const
  const stopped = resultOf(spec, {
    outcome: { state: 'stopped', errno: 'ENOMEM' },
    firstFailureAccess: 200_171,
    stockLimitAccess: 200_171,
    counts: countsOf({ remaps: 65_600, failedRemaps: 1, syscalls: 65_601, tlbMisses: 200_171 }),
  })
  const other = resultOf({ ...spec, strategy: 'remap-file-pages' }, { counts: REMAP_FILE_PAGES_RESULT.counts })
  const shown = unwrapped(stopped, other)
  assert.match(
    shown,
    /! map-fixed stopped at access 200,171: the kernel refused a remap with ENOMEM \(limit: 65,536 vmas\)\. Its counts end there\./,
  )
  assert.match(shown, /system calls 65,601 2,298,721 - page faults/)
  assert.match(shown, /Next: the same with --max-map-count lifted/)
  assert.doesNotMatch(shown, /A stock kernel/)
})

test('window operations are reported without pool, unit and touch, in rows', () => {
  const spec = { ...SPEC, workload: 'ops', params: '', policy: '', accesses: 12, warmup: 3 }
  const counts = countsOf({ remaps: 2, failedRemaps: 1, failedAccesses: 2, syscalls: 3, tlbMisses: 12, pageFaults: 4 })
  const shown = unwrapped(resultOf(spec, { counts, firstFailureAccess: 0 }))
  assert.match(shown, /^Window operations from a file, 12 page accesses after 3 uncounted rows 16 GiB/)
  assert.match(shown, /! map-fixed: 1 remap was refused, first at counted row 0; the run went on\./)
  assert.match(shown, /! map-fixed: 2 accesses ended in SIGBUS or SIGSEGV\./)
  assert.doesNotMatch(shown, /--touch|--unit|seed/)
  assert.match(shown, /Next: remapbench list/)
})

test('a report without lanes says so', () => {
  assert.equal(text.render(reportOf()), 'Nothing was run.\n')
})
