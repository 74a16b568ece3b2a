// The window of the running kernel shows what was asked for: contents of real pages, through every strategy.

import assert from 'node:assert/strict'
import { closeSync } from 'node:fs'
import { test } from 'node:test'
import { createBackingFile } from '../../bin/host-process.ts'
import { HostKernel, WINDOW_CALLS } from '../../engine/native/host-kernel.ts'
import { HostWindow } from '../../engine/native/host-window.ts'
import { Libc } from '../../engine/native/libc.ts'
import { Meter, windowVmas } from '../../engine/native/meter.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import { cannotCountAll, cannotMeasure } from '../helpers/machine-can.ts'

const sizes = { windowPages: 1024, filePages: 4096 }

/** A strategy on real memory, of a file whose pages begin with their numbers. */
function withWindow(name: string, work: (kernel: HostKernel, window: HostWindow, libc: Libc) => void): void {
  const libc = new Libc()
  const descriptor = createBackingFile(sizes.filePages, 1)
  const entry = STRATEGIES.find(entry => entry.name === name)!
  const window = new HostWindow(libc, entry.maps === 'file' ? sizes.filePages : sizes.windowPages)
  const kernel = new HostKernel(window, descriptor)
  try {
    work(kernel, window, libc)
  } finally {
    kernel.release()
    closeSync(descriptor)
  }
}

for (const { name, create } of STRATEGIES.filter(({ name }) => !/locked|sigbus/.test(name))) {
  test(`${name} shows the pages that were put into the window`, { skip: cannotMeasure }, () => {
    withWindow(name, (kernel, window) => {
      const strategy = create(kernel, sizes)
      assert.equal(strategy.setup(sizes.windowPages), 0)
      const shown = (vpn: number) => {
        if (strategy.touch) strategy.touch(vpn, 0)
        else kernel.touch(vpn, 0)
        return window.firstWord(strategy.addressOf?.(vpn) ?? vpn)
      }
      for (const [vpn, pages, pgoff] of [
        [0, 4, 2000],
        [4, 4, 2004],
        [2, 3, 17],
        [1000, 24, 4072],
      ]) {
        assert.equal(strategy.remap(vpn!, pages!, pgoff!), 0)
        for (let i = 0; i < pages!; i++) assert.equal(shown(vpn! + i), pgoff! + i)
      }
      assert.deepEqual([0, 1, 5, 6, 500].map(shown), [2000, 2001, 2005, 2006, 500])
    })
  })
}

test('a hole in the middle of the window makes three vmas, and putting it back one', { skip: cannotMeasure }, () => {
  withWindow('map-fixed', kernel => {
    kernel.mmapFixed(0, 1024, 0, 0)
    assert.equal(windowVmas(kernel.base, kernel.bytes), 1)
    kernel.mmapFixed(100, 4, 7, 0)
    assert.equal(windowVmas(kernel.base, kernel.bytes), 3)
    kernel.mmapFixed(100, 4, 100, 0)
    assert.equal(windowVmas(kernel.base, kernel.bytes), 1)
  })
})

test('a refused call is a negative errno and leaves the window alone', { skip: cannotMeasure }, () => {
  withWindow('map-fixed', (kernel, window) => {
    assert.equal(kernel.mmapFixed(0, 1024, 0, 0), 0)
    assert.equal(kernel.mmapFixed(0, 0, 0, 0), -22) // EINVAL: no pages
    assert.equal(window.firstWord(3), 3)
  })
})

test('the counters count: calls, faults and flushes made on purpose', { skip: cannotCountAll }, () => {
  withWindow('map-fixed', (kernel, _, libc) => {
    libc.mountTracefs('/sys/kernel/tracing')
    const meter = new Meter(libc, kernel.base, kernel.bytes, WINDOW_CALLS)
    assert.equal(meter.level, 'full')
    kernel.mmapFixed(0, 1024, 0, 0)
    const work = () => {
      for (let i = 0; i < 10; i++) {
        kernel.touch(16 * i, 1) // a write fault maps one page
        kernel.mmapFixed(16 * i, 1, 100, 0) // which this flushes
      }
      return 0
    }
    const { events } = meter.count(work, false).reading
    meter.close()
    assert.equal(events.calls, 10)
    assert.equal(events.userFaults, 10)
    assert.ok(
      events.rangeFlushes! >= 10 && events.rangeFlushes! <= 10 + events.contextSwitches! + events.allCalls! - 10,
    )
    assert.equal(events.vmaAllocs! - events.vmaFrees!, windowVmas(kernel.base, kernel.bytes) - 1)
  })
})
