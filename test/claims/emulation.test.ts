// The one published measurement of what true nonlinear mappings were worth: K. Shutemov's benchmark for dropping them (LKML,
// 8 May 2014; commit c8d78c1823f4 of Linux 4.0). A process maps 4 GB of shared memory, writes every page, remaps all pages one by
// one in reverse order, reads every page; ten times: 23.3 s before (+-4.31 %), 43.9 s after (+-0.85 %), "Slowdown: 1.88x".
//
// The price list it is priced by was calibrated on other calls (test/engine/calibration.test.ts) and is not fitted to it.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../../bin/api.ts'
import { modernCore } from '../../engine/cost/modern-core.ts'
import { COUNTERS, type CounterName } from '../../engine/counters.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { timeRatio } from '../../reports/modelled.ts'
import { timeRange } from '../../reports/numbers.ts'
import type { ReportRow } from '../../reports/report.ts'

const PASSES = 10
const PUBLISHED = { pages: 1_048_576, secondsBefore: 23.3, secondsAfter: 43.9, slowdown: 1.88 }
/** Kernel 3.10 has true nonlinear mappings, 4.0 emulates them. */
const KERNELS = 'linux-3.10,linux-4.0'

/** One pass over so many pages: the rows of its file for nonlinear mappings, and for their emulation. */
async function onePass(pages: number): Promise<readonly [before: ReportRow, after: ReportRow]> {
  const folder = mkdtempSync(join(tmpdir(), 'remapbench-reverse-'))
  const remaps = Array.from({ length: pages }, (_, i) => `remap,${i},1,${pages - 1 - i}\n`).join('')
  const ops = join(folder, 'reverse.csv')
  writeFileSync(ops, `op,vpn,pages,pgoff\nwrite,0,${pages},\n${remaps}read,0,${pages},\n`)
  const size = `${(pages * PAGE_BYTES) / 1024}K`
  try {
    // Shared anonymous memory has no page before it is written.
    const sizes = { file: size, window: size, contents: 'sparse' } as const
    const [before, after] = await run({ ops, ...sizes, kernel: KERNELS, strategy: 'remap-file-pages' })
    return [before!, after!]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const [before, after] = await onePass(4096)
const published = (seconds: number) => (seconds * 1e9) / PASSES / PUBLISHED.pages

/** Events for each page. */
function perPage({ result }: ReportRow, pages: number, ...names: readonly CounterName[]): readonly number[] {
  return names.map(name => (result.counts[name] ?? Number.NaN) / pages)
}

test('a pass makes a call and two faults for each page on both kernels, one vma in all or one for each page', () => {
  for (const row of [before, after]) {
    assert.deepEqual(
      perPage(row, 4096, 'remaps', 'failedRemaps', 'pageFaults', 'populateFaults', 'fileReads', 'ptesInstalled'),
      [1, 0, 1, 1, 1, 2],
    )
  }
  assert.deepEqual(perPage(before, 4096, 'tlbPageInvalidations', 'tlbRangePages', 'vmaAllocs'), [1, 0, 0])
  assert.deepEqual([before.result.counts.vmas, after.result.counts.vmas], [1, 4096]) // "creates 1 million of VMAs"
  const [invalidations, rangePages] = perPage(after, 4096, 'tlbPageInvalidations', 'tlbRangePages')
  assert.deepEqual([invalidations, rangePages], [0, 1])
  assert.ok(after.result.stockLimitAccess === null) // 4,096 fit; a million would not
})

test('events of a page do not depend on how many there are, so that a small pass stands for a million pages', async () => {
  const larger = await onePass(16_384)
  for (const [few, many] of [
    [before, larger[0]],
    [after, larger[1]],
  ] as const) {
    for (const { counter } of modernCore.items) {
      const [a, b] = [perPage(few, 4096, counter)[0]!, perPage(many, 16_384, counter)[0]!]
      assert.ok(Math.abs(a - b) < 0.001, `${COUNTERS[counter].column}: ${a} and ${b}`)
    }
  }
})

test('the published slowdown of 1.88 lies within the modelled one at equal prices, 1.3 to 4.4; the best prices make it 2.0', () => {
  const { low, high } = timeRatio(after, before)!
  assert.ok(low < PUBLISHED.slowdown && PUBLISHED.slowdown < high, `${low} to ${high}`)
  assert.deepEqual([low.toFixed(1), high.toFixed(1)], ['1.3', '4.4'])
  assert.equal((after.price!.ns / before.price!.ns).toFixed(1), '2.0')
  assert.equal((after.price!.nsLow / before.price!.nsLow).toFixed(2), '1.86') // the low prices are those of its year
})

test('the published times of a page, 2.22 and 4.19 us, lie at the low end of the modelled ones', () => {
  // Of 2014 and bare metal: what the low prices stand for. The best ones are of a guest with the mitigations of ten years.
  for (const [row, seconds] of [
    [before, PUBLISHED.secondsBefore],
    [after, PUBLISHED.secondsAfter],
  ] as const) {
    const [low, best] = [row.price!.nsLow / 4096, row.price!.ns / 4096]
    assert.ok(low < published(seconds) && published(seconds) < best, `${low} to ${best}`)
    assert.ok(published(seconds) / low < 1.1)
  }
})

test('the full pass of four gigabytes is modelled as 2.3 to 6.0 s before and 4.2 to 14 s after, as the README says', () => {
  const seconds = ({ price }: ReportRow) =>
    timeRange((price!.nsLow / 4096) * PUBLISHED.pages, (price!.nsHigh / 4096) * PUBLISHED.pages)
  assert.deepEqual([seconds(before), seconds(after)], ['2.3 - 6.0 s', '4.2 - 14 s'])
})

test('with munmap, which ends each pass and is not modelled, added by hand the ratio still holds; the time after is 13 % off', () => {
  // A cleared entry for each page, and where they are emulated a freed vma, at the prices of single ones.
  const lowest = (name: CounterName) => modernCore.items.find(({ counter }) => counter === name)!.low / 3
  const beforeLow = before.price!.nsLow / 4096 + lowest('ptesZapped')
  const afterLow = after.price!.nsLow / 4096 + lowest('ptesZapped') + lowest('vmaFrees')
  assert.ok(Math.abs(published(PUBLISHED.secondsBefore) / beforeLow - 1) < 0.0431)
  assert.ok(Math.abs(afterLow / published(PUBLISHED.secondsAfter) - 1.13) < 0.01)
  assert.ok(Math.abs(afterLow / beforeLow - 2.1) < 0.01)
})
