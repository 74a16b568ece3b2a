// What all workloads promise, whichever it is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../../engine/rng.ts'
import { OP_READ, OP_WRITE, type TraceSource } from '../../engine/trace.ts'
import { WORKLOADS } from '../../workloads/index.ts'
import { layout } from '../../workloads/tpcc-layout.ts'
import { file, MIB, open, take, visit } from './accesses.ts'

const SMALL = file(100 * MIB)

test('the default workload comes first, and names are distinct', () => {
  assert.deepEqual(
    WORKLOADS.map(workload => workload.name),
    ['tpcc', 'uniform', 'scan', 'zipf', 'sparse'],
  )
})

for (const workload of WORKLOADS) {
  test(`${workload.name}: the same seed gives the same accesses`, () => {
    assert.deepEqual(take(open(workload, {}, SMALL, 7), 20_000), take(open(workload, {}, SMALL, 7), 20_000))
  })

  test(`${workload.name}: every access stays inside the file and is a read or a write`, () => {
    let most = 0
    visit(open(workload, {}, SMALL), 300_000, (page, op) => {
      most = Math.max(most, page)
      if (op !== OP_READ && op !== OP_WRITE) assert.fail(`op ${op}`)
    })
    assert.ok(most < SMALL.filePages, `page ${most} of ${SMALL.filePages}`)
  })

  if (workload.name !== 'scan') {
    test(`${workload.name}: another seed gives other accesses`, () => {
      assert.notDeepEqual(take(open(workload, {}, SMALL, 7), 1000), take(open(workload, {}, SMALL, 8), 1000))
    })
  }

  if (Object.hasOwn(workload.params, 'writes')) {
    test(`${workload.name}: the share of writes is as asked for, and does not change the pages`, () => {
      const pages = (accesses: readonly number[]): number[] => accesses.map(access => access >> 1)
      const reads = take(open(workload, { writes: 0 }, SMALL), 100_000)
      const mixed = take(open(workload, { writes: 0.3 }, SMALL), 100_000)
      const writes = take(open(workload, { writes: 1 }, SMALL), 100_000)
      const share = (accesses: readonly number[]): number => accesses.filter(access => access & 1).length / 100_000
      assert.equal(share(reads), 0)
      assert.ok(Math.abs(share(mixed) - 0.3) < 0.005, `${share(mixed)}`)
      assert.equal(share(writes), 1)
      assert.deepEqual(pages(mixed), pages(reads))
      assert.deepEqual(pages(writes), pages(reads))
    })
  }
}

test('scan: pages come in order, and after the last one the first', () => {
  const scan = WORKLOADS.find(workload => workload.name === 'scan')!
  const pages = take(open(scan, {}, file(3 * 4096)), 7).map(access => access >> 1)
  assert.deepEqual(pages, [0, 1, 2, 0, 1, 2, 0])
})

test('uniform: all pages of a small file are accessed equally often', () => {
  const uniform = WORKLOADS.find(workload => workload.name === 'uniform')!
  const counts = new Float64Array(100)
  visit(open(uniform, {}, file(100 * 4096)), 409_600, page => counts[page]!++)
  let chiSquare = 0
  for (const count of counts) chiSquare += (count - 4096) ** 2 / 4096
  assert.ok(Math.abs(chiSquare - 99) < 5 * 14.1, `${chiSquare}`) // 99 degrees of freedom, standard deviation 14.1
})

for (const workload of WORKLOADS) {
  test(`${workload.name}: another process has accesses of its own inside the file, the same for the same seed`, () => {
    const sources = () => {
      const first = open(workload, {}, SMALL, 7)
      return [first, first.another(new Rng(7).split(1)), first.another(new Rng(7).split(2))].map(each =>
        take(each, 5000),
      )
    }
    const [first, second, third] = sources()
    assert.deepEqual(sources(), [first, second, third])
    assert.deepEqual(first, take(open(workload, {}, SMALL, 7), 5000))
    for (const access of second!) assert.ok(access >> 1 < SMALL.filePages)
    if (workload.name !== 'scan') assert.notDeepEqual(second, first)
    if (workload.name !== 'scan') assert.notDeepEqual(third, second)
  })
}

test('zipf: the pages that are popular with one process are so with another', () => {
  const zipf = WORKLOADS.find(workload => workload.name === 'zipf')!
  const first = open(zipf, { theta: 1.2 }, SMALL, 7)
  const popular = (source: TraceSource) => {
    const counts = new Map<number, number>()
    visit(source, 100_000, page => counts.set(page, (counts.get(page) ?? 0) + 1))
    return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5)
  }
  const pages = (source: TraceSource) => popular(source).map(([page]) => page)
  assert.deepEqual(pages(first.another(new Rng(7).split(1))), pages(first))
})

test('tpcc: processes work on one set of rows: new orders of both fill consecutive places', () => {
  const tpcc = WORKLOADS.find(workload => workload.name === 'tpcc')!
  const place = file(256 * MIB)
  const history = layout(place.filePages, Number(tpcc.resolve({}, place).warehouses)).of.history
  const last = (source: TraceSource, count: number) => {
    let page = -1
    visit(source, count, (at, op) => {
      if (op === OP_WRITE && at >= history.firstPage && at < history.firstPage + history.pages) page = at
    })
    return page
  }
  const first = open(tpcc, {}, place)
  const before = last(first, 200_000)
  const there = last(first.another(new Rng(1).split(1)), 200_000)
  assert.ok(there > before, 'the second goes on where the first was')
  assert.ok(last(first, 1) >= there, 'and the first after it')
})
