// Where the vma limit stopped real kernels in long runs: figures that were measured and are in no fixture.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import { ENOMEM } from '../../engine/errors.ts'
import { linux310 } from '../../engine/kernel/linux-3.10.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { smallKernel, touchAll } from '../helpers/machine.ts'
import { oracleTrace } from '../helpers/oracle-trace.ts'

const LIMIT = 65_530

function bootedKernel(model: KernelModel, windowPages: number, filePages: number, otherVmas: number): SimulatedKernel {
  const options = { windowPages, cellShift: 0, tlbEntries: 64, otherVmas, mapLimit: LIMIT, pagesMappedOnce: false }
  const kernel = new SimulatedKernel(model, options, new BackingFile(filePages, 'shmem', () => true), new CounterSet())
  kernel.mmapFixed(0, windowPages, 0, 0)
  return kernel
}

// A 1 GB window over a sparse 16 GB file, units remapped at random: 200,000 operations were tried.
for (const [model, call, unitPages, refusedAt] of [
  [linux310, 'mmap', 1, 37_654],
  [linux310, 'mmap', 2, 45_305],
  [linux618, 'mmap', 1, 37_653],
  [linux618, 'mmap', 2, 45_304],
  [linux618, 'remap_file_pages', 1, 37_653],
  [linux618, 'remap_file_pages', 2, 45_304],
] as const) {
  test(`${model.name} refuses ${call} of ${4 * unitPages}K units after ${refusedAt} operations of the measured trace`, () => {
    const [windowPages, filePages] = [2 ** 18, 2 ** 22]
    const kernel = bootedKernel(model, windowPages, filePages, model.otherVmas)
    const { counted } = oracleTrace({ trace: 'rand_nt', unitPages, ops: 50_000, filePages, windowPages })
    const refused = counted.vpn.findIndex((vpn, k) => {
      const pgoff = counted.pgoff[k]
      const error =
        call === 'mmap' ? kernel.mmapFixed(vpn, unitPages, pgoff, 0) : kernel.remapFilePages(vpn, unitPages, pgoff, 0)
      assert.ok(error === 0 || error === -ENOMEM)
      return error !== 0
    })
    assert.equal(refused, refusedAt)
  })
}

test('linux-3.10 does all 200,000 by remap_file_pages() with one vma', () => {
  const [windowPages, filePages] = [2 ** 18, 2 ** 22]
  const kernel = bootedKernel(linux310, windowPages, filePages, linux310.otherVmas)
  const { counted } = oracleTrace({ trace: 'rand_nt', unitPages: 1, ops: 200_000, filePages, windowPages })
  for (const [k, vpn] of counted.vpn.entries()) assert.equal(kernel.remapFilePages(vpn, 1, counted.pgoff[k], 0), 0)
  assert.equal(kernel.space.mapCount - linux310.otherVmas, 1)
})

test('linux-6.18 refuses operation 260,040 of another generator: 65,536 slots, 32,768 units, 23 other vmas', () => {
  const kernel = bootedKernel(linux618, 65_536, 32_768, 23)
  let state = 88172645463325252n // xorshift64
  const random = () => {
    state = BigInt.asUintN(64, state ^ (state << 13n))
    state ^= state >> 7n
    state = BigInt.asUintN(64, state ^ (state << 17n))
    return state
  }
  let operation = 0
  while (kernel.mmapFixed(Number(random() % 65_536n), 1, Number(random() % 32_768n), 0) === 0) operation++
  assert.equal(operation, 260_040)
})

test('the first call that the stock limit would have refused is noted once, also before any access', () => {
  const kernel = smallKernel({ model: { maxMapCount: 4 } })
  for (const vpn of [2, 6, 10]) kernel.mmapFixed(vpn, 1, 100 + vpn, 0) // 3, 5, 7 vmas
  assert.equal(kernel.stockRefusalAt, 0)
  touchAll(kernel, 0, 3)
  kernel.mmapFixed(14, 1, 200, 0)
  assert.equal(kernel.stockRefusalAt, 0)
})
