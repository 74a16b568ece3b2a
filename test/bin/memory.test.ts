import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnvironmentError } from '../../bin/errors.ts'
import { type LanePlan, startLanes, tablesOf } from '../../bin/lanes.ts'
import { allocating, type LaneTables, requireMemory, tableBytes } from '../../bin/memory.ts'
import { unsupportedBy } from '../../bin/support.ts'
import { BufferPool } from '../../engine/buffer-pool.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { linux310 } from '../../engine/kernel/linux-3.10.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { POLICIES } from '../../engine/policy/index.ts'
import type { Lane } from '../../engine/replay.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import { linear } from '../../engine/strategy/linear.ts'
import { mapFixed } from '../../engine/strategy/map-fixed.ts'
import { remapFilePages } from '../../engine/strategy/remap-file-pages.ts'
import type { StrategyEntry } from '../../engine/strategy/strategy.ts'
import { type Geometry, geometry } from '../../engine/window.ts'
import { SPEC } from '../helpers/results.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
const TIB = 2 ** 40
const main = geometry(16 * GIB, GIB, 16 * 1024)
const huge = geometry(8 * TIB, GIB, 4096)

/** Two lanes that map the window by whole units of a complete file. */
function lanes(unitPages: number): readonly LaneTables[] {
  const lane = { mappedPages: GIB / 4096, cellPages: unitPages, otherVmas: 20, notesPages: false, chainsPages: false }
  return [lane, lane]
}

/** A lane as compose() would plan it. */
function planOf(strategy: StrategyEntry, model: KernelModel, spec: Partial<LanePlan['spec']>, written = 1): LanePlan {
  const named = { ...SPEC, kernel: model.name, strategy: strategy.name, otherVmas: model.otherVmas, ...spec }
  const mapLimit = Number.POSITIVE_INFINITY
  const none = { cost: null, groups: [], breaksDown: false, explained: [], otherFaultShare: 0, unsupported: null }
  return { spec: named, model, strategy, mapLimit, writtenShare: written, ...none }
}

/** Bytes of all typed arrays that can be reached. */
function bytesIn(...roots: readonly object[]): number {
  const seen = new Set<object>(roots)
  let bytes = 0
  for (const object of seen) {
    if (ArrayBuffer.isView(object)) bytes += object.byteLength
    else for (const value of Object.values(object)) if (typeof value === 'object' && value !== null) seen.add(value)
  }
  return bytes
}

test('the main job needs a few megabytes, the largest geometry eight gigabytes', () => {
  assert.ok(tableBytes(main, lanes(4)) < 32 * MIB)
  assert.ok(tableBytes(huge, lanes(1)) > 8 * GIB)
})

test('a terabyte in units of 4K, mapped as a whole beside two windows, fits two gigabytes, written or sparse', () => {
  const sizes = geometry(TIB, 64 * MIB, 4096)
  for (const written of [0, 1]) {
    const plans = [linear, mapFixed, remapFilePages].map(entry => planOf(entry, linux310, {}, written))
    const bytes = tableBytes(
      sizes,
      plans.map(plan => tablesOf(plan, sizes, 'pool')),
    )
    assert.ok(bytes > 1.5 * GIB && bytes < 2 * GIB, `${bytes}`)
  }
})

test('of 8 TiB mapped as a whole the tables never fit: its last page numbers would not fit 31 bits, either', () => {
  for (const unit of [4096, MIB, GIB]) {
    const sizes = geometry(8 * TIB, GIB, unit)
    const tables = tablesOf(planOf(linear, linux310, {}), sizes, 'pool')
    assert.throws(() => requireMemory(tableBytes(sizes, [tables]), sizes, 1, 0), EnvironmentError)
  }
})

test('a file mapped as a whole is one cell for the largest power of two that divides it, however large the unit', () => {
  const cellPages = (fileBytes: number, input: 'pool' | 'ops', written = 1) =>
    tablesOf(planOf(linear, linux310, {}, written), geometry(fileBytes, 64 * 1024, 16 * 1024), input).cellPages
  assert.deepEqual(
    [cellPages(TIB, 'pool'), cellPages(TIB, 'pool', 0), cellPages(TIB, 'ops')],
    [2 ** 28, 2 ** 28, 2 ** 28],
  )
  assert.deepEqual([cellPages(3 * GIB, 'pool'), cellPages(GIB + 16 * 1024, 'pool')], [2 ** 18, 4])
})

test('a lane that maps the whole file needs tables for all of it, a file with missing pages two bits for each', () => {
  const [lane] = lanes(4)
  const pages = main.filePages
  const more = (change: Partial<LaneTables>) => tableBytes(main, [{ ...lane!, ...change }]) - tableBytes(main, [lane!])
  assert.ok(more({ mappedPages: pages }) > 2 * (pages - lane!.mappedPages))
  assert.ok(more({ cellPages: 1 }) > 0)
  assert.ok(more({ otherVmas: 1_000_000 }) > 50 * 999_980)
  assert.equal(more({ notesPages: true }), pages / 4)
})

/** What a lane's tables and the largest pool's take beside it, and what was estimated. */
function measured(plan: LanePlan, sizes: Geometry, input: 'pool' | 'ops') {
  const pools = POLICIES.map(
    policy => new BufferPool(sizes, policy.create(sizes.windowPages / sizes.unitPages), 'page'),
  )
  const [lane] = startLanes(plan, sizes, input) as [Lane]
  assert.ok(lane.kernel instanceof SimulatedKernel)
  if (input === 'ops' || plan.spec.reclaim > 0) lane.kernel.file.evict(5)
  const bytes = Math.max(...pools.map(pool => bytesIn(pool))) + bytesIn(lane)
  return { bytes, estimate: tableBytes(sizes, [tablesOf(plan, sizes, input)]) }
}

for (const [name, given, written, input] of [
  ['of a complete file', {}, 1, 'pool'],
  ['of a sparse file', { contents: 'sparse' }, 0, 'pool'],
  ['of a file on disk of which half was written', { backing: 'disk', contents: '50%' }, 0.5, 'pool'],
  ['with no TLB and many other vmas', { tlb: 'none', otherVmas: 10_000 }, 1, 'pool'],
  ['with the largest TLB', { tlb: 65_535 }, 1, 'pool'],
  ['under memory pressure', { reclaim: 1000 }, 1, 'pool'],
  ['of given operations that take a page of the file away', {}, 1, 'ops'],
] as const) {
  test(`no strategy on any kernel takes more than the estimate, nor grows faster: tables ${name}`, () => {
    for (const unit of [4096, 64 * 1024]) {
      const [small, large] = [geometry(192 * MIB, 8 * MIB, unit), geometry(1536 * MIB, 64 * MIB, unit)]
      for (const model of KERNELS) {
        for (const strategy of STRATEGIES) {
          const plan = planOf(strategy, model, given, written)
          const { backing, contents } = plan.spec
          const otherVmas = plan.spec.otherVmas ?? model.otherVmas
          const needs = {
            strategy,
            sizes: large,
            backing,
            contents,
            threads: 1,
            processes: 1,
            cpus: 1,
            otherVmas,
            mapLimit: plan.mapLimit,
          }
          if (unsupportedBy(model, needs)) continue
          const less = measured(plan, small, input)
          const more = measured(planOf(strategy, model, { ...given, otherVmas: 2 * otherVmas }, written), large, input)
          const lane = `${strategy.name} on ${model.name}`
          assert.ok(less.bytes <= less.estimate, `${lane}: ${less.bytes} bytes, estimated ${less.estimate}`)
          const [grown, expected] = [more.bytes - less.bytes, more.estimate - less.estimate]
          assert.ok(grown <= expected, `${lane}: ${grown} bytes more, estimated ${expected}`)
        }
      }
    }
  })
}

test('each process has tables of its own; what is known of the file’s pages, and how often they are mapped, is kept once', () => {
  const [lane] = lanes(4)
  const bytes = (processes: number, change: Partial<LaneTables> = {}) =>
    tableBytes(main, [{ ...lane!, ...change }], processes)
  assert.equal(bytes(100), 100 * bytes(1))
  assert.equal(bytes(100, { notesPages: true }) - bytes(100), main.filePages / 4)
  assert.equal(bytes(100, { chainsPages: true }) - bytes(100), 4 * main.filePages)
})

test('three processes on any kernel take no more than the estimate', () => {
  const sizes = geometry(192 * MIB, 8 * MIB, 16 * 1024)
  for (const model of KERNELS) {
    for (const strategy of [mapFixed, linear]) {
      const plan = planOf(strategy, model, { processes: 3 })
      const started = startLanes(plan, sizes, 'pool')
      const pools = started.map(() => new BufferPool(sizes, POLICIES[0]!.create(512), 'page'))
      const bytes = bytesIn(...started, ...pools)
      const estimate = tableBytes(sizes, [tablesOf(plan, sizes, 'pool')], 3)
      assert.ok(bytes <= estimate, `${strategy.name} on ${model.name}: ${bytes} bytes, estimated ${estimate}`)
      if (model.pteChains !== null) assert.ok(bytes > 4 * sizes.filePages)
    }
  }
})

test('tables that do not fit are refused in one line, for want of memory or for their size alone', () => {
  assert.doesNotThrow(() => requireMemory(tableBytes(main, lanes(4)), main, 1, GIB))
  assert.doesNotThrow(() => requireMemory(tableBytes(main, lanes(4)), main, 1, 0))
  for (const [sizes, available, why] of [
    [main, 2 ** 20, /need 0\.\d GiB of tables, 0\.0 GiB are free; a larger --unit, a smaller --file or fewer lanes/],
    [huge, 64 * GIB, /^memory: 2,147,483,648 units of 4K need 8\.\d GiB of tables, at most 4\.0 GiB are used/],
  ] as const) {
    assert.throws(() => requireMemory(tableBytes(sizes, lanes(sizes.unitPages)), sizes, 1, available), {
      name: 'EnvironmentError',
      message: why,
    })
  }
})

test('an allocation that fails all the same is the environment’s fault, any other error is not', () => {
  assert.throws(() => allocating(() => new Int32Array(2 ** 52)), EnvironmentError)
  assert.throws(() => allocating(() => (1).toFixed(-1)), RangeError)
  assert.equal(
    allocating(() => 7),
    7,
  )
})
