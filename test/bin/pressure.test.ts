// Runs of a pool under memory pressure (--reclaim): when it comes, what it changes, who cannot run under it.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type RunOptions, run } from '../../bin/api.ts'
import { scratch } from './cli-process.ts'

const SMALL: RunOptions = { workload: 'uniform', file: '16M', window: '1M', accesses: 20_000, touch: 'unit' }
const results = async (options: RunOptions) => (await run({ ...SMALL, ...options })).map(({ result }) => result)

test('32 pages go after every so many accesses, those of the warm-up included, and the trace is the same', async () => {
  const [calm] = await results({ strategy: 'map-fixed' })
  const [pressed] = await results({ strategy: 'map-fixed', reclaim: 1000 })
  assert.equal(pressed!.traceHash, calm!.traceHash)
  assert.deepEqual([calm!.counts.pagesReclaimed, pressed!.counts.pagesReclaimed], [0, 20 * 32])
  assert.deepEqual([calm!.spec.reclaim, pressed!.spec.reclaim], [0, 1000])
  assert.deepEqual([pressed!.counts.remaps, pressed!.counts.windowHits], [calm!.counts.remaps, calm!.counts.windowHits])
  const [late] = await results({ strategy: 'map-fixed', reclaim: 1000, warmup: 500, accesses: 1499 })
  assert.equal(late!.counts.pagesReclaimed, 32) // after 1,000 of 1,999
  const [warm] = await results({ strategy: 'map-fixed', reclaim: 1000, warmup: 1000, accesses: 999 })
  assert.equal(warm!.counts.pagesReclaimed, 0)
})

test('a run that ends before the first sweep counts what it counts without pressure', async () => {
  const strategy = ['map-fixed', 'remap-file-pages', 'linear', 'map-fixed-locked']
  const kernel = ['linux-2.4', 'linux-2.5.42-remap', 'linux-2.6.20', 'linux-3.10', 'linux-6.18']
  const [calm, waiting] = await Promise.all([0, 1e9].map(reclaim => results({ strategy, kernel, reclaim })))
  assert.deepEqual(
    waiting!.map(({ counts }) => counts),
    calm!.map(({ counts }) => counts),
  )
})

test('sweeps come where they come, however the accesses are cut into blocks and phases', async () => {
  // 70,000 accesses are more than a block; every 77 accesses cut units anywhere.
  const pressed = { strategy: 'map-fixed', reclaim: 77 }
  const [whole] = await results({ ...pressed, accesses: 70_000 })
  const [first] = await results({ ...pressed, accesses: 33_333 })
  const [second] = await results({ ...pressed, accesses: 70_000 - 33_333, warmup: 33_333 })
  for (const name of [
    'pagesReclaimed',
    'reclaimVmas',
    'pageFaults',
    'fileReads',
    'tlbMisses',
    'vmaLookupLevels',
  ] as const) {
    assert.equal(first!.counts[name]! + second!.counts[name]!, whole!.counts[name], name)
  }
})

test('the mail: remap_file_pages() loses pages under pressure unless locked or with a handler of signals', async () => {
  const strategy = ['remap-file-pages', 'remap-file-pages-locked', 'remap-file-pages-sigbus']
  const [plain, locked, handled] = await results({ strategy, reclaim: 500 })
  assert.ok(plain!.counts.wrongPages! > 0)
  assert.deepEqual([locked!.counts.wrongPages, locked!.counts.pagesReclaimed, locked!.counts.pageFaults], [0, 0, 0])
  assert.deepEqual([handled!.counts.wrongPages, handled!.counts.failedAccesses], [0, 0])
  assert.ok(handled!.counts.signalsHandled! > 0)
  // The choice of pages is guessed; where none went it took no part.
  assert.deepEqual([plain!.evidence, locked!.evidence, handled!.evidence], ['guess', 'source', 'guess'])
})

test('later kernels bring back what they took, and from a nonlinear vma they take many times as many entries', async () => {
  const kernel = ['linux-2.6.20', 'linux-3.10', 'linux-6.18']
  for (const lane of await results({ kernel, reclaim: 500 })) {
    const { pagesReclaimed, reclaimUnmaps, wrongPages, pageFaults, fileReads } = lane.counts
    assert.equal(wrongPages, 0)
    assert.ok(pageFaults! > 0 && fileReads! > 0)
    const isNonlinear = lane.spec.strategy === 'remap-file-pages' && lane.spec.kernel !== 'linux-6.18'
    if (isNonlinear) assert.ok(reclaimUnmaps! > 8 * pagesReclaimed!, `${reclaimUnmaps} of ${pagesReclaimed}`)
    else assert.equal(reclaimUnmaps, pagesReclaimed)
  }
})

test('2.4 looks at more vmas and entries than pages it finds, with a vma for each unit', async () => {
  // Pages of a unit that was touched as a whole: 8 vmas of 4 pages for 32, and those that are partly gone.
  const [lane] = await results({ strategy: 'map-fixed', kernel: 'linux-2.4', reclaim: 500 })
  const { pagesReclaimed, reclaimVmas, reclaimPtes } = lane!.counts
  assert.ok(reclaimVmas! >= pagesReclaimed! / 4 && reclaimPtes! >= pagesReclaimed!)
})

test('memory of the process itself would be swapped: such lanes say that they cannot run', async () => {
  const lanes = await results({ strategy: ['map-fixed', 'pread-copy', 'vmcache'], reclaim: 500 })
  assert.deepEqual(
    lanes.map(({ outcome }) => (outcome.state === 'unsupported' ? outcome.reason : outcome.state)),
    ['completed', 'no-swapping', 'no-swapping'],
  )
  await assert.rejects(results({ strategy: 'vmcache', reclaim: 500 }), /no lane can run: .*swapping/)
})

test('rows of --ops take pages back by themselves: what was looked at is not known there', async context => {
  const ops = join(scratch(context), 'rows.csv')
  writeFileSync(ops, 'op,vpn,pages,pgoff\nread,0,8,\nreclaim,0,4,\n')
  await assert.rejects(run({ ops, reclaim: 10 }), /^UsageError: --reclaim 10: does not go with --ops/)
  const [row] = await run({ ops, file: '1M', window: '64K', strategy: 'map-fixed' })
  const { pagesReclaimed, reclaimUnmaps, reclaimVmas, reclaimPtes } = row!.result.counts
  assert.deepEqual([pagesReclaimed, reclaimUnmaps, reclaimVmas, reclaimPtes], [4, 4, null, null])
})

test('a number of accesses that is none names the option', async () => {
  await assert.rejects(run({ reclaim: -1 }), /^UsageError: --reclaim -1: must be a whole number from 0 to 2\^53-1/)
})
