import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COST_MODELS } from '../../engine/cost/index.ts'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import { price } from '../../engine/cost.ts'
import { COUNTERS } from '../../engine/counters.ts'
import { countsOf, item, MAP_FIXED_RESULT, modelOf, NO_COUNTS, REMAP_FILE_PAGES_RESULT } from '../helpers/results.ts'

test('a price is counts times cycles times the length of a cycle', () => {
  const model = { ...modelOf(item('syscalls', 100, 100), item('pageFaults', 10, 30)), cyclesPerSecond: 500e6 }
  const { ns, nsLow, nsHigh } = price(countsOf({ syscalls: 3, pageFaults: 2 }), model)
  // 300 and 2 * (10, 20, 30) cycles of 2 ns each
  assert.deepEqual([nsLow, ns, nsHigh], [640, 680, 720])
})

test('a 16K remap by mmap and four faults costs what its parts cost by hand', () => {
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
  const others = 1761 + 4 * 3020 + 600 + 600 + 400 + 4 * 30 + 4 * 90 + 4 * 90 + 4 * 150
  const at = (perNode: number) => Math.round((others + 60 * perNode) / 2.4)
  const { ns, nsLow, nsHigh, widest } = price(counts, p42002)
  assert.deepEqual([nsLow, ns, nsHigh], [at(15), at(67), at(300)])
  assert.equal(widest.counter, 'vmaLookupLevels')
})

test('the same remap by remap_file_pages costs what its parts cost by hand, without a range', () => {
  const counts = countsOf({
    syscalls: 1,
    tlbPageInvalidations: 4,
    ptesInstalled: 4,
    ptesZapped: 4,
    pageCacheLookups: 4,
  })
  const ns = Math.round((1761 + 4 * 300 + 4 * 90 + 4 * 90 + 4 * 150) / 2.4)
  const priced = price(counts, p42002)
  assert.deepEqual([priced.nsLow, priced.ns, priced.nsHigh], [ns, ns, ns])
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

test('on the default run the lanes lie where the two prices of a tree node put them', () => {
  const [fixed, remapped] = [MAP_FIXED_RESULT, REMAP_FILE_PAGES_RESULT].map(result => price(result.counts, p42002))
  const width = (194_017_185 * (300 - 15)) / 2.4
  assert.ok(Math.abs(fixed!.nsHigh - fixed!.nsLow - width) <= 1) // two roundings
  assert.ok(remapped!.nsHigh < fixed!.nsLow)
})

for (const model of COST_MODELS) {
  test(`${model.name}: every price names its source, lies in its range and prices a counter once`, () => {
    const counters = model.items.map(item => item.counter)
    assert.equal(new Set(counters).size, counters.length)
    for (const { counter, low, best, high, what, source } of model.items) {
      assert.ok(counter in COUNTERS, counter)
      assert.ok(0 <= low && low <= best && best <= high, counter)
      assert.ok(what.length > 0 && /^(guess: )?\S/.test(source), counter)
    }
  })

  test(`${model.name}: nothing that another price contains is priced`, () => {
    const counters: readonly string[] = model.items.map(item => item.counter)
    for (const sum of ['kernelEntries', 'vmaLookups', 'vmasPeak', 'vmaBytes', 'tlbHits'])
      assert.ok(!counters.includes(sum))
  })
}

test('cost models have different names', () => {
  assert.equal(new Set(COST_MODELS.map(model => model.name)).size, COST_MODELS.length)
})
