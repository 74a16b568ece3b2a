// Every strategy on every kernel model under memory pressure: each access sees the page that was put there, or is counted as
// one that did not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { Rng } from '../../engine/rng.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'

const WINDOW_PAGES = 128
const FILE_PAGES = 1024
const UNIT = 4

for (const model of KERNELS) {
  for (const entry of STRATEGIES) {
    const lacking = entry.uses.find(circumstance => model.lacks[circumstance] !== undefined)
    const isNonblock = model.remap === 'patch' && entry.uses.includes('nonblock')
    const skip = entry.uses.includes('copies')
      ? 'swapping is not modelled'
      : isNonblock
        ? 'MAP_NONBLOCK leaves the unit before where a page is not in memory'
        : lacking !== undefined && model.lacks[lacking]!

    test(`${entry.name} on ${model.name} sees its pages under memory pressure, or says how often not`, { skip }, () => {
      const windowPages = entry.maps === 'file' ? FILE_PAGES : WINDOW_PAGES
      const kernel = new SimulatedKernel(
        model,
        {
          windowPages,
          cellShift: 0,
          tlbEntries: 16,
          otherVmas: model.otherVmas,
          mapLimit: Number.POSITIVE_INFINITY,
          pagesMappedOnce: false,
        },
        new BackingFile(FILE_PAGES, 'shmem'),
        new CounterSet(),
      )
      const strategy = entry.create(kernel, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES })
      assert.equal(strategy.setup(WINDOW_PAGES), 0)
      const shown = Array.from({ length: WINDOW_PAGES }, (_, vpn) => vpn)
      const rng = new Rng(31)
      let wrong = 0
      for (let round = 0; round < 2000; round++) {
        const vpn = UNIT * rng.below(WINDOW_PAGES / UNIT)
        const pgoff = UNIT * rng.below(FILE_PAGES / UNIT)
        assert.equal(strategy.remap(vpn, UNIT, pgoff), 0)
        for (let i = 0; i < UNIT; i++) shown[vpn + i] = pgoff + i
        for (let touches = 0; touches < 6; touches++) {
          const at = rng.below(WINDOW_PAGES)
          const before = kernel.counters.pageFaults
          const signal = strategy.touch ? strategy.touch(at, touches & 1) : kernel.touch(at, touches & 1)
          assert.equal(signal, 0)
          const sees = kernel.pgoffMapped(strategy.addressOf ? strategy.addressOf(at) : at)
          const faulted = kernel.counters.pageFaults > before
          if (sees !== shown[at] && faulted) wrong++
          else if (sees !== shown[at]) assert.ok(kernel.counters.wrongPages > 0)
        }
        if (round % 5 === 0) kernel.sweep()
      }
      kernel.settle()
      kernel.check()
      const { wrongPages, pagesReclaimed, failedAccesses } = kernel.counters
      const isUnguarded =
        entry.uses.includes('remap-file-pages') && !entry.uses.includes('sigbus') && !entry.fillsWindow
      assert.equal(wrongPages, wrong)
      assert.equal(wrong > 0, isUnguarded && model.remap === 'patch')
      assert.equal(pagesReclaimed > 0, !entry.fillsWindow) // that one locks the whole window from the start
      assert.equal(failedAccesses, 0)
    })
  }
}
