import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RunOptions, run } from '../../bin/api.ts'
import { BackingFile } from '../../engine/backing-file.ts'
import { Breakdown, type Part } from '../../engine/breakdown.ts'
import { BufferPool } from '../../engine/buffer-pool.ts'
import { COUNTER_NAMES, COUNTERS, type CounterName, CounterSet, since, snapshot } from '../../engine/counters.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { clock } from '../../engine/policy/clock.ts'
import { Rng } from '../../engine/rng.ts'
import { mapFixed } from '../../engine/strategy/map-fixed.ts'
import { TraceBlock } from '../../engine/trace.ts'
import { geometry } from '../../engine/window.ts'
import { OP_REMAP, WindowOps } from '../../engine/window-ops.ts'
import { tpcc } from '../../workloads/tpcc.ts'
import { layout } from '../../workloads/tpcc-layout.ts'
import { counted, touchAll } from '../helpers/machine.ts'

const SMALL: RunOptions = { file: '128M', window: '1M', accesses: 6000, warmup: 2000 }
const COUNTS = COUNTER_NAMES.filter(name => COUNTERS[name].kind === 'count')

/** A kernel that tells its steps, and what `action` then made of them. */
function stepsOf(model: string, prepare: (kernel: SimulatedKernel) => void, action: (kernel: SimulatedKernel) => void) {
  const counters = new CounterSet()
  const breakdown = new Breakdown(counters, [null])
  const kernel = new SimulatedKernel(
    KERNELS.find(({ name }) => name === model)!,
    {
      windowPages: 32,
      cellShift: 0,
      tlbEntries: 64,
      otherVmas: 0,
      mapLimit: Number.POSITIVE_INFINITY,
      pagesMappedOnce: false,
      breakdown,
    },
    new BackingFile(4096, 'shmem', null),
    counters,
  )
  kernel.mmapFixed(0, 32, 0, 0)
  prepare(kernel)
  kernel.settle()
  breakdown.restart()
  const total = counted(kernel, () => action(kernel))
  return Object.fromEntries(breakdown.parts(total).map(({ step, counts }) => [step, counts]))
}

test('a unit mapped over a touched one: the call, the cuts, the unmapping, the new vma and four faults, each for itself', () => {
  const remap = (pgoff: number) => (kernel: SimulatedKernel) => {
    kernel.mmapFixed(8, 4, pgoff, 0)
    touchAll(kernel, 8, 4)
  }
  const { access, fault, call, cut, unmap, link, ...rest } = stepsOf('linux-2.5.42-remap', remap(100), remap(200))
  assert.deepEqual(rest, {})
  assert.deepEqual(access, { tlbMisses: 4 })
  assert.deepEqual(call, { syscalls: 1, kernelEntries: 1, mmapSemWrites: 1 })
  // find_vma_prepare, find_vma_prev and find_vma(end); nothing sticks out.
  assert.equal(cut!.vmaLookups, 3)
  assert.deepEqual([cut!.vmaSplits, cut!.vmaAllocs], [undefined, undefined])
  assert.deepEqual(unmap, { tlbFullFlushes: 1, ptesZapped: 4, vmaFrees: 1 })
  assert.deepEqual([link!.vmaLookups, link!.vmaAllocs], [1, 1])
  assert.deepEqual(
    [fault!.pageFaults, fault!.kernelEntries, fault!.ptesInstalled, fault!.vmaLookups, fault!.vmaCacheHits],
    [4, 4, 4, 4, 3],
  )
})

test('a cut in the middle of a vma allocates two vmas in the cut and one in the link', () => {
  const { cut, link, unmap } = stepsOf(
    'linux-2.5.42-remap',
    () => {},
    kernel => kernel.mmapFixed(8, 4, 100, 0),
  )
  assert.deepEqual([cut!.vmaSplits, cut!.vmaAllocs, link!.vmaAllocs, unmap!.vmaFrees], [2, 2, 1, 1])
})

test('remap_file_pages() is a call and a remap on 2.5.42, and an mmap with population since 4.0', () => {
  const action = (kernel: SimulatedKernel) => kernel.remapFilePages(8, 4, 100, 0)
  const old = stepsOf('linux-2.5.42-remap', () => {}, action)
  assert.deepEqual(Object.keys(old), ['call', 'remap'])
  assert.deepEqual([old.remap!.ptesInstalled, old.remap!.tlbPageInvalidations], [4, 4])
  const emulated = stepsOf('linux-4.0', () => {}, action)
  assert.deepEqual(Object.keys(emulated), ['call', 'cut', 'unmap', 'link', 'populate', 'remap'])
  assert.deepEqual([emulated.populate!.populateFaults, emulated.populate!.ptesInstalled], [1, 4])
})

test('faults inside a call are no faults of the user, and copies and dropped frames have steps of their own', () => {
  const { populate, copy, drop, reclaim } = stepsOf(
    'linux-6.18',
    () => {},
    kernel => {
      kernel.mmapFixed(0, 4, 100, 0x8000)
      kernel.mmapAnonymous(8, 4)
      kernel.pread(8, 4, 200)
      kernel.dontNeed(8, 4)
      kernel.reclaim(0, 2)
    },
  )
  assert.deepEqual([populate!.populateFaults, populate!.pageFaults], [1, undefined])
  assert.deepEqual([copy!.syscalls, copy!.bytesCopied, drop!.syscalls, drop!.ptesZapped], [1, 4 * 4096, 1, 4])
  assert.equal(reclaim!.pagesReclaimed, 2)
})

test('asking where counts come from changes no count and no outcome, on any kernel with any strategy', async () => {
  for (const options of [
    SMALL,
    { ...SMALL, touch: 'unit' as const, accesses: 6001 },
    { ...SMALL, unit: '4K', threads: 4, contents: '60%' },
    { ...SMALL, maxMapCount: 200 },
    { ...SMALL, reclaim: 100, otherFaults: '50%' },
    { ...SMALL, processes: 3, cpus: 2, accesses: 30_000 },
  ]) {
    const lanes: RunOptions = { ...options, kernel: 'all', strategy: 'all' }
    const plain = await run(lanes)
    const apart = await run({ ...lanes, breakdown: true })
    plain.forEach(({ result }, i) => {
      const { breakdown, ...rest } = apart[i]!.result
      const name = `${result.spec.strategy} on ${result.spec.kernel}`
      assert.deepEqual({ ...rest, breakdown: null }, result, name)
      assert.equal(breakdown === null, result.counts.syscalls === null, name)
      for (const counter of breakdown === null ? [] : COUNTS) {
        assert.equal(sumOf(breakdown, counter), result.counts[counter] ?? 0, `${name}: ${counter}`)
        assert.ok(
          breakdown!.every(({ counts }) => (counts[counter] ?? 1) > 0),
          `${name}: ${counter} has parts below 1`,
        )
      }
    })
  }
})

test('what is counted for a relation is what accesses to its pages make the kernel do, one by one', async () => {
  for (const touch of ['page', 'unit'] as const) {
    const options = { ...SMALL, warmup: 0, unit: '16K', touch, strategy: 'map-fixed' }
    const [row] = await run({ ...options, breakdown: true })
    const found = new Map<string, Partial<Record<CounterName, number>>>()
    for (const { relation, counts } of row!.result.breakdown!) {
      const sum = found.get(relation!) ?? {}
      for (const [name, count] of Object.entries(counts)) {
        sum[name as CounterName] = (sum[name as CounterName] ?? 0) + count
      }
      found.set(relation!, sum)
    }
    assert.deepEqual(found, naiveRelations(touch), touch)
  }
})

test('window operations from a file have steps and no relations', async t => {
  const { writeFileSync, mkdtempSync, rmSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const folder = mkdtempSync(join(tmpdir(), 'remapbench-breakdown-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const ops = join(folder, 'ops.csv')
  writeFileSync(ops, 'op,vpn,pages,pgoff\nremap,0,4,100\nread,0,4,\nremap,0,4,200\nread,0,4,\n')
  const [row] = await run({ ops, file: '16M', window: '1M', warmup: 2, strategy: 'map-fixed', breakdown: true })
  const parts = row!.result.breakdown!
  assert.deepEqual(
    parts.map(({ relation, step }) => [relation, step]),
    ['access', 'fault', 'call', 'cut', 'unmap', 'link'].map(step => [null, step]),
  )
  assert.equal(sumOf(parts, 'pageFaults'), 4)
})

test('parts that do not add up to the counts are a bug, and are not reported', () => {
  const counters = new CounterSet()
  const breakdown = new Breakdown(counters, ['a', 'b'])
  breakdown.enter('fault')
  counters.pageFaults++
  assert.throws(() => breakdown.parts(new CounterSet()), /pageFaults: 0 counted, 1 attributed/)
})

test('a shared cost is told apart by relation where several relations are served in turn', () => {
  const counters = new CounterSet()
  const breakdown = new Breakdown(counters, ['a', 'b'])
  breakdown.serve(1)
  counters.tlbHits += 2
  const caller = breakdown.enter('fault')
  counters.pageFaults++
  breakdown.enter(caller)
  breakdown.serve(0)
  counters.tlbMisses++
  counters.kernelEntries = 1 // as settle() leaves it
  assert.deepEqual(breakdown.parts(counters), [
    { relation: 'a', step: 'access', counts: { tlbMisses: 1 } },
    { relation: 'b', step: 'access', counts: { tlbHits: 2 } },
    { relation: 'b', step: 'fault', counts: { pageFaults: 1, kernelEntries: 1 } },
  ])
})

test('of several processes a context switch is a step of its own, and nothing else is counted in it', async () => {
  const options = { ...SMALL, processes: 3, cpus: 1, accesses: 30_000, strategy: 'map-fixed', breakdown: true }
  const [row] = await run(options)
  const { breakdown, counts } = row!.result
  const switches = breakdown!.filter(({ step }) => step === 'switch')
  assert.equal(sumOf(switches, 'contextSwitches'), counts.contextSwitches)
  assert.ok(switches.length > 0 && switches.every(({ counts }) => Object.keys(counts).join() === 'contextSwitches'))
})

function sumOf(parts: readonly Part[] | null, name: CounterName): number {
  return (parts ?? []).reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0)
}

/** The same run op by op on a plain kernel, every difference of its counters noted for the page it was made for. */
function naiveRelations(touch: 'page' | 'unit'): Map<string, Partial<Record<CounterName, number>>> {
  const sizes = geometry(128 * 2 ** 20, 2 ** 20, 16384)
  const params = tpcc.resolve({}, sizes)
  const { relations } = layout(sizes.filePages, Number(params.warehouses))
  const relationOf = (page: number) =>
    relations.find(({ firstPage, pages }) => page >= firstPage && page < firstPage + pages)?.name ??
    relations.at(-1)!.name
  const source = tpcc.open(sizes, params, new Rng(1))
  const pool = new BufferPool(sizes, clock.create(sizes.windowPages / sizes.unitPages), touch)
  const options = {
    windowPages: sizes.windowPages,
    cellShift: 2,
    tlbEntries: 64,
    otherVmas: 20,
    mapLimit: Number.POSITIVE_INFINITY,
    pagesMappedOnce: true,
  }
  const file = new BackingFile(sizes.filePages, 'shmem', null)
  const kernel = new SimulatedKernel(linux2542Remap, options, file, new CounterSet())
  const strategy = mapFixed.create(kernel)
  strategy.setup(sizes.windowPages)
  const trace = new TraceBlock(8192)
  const ops = new WindowOps(8192)
  const found = new Map<string, Partial<Record<CounterName, number>>>()
  const shown = new Map<number, number>()
  const note = (page: number, before: CounterSet, extra: Partial<Record<CounterName, number>>) => {
    kernel.settle()
    const made: Record<string, number | string> = { ...since(before, kernel.counters), ...extra }
    const sum = found.get(relationOf(page)) ?? {}
    for (const name of COUNTS) {
      if (made[name] !== 0) sum[name] = (sum[name] ?? 0) + Number(made[name])
    }
    found.set(relationOf(page), sum)
  }
  source.fill(trace)
  pool.plan(trace, 0, 6000, ops)
  let belongsToRemap = 0
  for (let i = 0; i < ops.length; i++) {
    kernel.settle()
    const before = snapshot(kernel.counters)
    const kind = ops.op[i] & 3
    const vpn = ops.op[i] >>> 2
    if (kind === OP_REMAP) {
      const next = ops.op[i + 1] >>> 2
      for (let at = 0; at < 4; at++) shown.set(vpn + at, ops.pgoff[i] + at)
      strategy.remap(vpn, 4, ops.pgoff[i])
      note(shown.get(next)!, before, { remaps: 1 })
      belongsToRemap = touch === 'unit' ? 4 : 1
    } else {
      kernel.touch(vpn, kind)
      note(shown.get(vpn)!, before, { writes: kind, windowHits: belongsToRemap > 0 ? 0 : 1 })
      belongsToRemap--
    }
  }
  return found
}
