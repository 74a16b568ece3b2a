// Several processes against a naive model of them: pools, kernels, reverse mappings, context switches and lowmem, access by
// access. Turns and streams; what one process counts that shares nothing it can notice.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackingFile } from '../../engine/backing-file.ts'
import { BufferPool } from '../../engine/buffer-pool.ts'
import { COUNTER_NAMES, COUNTERS, CounterSet } from '../../engine/counters.ts'
import { linux2542Remap, packedFor } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { ZONE_BYTES } from '../../engine/kernel/lowmem.ts'
import { sharedMemory } from '../../engine/kernel/machine.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import type { LaneResult } from '../../engine/lane-group.ts'
import { POLICIES } from '../../engine/policy/index.ts'
import { Rng } from '../../engine/rng.ts'
import { simulate } from '../../engine/simulate.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import { geometry } from '../../engine/window.ts'
import { NAIVE_SUMS, type NaiveSharing, naiveProcesses } from '../helpers/naive-processes.ts'
import type { NaiveAccess, NaiveRunOptions } from '../helpers/naive-run.ts'
import { sourceOf } from '../helpers/sources.ts'

const PAGE = 4096

const BASE: NaiveRunOptions = {
  windowPages: 128,
  filePages: 512,
  unitPages: 4,
  strategy: 'map-fixed',
  policy: 'clock',
  touch: 'page',
  warmup: 0,
  accesses: 40_000,
  mapLimit: Number.POSITIVE_INFINITY,
  otherVmas: 20,
}

/** A hot region that all processes share, and runs over consecutive pages. */
function trace(length: number, filePages: number, seed: number): NaiveAccess[] {
  const rng = new Rng(seed)
  let page = 0
  return Array.from({ length }, () => {
    const kind = rng.below(4)
    if (kind === 0) page = rng.below(filePages)
    else if (kind === 1) page = rng.below(filePages / 16)
    else page = (page + 1) % filePages
    return { page, write: rng.below(3) === 0 }
  })
}

function run(options: NaiveRunOptions, cpus: number, traces: readonly (readonly NaiveAccess[])[], model: KernelModel) {
  const sizes = geometry(options.filePages * PAGE, options.windowPages * PAGE, options.unitPages * PAGE)
  const policy = POLICIES.find(({ name }) => name === options.policy)!
  const file = new BackingFile(options.filePages, 'shmem')
  const shared = traces.length > 1 ? sharedMemory(model, options.filePages) : null
  const processes = traces.map(own => {
    const kernel = new SimulatedKernel(
      model,
      {
        windowPages: options.windowPages,
        cellShift: sizes.unitShift,
        tlbEntries: 64,
        otherVmas: options.otherVmas,
        mapLimit: options.mapLimit,
        pagesMappedOnce: true,
        shared,
      },
      file,
      new CounterSet(),
    )
    const strategy = STRATEGIES.find(({ name }) => name === options.strategy)!.create(kernel, options)
    strategy.setup(options.windowPages)
    const pool = new BufferPool(sizes, policy.create(options.windowPages / options.unitPages), options.touch)
    return { source: sourceOf(own), pool, lanes: [{ strategy, kernel }] }
  })
  return simulate(processes, cpus, options)
}

/** The same numbers as the naive model gets, of a zone with so many bytes. */
function modelOf(sharing: Pick<NaiveSharing, 'availableBytes' | 'tablesInLowmem'>, pteBytes: 4 | 8): KernelModel {
  const { fixedBytes } = linux2542Remap.lowmem
  const memMapBytes = ZONE_BYTES - sharing.availableBytes
  return {
    ...linux2542Remap,
    ...packedFor(32, pteBytes),
    lowmem: { fixedBytes, pageTables: sharing.tablesInLowmem, memMapBytes },
  }
}

const SHARING = {
  cpus: 1,
  vmasPerPage: 40, // 96-byte objects on a Pentium III
  chainsPerPage: 126, // 28-byte objects of 3 references, 8 bytes each
  perChain: 3,
  fixedBytes: linux2542Remap.lowmem.fixedBytes,
  tablesInLowmem: false,
  availableBytes: ZONE_BYTES,
}

interface Case {
  readonly processes: number
  readonly run?: Partial<NaiveRunOptions>
  readonly sharing?: Partial<NaiveSharing>
  /** Lengths of traces that end early, by process. */
  readonly ends?: Readonly<Record<number, number>>
}

const CASES: readonly Case[] = [
  { processes: 2 },
  { processes: 2, run: { strategy: 'remap-file-pages' } },
  { processes: 5, run: { strategy: 'remap-file-pages', warmup: 10_000 }, sharing: { cpus: 2 } },
  { processes: 5, run: { unitPages: 1, policy: 'lru', warmup: 4096 }, sharing: { cpus: 3 } },
  { processes: 7, run: { touch: 'unit', unitPages: 8, accesses: 60_000 }, sharing: { cpus: 7 } },
  { processes: 7, run: { touch: 'unit', strategy: 'remap-file-pages', unitPages: 16 }, sharing: { cpus: 4 } },
  { processes: 3, run: { accesses: 30_001 }, ends: { 0: 5000, 2: 8192 } },
  { processes: 2, run: { accesses: 30_001 }, ends: { 0: 5000, 1: 100 } },
  { processes: 6, run: { accesses: 3 * 4096 + 1 } },
  { processes: 4, sharing: { perChain: 7, chainsPerPage: 113, tablesInLowmem: true } },
  { processes: 4, sharing: { availableBytes: 120_000 } },
  { processes: 4, run: { strategy: 'remap-file-pages', warmup: 20_000 }, sharing: { availableBytes: 105_000 } },
  { processes: 4, run: { warmup: 20_000 }, sharing: { availableBytes: 106_000, tablesInLowmem: true } },
  { processes: 3, sharing: { availableBytes: 70_000 } },
]

for (const given of CASES) {
  test(`processes, access by access: ${JSON.stringify(given)}`, () => {
    const options = { ...BASE, ...given.run }
    const sharing = { ...SHARING, ...given.sharing }
    const length = options.warmup + options.accesses
    const traces = Array.from({ length: given.processes }, (_, process) =>
      trace(given.ends?.[process] ?? length, options.filePages, 100 + process),
    )
    const { lanes, accesses } = run(options, sharing.cpus, traces, modelOf(sharing, sharing.perChain === 3 ? 8 : 4))
    const [lane] = lanes as readonly [LaneResult]
    const naive = naiveProcesses(options, sharing, traces)
    assert.equal(accesses, naive.accesses)
    for (const name of NAIVE_SUMS) assert.equal(lane.counters![name], naive.sums[name], name)
    const c = lane.counters!
    assert.equal(c.lowmemBytesPeak, naive.peak)
    assert.equal(c.lowmemVmaBytes + c.lowmemPageTableBytes + c.lowmemChainBytes + c.lowmemFixedBytes, naive.peak)
    assert.equal(lane.lowmemExhaustedAccess, naive.exhaustedAt)
    assert.equal(c.lowmemAvailableBytes, sharing.availableBytes)
  })
}

test('the cases exhaust lowmem never, in the run, in the warm-up and before it', () => {
  const at = CASES.map(given => {
    const options = { ...BASE, ...given.run }
    const length = options.warmup + options.accesses
    const traces = Array.from({ length: given.processes }, (_, p) => trace(length, options.filePages, 100 + p))
    return naiveProcesses(options, { ...SHARING, ...given.sharing }, traces).exhaustedAt
  })
  assert.ok(at.includes(null))
  assert.ok(at.some(access => access !== null && access > 0))
  assert.ok(at.some(access => access !== null && access < 0))
  assert.ok(at.includes(0))
})

test('lowmem and its parts agree at the end of each of thirty turns', () => {
  const traces = [1, 2, 3].map(seed => trace(40_960, BASE.filePages, seed))
  for (let turns = 1; turns <= 30; turns++) {
    for (const strategy of ['map-fixed', 'remap-file-pages'] as const) {
      const options = { ...BASE, strategy, accesses: turns * 4096 }
      const { lanes } = run(options, 2, traces, modelOf(SHARING, 8))
      const naive = naiveProcesses(options, { ...SHARING, cpus: 2 }, traces)
      assert.equal(lanes[0]!.counters!.lowmemBytesPeak, naive.peak, `${strategy}, ${turns} turns`)
      assert.equal(lanes[0]!.counters!.contextSwitches, naive.sums.contextSwitches)
    }
  }
})

test('with a CPU for each, processes count what each of them counts alone, but for chains and lowmem', () => {
  const turns = 8
  const traces = [1, 2, 3].map(seed => trace(turns * 4096, BASE.filePages, seed))
  for (const strategy of ['map-fixed', 'remap-file-pages'] as const) {
    const options = { ...BASE, strategy }
    const together = run({ ...options, accesses: 3 * turns * 4096 }, 3, traces, linux2542Remap).lanes[0]!.counters!
    const alone = traces.map(
      own => run({ ...options, accesses: turns * 4096 }, 1, [own], linux2542Remap).lanes[0]!.counters!,
    )
    for (const name of COUNTER_NAMES.filter(name => !COUNTERS[name].isShared)) {
      assert.equal(
        together[name],
        alone.reduce((sum, counters) => sum + counters[name], 0),
        name,
      )
    }
    assert.ok(together.pteChainBytesPeak > 0)
    assert.deepEqual(
      alone.map(counters => counters.pteChainBytesPeak),
      [0, 0, 0],
    )
    assert.equal(together.contextSwitches, 0)
  }
})

test('a context switch empties the TLB and is no flush: the first turn of a CPU is none', () => {
  const same = Array.from({ length: 3 * 4096 }, () => ({ page: 3, write: false }))
  const count = (cpus: number) => run({ ...BASE, accesses: 6 * 4096 }, cpus, [same, same], linux2542Remap).lanes[0]!
  // One page each: a miss when it is first touched, and one after each switch back.
  const shared = count(1).counters!
  assert.deepEqual([shared.contextSwitches, shared.tlbMisses, shared.tlbFullFlushes], [5, 6, 0])
  const apart = count(2).counters!
  assert.deepEqual([apart.contextSwitches, apart.tlbMisses, apart.tlbFullFlushes], [0, 2, 0])
})

test('a lane stops in all its processes when one of them is refused a remap, and says at which access of all', () => {
  const traces = [1, 2].map(seed => trace(40_000, BASE.filePages, seed))
  const options = { ...BASE, accesses: 40_000, mapLimit: 46 }
  const lane = run(options, 1, traces, { ...linux2542Remap, maxMapCount: 46 }).lanes[0]!
  const lifted = run({ ...options, mapLimit: Number.POSITIVE_INFINITY }, 1, traces, {
    ...linux2542Remap,
    maxMapCount: 46,
  }).lanes[0]!
  assert.equal(lane.error, -12)
  assert.equal(lane.counters!.failedRemaps, 1)
  assert.equal(lane.firstFailureAccess, lane.counters!.tlbHits + lane.counters!.tlbMisses)
  assert.equal(lifted.stockLimitAccess, lane.firstFailureAccess)
})

test('a stock limit met by the second process counts the accesses of the first', () => {
  const idle = Array.from({ length: 9000 }, () => ({ page: 0, write: false }))
  const busy = trace(9000, BASE.filePages, 5)
  const model = { ...linux2542Remap, maxMapCount: 40 }
  const alone = run({ ...BASE, accesses: 9000 }, 1, [busy], model).lanes[0]!.stockLimitAccess!
  assert.ok(alone > 0 && alone < 4096)
  assert.equal(run({ ...BASE, accesses: 18_000 }, 1, [idle, busy], model).lanes[0]!.stockLimitAccess, 4096 + alone)
})
