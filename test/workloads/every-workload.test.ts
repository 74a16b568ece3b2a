// What all workloads promise, whichever it is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OP_READ, OP_WRITE } from '../../engine/trace.ts'
import { WORKLOADS } from '../../workloads/index.ts'
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
