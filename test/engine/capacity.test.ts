// How many processes fit, by hand: half of lowmem full of the vmas of a 512 MB window in 4K units, and the pte chains of
// five thousand tasks that map two gigabytes, as Martin Bligh wrote them down (LKML, 5 April 2003).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../../bin/api.ts'
import { linux24 } from '../../engine/kernel/linux-2.4.ts'
import { linux2542Remap, packedFor } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux2542RemapLowpte } from '../../engine/kernel/linux-2.5.42-remap-lowpte.ts'
import { linux2542RemapNopae } from '../../engine/kernel/linux-2.5.42-remap-nopae.ts'
import { linux2542RemapP3 } from '../../engine/kernel/linux-2.5.42-remap-p3.ts'
import { linux2620 } from '../../engine/kernel/linux-2.6.20.ts'
import { linux310Pae } from '../../engine/kernel/linux-3.10-pae.ts'
import {
  availableBytes,
  chainLowmem,
  lowmemBytes,
  vmaLowmem,
  ZONE_BYTES,
  type ZonedModel,
} from '../../engine/kernel/lowmem.ts'
import { chainObjects, PteChains } from '../../engine/pte-chains.ts'
import { Rng } from '../../engine/rng.ts'

const MIB = 2 ** 20
const PAGE = 4096
/** 512 MB / 4 KB: the mail's 128 thousand vmas. */
const VMAS = 131_072
const NOTHING = { processes: 0, vmas: 0, tables: 0, chainObjects: 0 }

/** The most processes whose memory is at most `available`; `bytesOf`: what so many take together. */
function processesThatFit(available: number, bytesOf: (processes: number) => number): number {
  let most = 0
  while (bytesOf(most + 1) <= available) most++
  return most
}

for (const [build, model, fit] of [
  ['a Pentium 4', linux2542Remap, 26],
  ['a Pentium III', linux2542RemapP3, 35],
] as const) {
  test(`half of 896 MB holds the 131,072 vmas each of ${fit} processes on ${build}`, () => {
    const bytesOf = (processes: number) => vmaLowmem(model, { ...NOTHING, vmas: processes * VMAS })
    assert.equal(processesThatFit(448 * MIB, bytesOf), fit)
  })

  // A sixteenth of window and memory, which changes nothing: 8,192 vmas each in 28 MB. A scan has every unit remapped.
  test(`and so it is when ${fit} processes run on ${build}, and one more`, async () => {
    const rows = await run({
      workload: 'scan',
      unit: '4K',
      window: '32M',
      file: '64M',
      kernel: model.name,
      strategy: 'map-fixed',
      processes: [fit, fit + 1],
      otherVmas: 0,
      accesses: (fit + 1) * 8192,
    })
    assert.deepEqual(
      rows.map(({ result }) => [result.spec.processes, result.counts.vmas! / 8192]),
      [
        [fit, fit],
        [fit + 1, fit + 1],
      ],
    )
    const [fits, doesNot] = rows.map(({ result }) => result.counts.lowmemVmaBytes!)
    assert.ok(fits! <= 28 * MIB && doesNot! > 28 * MIB, `${fits} ${doesNot}`)
  })
}

test('vma objects are packed over all processes: 35 times 131,072 of 96 bytes fill 448 MB to the last page', () => {
  assert.equal(vmaLowmem(linux2542RemapP3, { ...NOTHING, vmas: 35 * VMAS }), 448 * MIB)
  assert.equal(vmaLowmem(linux2542RemapP3, { ...NOTHING, vmas: 35 * VMAS + 1 }), 448 * MIB + PAGE)
})

test('5,000 tasks that map 2 GB of shared memory: 10 GB of pte chains', () => {
  const pages = (2 * 2 ** 30) / PAGE
  assert.equal(pages * 5000 * 4, 10_485_760_000) // the references alone
  // 5,000 references are 162 objects of 31 and a pointer, each of 128 bytes, 30 of them in a page.
  const objects = pages * chainObjects(5000, 31)
  assert.equal(objects, pages * 162)
  assert.equal((objects * 128) / 2 ** 30, 10.125)
  assert.equal(chainLowmem(linux2542RemapLowpte, { ...NOTHING, chainObjects: objects }), Math.ceil(objects / 30) * PAGE)
  // With PAE and HIGHPTE a reference has 8 bytes: twice that.
  assert.ok(Math.abs((pages * chainObjects(5000, 15) * 124) / 2 ** 30 - 20.25) < 0.05)
})

test('and mapped one by one, on a thousandth of the pages: 162 objects for each', () => {
  const pages = 512
  const chains = new PteChains(packedFor(128, 4).pteChains.perChain, pages)
  for (let task = 0; task < 5000; task++) for (let page = 0; page < pages; page++) chains.add(page)
  assert.equal(chains.objects * 1024 * 128, 10.125 * 2 ** 30)
  for (let task = 0; task < 5000; task++) for (let page = 0; page < pages; page++) chains.remove(page)
  assert.equal(chains.objects, 0)
})

test('chains in a table by page are chains in a Map', () => {
  const rng = new Rng(9)
  const [sparse, dense] = [new PteChains(3), new PteChains(3, 64)]
  const mapped: number[] = []
  for (let step = 0; step < 20_000; step++) {
    const removed = rng.below(2) === 0 && mapped.length > 0 ? mapped.splice(rng.below(mapped.length), 1)[0]! : -1
    const page = removed < 0 ? rng.below(64) : removed
    if (removed < 0) mapped.push(page)
    for (const chains of [sparse, dense]) removed < 0 ? chains.add(page) : chains.remove(page)
    assert.deepEqual([dense.objects, dense.objectsPeak], [sparse.objects, sparse.objectsPeak])
  }
  assert.ok(dense.objectsPeak > 64)
})

// MAXMEM of 896 MB less a struct page for each page of 16 GB, or of 4 GB.
for (const [model, memMapMib] of [
  [linux24, 192], // 48 bytes
  [linux2542Remap, 176], // 44: pte_addr_t of 8 bytes with PAE and HIGHPTE
  [linux2542RemapLowpte, 160], // 40
  [linux2542RemapNopae, 40], // 40, 4 GB
  [linux2620, 32], // 32, 4 GB
  [linux310Pae, 128], // 32
] as const) {
  test(`${model.name}: the memory map leaves ${896 - memMapMib} of 896 MB`, () => {
    assert.equal(ZONE_BYTES, 896 * MIB)
    assert.equal(availableBytes(model), (896 - memMapMib) * MIB)
  })
}

/** Processes with full windows of 1 GB whose pages no other process maps: so many vmas, and 2 MB of page tables with PAE. */
function fullWindows(model: ZonedModel & { readonly tablePages: number }, vmas: number): number {
  return processesThatFit(availableBytes(model), processes =>
    lowmemBytes(model, {
      processes,
      vmas: processes * (vmas + 20),
      tables: (processes * 262_144) / model.tablePages,
      chainObjects: 0,
    }),
  )
}

test('a vma for each 16K of 1 GB: 84 processes, 69 without HIGHPTE, 100 without PAE, 66 on 2.4', () => {
  // 65,556 vmas, 30 of them in a page, are 2,185.2 pages; the fixed part is 5.53 of them (3.53 without PAE, 5.11 on 2.4).
  const pages = (mib: number, each: number) => Math.floor((mib * 256) / each)
  assert.deepEqual([pages(720, 2190.73), pages(736, 2190.73 + 512), pages(856, 2188.73)], [84, 69, 100])
  assert.equal(pages(704, 2190.31 + 512), 66)
  const models = [linux2542Remap, linux2542RemapLowpte, linux2542RemapNopae, linux24]
  assert.deepEqual(
    models.map(model => fullWindows(model, 65_536)),
    [84, 69, 100, 66],
  )
})

test('one vma for all of it: HIGHPTE decides, 29,571 processes against 363', () => {
  // 21 vmas are 0.7 pages.
  assert.deepEqual([Math.floor((720 * 256) / 6.233), Math.floor((736 * 256) / (6.233 + 512))], [29_571, 363])
  const [with_, without] = [linux2542Remap, linux2542RemapLowpte].map(model => fullWindows(model, 1))
  assert.ok(Math.abs(with_! - 29_571) <= 1, `${with_}`)
  assert.equal(without, 363)
})
