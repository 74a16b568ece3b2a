// Faults outside the window: how often they come, and what they take from a kernel that caches the vma it found last.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RunOptions, run } from '../../bin/api.ts'
import { toRequest } from '../../bin/request.ts'
import { withFaultsElsewhere } from '../../engine/strategy/faults-elsewhere.ts'
import { linear } from '../../engine/strategy/linear.ts'
import { mapFixed } from '../../engine/strategy/map-fixed.ts'
import { remapFilePages } from '../../engine/strategy/remap-file-pages.ts'
import type { RemapStrategy } from '../../engine/strategy/strategy.ts'
import { counted, smallKernel, touchAll } from '../helpers/machine.ts'

const UNIT = 4
const REMAPS = 8

/** Which of so many remaps come after a fault elsewhere. */
function faultsBefore(share: number, remaps: number): readonly number[] {
  const before: number[] = []
  let remap = 1
  const strategy: RemapStrategy = { setup: () => 0, remap: () => 0 }
  const faulting = withFaultsElsewhere(strategy, { faultElsewhere: () => before.push(remap) }, share)
  for (; remap <= remaps; remap++) faulting.remap(0, UNIT, 0)
  return before
}

test('faults elsewhere come evenly before their share of the remaps', () => {
  assert.deepEqual(faultsBefore(0.5, 8), [2, 4, 6, 8])
  assert.deepEqual(faultsBefore(0.3, 10), [4, 7, 10])
  assert.deepEqual(faultsBefore(1, 3), [1, 2, 3])
  assert.deepEqual(faultsBefore(0.001, 2000), [1000, 2000])
  assert.equal(faultsBefore(0.123456, 1_000_000).length, 123_456)
})

// The first look-up walks in any case: 8 look-ups, 7 hits. Faults before remaps 2, 4, 6 and 8 leave hits to 3, 5 and 7.
for (const [share, hits] of [
  [0, 7],
  [0.5, 3],
  [1, 0],
] as const) {
  test(`of 8 calls of remap_file_pages() ${hits} find the window's vma cached with ${100 * share} % faults elsewhere`, () => {
    const kernel = smallKernel({ otherVmas: 20 })
    const strategy = withFaultsElsewhere(remapFilePages.create(kernel), kernel, share)
    const first = counted(kernel, () => strategy.remap(0, UNIT, 100))
    const rest = counted(kernel, () => {
      for (let i = 1; i < REMAPS; i++) assert.equal(strategy.remap(i * UNIT, UNIT, 100 + i * UNIT), 0)
    })
    assert.deepEqual([first.vmaLookups, first.vmaCacheHits], [1, 0])
    assert.deepEqual([rest.vmaLookups, rest.vmaCacheHits], [7, hits])
    assert.equal(rest.vmaLookupLevels, (7 - hits) * first.vmaLookupLevels) // one vma, at one depth
    assert.deepEqual([rest.pageFaults, rest.mmapSemReads, rest.syscalls], [0, 7, 7]) // the faults themselves are not counted
  })
}

test('map-fixed loses the one hit it may have: munmap looks for the end of a unit where the last fault was', () => {
  const hits = (share: number, otherVmas: number) => {
    const kernel = smallKernel({ otherVmas })
    const strategy = withFaultsElsewhere(mapFixed.create(kernel), kernel, share)
    strategy.remap(5 * UNIT, UNIT, 100)
    strategy.remap(4 * UNIT, UNIT, 200)
    touchAll(kernel, 5 * UNIT, 1) // the cache has the unit above
    const { vmaLookups, vmaCacheHits } = counted(kernel, () => strategy.remap(4 * UNIT, UNIT, 300))
    return [vmaLookups, vmaCacheHits]
  }
  assert.deepEqual(hits(0, 20), [4, 1]) // find_vma_prepare, find_vma_prev, find_vma(end), find_vma_prepare
  assert.deepEqual(hits(1, 20), [4, 0])
  assert.deepEqual(hits(1, 0), [4, 0]) // also where nothing else is mapped
})

test('a strategy that sees touches keeps seeing them, one that does not is not made to', () => {
  const kernel = smallKernel({ windowPages: 64, filePages: 64 })
  const through = withFaultsElsewhere(linear.create(kernel, { windowPages: 16, filePages: 64 }), kernel, 1)
  through.setup(64)
  assert.equal(through.remap(0, UNIT, 40), 0)
  assert.equal(through.touch!(1, 0), 0)
  assert.deepEqual([through.addressOf!(1), kernel.pgoffMapped(41)], [41, 41])
  assert.equal('touch' in withFaultsElsewhere(mapFixed.create(kernel), kernel, 1), false)
})

const SMALL: RunOptions = { workload: 'uniform', file: '16M', window: '1M', accesses: 5000 }

test('a run with faults before every remap never hits the cache by remap_file_pages(), and rests on source', async () => {
  const [plain, faulting] = await Promise.all(
    ['0%', '100%'].map(
      async otherFaults => (await run({ ...SMALL, otherFaults, strategy: 'remap-file-pages' }))[0]!.result,
    ),
  )
  const { vmaCacheHits, vmaLookupLevels: _, ...counts } = faulting!.counts
  assert.deepEqual([plain!.counts.vmaCacheHits, vmaCacheHits], [plain!.counts.remaps! - 1, 0])
  for (const [name, value] of Object.entries(counts))
    assert.equal(value, plain!.counts[name as keyof typeof counts], name)
  assert.deepEqual([faulting!.spec.otherFaults, plain!.evidence, faulting!.evidence], ['100%', 'executed', 'source'])
})

test('where look-ups are not counted nothing changes', async () => {
  const kernel = ['linux-2.4', 'linux-3.10', 'linux-6.18']
  const [plain, faulting] = await Promise.all(['0%', '50%'].map(otherFaults => run({ ...SMALL, otherFaults, kernel })))
  assert.deepEqual(
    faulting!.map(({ result }) => result.counts),
    plain!.map(({ result }) => result.counts),
  )
})

test('a share that is none names the option and what is allowed', () => {
  const allowed = 'must be a share from 0% to 100%, such as 50%'
  for (const otherFaults of ['101%', 'half', '-1%', '0.5'])
    assert.throws(() => toRequest({ otherFaults }), { message: `--other-faults ${otherFaults}: ${allowed}` })
  assert.throws(() => toRequest({ otherFaults: '50' }), { message: `--other-faults 50: ${allowed}; did you mean 50%?` })
  assert.deepEqual([toRequest({ otherFaults: '012.50%' }).otherFaults, toRequest({}).otherFaults], ['12.5%', '0%'])
})
