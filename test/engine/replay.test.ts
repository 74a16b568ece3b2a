// Stage two, for lanes whose touches go straight to the kernel and for lanes whose touches go through the strategy.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from '../../engine/buffer-pool.ts'
import { ENOMEM } from '../../engine/errors.ts'
import { OpsRows } from '../../engine/ops-rows.ts'
import { runOps } from '../../engine/ops-run.ts'
import { lru } from '../../engine/policy/lru.ts'
import { type Lane, replay } from '../../engine/replay.ts'
import { Rng } from '../../engine/rng.ts'
import { simulate } from '../../engine/simulate.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import { linear } from '../../engine/strategy/linear.ts'
import { mapFixed } from '../../engine/strategy/map-fixed.ts'
import { preadCopy } from '../../engine/strategy/pread-copy.ts'
import type { StrategyEntry } from '../../engine/strategy/strategy.ts'
import { vmcache } from '../../engine/strategy/vmcache.ts'
import { OP_READ, OP_WRITE, type TraceBlock, type TraceSource } from '../../engine/trace.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { geometry } from '../../engine/window.ts'
import { OP_KIND_BITS, OP_REMAP, OP_TOUCH_READ, OP_TOUCH_WRITE, WindowOps } from '../../engine/window-ops.ts'
import { RecordingKernel } from '../helpers/recording-kernel.ts'

const WINDOW_PAGES = 32
const FILE_PAGES = 256
const UNIT = 4
const sizes = geometry(FILE_PAGES * PAGE_BYTES, WINDOW_PAGES * PAGE_BYTES, UNIT * PAGE_BYTES)

interface RecordedLane extends Lane {
  readonly kernel: RecordingKernel
}

function lane(entry: StrategyEntry): RecordedLane {
  const kernel = new RecordingKernel(entry.maps === 'file' ? FILE_PAGES : WINDOW_PAGES, FILE_PAGES)
  const strategy = entry.create(kernel, sizes)
  assert.equal(strategy.setup(WINDOW_PAGES), 0)
  kernel.takeCalls()
  return { strategy, kernel }
}

/** A planned block: remaps as [vpn, pgoff], touches as [vpn, op of the access]. */
function planned(...ops: readonly (readonly ['remap' | 'touch', number, number])[]): WindowOps {
  const block = new WindowOps()
  block.unitPages = UNIT
  for (const [what, vpn, value] of ops) {
    block.op[block.length] = (vpn << OP_KIND_BITS) | (what === 'remap' ? OP_REMAP : value)
    block.pgoff[block.length++] = what === 'remap' ? value : 0
    if (what === 'remap') block.remaps++
    else block.writes += value
  }
  block.touches = block.length - block.remaps
  block.hits = block.touches - block.remaps
  return block
}

const BLOCK = planned(
  ['remap', 4, 40],
  ['touch', 5, OP_WRITE],
  ['touch', 6, OP_READ],
  ['remap', 4, 80],
  ['touch', 7, OP_READ],
)

test('touches of a strategy without touch() go to the page of the window, others where the strategy finds the page', () => {
  const [fixed, whole] = [lane(mapFixed), lane(linear)]
  assert.equal(replay(BLOCK, fixed), 0)
  assert.equal(replay(BLOCK, whole), 0)
  assert.deepEqual(fixed.kernel.touched, [5, 6, 7])
  assert.deepEqual(whole.kernel.touched, [41, 42, 83])
})

test('what stage one planned is counted alike on every lane, one TLB look-up for each touch', () => {
  for (const entry of STRATEGIES) {
    const { kernel, strategy } = lane(entry)
    assert.equal(replay(BLOCK, { kernel, strategy }), 0)
    const { remaps, windowHits, writes, failedRemaps, tlbHits, tlbMisses } = kernel.counters
    assert.deepEqual([remaps, windowHits, writes, failedRemaps, tlbHits + tlbMisses], [2, 1, 1, 0, 3], entry.name)
  }
})

for (const [entry, call] of [
  [mapFixed, 'mmapFixed'],
  [preadCopy, 'pwrite'],
  [vmcache, 'dontNeed'],
] as const) {
  test(`${entry.name} stops at the first refused remap, and counts what came before`, () => {
    const { kernel, strategy } = lane(entry)
    // The first call of that name is the first mmap of map-fixed, but belongs to the second remap of the others.
    kernel.refusals.set(call, call === 'mmapFixed' ? [0, -ENOMEM] : [-ENOMEM])
    assert.equal(replay(BLOCK, { kernel, strategy }), -ENOMEM)
    const { remaps, windowHits, writes, failedRemaps, tlbMisses } = kernel.counters
    assert.deepEqual([remaps, windowHits, writes, failedRemaps, tlbMisses], [1, 1, 1, 1, 2])
  })
}

test('rows of operations touch through the strategy, and a refused row does not end the run', () => {
  const rows = new OpsRows()
  rows.append(OP_REMAP, 4, 4, 40)
  rows.append(OP_TOUCH_WRITE, 3, 3, 0)
  rows.append(OP_REMAP, 4, 1, FILE_PAGES)
  rows.append(OP_TOUCH_READ, 4, 1, 0)
  const lanes = [linear, preadCopy, vmcache].map(lane)
  const { lanes: results } = runOps(rows, lanes, 0)
  assert.deepEqual(
    lanes.map(({ kernel }) => kernel.touched),
    [
      [3, 40, 41, 40],
      [3, 4, 5, 4],
      [3, 4, 5, 4],
    ],
  )
  for (const { counters, firstFailureAccess } of results) {
    assert.deepEqual([counters!.remaps, counters!.failedRemaps, counters!.writes], [1, 1, 3])
    assert.equal(firstFailureAccess, 2)
  }
  assert.deepEqual(
    lanes.map(({ kernel }) => kernel.takeCalls()),
    [[], ['pread(4, 4, 40)', 'pread(3, 1, 3)'], ['pread(4, 4, 40)', 'pread(3, 1, 3)']],
  )
})

/** Reads and writes all over the file, with a hot region. */
function trace(seed: number): { readonly page: number; readonly op: number }[] {
  const rng = new Rng(seed)
  return Array.from({ length: 10_000 }, () => ({
    page: rng.below(3) === 0 ? rng.below(FILE_PAGES) : rng.below(FILE_PAGES / 6),
    op: rng.below(8) === 0 ? OP_WRITE : OP_READ,
  }))
}

function sourceOf(accesses: ReturnType<typeof trace>): TraceSource {
  let next = 0
  return {
    fill(block: TraceBlock): number {
      block.length = Math.min(accesses.length - next, block.capacity)
      for (let i = 0; i < block.length; i++, next++) {
        block.page[i] = accesses[next]!.page
        block.op[i] = accesses[next]!.op
      }
      return block.length
    },
  }
}

test('a pool’s run copies each unit in once per miss, and back once per written unit that leaves', () => {
  const accesses = trace(7)
  const lanes = [preadCopy, vmcache, linear].map(lane)
  const pool = new BufferPool(sizes, lru.create(WINDOW_PAGES / UNIT), 'page')
  const { lanes: results } = simulate([{ source: sourceOf(accesses), pool, lanes }], 1, {
    warmup: 0,
    accesses: accesses.length,
  })
  // The same pool, naively: blocks in order of use, each with whether it was written.
  const dirty = new Map<number, boolean>()
  let misses = 0
  let evictions = 0
  let writebacks = 0
  for (const { page, op } of accesses) {
    const block = Math.floor(page / UNIT)
    const wasDirty = dirty.get(block)
    if (wasDirty === undefined) {
      misses++
      if (dirty.size === WINDOW_PAGES / UNIT) {
        const [oldest] = dirty.keys()
        evictions++
        if (dirty.get(oldest!)) writebacks++
        dirty.delete(oldest!)
      }
    }
    dirty.delete(block)
    dirty.set(block, wasDirty === true || op === OP_WRITE)
  }
  const [copied, cached, mapped] = results.map(result => result.counters!)
  assert.ok(writebacks > 100 && writebacks < evictions)
  for (const { remaps, bytesCopied, writebacks: made } of [copied!, cached!]) {
    assert.deepEqual([remaps, made, bytesCopied], [misses, writebacks, (misses + writebacks) * UNIT * PAGE_BYTES])
  }
  assert.equal(copied!.syscalls, misses + writebacks)
  assert.equal(cached!.syscalls, misses + writebacks + evictions)
  assert.deepEqual([mapped!.remaps, mapped!.syscalls, mapped!.bytesCopied], [misses, 0, 0])
})
