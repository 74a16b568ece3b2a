import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LaneNeeds, unsupportedBy } from '../../bin/support.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { mapFixed } from '../../engine/strategy/map-fixed.ts'
import { geometry } from '../../engine/window.ts'

const GIB = 2 ** 30

function needs(windowGib: number, rest: Partial<LaneNeeds> = {}): LaneNeeds {
  const sizes = geometry(16 * GIB, windowGib * GIB, 4096)
  const mapLimit = Number.POSITIVE_INFINITY
  return {
    strategy: mapFixed,
    sizes,
    backing: 'shmem',
    contents: 'written',
    threads: 1,
    processes: 1,
    cpus: 1,
    otherVmas: 20,
    mapLimit,
    ...rest,
  }
}

const reason = (model: KernelModel, asked: LaneNeeds) => unsupportedBy(model, asked)?.reason

test('a kernel without addresses for the window or the other vmas says so', () => {
  assert.equal(unsupportedBy(linux2542Remap, needs(2)), null)
  assert.equal(reason(linux2542Remap, needs(2 + 4096 / GIB)), 'window-exceeds-address-space')
  assert.equal(reason(linux2542Remap, needs(1, { otherVmas: 114_652 })), undefined)
  assert.equal(reason(linux2542Remap, needs(1, { otherVmas: 114_653 })), 'other-vmas-exceed-address-space')
  const inside = { ...linux2542Remap, othersBase: linux2542Remap.windowBase }
  assert.equal(reason(inside, needs(1, { otherVmas: 1 })), 'other-vmas-exceed-address-space')
})

test('a strategy that maps the file needs addresses for all of it', () => {
  const strategy = { ...mapFixed, name: 'whole', maps: 'file' } as const
  assert.deepEqual(unsupportedBy(linux2542Remap, needs(1, { strategy })), {
    reason: 'file-exceeds-address-space',
    why: "the file's 16 GiB exceed 2 GiB of addresses",
    sentence: "--file 16G on linux-2.5.42-remap: the file's 16 GiB exceed 2 GiB of addresses",
  })
  assert.equal(reason({ ...linux2542Remap, addressEnd: 2 ** 47 }, needs(1, { strategy })), undefined)
})

test('what a kernel lacks counts only where it is asked for, and its own reason is given', () => {
  const model = {
    ...linux2542Remap,
    lacks: {
      populate: 'no flag',
      disk: 'no disk',
      sparse: 'no holes',
      refusals: 'no limit',
      writes: 'no ink',
      processes: 'no others',
    },
  }
  const populating = { ...mapFixed, name: 'populating', uses: ['populate'] } as const
  assert.equal(unsupportedBy(model, needs(1)), null)
  assert.equal(unsupportedBy(model, needs(1, { backing: 'ramfs' })), null)
  assert.deepEqual(unsupportedBy(model, needs(1, { strategy: populating })), {
    reason: 'no-populate',
    why: 'no flag',
    sentence: '--strategy populating on linux-2.5.42-remap: no flag',
  })
  assert.match(unsupportedBy(model, needs(1, { backing: 'disk' }))!.sentence, /^--backing disk on .*: no disk$/)
  assert.match(unsupportedBy(model, needs(1, { processes: 2 }))!.sentence, /^--processes 2 on .*: no others$/)
  assert.match(unsupportedBy(model, needs(1, { contents: '80%' }))!.sentence, /^--contents 80% on .*: no holes$/)
})

test('the other vmas must leave one to the window', () => {
  assert.equal(unsupportedBy(linux2542Remap, needs(1, { mapLimit: 20 })), null)
  assert.equal(reason(linux2542Remap, needs(1, { mapLimit: 19 })), 'other-vmas-exceed-limit')
})
