// Which calls each strategy makes, in which order, in cases small enough to follow by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EINVAL, ENOMEM } from '../../engine/errors.ts'
import { linear } from '../../engine/strategy/linear.ts'
import { mapFixed } from '../../engine/strategy/map-fixed.ts'
import { mapFixedPopulate } from '../../engine/strategy/map-fixed-populate.ts'
import { preadCopy } from '../../engine/strategy/pread-copy.ts'
import { remapFilePages } from '../../engine/strategy/remap-file-pages.ts'
import { remapFilePagesNonblock } from '../../engine/strategy/remap-file-pages-nonblock.ts'
import type { StrategyEntry } from '../../engine/strategy/strategy.ts'
import { vmcache } from '../../engine/strategy/vmcache.ts'
import { RecordingKernel } from '../helpers/recording-kernel.ts'

const WINDOW_PAGES = 8
const FILE_PAGES = 100

/** The strategy after its first mapping, with no calls on record. */
function started(entry: StrategyEntry) {
  const kernel = new RecordingKernel(entry.maps === 'file' ? FILE_PAGES : WINDOW_PAGES, FILE_PAGES)
  const strategy = entry.create(kernel, { windowPages: WINDOW_PAGES, filePages: FILE_PAGES })
  assert.equal(strategy.setup(WINDOW_PAGES), 0)
  const setup = kernel.takeCalls()
  /** The calls of one remap, which must succeed. */
  const remap = (vpn: number, pages: number, pgoff: number): string[] => {
    assert.equal(strategy.remap(vpn, pages, pgoff), 0)
    return kernel.takeCalls()
  }
  /** The calls of one access; it must see this file page. */
  const touch = (vpn: number, write: number, page: number): string[] => {
    assert.equal(strategy.touch ? strategy.touch(vpn, write) : kernel.touch(vpn, write), 0)
    assert.equal(kernel.seen.page, page)
    return kernel.takeCalls()
  }
  return { kernel, strategy, setup, remap, touch }
}

for (const [entry, call] of [
  [mapFixed, 'mmapFixed(4, 4, 40, 0)'],
  [mapFixedPopulate, 'mmapFixed(4, 4, 40, 32768)'],
  [remapFilePages, 'remapFilePages(4, 4, 40, 0)'],
  [remapFilePagesNonblock, 'remapFilePages(4, 4, 40, 65536)'],
] as const) {
  test(`${entry.name} maps the window once, then makes one call for each remap and none for touches`, () => {
    const { setup, remap, touch, strategy } = started(entry)
    assert.deepEqual(setup, ['mmapFixed(0, 8, 0, 0)'])
    assert.deepEqual(remap(4, 4, 40), [call])
    assert.deepEqual(touch(5, 1, 41), [])
    assert.equal(strategy.touch, undefined)
  })

  test(`${entry.name} hands on what the kernel says`, () => {
    const { kernel, strategy } = started(entry)
    kernel.refusals.set('mmapFixed', [-ENOMEM]).set('remapFilePages', [-ENOMEM])
    assert.equal(strategy.remap(4, 4, 40), -ENOMEM)
  })
}

test('linear maps the whole file once and then makes no call; touches go to the file page’s own address', () => {
  const { kernel, setup, remap, touch } = started(linear)
  assert.deepEqual(setup, ['mmapFixed(0, 100, 0, 0)'])
  assert.deepEqual(remap(4, 4, 40), [])
  assert.deepEqual(touch(5, 1, 41), [])
  assert.deepEqual(touch(3, 0, 3), [])
  assert.deepEqual(kernel.touched, [41, 3])
})

test('pread-copy reads a unit into its frames, and writes it back whole only if one of its pages was written', () => {
  const { setup, remap, touch } = started(preadCopy)
  assert.deepEqual(setup, ['mmapAnonymous(0, 8)'])
  assert.deepEqual(remap(0, 4, 40), ['pread(0, 4, 40)'])
  assert.deepEqual(touch(1, 0, 41), [])
  assert.deepEqual(remap(0, 4, 60), ['pread(0, 4, 60)'])
  assert.deepEqual(touch(2, 1, 62), [])
  assert.deepEqual(remap(0, 4, 80), ['pwrite(0, 4, 60)', 'pread(0, 4, 80)'])
  assert.deepEqual(remap(0, 4, 40), ['pread(0, 4, 40)'])
})

test('pread-copy writes what a remap asks for again before it reads it', () => {
  const { kernel, remap, touch } = started(preadCopy)
  remap(0, 4, 40)
  touch(3, 1, 43)
  assert.deepEqual(remap(0, 4, 41), ['pwrite(0, 4, 40)', 'pread(0, 4, 41)'])
  touch(2, 0, 43)
  assert.equal(kernel.seen.writes, 1)
})

test('pread-copy reads a page that was never remapped when it is first touched', () => {
  const { remap, touch } = started(preadCopy)
  assert.deepEqual(touch(5, 0, 5), ['pread(5, 1, 5)'])
  assert.deepEqual(touch(5, 1, 5), [])
  assert.deepEqual(touch(6, 1, 6), ['pread(6, 1, 6)'])
  assert.deepEqual(remap(4, 4, 20), ['pwrite(5, 1, 5)', 'pwrite(6, 1, 6)', 'pread(4, 4, 20)'])
})

test('pread-copy writes back each part of a cut unit on its own when it leaves', () => {
  const { remap, touch } = started(preadCopy)
  remap(0, 4, 40)
  remap(4, 4, 44) // goes on in the file, but is another unit
  touch(1, 1, 41)
  touch(3, 1, 43)
  touch(4, 1, 44)
  assert.deepEqual(remap(2, 4, 80), ['pwrite(2, 2, 42)', 'pwrite(4, 2, 44)', 'pread(2, 4, 80)'])
  assert.deepEqual(remap(0, 8, 60), ['pwrite(0, 2, 40)', 'pread(0, 8, 60)'])
})

test('pread-copy leaves the window as it was when a call fails', () => {
  const { kernel, strategy, remap, touch } = started(preadCopy)
  remap(0, 4, 40)
  touch(0, 1, 40)
  kernel.refusals.set('pwrite', [-ENOMEM])
  assert.equal(strategy.remap(0, 4, 60), -ENOMEM)
  assert.deepEqual(kernel.takeCalls(), ['pwrite(0, 4, 40)'])
  assert.deepEqual(touch(0, 0, 40), [])
  kernel.refusals.set('pread', [-ENOMEM])
  assert.equal(strategy.remap(0, 4, 60), -ENOMEM)
  assert.deepEqual(kernel.takeCalls(), ['pwrite(0, 4, 40)', 'pread(0, 4, 60)'])
  assert.deepEqual(touch(0, 0, 40), ['pread(0, 1, 40)'])
  assert.equal(kernel.seen.writes, 1)
  assert.deepEqual(remap(0, 4, 60), ['pread(0, 4, 60)'])
})

test('pread-copy does not take frames for part of a unit into which nothing could be read', () => {
  const { kernel, strategy, remap, touch } = started(preadCopy)
  remap(0, 4, 40)
  touch(1, 1, 41)
  kernel.refusals.set('pread', [-ENOMEM])
  assert.equal(strategy.remap(2, 2, 60), -ENOMEM)
  kernel.takeCalls()
  assert.deepEqual(remap(0, 8, 80), ['pwrite(0, 2, 40)', 'pread(0, 8, 80)'])
})

test('vmcache gives up the memory of what leaves its frames, then reads what comes', () => {
  const { kernel, setup, remap, touch } = started(vmcache)
  assert.deepEqual(setup, ['mmapAnonymous(0, 8)'])
  assert.deepEqual(remap(0, 4, 40), ['pread(0, 4, 40)']) // nothing there to give up
  assert.deepEqual(touch(1, 0, 41), [])
  assert.deepEqual(remap(0, 4, 60), ['dontNeed(0, 4)', 'pread(0, 4, 60)'])
  assert.deepEqual(touch(2, 1, 62), [])
  assert.deepEqual(remap(0, 4, 80), ['pwrite(0, 4, 60)', 'dontNeed(0, 4)', 'pread(0, 4, 80)'])
  assert.deepEqual(kernel.touched, [1, 2])
})

test('vmcache gives up a range in one call, also where only some of its frames hold anything', () => {
  const { remap, touch } = started(vmcache)
  assert.deepEqual(touch(5, 1, 5), ['pread(5, 1, 5)'])
  assert.deepEqual(remap(4, 4, 20), ['pwrite(5, 1, 5)', 'dontNeed(4, 4)', 'pread(4, 4, 20)'])
})

test('vmcache loses nothing when a call fails', () => {
  const { kernel, strategy, remap, touch } = started(vmcache)
  remap(0, 4, 40)
  touch(0, 1, 40)
  for (const call of ['pwrite', 'dontNeed', 'pread'] as const) {
    kernel.refusals.set(call, [-ENOMEM])
    assert.equal(strategy.remap(0, 4, 60), -ENOMEM)
    kernel.takeCalls()
    touch(0, 0, 40)
    assert.equal(kernel.seen.writes, 1)
  }
})

for (const entry of [linear, preadCopy, vmcache]) {
  test(`${entry.name} refuses a remap beyond the end of the file, and nothing changes`, () => {
    const { kernel, strategy, remap, touch } = started(entry)
    remap(0, 4, 40)
    touch(0, 1, 40)
    for (const [pages, pgoff] of [
      [4, FILE_PAGES - 3],
      [1, FILE_PAGES],
      [1, 2 ** 32 - 1],
    ] as const) {
      assert.equal(strategy.remap(0, pages, pgoff), -EINVAL)
    }
    assert.deepEqual(kernel.takeCalls(), [])
    assert.deepEqual(touch(0, 0, 40), [])
    remap(0, 4, FILE_PAGES - 4)
    touch(3, 0, FILE_PAGES - 1)
  })
}
