// The prices of the machine this runs on: all that can be measured are there, and make sense; where they cannot be measured,
// one line says so before anything runs. Times are noisy, so only what holds on every machine is asked.

import assert from 'node:assert/strict'
import { closeSync } from 'node:fs'
import { platform, release } from 'node:os'
import { before, test } from 'node:test'
import { run } from '../../bin/api.ts'
import { memoryHindrance } from '../../bin/host-guard.ts'
import { createBackingFile, isDeath, perform } from '../../bin/host-process.ts'
import type { CostItem } from '../../engine/cost.ts'
import { hostPrices } from '../../engine/native/price-list.ts'
import { FILE_PAGES } from '../../engine/native/price-sections.ts'
import type { SectionTimes } from '../../engine/native/section-times.ts'
import { spread } from '../../engine/spread.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { cli, preloaded, SMALL } from '../bin/cli-process.ts'
import { cannotMeasure } from '../helpers/machine-can.ts'

const [major = 0, minor = 0] = release().split('.').map(Number)
/** `false` if prices can be measured here, else why not. */
const cannotPrice: string | false =
  cannotMeasure ||
  (memoryHindrance(FILE_PAGES * PAGE_BYTES, '/dev/shm')?.why ?? false) ||
  (major < 5 || (major === 5 && minor < 14) ? 'needs Linux 5.14' : false)

let times: SectionTimes
let items: readonly CostItem[]

before(() => {
  if (cannotPrice !== false) return
  const descriptor = createBackingFile(FILE_PAGES, 1)
  try {
    const answer = perform({ kind: 'prices', rounds: 3 }, descriptor, 300_000)
    assert.ok(!isDeath(answer), 'why' in answer ? answer.why : '')
    times = answer
    items = hostPrices(answer, '').items
  } finally {
    closeSync(descriptor)
  }
})

test('every price that a process can measure is measured', { skip: cannotPrice }, () => {
  assert.deepEqual(
    items.map(({ counter }) => counter).filter(counter => counter !== 'ptesInstalled'), // not without fault-around
    [
      'syscalls',
      'pageFaults',
      'populateFaults',
      'vmaAllocs',
      'vmaFrees',
      'vmaSplits',
      'vmaMerges',
      'tlbFullFlushes',
      'tlbRangeFlushes',
      'tlbRangePages',
      'tlbMisses',
      'ptesZapped',
      'bytesCopied',
      'fileReads',
    ],
  )
})

test('prices are finite, no less than nothing, and lie within their ranges', { skip: cannotPrice }, () => {
  for (const { counter, low, best, high } of items) {
    const isInOrder = 0 <= low && low <= best && best <= high && Number.isFinite(high)
    assert.ok(isInOrder, `${counter}: ${low} ${best} ${high}`)
  }
  // These are no small differences of large times: nothing drowns them.
  for (const counter of ['syscalls', 'populateFaults', 'vmaAllocs', 'vmaFrees', 'bytesCopied', 'fileReads']) {
    assert.ok(items.find(item => item.counter === counter)!.best > 0, counter)
  }
})

test('what does more takes longer', { skip: cannotPrice }, () => {
  const median = (name: keyof SectionTimes['rounds'][number]) => spread(times.rounds.map(round => round[name])).median
  for (const [less, more] of [
    ['call', 'writeFault'],
    ['call', 'map'],
    ['writeFault', 'holeFault'],
    ['drop', 'drop33'],
    ['drop33', 'drop127'],
    ['copy4K', 'copy64K'],
    ['copy4KScattered', 'copy16KScattered'],
    ['chase32KPacked', 'chase32K'],
  ] as const) {
    assert.ok(median(less) < median(more), `${less} ${median(less)}, ${more} ${median(more)}`)
  }
})

test('a model is priced by this machine, in ns, and the rest as ever', { skip: cannotPrice }, async () => {
  const options = { file: '128M', window: '4M', accesses: 5000, kernel: 'linux-6.18' }
  const [row] = await run({ ...options, cost: 'host' })
  const [plain] = await run(options)
  assert.deepEqual([row!.price!.model.name, row!.price!.model.unit], ['host', 'ns'])
  assert.ok(row!.price!.nsLow > 0)
  const { price: _, ...counted } = row!
  const { price, ...plainlyCounted } = plain!
  assert.equal(price!.model.name, 'modern-core')
  assert.deepEqual(counted, plainlyCounted)
  // Measured once: other runs of the process are priced alike.
  const [again] = await run({ ...options, cost: 'host' })
  assert.equal(again!.price!.model, row!.price!.model)
})

test('where the machine cannot be measured one line says why, and nothing runs', () => {
  const elsewhere = preloaded("Object.defineProperty(process, 'platform', { value: 'darwin' })")
  const { status, stderr, stdout } = cli([...SMALL, '--cost', 'host'], elsewhere)
  assert.deepEqual([status, stdout], [5, ''])
  assert.match(stderr, /^remapbench: --cost host: needs Linux on x86-64, and this is darwin on \S+\n$/)
})

test('so it does if the process that measures dies, or is refused a call', {
  skip: platform() !== 'linux' ? 'no Linux' : cannotPrice,
}, () => {
  const dying = (signal: string | null, stderr: string) =>
    preloaded(`import process from 'node:child_process'
      import { syncBuiltinESMExports } from 'node:module'
      process.spawnSync = () => ({ signal: ${JSON.stringify(signal)}, status: 1, stdout: '', stderr: ${JSON.stringify(stderr)} })
      syncBuiltinESMExports()`)
  const killed = cli([...SMALL, '--cost', 'host'], dying('SIGKILL', ''))
  assert.deepEqual([killed.status, killed.stdout], [5, ''])
  assert.match(killed.stderr, /^remapbench: --cost host: the measuring process was ended by SIGKILL[^\n]*\n$/)
  const refused = cli([...SMALL, '--cost', 'host'], dying(null, 'Error: the kernel refused a call with errno 22\n'))
  assert.equal(refused.status, 5)
  assert.match(refused.stderr, /^remapbench: --cost host: [^\n]*the kernel refused a call with errno 22\n$/)
})

test('a mistake in another option is told before anything is measured', () => {
  const { status, stderr } = cli([...SMALL, '--cost', 'host', '--unit', '5K'])
  assert.equal(status, 2)
  assert.match(stderr, /^remapbench: --unit 5K/)
})
