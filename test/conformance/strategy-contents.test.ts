// The promise every strategy keeps, on a kernel that keeps real contents: the window shows what was asked for, and no
// write is lost.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../../engine/rng.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import type { RemapStrategy, StrategyEntry } from '../../engine/strategy/strategy.ts'
import { RecordingKernel } from '../helpers/recording-kernel.ts'
import { type Remap, ShownPages } from '../helpers/shown-pages.ts'

const WINDOW_PAGES = 48
const FILE_PAGES = 320
const UNIT = 4
const MOST_ODD = 11
const REMAPS = 1500

/** A strategy beside the plainest account of what its window shows and how often each file page was written. */
class Watched {
  readonly kernel: RecordingKernel
  readonly shown = new ShownPages(WINDOW_PAGES, FILE_PAGES)
  private readonly strategy: RemapStrategy
  private readonly writes = new Array<number>(FILE_PAGES).fill(0)

  constructor(entry: StrategyEntry) {
    this.kernel = new RecordingKernel(entry.maps === 'file' ? FILE_PAGES : WINDOW_PAGES, FILE_PAGES)
    this.strategy = entry.create(this.kernel, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES })
    assert.equal(this.strategy.setup(WINDOW_PAGES), 0)
  }

  remap(remap: Remap): void {
    assert.equal(this.strategy.remap(remap.vpn, remap.pages, remap.pgoff), 0)
    this.shown.remap(remap)
  }

  /** Touches the page; `isOnlyCopy`: its content must have seen all writes made to the file page. */
  touch(vpn: number, write: number, isOnlyCopy = true): void {
    const { strategy, kernel, shown, writes } = this
    const page = shown.page[vpn]!
    const before = kernel.touched.length
    assert.equal(strategy.touch ? strategy.touch(vpn, write) : kernel.touch(vpn, write), 0)
    assert.equal(kernel.touched.length, before + 1, 'one access of the kernel for each touch')
    writes[page]! += write
    assert.equal(kernel.seen.page, page, `window page ${vpn}`)
    if (isOnlyCopy) assert.equal(kernel.seen.writes, writes[page], `writes to file page ${page}`)
  }

  touchSome(rng: Rng, { vpn, pages }: Remap, isOnlyCopy = true): void {
    for (let count = rng.below(6); count > 0; count--) this.touch(vpn + rng.below(pages), rng.below(2), isOnlyCopy)
    for (let count = rng.below(4); count > 0; count--) this.touch(rng.below(WINDOW_PAGES), rng.below(2), isOnlyCopy)
  }

  /** Remaps everything away, whatever is shown now; then the file must hold every write. */
  assertNoWriteLost(): void {
    this.remap({ vpn: 0, pages: WINDOW_PAGES, pgoff: 0 })
    this.remap({ vpn: 0, pages: WINDOW_PAGES, pgoff: FILE_PAGES - WINDOW_PAGES })
    assert.deepEqual(
      this.kernel.file.map(content => content.writes),
      this.writes,
    )
  }
}

for (const entry of STRATEGIES) {
  test(`${entry.name} shows every unit of a pool where it was put, and loses no write`, () => {
    const watched = new Watched(entry)
    const rng = new Rng(21)
    for (let i = 0; i < REMAPS; i++) {
      const remap = watched.shown.aligned(rng, UNIT)
      watched.remap(remap)
      watched.touchSome(rng, remap)
    }
    watched.assertNoWriteLost()
  })

  test(`${entry.name} shows every page of odd ranges that cut others, and loses no write`, () => {
    const watched = new Watched(entry)
    const rng = new Rng(22)
    for (let i = 0; i < REMAPS; i++) {
      const remap = watched.shown.odd(rng, MOST_ODD)
      watched.remap(remap)
      watched.touchSome(rng, remap)
    }
    watched.assertNoWriteLost()
  })

  // Frames that are copies of the same page know nothing of each other: only which page they show can be promised.
  const isCopy = entry.uses.includes('copies') && entry.maps === 'window'
  test(`${entry.name} shows every page asked for at several places${isCopy ? '' : ', and loses no write'}`, () => {
    const watched = new Watched(entry)
    const rng = new Rng(23)
    for (let i = 0; i < REMAPS; i++) {
      const remap = watched.shown.any(rng, MOST_ODD)
      watched.remap(remap)
      watched.touchSome(rng, remap, !isCopy)
    }
    if (!isCopy) watched.assertNoWriteLost()
  })
}
