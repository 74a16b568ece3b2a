import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CounterName } from '../../engine/counters.ts'
import type { RunSpec } from '../../engine/run.ts'
import { json } from '../../reports/json.ts'
import { markdown } from '../../reports/markdown.ts'
import { outlook } from '../../reports/outlook.ts'
import type { ReportRow } from '../../reports/report.ts'
import { widestPrice } from '../../reports/standing.ts'
import { text } from '../../reports/text.ts'
import { countsOf, item, modelOf, reportOf, resultOf, rowOf } from '../helpers/results.ts'

/** A call costs 10 cycles, a fault 100 to 300, an invalidation 5. */
const PRICES = modelOf(item('syscalls', 10, 10), item('pageFaults', 100, 300), item('tlbPageInvalidations', 5, 5))

function lane(
  strategy: string,
  counts: Partial<Record<CounterName, number | null>>,
  spec: Partial<RunSpec> = {},
): ReportRow {
  const given = countsOf({ remaps: 1, lowmemAvailableBytes: null, mapCountPeak: 21, ...counts })
  return rowOf(resultOf({ strategy, kernel: 'k', ...spec }, { counts: given }), PRICES)
}

const SLOW = lane('slow', { pageFaults: 10 })
const FAST = lane('fast', { syscalls: 10, tlbPageInvalidations: 40 })

test('a winner has the price that would turn it, by hand, with the range it is assumed to lie in, and its limits', () => {
  // 10 faults of 200 against 10 calls of 10 and 40 invalidations of 5: equal if a fault costs 30 (a factor of 6.7), an
  // invalidation 47.5 (9.5) or a call 180 (18).
  assert.deepEqual(outlook([SLOW, FAST]), [
    'Turns if an event of pageFaults costs 30 cycles (100 to 300). Limits: 21 of 65,536 vmas. Most time: entries 300 ns.',
  ])
})

test('prices in nanoseconds are called so, in every format', () => {
  const inNs = (row: ReportRow) => ({ ...row, price: { ...row.price!, model: { ...row.price!.model, unit: 'ns' } } })
  const rows = [inNs(SLOW), inNs(FAST)]
  assert.match(outlook(rows)[0]!, /^Turns if an event of pageFaults costs 30 ns \(100 to 300\)/)
  assert.match(widestPrice(rows)!, /100 to 300 ns for an event of pageFaults\.$/)
  const { verdicts, meta } = JSON.parse(json.render(reportOf(...rows)))
  assert.deepEqual(verdicts[0].turns, { price: 'an event of pageFaults', at_ns: 30, low: 100, high: 300 })
  // They are in no list that somebody could look up.
  const [{ name, unit, items }] = meta.prices
  assert.deepEqual([name, unit, items.length], ['test-prices', 'ns', 3])
  assert.deepEqual([items[1].columns, items[1].low, items[1].best, items[1].high], [['page_faults'], 100, 200, 300])
  assert.equal(JSON.parse(json.render(reportOf(SLOW, FAST))).meta.prices, undefined)
  assert.match(markdown.render(reportOf(...rows)), /\nprices of a test\. ns per event; /)
})

test('lowmem is a limit from a hundredth of it on, and vmas of several processes are nobody’s', () => {
  const taking = (lowmemBytesPeak: number) =>
    outlook([SLOW, lane('fast', { lowmemBytesPeak, lowmemAvailableBytes: 100 * 2 ** 20 })])[0]!
  assert.match(taking(2 ** 20), /; 1\.0 MiB of 100\.0 MiB lowmem\./)
  assert.doesNotMatch(taking(2 ** 20 - 1), /lowmem/)
  const two = { processes: 2 }
  assert.doesNotMatch(outlook([lane('slow', { pageFaults: 10 }, two), lane('fast', {}, two)])[0] ?? '', /vmas/)
})

test('where nothing is decided, only a price within its range is named; none that would have to change a hundredfold', () => {
  const even = lane('even', { syscalls: 190 }) // 1900 against 1000 to 3000
  assert.deepEqual(outlook([SLOW, even]), [
    'Hangs on an event of pageFaults: at 190 cycles (100 to 300) both take equally long.',
  ])
  const far = lane('far', { pageFaults: 1000 })
  assert.match(outlook([far, lane('fast', { syscalls: 1 })])[0]!, /^No single price turns it\. Limits:/)
})

test('each kernel has a paragraph of its own, and the units that were tried', () => {
  const units = { fromBytes: 4096, toBytes: 16384, below: null, above: { unitBytes: 32768, leader: null } }
  const l = { kernel: 'l' }
  const others = [lane('slow', { pageFaults: 10 }, l), lane('fast', { syscalls: 10, tlbPageInvalidations: 40 }, l)]
  const paragraphs = outlook([SLOW, { ...FAST, units }, ...others])
  assert.deepEqual(
    paragraphs.map(paragraph => paragraph.slice(0, 60)),
    [
      'k: so in units of 4K to 16K; 32K undecided. Turns if an event',
      'l: turns if an event of pageFaults costs 30 cycles (100 to 30',
    ].map(paragraph => paragraph.slice(0, 60)),
  )
})

test('text, Markdown and JSON end in it; the guess that widens the times gives way to it in the text', () => {
  const report = reportOf(SLOW, FAST)
  assert.match(text.render(report), /\nTurns if an event of pageFaults costs 30 cycles/)
  assert.doesNotMatch(text.render(report), /\n\? /)
  assert.match(markdown.render(report), /\n\nTurns if an event of pageFaults costs 30 cycles/)
  const { verdicts } = JSON.parse(json.render(report))
  assert.deepEqual(verdicts, [
    {
      kernel: 'k',
      processes: 1,
      leader: 'fast',
      units: null,
      turns: { price: 'an event of pageFaults', at_cycles: 30, low: 100, high: 300 },
      sentences: ['fast wins: no page fault.'],
    },
  ])
  assert.equal('verdicts' in JSON.parse(json.render(reportOf(SLOW))), false)
})

test('where nothing is decided and no price alone could within its range, none is named', () => {
  // 10,000 against 11,500 cycles: a fault would have to cost 115 or a call 87, but both at their ends overlap.
  const prices = modelOf(item('pageFaults', 90, 110), item('syscalls', 90, 110))
  const row = (strategy: string, counts: Partial<Record<CounterName, number>>) =>
    rowOf(resultOf({ strategy }, { counts: countsOf({ remaps: 1, lowmemAvailableBytes: null, ...counts }) }), prices)
  const rows = [row('a', { pageFaults: 100 }), row('b', { syscalls: 115 })]
  assert.match(text.render(reportOf(...rows)), /\nUndecided: /)
  assert.deepEqual(outlook(rows), [])
})
