import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CounterName } from '../../engine/counters.ts'
import type { RunResult } from '../../engine/run.ts'
import type { ReportRow } from '../../reports/report.ts'
import { verdict } from '../../reports/verdict.ts'
import { countsOf, impossibleOf, item, modelOf, NO_COUNTS, resultOf, rowOf } from '../helpers/results.ts'

/** A call costs 10 ns, a fault 100 to 300, a flush 1. */
const PRICES = modelOf(item('syscalls', 10, 10), item('pageFaults', 100, 300), item('tlbFullFlushes', 1, 1))

function lane(
  strategy: string,
  counts: Partial<Record<CounterName, number | null>>,
  rest: Partial<RunResult> = {},
): ReportRow {
  return rowOf(resultOf({ strategy }, { counts: countsOf({ remaps: 1, ...counts }), ...rest }), PRICES)
}

const stopped = { outcome: { state: 'stopped', errno: 'ENOMEM' } } as const

test('a lane wins whose whole range lies below, and says why', () => {
  const a = lane('a', { syscalls: 10, pageFaults: 10, tlbFullFlushes: 10, vmasPeak: 7 })
  const b = lane('b', { syscalls: 10, vmasPeak: 1 })
  assert.deepEqual(verdict([a, b]), ['b wins here: no page fault, no whole TLB flush, one vma.'])
  assert.deepEqual(verdict([b, a]), verdict([a, b]))
})

test('fewer is a reason, a little fewer is none, and without any the time is', () => {
  assert.deepEqual(verdict([lane('a', { syscalls: 100 }), lane('b', { syscalls: 50 })]), [
    'b wins here: fewer system calls.',
  ])
  assert.deepEqual(verdict([lane('a', { syscalls: 100 }), lane('b', { syscalls: 99 })]), [
    'b wins here by modelled time.',
  ])
})

test('a reason holds against every other lane', () => {
  const lanes = [
    lane('a', { syscalls: 100, tlbFullFlushes: 9 }),
    lane('b', { syscalls: 90 }),
    lane('c', { syscalls: 10 }),
  ]
  assert.deepEqual(verdict(lanes), ['c wins here: fewer system calls.'])
})

test('ranges that overlap do not hide a lane that is the faster one whatever both pay for the same', () => {
  // 1 to 3 us against 2 to 6: twice as long at every price of a fault.
  const lanes = [lane('a', { pageFaults: 10 }), lane('b', { pageFaults: 20 })]
  assert.deepEqual(verdict(lanes), ['a wins here at equal prices (2.0 times as fast): fewer page faults.'])
  assert.deepEqual(verdict([...lanes, lane('c', { pageFaults: 30 })]), [
    'a wins here at equal prices (2.0 - 3.0 times as fast): fewer page faults.',
  ])
})

test('ranges that overlap are undecided where the prices decide, with the times and what equal prices would say', () => {
  // b makes 15 more calls and 1 fault less: 150 ns against 100 to 300.
  const lanes = [lane('a', { syscalls: 10, pageFaults: 2 }), lane('b', { syscalls: 25, pageFaults: 1 })]
  assert.deepEqual(verdict(lanes), [
    'Undecided: the modelled times of b (350 - 550 ns) and a (300 - 700 ns) overlap.',
    'At equal prices a may take 0.86 - 1.3 times as long as b.',
  ])
})

test('longer by less than a twentieth at equal prices is no difference', () => {
  const lanes = [lane('a', { pageFaults: 100 }), lane('b', { pageFaults: 104 })]
  assert.match(verdict(lanes).join(' '), /^Undecided: .* b takes about as long as a\.$/)
})

test('ranges that touch in a point do not decide', () => {
  const lanes = [lane('a', { pageFaults: 1 }), lane('b', { syscalls: 30 })]
  assert.match(verdict(lanes)[0]!, /^Undecided: /)
})

test('equal times with different counts are a tie', () => {
  const lanes = [lane('a', { syscalls: 10 }), lane('b', { syscalls: 10, vmaSplits: 5 })]
  assert.deepEqual(verdict(lanes), ['Undecided: a and b come to the same modelled time.'])
})

test('lanes that agree in every count are said to', () => {
  assert.deepEqual(verdict([lane('a', { syscalls: 10 }), lane('b', { syscalls: 10 })]), [
    'No difference: the lanes agree in every count.',
  ])
})

test('among three, two may tie while the third is slower', () => {
  const lanes = [lane('a', { syscalls: 10, vmaSplits: 1 }), lane('b', { syscalls: 10 }), lane('c', { syscalls: 11 })]
  assert.deepEqual(verdict(lanes), [
    'Undecided: a and b come to the same modelled time.',
    'All other lanes that completed take longer than a.',
  ])
})

test('a stopped lane neither wins nor loses', () => {
  const cheap = lane('a', { syscalls: 1 }, stopped)
  assert.deepEqual(verdict([cheap, lane('b', { syscalls: 10 })]), ['Only b completed the run, so there is no winner.'])
  assert.deepEqual(verdict([cheap, lane('b', { syscalls: 9 }), lane('c', { syscalls: 4 })]), [
    'Of the lanes that completed, c wins here: fewer system calls.',
  ])
  assert.deepEqual(verdict([cheap, cheap]), ['No lane completed the run, so nothing is compared.'])
})

test('a lane that could not run is not compared', () => {
  const outcome = { state: 'unsupported', reason: 'x', why: 'x' } as const
  const absent = rowOf(resultOf({ strategy: 'a' }, { outcome, counts: NO_COUNTS }), PRICES)
  assert.deepEqual(verdict([absent, lane('b', { syscalls: 1 })]), ['Only b completed the run, so there is no winner.'])
})

test('lanes that were refused different operations did not do the same work', () => {
  const lanes = [lane('a', { failedRemaps: 3, syscalls: 4 }), lane('b', { syscalls: 9 })]
  assert.deepEqual(verdict(lanes), ['Undecided: the kernel refused work of one lane that another was granted.'])
})

test('lanes on different accesses are not compared', () => {
  const lanes = [lane('a', { syscalls: 1 }), lane('b', { syscalls: 9 }, { traceHash: 'another' })]
  assert.deepEqual(verdict(lanes), ['Undecided: the lanes did not get the same accesses.'])
})

test('lanes priced for different machines are not compared', () => {
  const b = lane('b', { syscalls: 9 })
  const other = rowOf(b.result, { ...PRICES, name: 'other' })
  const expected = ['Undecided: the lanes are not priced by the same cost model.']
  assert.deepEqual(verdict([lane('a', { syscalls: 1 }), other]), expected)
  assert.deepEqual(verdict([lane('a', { syscalls: 1 }), { result: b.result, price: null }]), expected)
})

test('a single lane gets no verdict, and a run without remaps is said to be one', () => {
  assert.deepEqual(verdict([lane('a', { syscalls: 1 })]), [])
  assert.deepEqual(verdict([lane('a', { remaps: 0 })]), ['No remap was counted.'])
  assert.deepEqual(verdict([lane('a', { remaps: 0 }), lane('b', { remaps: 0 })]), [
    'No remap was counted.',
    'No difference: the lanes agree in every count.',
  ])
})

/** The same lane on another kernel, with its price or without. */
function on(kernel: string, row: ReportRow, isPriced = true): ReportRow {
  const result = { ...row.result, spec: { ...row.result.spec, kernel } }
  return isPriced ? { ...row, result } : { result, price: null }
}

test('lanes of different kernels are not compared', () => {
  assert.deepEqual(verdict([on('k1', lane('a', { syscalls: 9 })), on('k2', lane('a', { syscalls: 1 }))]), [])
})

test('with several kernels each has its own verdict, and kernels with the same one share it', () => {
  const lanes = [lane('a', { syscalls: 9, vmasPeak: 7 }), lane('b', { syscalls: 1, vmasPeak: 1 })]
  const rows = ['k1', 'k2'].flatMap(kernel => lanes.map(row => on(kernel, row)))
  const lone = on('k3', lane('a', { syscalls: 5 }))
  const half = [on('k4', lane('a', { syscalls: 5 })), on('k4', rowOf(impossibleOf({ strategy: 'b' }), PRICES))]
  assert.deepEqual(verdict([...rows, lone, ...half]), [
    'k1, k2: b wins: fewer system calls, one vma.',
    'k4: only a completed the run, so there is no winner.',
  ])
})

test('times that the table has no room for stand in the verdict', () => {
  const lanes = [lane('a', { pageFaults: 9 }), lane('b', { pageFaults: 1 })]
  const other = on('k2', lane('a', { pageFaults: 9 }), false)
  assert.deepEqual(verdict([...lanes.map(row => on('k1', row)), other]), [
    'k1: b wins, modelled 100 - 300 ns against 0.9 - 2.7 us: fewer page faults.',
  ])
})

test('without prices a lane dominates that has no more of anything and less of something', () => {
  const counts = { kernelEntries: 5, syscalls: 1, pageFaults: 4, vmasPeak: 8 }
  const lanes = [lane('a', counts), lane('b', { ...counts, kernelEntries: 1, pageFaults: 0, vmasPeak: 1 })]
  assert.deepEqual(verdict(lanes.map(row => on('k', row, false))), ['b dominates here: no page fault, one vma.'])
  assert.deepEqual(verdict([on('other', lanes[0]!, false), ...lanes.map(row => on('k', row, false))]), [
    'k: b dominates: no page fault, one vma.',
  ])
})

test('without prices lanes that are ahead in different counts are undecided, and it is said in which', () => {
  const unpriced = (...lanes: readonly ReportRow[]) => verdict(lanes.map(row => on('k', row, false)))
  const mapping = lane('mapping', { kernelEntries: 5, populateFaults: 0, vmasPeak: 8 })
  const populating = lane('populating', { kernelEntries: 1, populateFaults: 4, vmasPeak: 8 })
  assert.deepEqual(unpriced(mapping, populating), [
    'Undecided without prices: mapping has fewer faults; populating fewer kernel entries.',
  ])
  const copying = lane('copying', { kernelEntries: 1, populateFaults: 4, bytesCopied: 9, vmasPeak: 1 })
  assert.deepEqual(unpriced(mapping, populating, copying), [
    'Undecided without prices: mapping has the fewest faults and bytes copied; copying the fewest kernel entries and vmas.',
  ])
})

test('without prices a count that nobody knows decides nothing, nor does one that bears no cost', () => {
  const unpriced = (...lanes: readonly ReportRow[]) => verdict(lanes.map(row => on('k', row, false)))
  const lanes = [lane('a', { kernelEntries: 1, writes: 3 }), lane('b', { kernelEntries: 1 })]
  assert.deepEqual(unpriced(...lanes), [
    'Undecided: the lanes agree in every count that bears cost, and have no price.',
  ])
  const blind = lane('c', { kernelEntries: 2, tlbFullFlushes: null })
  assert.deepEqual(unpriced(lane('a', { kernelEntries: 1, tlbFullFlushes: 9 }), blind), [
    'a dominates here by its counts.',
  ])
  const third = lane('c', { kernelEntries: 9 })
  assert.deepEqual(unpriced(...lanes, third), ['Undecided: a and b have the least of everything, alike.'])
})

test('a time that leaves out what the lane has more of does not win', () => {
  const lanes = [lane('a', { syscalls: 10, bytesCopied: 0 }), lane('b', { syscalls: 1, bytesCopied: 99 })]
  assert.deepEqual(verdict(lanes), ['Undecided: the least modelled time, that of b, leaves out bytes copied.'])
  const both = [lane('a', { syscalls: 10, bytesCopied: 99 }), lane('b', { syscalls: 1, bytesCopied: 99 })]
  assert.deepEqual(verdict(both), ['b wins here: fewer system calls.'])
})
