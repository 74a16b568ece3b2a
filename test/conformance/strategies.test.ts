// The promise every strategy keeps on every kernel model that can run it: the window shows what was asked for, and the
// kernel's structures agree with each other and with the counters. What a kernel lacks is skipped, with its reason.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackingFile } from '../../engine/backing-file.ts'
import { COUNTER_NAMES, CounterSet } from '../../engine/counters.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { EVIDENCE, type KernelModel, rulesOf } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { Rng } from '../../engine/rng.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import type { RemapStrategy, StrategyEntry } from '../../engine/strategy/strategy.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { type Remap, ShownPages } from '../helpers/shown-pages.ts'

const WINDOW_PAGES = 128
const FILE_PAGES = 1024
const UNIT = 4
const MOST_ODD = 21
const REMAPS = 3000

/** A strategy on a kernel model, beside the plainest account of what its window shows. */
class Watched {
  readonly kernel: SimulatedKernel
  readonly shown = new ShownPages(WINDOW_PAGES, FILE_PAGES)
  private readonly strategy: RemapStrategy
  private touches = 0

  constructor(entry: StrategyEntry, model: KernelModel, isPool: boolean) {
    const options = {
      windowPages: entry.maps === 'file' ? FILE_PAGES : WINDOW_PAGES,
      cellShift: isPool ? Math.log2(UNIT) : 0,
      tlbEntries: 16,
      otherVmas: model.otherVmas,
      mapLimit: Number.POSITIVE_INFINITY,
      pagesMappedOnce: isPool,
    }
    this.kernel = new SimulatedKernel(model, options, new BackingFile(FILE_PAGES, 'shmem'), new CounterSet())
    this.strategy = entry.create(this.kernel, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES })
    assert.equal(this.strategy.setup(WINDOW_PAGES), 0)
  }

  remap(remap: Remap): number {
    const error = this.strategy.remap(remap.vpn, remap.pages, remap.pgoff)
    if (error === 0) this.shown.remap(remap)
    return error
  }

  touch(vpn: number, write: number): void {
    const { strategy, kernel, shown } = this
    if (strategy.touch) assert.equal(strategy.touch(vpn, write), 0)
    else {
      assert.equal(kernel.touch(vpn, write), 0)
      assert.equal(kernel.pgoffMapped(vpn), shown.page[vpn], `window page ${vpn}`)
    }
    this.touches++
  }

  assertSound(): void {
    const { kernel, touches } = this
    kernel.settle()
    kernel.check()
    assert.equal(kernel.counters.tlbHits + kernel.counters.tlbMisses - kernel.counters.signalsHandled, touches)
    assert.equal(kernel.counters.failedAccesses, 0)
  }
}

for (const model of KERNELS) {
  for (const entry of STRATEGIES) {
    const lacking = entry.uses.find(circumstance => model.lacks[circumstance] !== undefined)
    const skip = lacking === undefined ? false : model.lacks[lacking]!

    test(`${entry.name} on ${model.name} shows every unit of a pool where it was put`, { skip }, () => {
      const watched = new Watched(entry, model, true)
      const { kernel, shown } = watched
      const rng = new Rng(8)
      const slots = new Set<number>()
      for (let i = 0; i < REMAPS; i++) {
        const remap = shown.aligned(rng, UNIT)
        slots.add(remap.vpn)
        assert.equal(watched.remap(remap), 0)
        for (let page = 0; page < UNIT; page++) watched.touch(remap.vpn + page, i & 1)
      }
      watched.assertSound()
      // Slots are written or not, by turns of the remaps: of copies, some are written back, some are not.
      const { syscalls, writebacks, bytesCopied } = kernel.counters
      if (!entry.uses.includes('copies')) {
        assert.equal(syscalls, entry.maps === 'file' ? 1 : REMAPS + 1)
        assert.deepEqual([writebacks, bytesCopied], [0, 0])
      } else {
        assert.ok(writebacks > REMAPS / 3 && writebacks < REMAPS / 2 + 1)
        const drops = entry.name === 'vmcache' ? REMAPS - slots.size : 0 // a slot's first unit finds nothing to drop
        assert.equal(syscalls, 1 + REMAPS + writebacks + drops)
        assert.equal(bytesCopied, (REMAPS + writebacks) * UNIT * PAGE_BYTES)
      }
    })

    test(`${entry.name} on ${model.name} shows every page of odd ranges, at several places too`, { skip }, () => {
      const watched = new Watched(entry, model, false)
      const rng = new Rng(9)
      let refused = 0
      for (let i = 0; i < REMAPS; i++) {
        const remap = watched.shown.any(rng, MOST_ODD)
        if (watched.remap(remap) < 0) refused++
        for (let touches = rng.below(8); touches > 0; touches--) {
          watched.touch(remap.vpn + rng.below(remap.pages), rng.below(2))
          watched.touch(rng.below(WINDOW_PAGES), rng.below(2))
        }
      }
      watched.assertSound()
      const isOneVmaOnly = entry.uses.includes('remap-file-pages') && model.remap === 'emulated-in-one-vma'
      assert.equal(refused > 0, isOneVmaOnly)
    })
  }

  test(`${model.name} has a source for its limits: every rule says what it rests on, and its guesses are named`, () => {
    assert.match(model.basis, /.{20,}/)
    assert.ok(rulesOf(model, new Set()).length > 0, 'no rule that takes part in every lane')
    for (const { what, evidence, source } of model.rules) {
      assert.match(what, /.{10,}/)
      assert.match(source, /.{5,}/, what)
      assert.ok(EVIDENCE.includes(evidence), what)
    }
    assert.equal(new Set(model.rules.map(rule => rule.what)).size, model.rules.length, 'a rule stands there twice')
    for (const guess of model.guesses) assert.match(guess, /.{10,}/)
    for (const [circumstance, reason] of Object.entries(model.lacks)) {
      assert.match(reason, /.{10,}/)
      const isUsed = model.rules.some(rule => rule.when?.some(name => name === circumstance))
      assert.ok(!isUsed, `a rule of ${circumstance}, which ${model.name} lacks`)
    }
    for (const name of model.uncounted) assert.ok(COUNTER_NAMES.includes(name), name)
  })

  test(`${model.name} has numbers that fit together`, () => {
    assert.ok(model.maxMapCount > model.otherVmas)
    const slotPages = model.directoryPages ?? model.tablePages
    assert.equal(model.directoryPages === null, model.freesTables !== 'directory-slots')
    assert.equal(model.rangedFlush === null, model.unmapFlush !== 'ranged')
    for (const pages of [model.tablePages, slotPages, model.faultAroundPages]) {
      assert.equal(Math.log2(pages) % 1, 0)
    }
    assert.ok(slotPages >= model.tablePages && model.tablePages >= model.faultAroundPages)
    assert.ok(model.windowBase < model.addressEnd)
    assert.equal(model.remap === 'none', model.lacks['remap-file-pages'] !== undefined)
    assert.equal(model.populate === 'none', model.lacks.populate !== undefined)
  })
}
