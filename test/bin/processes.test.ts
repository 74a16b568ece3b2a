// Several processes from the options to the rows: one comparison for each number, what is refused, what every kernel and
// strategy does with them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ReportRow, type RunOptions, run } from '../../bin/api.ts'
import { compose } from '../../bin/compose.ts'
import { EnvironmentError } from '../../bin/errors.ts'
import { toRequest } from '../../bin/request.ts'
import { COUNTER_NAMES, COUNTERS } from '../../engine/counters.ts'
import { cli } from './cli-process.ts'

const SMALL: RunOptions = { file: '32M', window: '2M', accesses: 60_000, workload: 'zipf' }

const specOf = (row: ReportRow) => row.result.spec
const countsOf = (row: ReportRow) => row.result.counts

test('each number of processes is a comparison of its own: its lanes come together, and differ in the hash alone', async () => {
  const rows = await run({ ...SMALL, processes: '1,3', cpus: 2 })
  assert.deepEqual(
    rows.map(row => [specOf(row).processes, specOf(row).strategy, specOf(row).cpus, specOf(row).accesses]),
    [
      [1, 'map-fixed', 2, 60_000],
      [1, 'remap-file-pages', 2, 60_000],
      [3, 'map-fixed', 2, 60_000],
      [3, 'remap-file-pages', 2, 60_000],
    ],
  )
  const [one, , three, other] = rows.map(row => row.result.traceHash)
  assert.notEqual(one, three)
  assert.equal(three, other)
  assert.deepEqual(
    rows.map(row => row.result.evidence),
    ['executed', 'executed', 'source', 'source'],
  )
  // 60,000 accesses are 15 turns: processes 0 and 2 share a CPU, 1 has its own. 0 2 0 2 ... ten turns, nine switches.
  assert.deepEqual(
    rows.map(row => countsOf(row).contextSwitches),
    [0, 0, 9, 9],
  )
  assert.deepEqual(await run({ ...SMALL, processes: 3, cpus: 2 }), rows.slice(2))
})

test('progress counts up over all comparisons', () => {
  const seen: number[] = []
  const comparison = compose(toRequest({ ...SMALL, processes: '1,2,5' }))
  assert.equal(comparison.steps, 180_000)
  comparison.run(steps => seen.push(steps))
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  )
  assert.equal(seen.at(-1), 180_000)
})

test('one process counts what it counted before there were several', async () => {
  const plain = await run(SMALL)
  assert.deepEqual(await run({ ...SMALL, processes: 1 }), plain)
  const [first, second] = await run({ ...SMALL, processes: '1,2', cpus: 9 })
  assert.deepEqual(
    [first, second].map(row => countsOf(row!)),
    plain.map(countsOf),
  )
})

for (const [name, options] of [
  ['a written file', {}],
  ['a sparse file', { contents: 'sparse' }],
  ['half a file on disk', { contents: '50%', backing: 'disk', touch: 'unit' }],
] as const) {
  test(`every strategy on every kernel runs several processes on ${name}, checked against its own structures`, async () => {
    const rows = await run({ ...SMALL, ...options, strategy: 'all', kernel: 'all', processes: 3, accesses: 30_000 })
    const ran = rows.filter(({ result }) => result.outcome.state === 'completed')
    assert.ok(ran.length > 50, `${ran.length}`)
    for (const row of ran) {
      const { counts, evidence } = row.result
      assert.notEqual(evidence, 'executed')
      assert.equal(counts.tlbHits! + counts.tlbMisses!, 30_000)
      assert.equal(counts.contextSwitches, 7) // eight turns on one CPU
      assert.ok(counts.vmas! >= 3)
    }
  })
}

test('what is kept of a sparse file is shared: a page that one process brought in is there for the others', async () => {
  const file = { ...SMALL, workload: 'scan', unit: '4K', window: '8M', file: '8M', contents: 'sparse' }
  // Three scans of the same 2,048 pages.
  const [row] = await run({ ...file, strategy: 'map-fixed', processes: 3, accesses: 3 * 4096 })
  assert.equal(countsOf(row!).fileReads, 2048)
  assert.equal(countsOf(row!).remaps, 3 * 2048)
})

test('pte chains are shared: a file mapped whole by k processes needs k / 15 objects a page, rounded up, from two on', async () => {
  const file = { ...SMALL, workload: 'scan', unit: '4K', window: '8M', file: '8M' }
  for (const strategy of ['map-fixed', 'remap-file-pages', 'linear']) {
    const rows = await run({ ...file, strategy, processes: '1,2,15,16', accesses: 16 * 4096 })
    assert.deepEqual(
      rows.map(row => countsOf(row).pteChainBytesPeak! / 2048),
      [0, 124, 124, 248],
      strategy,
    )
  }
})

test('several processes whose mm runs on several CPUs send IPIs as each does alone', async () => {
  const [row] = await run({ ...SMALL, strategy: 'map-fixed', processes: 3, threads: 2 })
  const { ipiRounds, tlbFullFlushes, tlbRangeFlushes, tlbPageInvalidations } = countsOf(row!)
  assert.equal(ipiRounds, tlbFullFlushes! + tlbRangeFlushes! + tlbPageInvalidations!)
  assert.ok(ipiRounds! > 0)
})

test('a kernel built for one CPU does not share several', async () => {
  const [kernel, strategy] = ['linux-3.10,linux-4.0', 'map-fixed']
  const rows = await run({ ...SMALL, kernel, strategy, processes: '1,2', cpus: 2 })
  assert.deepEqual(
    rows.map(row => row.result.outcome.state),
    ['completed', 'completed', 'unsupported', 'completed'],
  )
})

test('vmas of several processes share slab pages in lowmem, but have pages of their own in what is summed, which the help says', async () => {
  const [row] = await run({ ...SMALL, strategy: 'remap-file-pages', processes: 3, otherVmas: 0 })
  const { vmaLowmemBytesPeak, lowmemVmaBytes } = countsOf(row!)
  // One vma each; a page holds 30.
  assert.deepEqual([vmaLowmemBytesPeak, lowmemVmaBytes], [3 * 4096, 4096])
  assert.match(COUNTERS.vmaLowmemBytesPeak.help, /each process's by themselves; of several processes the sum/)
  assert.match(COUNTERS.lowmemVmaBytes.help, /processes share pages, so that it may be less than vma_lowmem_bytes_peak/)
})

test('the first process makes the accesses of one alone, the others accesses of their own', async () => {
  const one = { ...SMALL, workload: 'uniform', strategy: 'map-fixed', accesses: 8 * 4096 }
  const remaps = async (options: RunOptions) => countsOf((await run({ ...one, ...options }))[0]!).remaps!
  const alone = await remaps({})
  const two = await remaps({ processes: 2, accesses: 16 * 4096 })
  const three = await remaps({ processes: 3, accesses: 24 * 4096 })
  assert.equal(new Set([alone, two - alone, three - two]).size, 3)
})

test('a file larger than memory is refused where the kernel has two levels of page tables', async () => {
  const kernel = 'linux-2.5.42-remap-nopae'
  await assert.rejects(run({ kernel, accesses: 1 }), {
    name: 'EnvironmentError',
    message:
      'no lane can run: --file 16G on linux-2.5.42-remap-nopae: a shmem file of 16 GiB exceeds the 4 GiB of memory it can use',
  })
  for (const options of [{ file: '4G' }, { backing: 'disk' }, { contents: 'sparse' }] as const) {
    const rows = await run({ kernel, accesses: 1000, strategy: 'map-fixed', ...options })
    assert.equal(rows[0]!.result.outcome.state, 'completed')
  }
})

test('processes whose tables do not fit are refused up front, with the numbers', () => {
  const refused = () => compose(toRequest({ processes: 10_000 }))
  assert.throws(refused, EnvironmentError)
  assert.throws(
    refused,
    /^EnvironmentError: memory: 1,048,576 units of 16K in each of 10,000 processes need 1\d\d\.\d GiB/,
  )
  const { status, stderr } = cli(['run', '--processes', '1,10000'])
  assert.equal(status, 5)
  assert.match(stderr, /^remapbench: memory: .* or fewer --processes need less\n$/)
})

test('columns of several processes are sums, but for what belongs to the kernel', () => {
  const shared = COUNTER_NAMES.filter(name => COUNTERS[name].isShared)
  assert.deepEqual(shared, [
    'pteChainBytesPeak',
    'lowmemBytesPeak',
    'lowmemVmaBytes',
    'lowmemPageTableBytes',
    'lowmemChainBytes',
    'lowmemFixedBytes',
    'lowmemAvailableBytes',
  ])
  for (const name of COUNTER_NAMES.filter(name => COUNTERS[name].kind === 'peak' && !shared.includes(name)))
    assert.match(COUNTERS[name].help, /of several processes the sum of their peaks$/)
})
