import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COST_MODELS } from '../../engine/cost/index.ts'
import { modernCore } from '../../engine/cost/modern-core.ts'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import { CAUSE_NAMES, type CostItem, price, standingOf } from '../../engine/cost.ts'
import { COUNTERS } from '../../engine/counters.ts'
import { countsOf, item, MAP_FIXED_RESULT, modelOf, NO_COUNTS, REMAP_FILE_PAGES_RESULT } from '../helpers/results.ts'

test('a price is counts times cycles times the length of a cycle', () => {
  const model = { ...modelOf(item('syscalls', 100, 100), item('pageFaults', 10, 30)), cyclesPerSecond: 500e6 }
  const { ns, nsLow, nsHigh } = price(countsOf({ syscalls: 3, pageFaults: 2 }), model)
  // 300 and 2 * (10, 20, 30) cycles of 2 ns each
  assert.deepEqual([nsLow, ns, nsHigh], [640, 680, 720])
})

test('a 16K remap by mmap and four faults costs what its parts cost by hand, cause by cause', () => {
  // One call with two walks of ten nodes, a vma allocated and another freed, one flush, four faults with a walk each.
  const counts = countsOf({
    syscalls: 1,
    pageFaults: 4,
    vmaLookupLevels: 60,
    vmaAllocs: 1,
    vmaFrees: 1,
    tlbFullFlushes: 1,
    tlbMisses: 4,
    ptesInstalled: 4,
    ptesZapped: 4,
    pageCacheLookups: 4,
  })
  const byHand = {
    entries: [1761, 1761, 1761],
    faults: [4 * 2000, 4 * 3020, 4 * 4500],
    vma_work: [60 * 15 + 2 * 400, 60 * 67 + 2 * 600, 60 * 300 + 2 * 900],
    flushes: [270, 400, 600],
    refills: [4 * 20, 4 * 30, 4 * 45],
    ptes: [4 * (60 + 60 + 100), 4 * (90 + 90 + 150), 4 * (135 + 135 + 225)],
    copies: [0, 0, 0],
  }
  const { ns, nsLow, nsHigh, causes, widest } = price(counts, p42002)
  for (const cause of CAUSE_NAMES) {
    const { nsLow, ns, nsHigh } = causes[cause]
    assert.deepEqual(
      [nsLow, ns, nsHigh],
      byHand[cause].map(cycles => Math.round(cycles / 2.4)),
      cause,
    )
  }
  const totals = [0, 1, 2].map(end =>
    Math.round(Object.values(byHand).reduce((sum, cycles) => sum + cycles[end]!, 0) / 2.4),
  )
  assert.deepEqual([nsLow, ns, nsHigh], totals)
  assert.equal(widest.counter, 'vmaLookupLevels')
})

test('the same remap by remap_file_pages costs what its parts cost by hand', () => {
  const counts = countsOf({
    syscalls: 1,
    tlbPageInvalidations: 4,
    ptesInstalled: 4,
    ptesZapped: 4,
    pageCacheLookups: 4,
  })
  const byHand = [200 + 60 + 60 + 100, 300 + 90 + 90 + 150, 450 + 135 + 135 + 225].map(page =>
    Math.round((1761 + 4 * page) / 2.4),
  )
  const priced = price(counts, p42002)
  assert.deepEqual([priced.nsLow, priced.ns, priced.nsHigh], byHand)
})

test('a ranged flush costs what it takes to begin and each page of its span; a fault pays its trap and the common handler', () => {
  const cycles = (given: Parameters<typeof countsOf>[0]) => Math.round(price(countsOf(given), modernCore).ns * 3)
  assert.ok(Math.abs(cycles({ tlbRangeFlushes: 1, tlbRangePages: 33 }) - (1300 + 33 * 260)) < 3)
  assert.ok(Math.abs(cycles({ pageFaults: 1 }) - (1310 + 2160)) < 3)
  assert.ok(Math.abs(cycles({ populateFaults: 1 }) - 2160) < 3)
})

test('counts that are null or zero cost nothing', () => {
  for (const counts of [NO_COUNTS, countsOf({})]) {
    const { ns, nsLow, nsHigh } = price(counts, p42002)
    assert.deepEqual([nsLow, ns, nsHigh], [0, 0, 0])
  }
})

test('the widest price is the one whose range times its count is the largest, not the widest by itself', () => {
  const model = modelOf(item('syscalls', 0, 1000), item('pageFaults', 0, 10))
  assert.equal(price(countsOf({ syscalls: 1, pageFaults: 200 }), model).widest.counter, 'pageFaults')
})

test('flush and refill of 64 entries cost about eight single invalidations on the Pentium 4, as its sources say', () => {
  const cycles = (counter: string) => p42002.items.find(item => item.counter === counter)!.best
  const flushed = cycles('tlbFullFlushes') + 64 * cycles('tlbMisses')
  assert.ok(Math.abs(flushed / cycles('tlbPageInvalidations') - 8) < 0.5)
})

test('on the default run the ranges of the lanes do not meet', () => {
  const [fixed, remapped] = [MAP_FIXED_RESULT, REMAP_FILE_PAGES_RESULT].map(result => price(result.counts, p42002))
  assert.ok(remapped!.nsHigh < fixed!.nsLow)
  // The tree: 194,017,185 nodes at 15 to 300 cycles, and 4,662,977 vmas made or freed at 400 to 900, 65,535 cuts at 200 to 450.
  const { nsLow, nsHigh } = fixed!.causes.vma_work
  assert.ok(Math.abs(nsLow - (194_017_185 * 15 + 4_662_977 * 400 + 65_535 * 200) / 2.4) < 1)
  assert.ok(Math.abs(nsHigh - (194_017_185 * 300 + 4_662_977 * 900 + 65_535 * 450) / 2.4) < 1)
})

for (const model of COST_MODELS) {
  test(`${model.name}: every price names its source, lies in its range and prices a counter once`, () => {
    const counters = model.items.map(item => item.counter)
    assert.equal(new Set(counters).size, counters.length)
    for (const { counter, low, best, high, what, source } of model.items) {
      assert.ok(counter in COUNTERS, counter)
      assert.ok(0 <= low && low <= best && best <= high, counter)
      assert.ok(what.length > 0 && /^(guess|measured|published): \S/.test(source), counter)
    }
  })

  test(`${model.name}: nothing that another price contains is priced`, () => {
    const items: readonly CostItem[] = model.items
    const counters: readonly string[] = items.flatMap(({ counter, also }) => [counter, ...(also ? [also] : [])])
    for (const sum of ['kernelEntries', 'vmaLookups', 'vmasPeak', 'vmaBytes', 'tlbHits'])
      assert.ok(!counters.includes(sum))
  })
}

test('every guess has a range', () => {
  for (const model of COST_MODELS)
    for (const item of model.items) if (standingOf(item) === 'guess') assert.ok(item.low < item.high, item.what)
})

test('cost models have different names', () => {
  assert.equal(new Set(COST_MODELS.map(model => model.name)).size, COST_MODELS.length)
})
