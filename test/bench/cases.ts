// What `npm run bench` measures: each stage of a run on the same seeded TPC-C-like trace, and a plain LRU loop as yardstick.
//
// A case prepares its input once; a round then does the same work every time and returns how many accesses it made.

import { BackingFile } from '../../engine/backing-file.ts'
import { BufferPool } from '../../engine/buffer-pool.ts'
import { CounterSet } from '../../engine/counters.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { clock } from '../../engine/policy/clock.ts'
import { type Lane, replay } from '../../engine/replay.ts'
import { Rng } from '../../engine/rng.ts'
import { simulate } from '../../engine/simulate.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import { mapFixed } from '../../engine/strategy/map-fixed.ts'
import { remapFilePages } from '../../engine/strategy/remap-file-pages.ts'
import type { StrategyEntry } from '../../engine/strategy/strategy.ts'
import { TraceBlock, type TraceSource } from '../../engine/trace.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { geometry } from '../../engine/window.ts'
import { WindowOps } from '../../engine/window-ops.ts'
import { tpcc } from '../../workloads/tpcc.ts'

/** The main job's sizes: 16 GB file, 1 GB window, 16K units. */
const sizes = geometry(16 * 2 ** 30, 2 ** 30, 16 * 1024)
const slots = sizes.windowPages / sizes.unitPages
/** Long enough to fill the window and reach the steady state. */
const ACCESSES = 4_000_000

export const CASES: Readonly<Record<string, () => () => number>> = {
  'plain LRU loop': plainLru,
  generator: () => {
    const source = trace()
    const block = new TraceBlock()
    return () => {
      let made = 0
      while (made < ACCESSES) made += source.fill(block)
      return made
    }
  },
  pool: () => {
    const blocks = record()
    const pool = newPool()
    const ops = new WindowOps()
    return () => sum(blocks, block => planAll(pool, block, ops, () => {}))
  },
  'lane map-fixed': () => laneCase(mapFixed),
  'lane remap-file-pages': () => laneCase(remapFilePages),
  'whole job': () => () =>
    simulate([{ source: trace(), pool: newPool(), lanes: [lane(mapFixed), lane(remapFilePages)] }], 1, {
      warmup: 0,
      accesses: ACCESSES,
    }).accesses,
}

/** Every lane there is whose memory fits its kernel's addresses: `npm run bench -- lanes`. */
export const LANES: Readonly<Record<string, () => () => number>> = Object.fromEntries(
  KERNELS.flatMap(model =>
    STRATEGIES.filter(({ uses, maps }) => {
      const pages = maps === 'file' ? sizes.filePages : sizes.windowPages
      const fits = model.windowBase + pages * PAGE_BYTES <= model.addressEnd
      return fits && uses.every(circumstance => model.lacks[circumstance] === undefined)
    }).map(strategy => [`${strategy.name} on ${model.name}`, () => laneCase(strategy, model)]),
  ),
)

function trace(): TraceSource {
  return tpcc.open(sizes, tpcc.resolve({}, sizes), new Rng(1))
}

function newPool(): BufferPool {
  return new BufferPool(sizes, clock.create(slots), 'page')
}

function lane(strategy: StrategyEntry, model: KernelModel = linux2542Remap): Lane {
  const kernel = new SimulatedKernel(
    model,
    {
      windowPages: strategy.maps === 'file' ? sizes.filePages : sizes.windowPages,
      cellShift: sizes.unitShift,
      tlbEntries: 64,
      otherVmas: model.otherVmas,
      mapLimit: Number.POSITIVE_INFINITY,
      pagesMappedOnce: true,
    },
    new BackingFile(sizes.filePages, 'shmem'),
    new CounterSet(),
  )
  const result = { strategy: strategy.create(kernel, sizes), kernel }
  result.strategy.setup(sizes.windowPages)
  return result
}

/** One lane alone, on operations planned beforehand. */
function laneCase(strategy: StrategyEntry, model?: KernelModel): () => number {
  const pool = newPool()
  const planned: WindowOps[] = []
  for (const block of record()) {
    const ops = new WindowOps()
    planAll(pool, block, ops, () =>
      planned.push(
        Object.assign(new WindowOps(), {
          ...ops,
          op: ops.op.slice(0, ops.length),
          pgoff: ops.pgoff.slice(0, ops.length),
        }),
      ),
    )
  }
  const only = lane(strategy, model)
  return () =>
    sum(planned, ops => {
      replay(ops, only)
      return ops.touches
    })
}

/** The trace's first accesses in blocks of their own. */
function record(): TraceBlock[] {
  const source = trace()
  const blocks: TraceBlock[] = []
  for (let made = 0; made < ACCESSES; ) {
    const block = new TraceBlock()
    made += source.fill(block)
    blocks.push(block)
  }
  return blocks
}

function planAll(pool: BufferPool, block: TraceBlock, ops: WindowOps, onPlanned: () => void): number {
  let touches = 0
  for (let next = 0; next < block.length; ) {
    next = pool.plan(block, next, Number.MAX_SAFE_INTEGER, ops)
    touches += ops.touches
    onPlanned()
  }
  return touches
}

/** What a cache simulator's inner loop is at the least: dense arrays, one list of slots, nothing counted but misses. */
function plainLru(): () => number {
  const units = record().map(block => block.page.subarray(0, block.length).map(page => page >>> sizes.unitShift))
  const slotOf = new Int32Array(sizes.filePages / sizes.unitPages).fill(-1)
  const unitOf = new Int32Array(slots)
  const links = new Int32Array(2 * (slots + 1)).fill(slots)
  let filled = 0
  let misses = 0
  const run = (trace: Int32Array): number => {
    for (let i = 0; i < trace.length; i++) {
      const unit = trace[i]
      let slot = slotOf[unit]
      if (slot < 0) {
        misses++
        if (filled < slots) slot = filled++
        else {
          slot = links[2 * slots]
          links[2 * slots] = links[2 * slot]
          links[2 * links[2 * slot] + 1] = slots
          slotOf[unitOf[slot]] = -1
        }
        slotOf[unit] = slot
        unitOf[slot] = unit
      } else {
        links[2 * links[2 * slot + 1]] = links[2 * slot]
        links[2 * links[2 * slot] + 1] = links[2 * slot + 1]
      }
      const newest = links[2 * slots + 1]
      links[2 * slot] = slots
      links[2 * slot + 1] = newest
      links[2 * newest] = slot
      links[2 * slots + 1] = slot
    }
    return trace.length
  }
  return () => sum(units, run) + 0 * misses
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
