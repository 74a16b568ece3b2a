// What the prices of the modern core were taken from, put together again: the calls that were timed in November 2026 on an AMD
// EPYC (Zen 4, 3.67 GHz), Linux 6.18 in a guest, are made on the model of that kernel, and the measured cycles have to lie
// within what the counts cost there. Each price was taken from one or two of these; the whole of the others tests whether they
// fit together. Least of 15 rounds, for one call and what is named with it; vmas few (64) unless said otherwise.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modernCore } from '../../engine/cost/modern-core.ts'
import { price } from '../../engine/cost.ts'
import { MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import type { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import type { Counts } from '../../engine/run.ts'
import { counted, smallKernel } from '../helpers/machine.ts'

const WINDOW = 4096
const UNITS = 64

type Setting = (kernel: SimulatedKernel) => void

function written(vpn: number, pages: number): Setting {
  return kernel => {
    for (let page = 0; page < pages; page++) kernel.touch(vpn + page, 1)
  }
}

/** Over-maps each of 64 units of so many pages with pages that never continue each other. */
function units(pages: number, from: number, flags: number, thenWrites: boolean): Setting {
  return kernel => {
    for (let unit = 0; unit < UNITS; unit++) {
      assert.equal(kernel.mmapFixed(unit * pages, pages, from + unit * pages * 2, flags), 0)
      if (thenWrites) written(unit * pages, pages)(kernel)
    }
  }
}

function dropped(pages: number): Setting {
  return kernel => {
    for (let vpn = 0; vpn < 1024; vpn += pages) kernel.dontNeed(vpn, pages)
  }
}

const cuts =
  (stride: number, first: number): Setting =>
  kernel => {
    for (let i = 0; i < 1000; i++) kernel.mmapFixed(i * stride + first, 1, 12_000 - 3 * i, 0)
  }

/** What was done, the measured cycles of each, how often it is done here, what came before, the doing. */
const MEASURED: readonly (readonly [what: string, cycles: number, times: number, before: Setting, timed: Setting])[] = [
  ['a write fault', 3832, 1024, () => {}, written(0, 1024)],
  [
    'a read fault that maps 16 pages',
    9270,
    64,
    () => {},
    kernel => {
      for (let vpn = 0; vpn < 1024; vpn += 16) kernel.touch(vpn, 0)
    },
  ],
  ...([1, 4, 16] as const).flatMap(pages => {
    const setUp = units(pages, 5000, 0, false)
    const setUpWritten = units(pages, 5000, 0, true)
    const [untouched, rewritten, populated] = {
      1: [7982, 17_157, 16_554],
      4: [8041, 31_307, 21_602],
      16: [8178, 85_965, 42_938],
    }[pages] as [number, number, number]
    return [
      [`${pages} pages over-mapped, untouched`, untouched, UNITS, setUp, units(pages, 9000, 0, false)],
      [`${pages} written pages over-mapped and written`, rewritten, UNITS, setUpWritten, units(pages, 9000, 0, true)],
      [`the same, populated`, populated, UNITS, setUpWritten, units(pages, 9000, MAP_POPULATE, false)],
    ] as const
  }),
  ['a page over-mapped in the middle of a vma', 16_078, 1000, () => {}, cuts(4, 1)],
  ['a page over-mapped at the edge of a vma', 12_256, 1000, () => {}, cuts(1, 0)],
  ['16 written pages dropped by madvise', 15_832, 64, written(0, 1024), dropped(16)],
  ['32 written pages dropped by madvise', 26_594, 32, written(0, 1024), dropped(32)],
  ['64 written pages dropped by madvise', 38_714, 16, written(0, 1024), dropped(64)],
]

for (const [what, measured, times, before, timed] of MEASURED) {
  test(`${what}: the ${measured} cycles measured lie within the modelled ones, and near their best`, () => {
    const kernel = smallKernel({ model: linux618, windowPages: WINDOW, filePages: 16_384 })
    before(kernel)
    const { nsLow, ns, nsHigh } = price(counted(kernel, () => timed(kernel)) as Counts, modernCore)
    const cycles = (time: number) => (time * modernCore.cyclesPerSecond) / 1e9 / times
    const range = `${cycles(nsLow)} to ${cycles(ns)} to ${cycles(nsHigh)}`
    assert.ok(cycles(nsLow) <= measured && measured <= cycles(nsHigh), range)
    assert.ok(measured / cycles(ns) < 1.5 && cycles(ns) / measured < 1.5, range)
  })
}
