// The running kernel's prices from the times of pieces of work: by hand, and from the counts of the same pieces on the model.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modernCore } from '../../engine/cost/modern-core.ts'
import { price } from '../../engine/cost.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import { hostPrices } from '../../engine/native/price-list.ts'
import { FILE_PAGES, FRAME_PAGES, type Ground, SECTIONS, WINDOW_PAGES } from '../../engine/native/price-sections.ts'
import type { Round } from '../../engine/native/section-times.ts'
import { counted, smallKernel } from '../helpers/machine.ts'

/** Nanoseconds a person can subtract. */
const ROUND: Round = {
  call: 100,
  map: 2100,
  mapMany: 3100,
  cut: 4700,
  join: 3300,
  writeFault: 1500,
  writeFaultScattered: 1900,
  readFault: 3000,
  populate: 900,
  holeFault: 4000,
  dropAbsent: 300,
  drop: 1000,
  dropScattered: 1150,
  drop33: 7400,
  drop34: 6900,
  drop127: 16_200,
  copy4K: 500,
  copy64K: 12_788,
  copy4KScattered: 4196,
  copy16KScattered: 8292,
  chase1K: 8,
  chase1KPacked: 5,
  chase8K: 40,
  chase8KPacked: 10,
  chase32K: 110,
  chase32KPacked: 20,
}
const BY_HAND = {
  syscalls: [100, 100, 100],
  pageFaults: [600, 600, 600], // 1500 - 900
  populateFaults: [800, 1200, 1200], // 1900 - 600 - 100; 900 - 100
  vmaAllocs: [1000, 1500, 1500], // (3100 - 100) / 2; (2100 - 100) / 2
  vmaFrees: [1000, 1500, 1500],
  vmaSplits: [300, 300, 300], // (4700 - 100 - 4 * 1000) / 2
  vmaMerges: [600, 600, 600], // (3300 - 100 - 2 * 1000) / 2
  tlbFullFlushes: [3200, 3200, 3200], // 6900 - 300 - 34 * 100
  tlbRangeFlushes: [500, 500, 500], // 1000 - 300 - 100 - 100
  tlbRangePages: [100, 100, 100], // (7400 - 1000) / 32 - 100
  tlbMisses: [3, 30, 90],
  ptesInstalled: [100, 100, 100], // (3000 - 1500) / 15
  ptesZapped: [100, 100, 250], // (16200 - 6900) / 93; 100 + 1150 - 1000
  bytesCopied: [0.2, 0.5, 1], // 12288 / 61440, 8192 / 16384, 4096 / 4096
  fileReads: [2500, 2500, 2500], // 4000 - 1500
}

const listOf = (faultAroundPages: number, ...rounds: readonly Round[]) =>
  hostPrices({ rounds, faultAroundPages }, 'a test')
const ranges = ({ items }: ReturnType<typeof listOf>) =>
  Object.fromEntries(items.map(({ counter, low, best, high }) => [counter, [low, best, high]]))

test('prices are the differences of times that a person can subtract', () => {
  assert.deepEqual(ranges(listOf(16, ROUND)), BY_HAND)
})

test('the best guess is the median of the rounds, its range that of their quartiles', () => {
  const rounds = [5, 1, 4, 2, 3].map(times => ({ ...ROUND, call: 100 * times }))
  assert.deepEqual(ranges(listOf(16, ...rounds)).syscalls, [200, 300, 400])
})

test('a difference below zero counts as nothing', () => {
  assert.deepEqual(ranges(listOf(16, { ...ROUND, cut: 4000 })).vmaSplits, [0, 0, 0])
})

test('without fault-around entries have no price, and a handler is priced with its one', () => {
  const prices = ranges(listOf(1, { ...ROUND, readFault: 1500 }))
  assert.equal(prices.ptesInstalled, undefined)
  assert.deepEqual(prices.populateFaults, [900, 1300, 1300])
})

test('what is priced is named as in modern-core, and says that it was measured here', () => {
  for (const item of listOf(16, ROUND).items) {
    const { also, cause, what } = modernCore.items.find(({ counter }) => counter === item.counter)! as typeof item
    assert.deepEqual([item.also, item.cause, item.what], [also, cause, what])
    assert.match(item.source, /^measured: .*; on this machine, 1 rounds$/)
  }
})

test('what one process on one CPU cannot measure has no price', () => {
  const missing = modernCore.items.map(({ counter }) => counter).filter(counter => !(counter in BY_HAND))
  assert.deepEqual(missing, ['tlbPageInvalidations', 'ipiRounds', 'signalsHandled'])
})

/** What a piece of work counts on the model of 6.18. */
function countsOf({ prepare, work }: (typeof SECTIONS)[keyof typeof SECTIONS]) {
  const kernel = smallKernel({
    model: linux618,
    windowPages: WINDOW_PAGES + FRAME_PAGES,
    filePages: FILE_PAGES,
    isAbsent: page => page >= WINDOW_PAGES,
    tlbEntries: 0,
  })
  const ground: Ground = {
    kernel,
    call: () => kernel.counters.syscalls++,
    populate: (vpn, pages) => {
      const { pageFaults } = counted(kernel, () => {
        for (let page = vpn; page < vpn + pages; page++) kernel.touch(page, 1)
      })
      kernel.counters.pageFaults -= pageFaults // inside a call
      kernel.counters.populateFaults += pageFaults
    },
  }
  prepare(ground)
  return counted(kernel, () => work(ground))
}

// Each access is a miss of a TLB of no entries, which a fault has in its price.
test('from times that a price list makes of what the pieces count on 6.18 that list comes out again', () => {
  const chases = { chase1K: 45, chase8K: 45, chase32K: 45, chase1KPacked: 0, chase8KPacked: 0, chase32KPacked: 0 }
  const model = { ...modernCore, cyclesPerSecond: 1e9 }
  const times = Object.entries(SECTIONS).map(([name, section]) => {
    return [name, price({ ...countsOf(section), tlbMisses: 0 }, model).ns / section.times]
  })
  const round = { ...Object.fromEntries(times), ...chases } as Round
  for (const { counter, best } of listOf(16, round).items) {
    const given = modernCore.items.find(item => item.counter === counter)!.best
    assert.ok(Math.abs(best / given - 1) < 0.01, `${counter}: ${best} of ${given}`)
  }
})
