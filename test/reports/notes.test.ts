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
  impossibleOf,
  item,
  MAP_FIXED_RESULT,
  modelOf,
  NO_COUNTS,
  REMAP_FILE_PAGES_RESULT,
  resultOf,
  rowOf,
} from '../helpers/results.ts'

/** As on a kernel that nobody priced. */
function unpriced(...results: readonly RunResult[]): string[] {
  return notes(results.map(result => rowOf(result, null))).map(({ mark, text }) => `${mark} ${text}`.trimStart())
}

/** Prices without a range: there is no widest one to be told of. */
const EXACT = { ...p42002, items: p42002.items.map(item => ({ ...item, low: item.best, high: item.best })) }

function marked(...results: readonly RunResult[]): string[] {
  return notes(results.map(result => rowOf(result, EXACT))).map(({ mark, text }) => `${mark} ${text}`.trimStart())
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

test('on later kernels a fault may map several pages, so that nothing is said of five entries', () => {
  assert.deepEqual(marked(mapFixed({ kernel: 'linux-6.18' })), [
    '! One page touched per pool miss: 1 fault per remap with map-fixed. --touch unit touches all 4 pages of the unit.',
  ])
  assert.deepEqual(marked(mapFixed({}), mapFixed({ kernel: 'linux-6.18' })), [
    '! One page touched per pool miss. --touch unit touches all 4 pages of the unit.',
  ])
})

test('with many lanes those of one strategy share a note, with the range of places and limits', () => {
  const at = (kernel: string, strategy: string, stockLimitAccess: number, stockMapCount: number) => ({
    ...rowOf(resultOf({ kernel, strategy }, { stockLimitAccess }), p42002),
    stockMapCount,
  })
  const rows = [
    at('k1', 'map-fixed', 200_171, 65_536),
    at('k1', 'linear', 7, 65_536),
    at('k2', 'map-fixed', 198_000, 65_530),
    rowOf(resultOf({ kernel: 'k2', strategy: 'linear' }), p42002),
  ]
  assert.deepEqual(
    notes(rows).map(({ text }) => text),
    [
      "A stock kernel refuses map-fixed on every kernel at access 198,000 to 200,171 (limit: 65,530 to 65,536 vmas, the process's others included); the limit is lifted for this run.",
      "A stock kernel refuses linear on k1 at access 7 (limit: 65,536 vmas, the process's others included); the limit is lifted for this run.",
    ],
  )
})

test('lanes that stopped are told together where they are many, each with its place where they are few', () => {
  const stopped = (kernel: string, strategy: string, firstFailureAccess: number) =>
    resultOf(
      { kernel, strategy, maxMapCount: 100 },
      { outcome: { state: 'stopped', errno: 'ENOMEM' }, firstFailureAccess, counts: countsOf({ remaps: 1 }) },
    )
  const refused = 'the kernel refused a remap with ENOMEM (limit: 100 vmas).'
  assert.deepEqual(marked(stopped('k1', 'a', 4), stopped('k1', 'b', 9)), [
    `! a stopped at access 4: ${refused} Its counts end there.`,
    `! b stopped at access 9: ${refused} Its counts end there.`,
  ])
  assert.deepEqual(marked(stopped('k1', 'a', 4), stopped('k1', 'b', 4)), [
    `! a and b stopped at access 4: ${refused} The counts end there.`,
  ])
  assert.deepEqual(marked(stopped('k1', 'a', 4), stopped('k2', 'a', 9)), [
    `! a on every kernel stopped at access 4 to 9: ${refused} The counts end there.`,
  ])
})

test('a lane that cannot run has a note beside few lanes; a long table says it itself', () => {
  const one = impossibleOf({ strategy: 'linear' }, 'the file is too large')
  assert.deepEqual(marked(resultOf({}), one), ['! linear cannot run: the file is too large. Nothing was counted.'])
  assert.deepEqual(marked(resultOf({}), impossibleOf({ kernel: 'linux-2.4' })), [])
})

test('times that leave something out say what, and on which kernels', () => {
  const counts = (given: Parameters<typeof countsOf>[0]) => ({ counts: countsOf({ remaps: 1, ...given }) })
  const spec = { kernel: 'linux-2.6.20', touch: 'unit', unitBytes: 4096 } as const
  const blind = counts({ vmaLookupLevels: null, tlbMisses: null })
  const lanes = [resultOf(spec, blind), resultOf({ ...spec, kernel: 'linux-3.10' }, blind), resultOf(spec, counts({}))]
  assert.deepEqual(
    marked(...lanes).filter(note => note.includes('leave out')),
    [
      '! The modelled times of linux-2.6.20 and linux-3.10 leave out what is not counted there: vma-tree nodes visited and TLB misses.',
    ],
  )
  const result = resultOf(spec, counts({ populateFaults: 5, bytesCopied: 9, tlbFullFlushes: 3, tlbRangeFlushes: 0 }))
  const [free] = notes([rowOf(result, modelOf(item('tlbFullFlushes', 1, 1)))])
  assert.equal(
    free!.text,
    'The modelled times leave out what test-prices has no price for: faults in calls and bytes copied.',
  )
})

test('a TLB that was not asked for is one note, not two', () => {
  const counts = countsOf({ tlbHits: null, tlbMisses: null })
  assert.deepEqual(marked(resultOf({ tlb: 'none' }, { counts })), [
    '! No TLB is modelled (--tlb none), so the modelled times leave out its misses.',
  ])
})

test('a kernel that nobody priced is named, a lane that did not run does not count', () => {
  assert.deepEqual(unpriced(resultOf({ kernel: 'k1' }), resultOf({ kernel: 'k2' }), impossibleOf({ kernel: 'k3' })), [
    'No cost model for k1 and k2: no modelled times, counts alone.',
  ])
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
    /^The widest range is one guess, 1 to 9/,
  )
  assert.match(widest(item('syscalls', 5, 6))!, /^The time range varies one price, 5 to 6 cycles/)
  assert.equal(widest(item('syscalls', 5, 5)), null)
  assert.equal(widest(item('tlbMisses', 1, 9)), null) // never counted
})

test('a price that is none itself may have a guessed bound, and that is said', () => {
  const model = modelOf(item('syscalls', 1, 2, 'measured: x; low: a guess'), item('pageFaults', 1, 2, 'guess: x'))
  const row = rowOf(resultOf({}, { counts: countsOf({ syscalls: 1, pageFaults: 1 }) }), model)
  assert.match(evidence([row]), /; 1 of 2 prices are guesses, 1 has a guessed bound$/)
})

test('a time that reads as one figure has no widest price', () => {
  const nearlyExact = modelOf(item('syscalls', 1761, 1761), item('vmaLookupLevels', 15, 300))
  assert.equal(widestPrice([rowOf(REMAP_FILE_PAGES_RESULT, nearlyExact)]), null) // six nodes walked in 4 s
})

test('evidence is said once if lanes agree, by kernel if they differ, and not for a lane that did not run', () => {
  const mail = resultOf({ kernel: 'linux-2.5.42-mail' }, { evidence: 'guess', counts: MAP_FIXED_RESULT.counts })
  const absent = resultOf(
    { kernel: 'linux-2.4' },
    { evidence: null, outcome: { state: 'unsupported', reason: 'x', why: 'x' }, counts: NO_COUNTS },
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

test('evidence names a kernel where its lanes agree, and lanes where they do not', () => {
  const of = (...results: readonly RunResult[]) => evidence(results.map(result => rowOf(result, null)))
  const lane = (kernel: string, strategy: string, evidence: 'source' | 'guess') =>
    resultOf({ kernel, strategy }, { evidence })
  const lanes = [
    lane('k1', 'a', 'source'),
    lane('k1', 'b', 'source'),
    lane('k2', 'a', 'source'),
    lane('k2', 'b', 'source'),
    lane('k2', 'c', 'guess'),
  ]
  assert.equal(
    of(...lanes),
    "source (read in the kernel's code) for k1, a and b on k2; guess (a rule that took part is one) for c on k2",
  )
  assert.equal(
    of(...lanes.slice(2)),
    "source (read in the kernel's code) for a and b; guess (a rule that took part is one) for c",
  )
})

test('that rounds of IPIs are priced for a few CPUs is said where there are more', () => {
  const with_ = (threads: number) => {
    const row = rowOf(resultOf({ threads }, { counts: countsOf({ ipiRounds: 5, remaps: 1 }) }), p42002)
    return notes([row]).some(({ text }) => text.startsWith('A round of IPIs is priced for 9 CPUs at most'))
  }
  assert.deepEqual([with_(9), with_(10)], [false, true])
})
