import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackingFile } from '../../engine/backing-file.ts'
import { COUNTER_NAMES, COUNTERS, CounterSet } from '../../engine/counters.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { ZONE_BYTES } from '../../engine/kernel/lowmem.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { OpsRows } from '../../engine/ops-rows.ts'
import { runOps } from '../../engine/ops-run.ts'
import type { Lane } from '../../engine/replay.ts'
import { Rng } from '../../engine/rng.ts'
import { mapFixed } from '../../engine/strategy/map-fixed.ts'
import { remapFilePages } from '../../engine/strategy/remap-file-pages.ts'
import type { StrategyEntry } from '../../engine/strategy/strategy.ts'
import { OP_REMAP, OP_TOUCH_READ, OP_TOUCH_WRITE } from '../../engine/window-ops.ts'

const WINDOW_PAGES = 64
const FILE_PAGES = 1024

function lane(entry: StrategyEntry, mapLimit = Number.POSITIVE_INFINITY, model: KernelModel = linux2542Remap): Lane {
  const options = {
    windowPages: WINDOW_PAGES,
    cellShift: 0,
    tlbEntries: 4,
    otherVmas: 20,
    mapLimit,
    pagesMappedOnce: false,
  }
  const kernel = new SimulatedKernel(model, options, new BackingFile(FILE_PAGES, 'shmem'), new CounterSet())
  const strategy = entry.create(kernel, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES })
  assert.equal(strategy.setup(WINDOW_PAGES), 0)
  return { strategy, kernel }
}

function opsRows(...rows: readonly (readonly [number, number, number, number])[]): OpsRows {
  const columns = new OpsRows()
  for (const row of rows) columns.append(...row)
  return columns
}

test('a remap of four touched pages: by mmap one call, one whole flush and four faults; by remap_file_pages one call', () => {
  const rows = opsRows([OP_TOUCH_READ, 0, 4, 0], [OP_REMAP, 0, 4, 100], [OP_TOUCH_WRITE, 0, 4, 0])
  const { accesses, lanes } = runOps(rows, [lane(mapFixed), lane(remapFilePages)], 1)
  const [fixed, remapped] = lanes.map(result => result.counters!)
  assert.equal(accesses, 4)
  assert.deepEqual(
    [fixed.remaps, fixed.syscalls, fixed.tlbFullFlushes, fixed.pageFaults, fixed.writes],
    [1, 1, 1, 4, 4],
  )
  assert.deepEqual(
    [remapped.remaps, remapped.syscalls, remapped.tlbPageInvalidations, remapped.pageFaults],
    [1, 1, 4, 0],
  )
})

test('a refused remap is counted, the run goes on, and failures are numbered by counted row', () => {
  const rows = opsRows(
    [OP_TOUCH_READ, 0, 1, 0],
    [OP_REMAP, 0, 64, 0],
    [OP_TOUCH_READ, 0, 2, 0],
    [OP_REMAP, 8, 4, 500], // two cuts: the limit of 21 allows none
    [OP_REMAP, 9, 1, FILE_PAGES], // beyond the end: remap_file_pages says EFAULT
    [OP_TOUCH_WRITE, 8, 2, 0],
  )
  const { lanes } = runOps(rows, [lane(mapFixed, 21), lane(remapFilePages)], 2)
  assert.deepEqual(
    lanes.map(result => result.firstFailureAccess),
    [1, 2],
  )
  assert.deepEqual(
    lanes.map(({ counters }) => [counters!.remaps, counters!.failedRemaps]),
    [
      [0, 2],
      [1, 1],
    ],
  )
  assert.deepEqual(
    lanes.map(({ error }) => error),
    [0, 0],
  )
  const none = runOps(opsRows([OP_TOUCH_READ, 0, 1, 0]), [lane(mapFixed)], 0).lanes[0]
  assert.deepEqual([none.firstFailureAccess, none.stockLimitAccess], [null, null])
})

test('an access beyond the end of the file is counted as failed and the run goes on', () => {
  const rows = opsRows([OP_REMAP, 0, 4, FILE_PAGES - 2], [OP_TOUCH_READ, 0, 4, 0])
  const [{ counters }] = runOps(rows, [lane(mapFixed)], 0).lanes
  assert.deepEqual([counters!.failedAccesses, counters!.pageFaults, counters!.ptesInstalled], [2, 4, 2])
})

test('the rows before the warm-up’s end and those after it add up to all of them, and peaks restart between', () => {
  const rng = new Rng(5)
  const all = new OpsRows()
  for (let i = 0; i < 300; i++) {
    const vpn = rng.below(WINDOW_PAGES)
    const pages = rng.between(1, WINDOW_PAGES - vpn)
    const op = [OP_TOUCH_READ, OP_TOUCH_WRITE, OP_REMAP][rng.below(3)]
    all.append(op, vpn, pages, op === OP_REMAP ? rng.below(FILE_PAGES) : 0)
  }
  const head = new OpsRows()
  for (let i = 0; i < 100; i++) head.append(all.op[i], all.vpn[i], all.pages[i], all.pgoff[i])
  for (const entry of [mapFixed, remapFilePages]) {
    const counters = (rows: OpsRows, warmup: number) => runOps(rows, [lane(entry)], warmup).lanes[0].counters!
    const [before, after, whole] = [counters(head, 0), counters(all, 100), counters(all, 0)]
    for (const name of COUNTER_NAMES) {
      if (COUNTERS[name].kind === 'count') assert.equal(before[name] + after[name], whole[name], name)
      else if (COUNTERS[name].kind === 'peak') assert.equal(Math.max(before[name], after[name]), whole[name], name)
      else assert.equal(after[name], whole[name], name)
    }
  }
})

test('the hash tells rows apart by every field and does not depend on warm-up or lanes', () => {
  const hash = (op: number, vpn: number, pages: number, pgoff: number, warmup = 0) =>
    runOps(opsRows([OP_TOUCH_READ, 1, 1, 0], [op, vpn, pages, pgoff]), [], warmup).traceHash
  const row = [OP_REMAP, 2, 3, 4] as const
  const others = [
    hash(OP_TOUCH_READ, 2, 3, 4),
    hash(OP_REMAP, 1, 3, 4),
    hash(OP_REMAP, 2, 4, 4),
    hash(OP_REMAP, 2, 3, 5),
  ]
  assert.equal(new Set([hash(...row), ...others]).size, 5)
  assert.equal(hash(...row, 1), hash(...row))
})

test('columns grow as far as they must, and progress counts the rows of all lanes', () => {
  const rows = new OpsRows()
  for (let i = 0; i < 10_000; i++) rows.append(OP_TOUCH_READ, i % WINDOW_PAGES, 1, 2 ** 32 - 1)
  assert.deepEqual([rows.length, rows.vpn[9_999], rows.pgoff[9_999]], [10_000, 9_999 % WINDOW_PAGES, 2 ** 32 - 1])
  const seen: number[] = []
  runOps(rows, [lane(mapFixed), lane(remapFilePages)], 0, done => seen.push(done))
  assert.deepEqual(seen, [0, 4096, 8192, 10_000, 14_096, 18_192])
})

test('peaks restart after the warm-up: what only the warm-up reached is forgotten', () => {
  const rows = new OpsRows()
  for (let vpn = 0; vpn < WINDOW_PAGES; vpn += 2) rows.append(OP_REMAP, vpn, 1, 500 + vpn)
  rows.append(OP_TOUCH_READ, 0, WINDOW_PAGES, 0)
  rows.append(OP_REMAP, 0, WINDOW_PAGES, 300)
  const warmup = rows.length
  rows.append(OP_TOUCH_READ, 0, 1, 0)
  const peaks = (uncounted: number) => runOps(rows, [lane(mapFixed)], uncounted).lanes[0].counters!
  const [whole, after] = [peaks(0), peaks(warmup)]
  assert.equal(after.vmasPeak, 1)
  assert.ok(whole.vmasPeak > WINDOW_PAGES / 2)
  for (const name of ['vmasPeak', 'mapCountPeak', 'vmaBytesPeak', 'lowmemBytesPeak'] as const) {
    assert.ok(after[name] < whole[name], `${name}: ${after[name]} after, ${whole[name]} in all`)
  }
})

test('rows that differ in their op alone have different hashes', () => {
  const hashes = [OP_TOUCH_READ, OP_TOUCH_WRITE, OP_REMAP].map(op => runOps(opsRows([op, 0, 4, 0]), [], 0).traceHash)
  assert.equal(new Set(hashes).size, 3)
})

test('the row at which lowmem ran out is numbered by counted row, negative in the warm-up', () => {
  const rows = opsRows([OP_TOUCH_READ, 0, 1, 0], ...Array.from({ length: 8 }, (_, i) => cutAt(2 * i + 1)))
  const exhaustedAt = (slabPages: number, warmup: number) => {
    const { lowmem } = linux2542Remap
    const memMapBytes = ZONE_BYTES - lowmem.fixedBytes - slabPages * 4096
    const model = { ...linux2542Remap, lowmem: { ...lowmem, memMapBytes } }
    return runOps(rows, [lane(mapFixed, Number.POSITIVE_INFINITY, model)], warmup).lanes[0]!.lowmemExhaustedAccess
  }
  // 21 vmas at first, two more with each cut, 30 in a slab page: the fifth cut, which is row 5, makes 31.
  assert.deepEqual([exhaustedAt(1, 0), exhaustedAt(1, 3), exhaustedAt(1, 7)], [5, 2, -2])
  assert.deepEqual([exhaustedAt(2, 3), exhaustedAt(0, 3)], [null, -3])
})

function cutAt(vpn: number): readonly [number, number, number, number] {
  return [OP_REMAP, vpn, 1, 500 + vpn]
}
