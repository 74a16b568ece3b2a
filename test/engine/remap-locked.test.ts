// The mail: nonlinear mappings "either have to be MAP_LOCKED (for databases)" - the strategy that does that.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../../bin/api.ts'
import { BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { remapFilePagesLocked } from '../../engine/strategy/remap-file-pages-locked.ts'
import { touchAll } from '../helpers/machine.ts'

const WINDOW_PAGES = 32

function lockedWindow(model: KernelModel) {
  const options = { windowPages: WINDOW_PAGES, cellShift: 0, tlbEntries: 64, otherVmas: model.otherVmas }
  const kernel = new SimulatedKernel(
    model,
    { ...options, mapLimit: Number.POSITIVE_INFINITY, pagesMappedOnce: false },
    new BackingFile(4096, 'shmem'),
    new CounterSet(),
  )
  const strategy = remapFilePagesLocked.create(kernel)
  assert.equal(strategy.setup(WINDOW_PAGES), 0)
  return { kernel, strategy }
}

for (const model of KERNELS.filter(({ lacks }) => !('remap-file-pages' in lacks))) {
  test(`${model.name} brings a locked window in by its first call and takes nothing of it back, remapped or not`, () => {
    const { kernel, strategy } = lockedWindow(model)
    assert.equal(kernel.rss, WINDOW_PAGES)
    assert.equal(strategy.remap(4, 4, 100), 0)
    kernel.reclaim(0, WINDOW_PAGES)
    const faultsBefore = kernel.counters.pageFaults
    touchAll(kernel, 0, WINDOW_PAGES)
    assert.deepEqual(
      [3, 4, 7, 8].map(vpn => kernel.pgoffMapped(vpn)),
      [3, 100, 103, 8],
    )
    const { pageFaults, pagesReclaimed, wrongPages } = kernel.counters
    assert.deepEqual([pageFaults - faultsBefore, pagesReclaimed, wrongPages], [0, 0, 0])
    kernel.check()
  })
}

test('a page that the first mapping brought in and a slot then shows again has two reverse mappings: a chain', async () => {
  // 2.5.42 moves both to a chain object of 15 references of 8 bytes and a pointer of 4; unlocked, nothing is mapped twice.
  const rows = await run({
    workload: 'uniform',
    file: '128K',
    window: '64K',
    accesses: 200,
    strategy: ['remap-file-pages', 'remap-file-pages-locked'],
  })
  const [unlocked, locked] = rows.map(({ result }) => result.counts.pteChainBytesPeak!)
  assert.equal(unlocked, 0)
  assert.ok(locked! > 0 && locked! % (15 * 8 + 4) === 0, `${locked} bytes`)
})
