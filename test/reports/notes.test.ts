import assert from 'node:assert/strict'
import { test } from 'node:test'
import { p32002 } from '../../engine/cost/p3-2002.ts'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import type { CostItem } from '../../engine/cost.ts'
import type { RunResult, RunSpec } from '../../engine/run.ts'
import { notes } from '../../reports/notes.ts'
import { evidence, widestPrice } from '../../reports/standing.ts'
import {
  countsOf,
  item,
  MAP_FIXED_RESULT,
  modelOf,
  NO_COUNTS,
  REMAP_FILE_PAGES_RESULT,
  resultOf,
  rowOf,
} from '../helpers/results.ts'

function marked(...results: readonly RunResult[]): string[] {
  return notes(results.map(result => rowOf(result, p42002))).map(({ mark, text }) => `${mark} ${text}`.trimStart())
}

function mapFixed(spec: Partial<RunSpec>, tlbFullFlushes = 90): RunResult {
  return resultOf(spec, {
    counts: countsOf({ remaps: 100, syscalls: 100, pageFaults: 100, kernelEntries: 200, tlbFullFlushes }),
  })
}

test('a lifted limit is told with the access, the limit and the lane', () => {
  const [note] = marked(MAP_FIXED_RESULT)
  assert.equal(
    note,
    "! A stock kernel refuses map-fixed at access 200,171 (limit: 65,536 vmas, the process's others included); the limit is lifted for this run.",
  )
})

test('lanes refused at the same access share a note; after a warm-up the access is a counted one', () => {
  const spec = { warmup: 5, maxMapCount: 100_000 } as const
  const lanes = ['map-fixed', 'other'].map(strategy => resultOf({ ...spec, strategy }, { stockLimitAccess: 9 }))
  assert.deepEqual(marked(...lanes), [
    "! A stock kernel refuses map-fixed and other at counted access 9 (limit: 65,536 vmas, the process's others included); the limit is 100,000 vmas for this run.",
  ])
})

test('a stock limit that was never met is no note', () => {
  assert.deepEqual(marked(resultOf({})), [])
})

test('one page touched per pool miss is told with the faults per remap and what whole units would give', () => {
  assert.deepEqual(marked(mapFixed({})), [
    "! One page touched per pool miss: 1 fault per remap with map-fixed. Whole units (--touch unit) give the mail's 5 kernel entries.",
  ])
  assert.match(marked(mapFixed({ unitBytes: 65536 }))[0]!, /give 17 kernel entries\.$/)
})

test('no remap, no fault or a one-page unit is no such note', () => {
  const remapped = countsOf({ remaps: 5, syscalls: 5, kernelEntries: 5 })
  for (const result of [resultOf({}), resultOf({}, { counts: remapped })]) assert.deepEqual(marked(result), [])
  assert.ok(!marked(mapFixed({ unitBytes: 4096 })).some(note => note.includes('touched')))
})

test('with whole units touched, kernel entries per remap are computed', () => {
  const counts = (kernelEntries: number) => ({ counts: countsOf({ remaps: 100, kernelEntries }) })
  assert.deepEqual(
    marked(
      resultOf({ touch: 'unit' }, counts(500)),
      resultOf({ touch: 'unit', strategy: 'remap-file-pages' }, counts(100)),
    ),
    ['Whole units touched. Kernel entries per remap: 5 with map-fixed, 1 with remap-file-pages.'],
  )
})

test('4K units name the contradiction between mail and source, and the kernel that models the mail', () => {
  const [note] = marked(mapFixed({ unitBytes: 4096 }))
  assert.match(note!, /^! 4K units: .* source flushes for 4K, too, .*--kernel linux-2.5.42-mail models the mail\.$/)
})

test('4K units on both kernels give both counts', () => {
  const [note] = marked(mapFixed({ unitBytes: 4096 }), mapFixed({ unitBytes: 4096, kernel: 'linux-2.5.42-mail' }, 0))
  assert.match(note!, /\(0 whole flushes\); linux-2.5.42-remap follows the kernel's source \(90 whole flushes\)\.$/)
})

test('4K units on the mail kernel alone point to the source', () => {
  assert.match(
    marked(mapFixed({ unitBytes: 4096, kernel: 'linux-2.5.42-mail' }, 0))[0]!,
    /--kernel linux-2.5.42-remap\)/,
  )
})

test('other kernels and strategies know nothing of that contradiction', () => {
  assert.deepEqual(marked(mapFixed({ unitBytes: 4096, kernel: 'linux-6.18' })), [])
  assert.deepEqual(marked(mapFixed({ unitBytes: 4096, strategy: 'remap-file-pages' })), [])
})

test('larger units say that the mail kernel differs only with 4K ones', () => {
  assert.ok(
    marked(mapFixed({ kernel: 'linux-2.5.42-mail' })).some(note =>
      note.includes('differs from linux-2.5.42-remap only'),
    ),
  )
})

test('without a TLB the modelled times are said to leave its misses out', () => {
  assert.deepEqual(marked(resultOf({ tlb: 'none' })), [
    '! No TLB is modelled (--tlb none), so the modelled times leave out its misses.',
  ])
})

test('the widest price is the only guess, the widest of several, or a price with a source', () => {
  const counts = countsOf({ syscalls: 10, pageFaults: 10 })
  const widest = (...items: readonly CostItem[]) => widestPrice([rowOf(resultOf({}, { counts }), modelOf(...items))])
  assert.equal(
    widest(item('syscalls', 5, 5), item('pageFaults', 1, 9, 'guess: x')),
    'The time range varies one guess, 1 to 9 cycles for an event of pageFaults.',
  )
  assert.match(
    widest(item('syscalls', 5, 6), item('pageFaults', 1, 9, 'guess: x'))!,
    /^What widens the times most is one guess, 1 to 9/,
  )
  assert.match(widest(item('syscalls', 5, 6))!, /^The time range varies one price, 5 to 6 cycles/)
  assert.equal(widest(item('syscalls', 5, 5)), null)
  assert.equal(widest(item('tlbMisses', 1, 9)), null) // never counted
})

test('a time that reads as one figure has no widest price', () => {
  assert.equal(widestPrice([rowOf(REMAP_FILE_PAGES_RESULT, p42002)]), null) // six nodes walked in 4.2 s
})

test('evidence is said once if lanes agree, by kernel if they differ, and not for a lane that did not run', () => {
  const mail = resultOf({ kernel: 'linux-2.5.42-mail' }, { evidence: 'guess', counts: MAP_FIXED_RESULT.counts })
  const absent = resultOf(
    { kernel: 'linux-2.4' },
    { evidence: 'source', outcome: { state: 'unsupported', reason: 'x' }, counts: NO_COUNTS },
  )
  const of = (...results: readonly RunResult[]) => evidence(results.map(result => rowOf(result, p32002)))
  assert.equal(
    of(MAP_FIXED_RESULT, REMAP_FILE_PAGES_RESULT),
    'executed (kernel code ran, TLB modelled); 10 of 12 prices are guesses',
  )
  assert.equal(
    of(MAP_FIXED_RESULT, mail, absent),
    'executed (kernel code ran, TLB modelled) for linux-2.5.42-remap; guess (a rule that took part is one) for linux-2.5.42-mail; 9 of 11 prices are guesses',
  )
  assert.equal(of(absent), 'none, nothing was counted')
})
