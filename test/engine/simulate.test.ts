// Whole runs against the naive pool and kernel: every counter of both lanes after thousands of accesses.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackingFile } from '../../engine/backing-file.ts'
import { BufferPool } from '../../engine/buffer-pool.ts'
import { CounterSet } from '../../engine/counters.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { POLICIES } from '../../engine/policy/index.ts'
import type { Lane } from '../../engine/replay.ts'
import { Rng } from '../../engine/rng.ts'
import { type Simulation, simulate } from '../../engine/simulate.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import { geometry } from '../../engine/window.ts'
import { COUNTED_EVENTS } from '../helpers/fuzz.ts'
import { type NaiveAccess, type NaiveRunOptions, naiveRun } from '../helpers/naive-run.ts'
import { sourceOf } from '../helpers/sources.ts'

const PAGE = 4096

/** Accesses with a hot region, so that there are hits, and runs over consecutive pages, so that units are shared. */
function accesses(count: number, filePages: number, seed: number): NaiveAccess[] {
  const rng = new Rng(seed)
  let page = 0
  return Array.from({ length: count }, () => {
    const kind = rng.below(4)
    if (kind === 0) page = rng.below(filePages)
    else if (kind === 1) page = rng.below(Math.ceil(filePages / 16))
    else page = (page + 1) % filePages
    return { page, write: rng.below(3) === 0 }
  })
}

function run(
  options: NaiveRunOptions,
  trace: readonly NaiveAccess[],
  model: Partial<KernelModel> = {},
): { simulation: Simulation; lane: Lane } {
  const sizes = geometry(options.filePages * PAGE, options.windowPages * PAGE, options.unitPages * PAGE)
  const pool = new BufferPool(
    sizes,
    POLICIES.find(policy => policy.name === options.policy)!.create(options.windowPages / options.unitPages),
    options.touch,
  )
  const kernel = new SimulatedKernel(
    { ...linux2542Remap, ...model },
    {
      windowPages: options.windowPages,
      cellShift: sizes.unitShift,
      tlbEntries: 64,
      otherVmas: options.otherVmas,
      mapLimit: options.mapLimit,
      pagesMappedOnce: true,
    },
    new BackingFile(options.filePages, 'shmem'),
    new CounterSet(),
  )
  const strategy = STRATEGIES.find(entry => entry.name === options.strategy)!.create(kernel, options)
  strategy.setup(options.windowPages)
  const lane = { strategy, kernel }
  return { simulation: simulate([{ source: sourceOf(trace), pool, lanes: [lane] }], 1, options), lane }
}

const BASE: NaiveRunOptions = {
  windowPages: 256,
  filePages: 2048,
  unitPages: 4,
  strategy: 'map-fixed',
  policy: 'clock',
  touch: 'page',
  warmup: 0,
  accesses: 20_000,
  mapLimit: Number.POSITIVE_INFINITY,
  otherVmas: 20,
}

const VARIANTS: readonly Partial<NaiveRunOptions>[] = [
  {},
  { strategy: 'remap-file-pages' },
  { policy: 'lru', unitPages: 1, warmup: 3000 },
  { policy: 'lru', strategy: 'remap-file-pages', unitPages: 16, warmup: 1 },
  { touch: 'unit' },
  { touch: 'unit', strategy: 'remap-file-pages', unitPages: 64, warmup: 2999 },
  { unitPages: 2, mapLimit: 120 },
  { unitPages: 4, mapLimit: 70, warmup: 20, touch: 'unit' },
  { unitPages: 128, filePages: 2048, windowPages: 256 },
]

for (const variant of VARIANTS) {
  test(`a run with ${JSON.stringify(variant)} counts what the naive pool and kernel count`, () => {
    const options = { ...BASE, ...variant }
    const trace = accesses(options.warmup + options.accesses, options.filePages, 11)
    const { simulation } = run(options, trace)
    const { kernel, start, pool } = naiveRun(options, trace)
    const result = simulation.lanes[0]!
    for (const name of COUNTED_EVENTS) assert.equal(result.counters![name], kernel[name] - start[name], name)
    for (const name of ['windowHits', 'remaps', 'failedRemaps', 'writes'] as const)
      assert.equal(result.counters![name], pool[name], name)
    assert.equal(result.counters!.vmas, kernel.windowVmas())
    assert.equal(result.error < 0, pool.failedRemaps > 0)
  })
}

test('hits, remaps and refused remaps add up to the accesses, and so do TLB hits and misses', () => {
  const trace = accesses(BASE.accesses, BASE.filePages, 5)
  const c = run(BASE, trace).simulation.lanes[0]!.counters!
  assert.equal(c.windowHits + c.remaps + c.failedRemaps, BASE.accesses)
  assert.equal(c.tlbHits + c.tlbMisses, BASE.accesses)
})

test('in the steady state every whole-unit remap costs five kernel entries by mmap and one by remap_file_pages', () => {
  const options: NaiveRunOptions = { ...BASE, touch: 'unit', warmup: 20_000 }
  const trace = accesses(40_000, BASE.filePages, 9)
  const mapped = run(options, trace).simulation.lanes[0]!.counters!
  const remapped = run({ ...options, strategy: 'remap-file-pages' }, trace).simulation.lanes[0]!.counters!
  // The counted part may begin and end inside a unit: at most one unit's faults on either side.
  assert.ok(Math.abs(mapped.syscalls + mapped.pageFaults - 5 * mapped.remaps) <= 4)
  assert.equal(remapped.syscalls + remapped.pageFaults, remapped.remaps)
})

test('a lane that is refused stops there and says at which access, the others go on', () => {
  const trace = accesses(BASE.accesses, BASE.filePages, 3)
  const { simulation } = run({ ...BASE, mapLimit: 60 }, trace)
  const result = simulation.lanes[0]!
  assert.equal(result.error, -12)
  assert.equal(result.counters!.failedRemaps, 1)
  assert.equal(result.firstFailureAccess, result.counters!.tlbHits + result.counters!.tlbMisses)
  assert.ok(result.firstFailureAccess < BASE.accesses)
  assert.equal(simulation.accesses, BASE.accesses)
})

test('a trace that ends early ends the run, and says how far it came', () => {
  const { simulation } = run(BASE, accesses(1234, BASE.filePages, 2))
  assert.equal(simulation.accesses, 1234)
})

test('the warm-up changes neither the trace hash nor what happens, only what is counted', () => {
  const trace = accesses(20_000, BASE.filePages, 4)
  const whole = run({ ...BASE, accesses: 20_000 }, trace).simulation
  const half = run({ ...BASE, warmup: 10_000, accesses: 10_000 }, trace).simulation
  assert.equal(half.traceHash, whole.traceHash)
  assert.equal(half.lanes[0]!.counters!.vmas, whole.lanes[0]!.counters!.vmas)
  assert.ok(half.lanes[0]!.counters!.remaps < whole.lanes[0]!.counters!.remaps)
})

test('a lane refused in the warm-up counts nothing, and says how long before the counting', () => {
  const trace = accesses(20_000, BASE.filePages, 3)
  const at = run({ ...BASE, mapLimit: 60 }, trace).simulation.lanes[0]!.firstFailureAccess!
  const late = run({ ...BASE, mapLimit: 60, warmup: 10_000, accesses: 10_000 }, trace).simulation.lanes[0]!
  assert.ok(at < 10_000)
  assert.equal(late.counters, null)
  assert.equal(late.firstFailureAccess, at - 10_000)
})

test('the access at which a stock limit would refuse is where that limit does refuse, warm-up or not', () => {
  const trace = accesses(20_000, BASE.filePages, 3)
  const stock = { maxMapCount: 60 }
  const refused = run({ ...BASE, mapLimit: 60 }, trace, stock).simulation.lanes[0]!
  const lifted = run(BASE, trace, stock).simulation.lanes[0]!
  assert.equal(lifted.error, 0)
  assert.equal(lifted.stockLimitAccess, refused.firstFailureAccess)
  const warmup = 7777
  const late = run({ ...BASE, warmup, accesses: 10_000 }, trace, stock).simulation.lanes[0]!
  assert.equal(late.stockLimitAccess, refused.firstFailureAccess! - warmup)
  assert.equal(run(BASE, trace).simulation.lanes[0]!.stockLimitAccess, null)
})

test('a stock limit that refuses the first mapping of the window is met before the first access', () => {
  const trace = accesses(2000, BASE.filePages, 3)
  const lane = run({ ...BASE, accesses: 1000, warmup: 500 }, trace, { maxMapCount: 19 }).simulation.lanes[0]!
  assert.equal(lane.stockLimitAccess, -500)
})

test('a lane that stops after touches carried over from a unit before counts its hits right', () => {
  // The warm-up ends inside a unit of 64 pages; the next remap is refused.
  const options: NaiveRunOptions = { ...BASE, touch: 'unit', unitPages: 64, warmup: 100, mapLimit: 23 }
  const trace = [0, 64, 65, 66, 128, 192].map(page => ({ page, write: true }))
  const result = run({ ...options, accesses: 1000 }, trace).simulation.lanes[0]!
  const { pool } = naiveRun({ ...options, accesses: 1000 }, trace)
  assert.deepEqual(
    [result.counters?.windowHits, result.counters?.remaps, result.counters?.writes, result.counters?.failedRemaps],
    [pool.windowHits, pool.remaps, pool.writes, pool.failedRemaps],
  )
  assert.ok(pool.windowHits > 0 && pool.failedRemaps === 1)
})
