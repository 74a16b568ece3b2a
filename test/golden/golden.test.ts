// Small runs, counters and reports as text: did any number or any word change? `UPDATE_GOLDEN=1 npm test` rewrites the
// files; a person reads the difference. The counts of the pool run are also those of the naive model, computed here.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type ReportRow, type RunOptions, render, run } from '../../bin/api.ts'
import { Rng } from '../../engine/rng.ts'
import { TraceBlock } from '../../engine/trace.ts'
import { geometry } from '../../engine/window.ts'
import { tpcc } from '../../workloads/tpcc.ts'
import { cli } from '../bin/cli-process.ts'
import { COUNTED_EVENTS } from '../helpers/fuzz.ts'
import { gatesOf } from '../helpers/gates.ts'
import { naiveRun } from '../helpers/naive-run.ts'

const FORMATS = { csv: 'csv', markdown: 'md', json: 'json', text: 'txt' } as const
const MB = 2 ** 20
const ROOT = new URL('../../../', import.meta.url)

/** The command lines of these are in CONTRIBUTING.md and .ci/run. */
const GOLDEN: Readonly<Record<string, RunOptions>> = {
  small: { file: '128M', window: '4M', accesses: 20_000, warmup: 5000 },
  'small-4k-mail': {
    file: '128M',
    window: '4M',
    unit: '4K',
    accesses: 20_000,
    kernel: ['linux-2.5.42-remap', 'linux-2.5.42-mail'],
  },
  'small-p3': { file: '128M', window: '4M', accesses: 20_000, kernel: 'linux-2.5.42-remap-p3' },
  'small-stopped': { file: '128M', window: '4M', accesses: 20_000, maxMapCount: 100, touch: 'unit', policy: 'lru' },
}

for (const [name, options] of Object.entries(GOLDEN)) {
  test(`the reports of the run ${name} are what they were`, async () => {
    const rows = await run(options)
    for (const [format, extension] of Object.entries(FORMATS)) {
      const path = fileURLToPath(new URL(`../../../test/golden/${name}.${extension}`, import.meta.url))
      const text = render(rows, format)
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text)
      assert.equal(text, readFileSync(path, 'utf8'), `${name}.${extension} (UPDATE_GOLDEN=1 rewrites it)`)
    }
  })
}

for (const { name, options } of gatesOf(ROOT)) {
  test(`the gate ${name} passes, byte for byte`, () => {
    const path = new URL(`test/golden/${name}.csv`, ROOT)
    const { stdout } = cli(options)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, stdout)
    assert.equal(stdout, readFileSync(path, 'utf8'), `${name}.csv (UPDATE_GOLDEN=1 rewrites it)`)
  })
}

test('the counts of the small run are those of the naive pool and kernel', async () => {
  const rows = await run(GOLDEN.small)
  const sizes = geometry(128 * MB, 4 * MB, 16 * 1024)
  const block = new TraceBlock(32_768)
  tpcc.open(sizes, tpcc.resolve({}, sizes), new Rng(1)).fill(block)
  const trace = Array.from({ length: block.length }, (_, i) => ({ page: block.page[i]!, write: block.op[i] === 1 }))
  for (const strategy of ['map-fixed', 'remap-file-pages'] as const) {
    const { kernel, start, pool } = naiveRun(
      {
        windowPages: sizes.windowPages,
        filePages: sizes.filePages,
        unitPages: sizes.unitPages,
        strategy,
        policy: 'clock',
        touch: 'page',
        warmup: 5000,
        accesses: 20_000,
        mapLimit: Number.POSITIVE_INFINITY,
        otherVmas: 20,
      },
      trace,
    )
    const counts = countsOf(rows, strategy)
    assert.equal(counts.windowHits, pool.windowHits)
    assert.equal(counts.remaps, pool.remaps)
    assert.equal(counts.writes, pool.writes)
    for (const name of COUNTED_EVENTS) {
      assert.equal(counts[name], kernel[name] - start[name], `${strategy}: ${name}`)
    }
    assert.equal(counts.vmas, kernel.windowVmas())
  }
})

function countsOf(rows: readonly ReportRow[], strategy: string): ReportRow['result']['counts'] {
  return rows.find(row => row.result.spec.strategy === strategy)!.result.counts
}

for (const kind of ['kernels', 'costs']) {
  test(`what the ${kind} rest on is what was listed, word by word`, () => {
    const path = new URL(`test/golden/${kind}.txt`, ROOT)
    const { stdout } = cli(['list', kind, '--verbose'])
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, stdout)
    assert.equal(stdout, readFileSync(path, 'utf8'), `${kind}.txt (UPDATE_GOLDEN=1 rewrites it)`)
  })
}
