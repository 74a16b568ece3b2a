// Sweeps against the plainest account of them: page by page, on random windows of every kind of kernel.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linux24 } from '../../engine/kernel/linux-2.4.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux2620 } from '../../engine/kernel/linux-2.6.20.ts'
import { linux310 } from '../../engine/kernel/linux-3.10.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import type { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { Rng } from '../../engine/rng.ts'
import { counted, smallKernel } from '../helpers/machine.ts'

const PAGES = 160
const FILE_PAGES = 600
const WANTED = 32
const CLUSTER = 32

/** What the window is, page by page. */
class NaiveWindow {
  hand = 0
  isNonlinear = false
  /** File page the page's vma says, and the one its entry maps; -1 for none. */
  readonly said = Array.from({ length: PAGES }, (_, vpn) => vpn)
  readonly mapped: number[] = Array(PAGES).fill(-1)
  /** Which call mapped the page; and pieces of the first mapping differ where something lies between. */
  private readonly call: number[] = Array(PAGES).fill(0)
  private calls = 0
  private readonly merges: boolean

  constructor(model: KernelModel) {
    this.merges = model.mergesFileVmas !== 'never'
  }

  map(vpn: number, pages: number, pgoff: number): void {
    this.calls++
    for (let i = 0; i < pages; i++) {
      this.said[vpn + i] = pgoff + i
      this.mapped[vpn + i] = -1
      this.call[vpn + i] = this.calls
    }
  }

  private isBorder(vpn: number): boolean {
    if (vpn === 0 || this.said[vpn] !== this.said[vpn - 1]! + 1) return true
    return !this.merges && this.call[vpn] !== this.call[vpn - 1]
  }

  /** Unmaps what a sweep takes; returns [pages, entries cleared, vmas passed, entries passed] and the file pages taken. */
  sweep(): { readonly counts: readonly number[]; readonly taken: ReadonlySet<number> } {
    const taken = new Set<number>()
    let [pages, cleared, vmas, entries] = [0, 0, 0, 0]
    const start = this.hand
    for (let step = 0; step < PAGES && pages < WANTED; step++) {
      const vpn = (start + step) % PAGES
      if (step === 0 || this.isBorder(vpn)) vmas++
      entries++
      this.hand = (vpn + 1) % PAGES
      if (this.mapped[vpn] === -1) continue
      pages++
      taken.add(this.mapped[vpn]!)
      const first = this.isNonlinear ? Math.floor(vpn / CLUSTER) * CLUSTER : vpn
      for (let at = first; at < first + (this.isNonlinear ? CLUSTER : 1); at++) {
        if (this.mapped[at] !== -1) cleared++
        this.mapped[at] = -1
      }
    }
    return { counts: [pages, cleared, vmas, entries], taken }
  }
}

function assertSame(kernel: SimulatedKernel, naive: NaiveWindow, what: string): void {
  for (let vpn = 0; vpn < PAGES; vpn++) assert.equal(kernel.pgoffMapped(vpn), naive.mapped[vpn], `${what}: page ${vpn}`)
}

/** Maps or remaps a random range, touches random pages, sweeps; `remaps`: in one nonlinear vma. */
function compare(model: KernelModel, remaps: boolean, seed: number): void {
  const kernel = smallKernel({ model, windowPages: PAGES, filePages: FILE_PAGES })
  const naive = new NaiveWindow(model)
  const rng = new Rng(seed)
  naive.isNonlinear = remaps && model.remap !== 'patch'
  for (let round = 0; round < 300; round++) {
    const what = `${model.name}, round ${round}`
    const pages = 1 + rng.below(12)
    const vpn = rng.below(PAGES - pages)
    const pgoff = rng.below(FILE_PAGES - pages)
    if (!remaps) {
      assert.equal(kernel.mmapFixed(vpn, pages, pgoff, 0), 0)
      naive.map(vpn, pages, pgoff)
    } else {
      assert.equal(kernel.remapFilePages(vpn, pages, pgoff, 0), 0)
      for (let i = 0; i < pages; i++) naive.mapped[vpn + i] = pgoff + i
    }
    for (let touches = rng.below(60); touches > 0; touches--) {
      const at = rng.below(PAGES)
      const named = kernel.filePteAt(at)
      kernel.touch(at, 0)
      if (naive.mapped[at] === -1) naive.mapped[at] = named === -1 ? naive.said[at]! : named
    }
    assertSame(kernel, naive, what)
    if (round < 3) continue // a page of the window has been touched, so that its page table is there
    const { counts, taken } = naive.sweep()
    const c = counted(kernel, () => kernel.sweep())
    const [reclaimed, cleared, passedVmas, passedEntries] = counts
    assert.deepEqual([c.pagesReclaimed, c.reclaimUnmaps, c.tlbPageInvalidations], [reclaimed, cleared, cleared], what)
    if (model.reclaim === 'every-entry')
      assert.deepEqual([c.reclaimVmas, c.reclaimPtes], [passedVmas, passedEntries], what)
    else
      assert.deepEqual(
        [c.reclaimVmas, c.reclaimPtes],
        [reclaimed, reclaimed! * (naive.isNonlinear ? CLUSTER : 1)],
        what,
      )
    if (model.countsLookups) assert.equal(c.vmaLookups, reclaimed, what)
    assertSame(kernel, naive, what)
    for (const page of taken)
      assert.equal(kernel.file.has(page), naive.mapped.includes(page), `${what}: file page ${page}`)
    kernel.check()
  }
}

for (const model of [linux24, linux2542Remap, linux2620, linux310]) {
  test(`on ${model.name} sweeps over random mappings take and look at what the naive window says`, () => {
    compare(model, false, 21)
  })
}

for (const model of [linux2542Remap, linux2620, linux310]) {
  test(`on ${model.name} sweeps over a window remapped at random do, too`, () => {
    compare(model, true, 22)
  })
}
