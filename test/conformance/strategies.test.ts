// The promise every strategy keeps on every kernel model: after a remap the window shows the block that was asked for.

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
    test(`${entry.name} on ${model.name} shows every block where it was put, and its structures stay sound`, () => {
      const options = {
        windowPages: WINDOW_PAGES,
        cellShift: 2,
        tlbEntries: 16,
        otherVmas: model.otherVmas,
        mapLimit: Number.POSITIVE_INFINITY,
        pagesMappedOnce: true,
      }
      const kernel = new SimulatedKernel(model, options, new BackingFile(FILE_PAGES, 'shmem'), new CounterSet())
      const strategy = entry.create(kernel)
      assert.equal(strategy.setup(WINDOW_PAGES), 0)
      const rng = new Rng(8)
      for (let i = 0; i < 3000; i++) {
        const vpn = rng.below(WINDOW_PAGES / UNIT) * UNIT
        const block = rng.below(FILE_PAGES / UNIT) * UNIT
        assert.equal(strategy.remap(vpn, UNIT, block), 0)
        for (let page = 0; page < UNIT; page++) {
          assert.equal(kernel.touch(vpn + page, i & 1), 0)
          assert.equal(kernel.pgoffMapped(vpn + page), block + page)
        }
        assert.equal(kernel.counters.tlbHits + kernel.counters.tlbMisses, (i + 1) * UNIT)
      }
      kernel.settle()
      kernel.check()
      assert.equal(kernel.counters.syscalls, 3001)
    })
  }

  test(`${model.name} has a source for its limits: what it counts rests on ${model.evidence}, and its guesses are named`, () => {
    assert.match(model.basis, /.{20,}/)
    assert.ok(model.guesses.every(guess => guess.length > 10))
    assert.ok(model.maxMapCount > model.otherVmas)
    assert.equal(Math.log2(model.tablePages) % 1, 0)
  })
}
