import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compose, reportFormat, reportFormatOfFile } from '../../bin/compose.ts'
import type { RunOptions } from '../../bin/options.ts'
import { toRequest } from '../../bin/request.ts'
import { COUNTER_NAMES } from '../../engine/counters.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { scratch } from './cli-process.ts'
import { results, rows, SMALL } from './composed.ts'

test('lanes come kernel by kernel, strategy by strategy, and all read the same trace', () => {
  const found = results({
    ...SMALL,
    strategy: 'remap-file-pages,map-fixed',
    kernel: 'linux-2.5.42-mail,linux-2.5.42-remap',
  })
  assert.deepEqual(
    found.map(({ spec }) => `${spec.kernel} ${spec.strategy}`),
    [
      'linux-2.5.42-mail remap-file-pages',
      'linux-2.5.42-mail map-fixed',
      'linux-2.5.42-remap remap-file-pages',
      'linux-2.5.42-remap map-fixed',
    ],
  )
  assert.equal(new Set(found.map(result => result.traceHash)).size, 1)
  assert.deepEqual(
    found.map(result => result.evidence),
    ['guess', 'guess', 'executed', 'executed'],
  )
})

test('every result carries its whole specification', () => {
  const [{ spec }] = results({
    ...SMALL,
    params: { writes: '0.5' },
    warmup: 100,
    seed: 9,
    tlb: 32,
    unit: '8K',
    policy: 'lru',
  })
  assert.deepEqual(spec, {
    modelVersion: spec.modelVersion,
    workload: 'uniform',
    params: 'writes=0.5',
    kernel: 'linux-2.5.42-remap',
    strategy: 'map-fixed',
    policy: 'lru',
    backing: 'shmem',
    contents: 'written',
    fileBytes: 128 * 2 ** 20,
    windowBytes: 4 * 2 ** 20,
    unitBytes: 8192,
    touch: 'page',
    accesses: 20_000,
    warmup: 100,
    processes: 1,
    threads: 1,
    cpus: 1,
    tlb: 32,
    maxMapCount: 'lifted',
    otherVmas: 20,
    otherFaults: '0%',
    reclaim: 0,
    seed: 9,
  })
})

test('parameters are given in full, defaults included, in alphabetical order', () => {
  const [{ spec }] = results({ ...SMALL, workload: 'zipf' })
  assert.equal(spec.params, 'ranks=scattered;theta=0.99;writes=0.05')
})

test('hits and remaps are the accesses, entries are calls and faults, and every lane has a price', () => {
  for (const { result, price } of rows(SMALL)) {
    const { windowHits, remaps, failedRemaps, kernelEntries, syscalls, pageFaults, tlbHits, tlbMisses } = result.counts
    assert.equal(windowHits! + remaps! + failedRemaps!, 20_000)
    assert.equal(kernelEntries, syscalls! + pageFaults!)
    assert.equal(syscalls, remaps) // the first mapping is made before counting starts
    assert.equal(tlbHits! + tlbMisses!, 20_000)
    assert.ok(price!.nsLow <= price!.ns && price!.ns <= price!.nsHigh && price!.ns > 0)
    assert.equal(price!.model.name, 'p4-2002')
  }
  assert.equal(rows({ ...SMALL, cost: 'p3-2002' })[0].price?.model.name, 'p3-2002')
})

test('without a TLB its counters are empty and nothing else changes', () => {
  const [none] = results({ ...SMALL, tlb: 'none' })
  const [some] = results(SMALL)
  assert.deepEqual(none.counts, { ...some.counts, tlbHits: null, tlbMisses: null })
  assert.equal(none.spec.tlb, 'none')
})

test('a lane stops at its first refusal while the others go on, and the stock limit is told in any case', () => {
  const [stopped, completed] = results({ ...SMALL, maxMapCount: 100 })
  assert.deepEqual(stopped.outcome, { state: 'stopped', errno: 'ENOMEM' })
  assert.equal(stopped.counts.failedRemaps, 1)
  assert.equal(stopped.firstFailureAccess, stopped.counts.windowHits! + stopped.counts.remaps!)
  assert.deepEqual(completed.outcome, { state: 'completed' })
  assert.deepEqual([completed.firstFailureAccess, completed.stockLimitAccess], [null, null])
  // A window of 65,536 slots beside 20 other vmas: the stock limit of 65,536 is met, and nothing refuses while it is lifted.
  const manySlots = { workload: 'scan', file: '512M', window: '256M', unit: '4K', accesses: 70_000 }
  const [lifted] = results({ ...manySlots, strategy: 'map-fixed', otherVmas: 30_000 })
  const [stock] = results({ ...manySlots, strategy: 'map-fixed', otherVmas: 30_000, maxMapCount: 'stock' })
  assert.equal(lifted.firstFailureAccess, null)
  assert.ok(stock.firstFailureAccess! > 0)
  assert.equal(lifted.stockLimitAccess, stock.firstFailureAccess)
})

test('a lane that cannot run has an outcome, a reason and no counts, beside those that could', () => {
  const found = rows({ ...SMALL, kernel: 'linux-2.4,linux-2.5.42-remap' })
  assert.deepEqual(
    found.map(({ result }) => result.outcome.state),
    ['completed', 'unsupported', 'completed', 'completed'],
  )
  const { result, price } = found[1]
  const { outcome, counts, evidence, guesses, traceHash } = result
  assert.ok(outcome.state === 'unsupported' && outcome.reason === 'no-remap-file-pages')
  assert.match(outcome.why, /remap_file_pages/)
  for (const name of COUNTER_NAMES) assert.equal(counts[name], null)
  assert.deepEqual([price, evidence, guesses], [null, null, []])
  assert.equal(traceHash, found[0].result.traceHash)
})

test('a strategy that maps the whole file runs where there are addresses for it', () => {
  const file = { ...SMALL, file: '4G', strategy: 'linear,map-fixed', kernel: 'linux-2.5.42-remap,linux-6.18' }
  assert.deepEqual(
    results(file).map(({ outcome }) => (outcome.state === 'unsupported' ? outcome.reason : outcome.state)),
    ['file-exceeds-address-space', 'completed', 'completed', 'completed'],
  )
  assert.ok(results({ ...SMALL, strategy: 'linear' })[0].counts.pageFaults! > 0)
})

test('a limit below the other vmas of one kernel stops that kernel alone', () => {
  const lanes = { ...SMALL, strategy: 'remap-file-pages', kernel: 'linux-2.5.42-remap,linux-6.18', maxMapCount: 15 }
  const [old, recent] = results(lanes)
  assert.ok(old.outcome.state === 'unsupported' && old.outcome.reason === 'other-vmas-exceed-limit')
  assert.notEqual(recent.outcome.state, 'unsupported')
  assert.throws(() => results({ ...lanes, maxMapCount: 5 }), { name: 'UsageError' })
})

test('pages that are missing are brought in, each at most once, and 100% is the same as written', () => {
  const lanes = { ...SMALL, strategy: 'map-fixed', kernel: 'linux-6.18' } as const
  const reads = (contents: string) => results({ ...lanes, contents })[0].counts.fileReads!
  const [none, half, few, all] = ['100%', '50%', '10%', '0%'].map(reads)
  assert.equal(none, 0)
  assert.ok(0 < half && half < few && few < all && all <= (128 * 2 ** 20) / 4096)
  assert.deepEqual(results({ ...lanes, contents: '100%' }), results(lanes))
  assert.equal(results({ ...lanes, contents: '0%' })[0].spec.contents, 'sparse')
  assert.equal(results({ ...lanes, contents: '50.0%' })[0].spec.contents, '50%')
})

test('what cannot be run is refused before it runs', () => {
  const refuses = (options: RunOptions, name: string, message: RegExp) =>
    assert.throws(() => compose(toRequest({ ...SMALL, ...options })), { name, message })
  refuses({ unit: '3K' }, 'UsageError', /^--unit 3K: /)
  refuses({ file: '16G', window: '20G' }, 'UsageError', /^--window 20G: larger than the file \(--file 16G\)$/)
  refuses({ strategy: 'mapfixed' }, 'UsageError', /^--strategy mapfixed: unknown; allowed: .*did you mean map-fixed\?$/)
  refuses({ kernel: 'linux-2.5.42' }, 'UsageError', /did you mean linux-2\.5\.42-remap\?$/)
  refuses({ workload: 'tpch' }, 'UsageError', /^--workload tpch: unknown; .*did you mean tpcc\?$/)
  refuses({ policy: 'clok' }, 'UsageError', /did you mean clock\?$/)
  refuses({ cost: 'p4' }, 'UsageError', /did you mean p4-2002\?$/)
  refuses({ params: { x: 1 } }, 'UsageError', /^--param x=1: unknown parameter/)
  refuses({ maxMapCount: 19 }, 'UsageError', /^--max-map-count 19: below the 20 vmas of the rest of the process/)
  refuses(
    { file: '16G', window: '4G' },
    'EnvironmentError',
    /^no lane can run: --window 4G on linux-2\.5\.42-remap: the window's 4 GiB exceed 2 GiB of addresses$/,
  )
  refuses({ file: '8T', unit: '4K' }, 'EnvironmentError', /^memory: 2,147,483,648 units of 4K need 8\.0 GiB/)
})

test('a report format goes by its name or by a file’s extension', () => {
  assert.equal(reportFormat('markdown').extension, '.md')
  assert.equal(reportFormatOfFile('a.b/results.CSV').name, 'csv')
  assert.throws(() => reportFormat('md'), { message: /^--format md: unknown; allowed: / })
  assert.throws(() => reportFormatOfFile('results.cvs'), {
    message: /unknown extension \.cvs; .*did you mean \.csv\?$/,
  })
  assert.throws(() => reportFormatOfFile('a.b/results'), { message: /has no extension; allowed: .*\.csv/ })
})

test('an ops file is checked with the run: its name, its rows, and that the warm-up leaves some', t => {
  const folder = scratch(t)
  const ops = join(folder, 'ops.csv')
  writeFileSync(ops, 'op,vpn,pages,pgoff\nread,0,4,\nremap,0,4,100\n')
  const run = (options: RunOptions) => compose(toRequest({ ops, file: '128M', window: '4M', ...options }))
  assert.equal(run({ warmup: 1 }).steps, 4)
  assert.throws(() => run({ warmup: 2 }), {
    name: 'UsageError',
    message: /^--warmup 2: leaves nothing to count; .* 2 op/,
  })
  assert.throws(() => run({ file: '8K', window: '8K' }), { name: 'TraceError', message: /ops\.csv:2: pages "4"/ })
  assert.throws(() => run({ ops: join(folder, 'none') }), { name: 'TraceError', message: /none: no such file/ })
  assert.throws(() => run({ ops: folder }), { name: 'TraceError', message: /: is a directory$/ })
})

test('a run of operations has neither pool nor policy', t => {
  const ops = join(scratch(t), 'ops.csv')
  writeFileSync(ops, 'op,vpn,pages,pgoff\nread,0,4,\nremap,0,4,100\nwrite,0,4,\n')
  const [fixed, remapped] = results({ ops, file: '128M', window: '4M' })
  assert.deepEqual(
    [fixed.spec.workload, fixed.spec.params, fixed.spec.policy, fixed.spec.unitBytes],
    ['ops', '', '', 4096],
  )
  assert.deepEqual([fixed.spec.accesses, fixed.counts.windowHits], [8, null])
  assert.deepEqual([fixed.counts.syscalls, fixed.counts.pageFaults, fixed.counts.kernelEntries], [1, 8, 9])
  assert.deepEqual([remapped.counts.syscalls, remapped.counts.pageFaults, remapped.counts.kernelEntries], [1, 4, 5])
})

test('several CPUs: every flush is a round of IPIs, and a kernel measured on one CPU says that it cannot tell', () => {
  const found = results({ ...SMALL, threads: 2, kernel: 'linux-2.5.42-remap,linux-3.10' })
  const [fixed, remapped, one] = found
  assert.deepEqual([fixed.spec.threads, fixed.evidence], [2, 'source'])
  assert.ok(fixed.counts.ipiRounds! > 0)
  assert.equal(fixed.counts.ipiRounds, fixed.counts.tlbFullFlushes)
  assert.equal(remapped.counts.ipiRounds, remapped.counts.tlbPageInvalidations)
  assert.ok(one.outcome.state === 'unsupported' && one.outcome.reason === 'no-threads')
})

test('rows of reclaim take back what each lane shows there, and their rule counts though it was in the warm-up', context => {
  const ops = join(scratch(context), 'reclaim.csv')
  writeFileSync(ops, 'op,vpn,pages,pgoff\nremap,4,4,1000\nread,4,4,\nreclaim,4,4,\nread,4,4,\n')
  const sizes = { ops, file: '64M', window: '1M' }
  const taken = results({ ...sizes, kernel: 'linux-3.10', strategy: 'map-fixed,linear' })
  assert.deepEqual(
    taken.map(({ counts }) => [counts.pagesReclaimed, counts.pageFaults, counts.fileReads]),
    [
      [4, 8, 4],
      [4, 8, 4],
    ],
  )
  const copies = results({ ...sizes, kernel: 'linux-6.18', strategy: 'vmcache,map-fixed' })
  assert.ok(copies[0].outcome.state === 'unsupported' && copies[0].outcome.reason === 'no-swapping')
  const [lost] = results({ ...sizes, warmup: 3, strategy: 'remap-file-pages' })
  assert.deepEqual([lost.counts.wrongPages, lost.evidence], [4, 'source'])
})

test('all stands for every kernel and every strategy', () => {
  const all = results({ ...SMALL, accesses: 2000, kernel: 'all', strategy: 'all' })
  assert.equal(all.length, KERNELS.length * new Set(all.map(({ spec }) => spec.strategy)).size)
})

test('all stands for every strategy or kernel and goes alone', () => {
  for (const name of ['kernel', 'strategy'] as const) {
    for (const names of ['all,x', 'map-fixed,all', 'x,all,y']) {
      const message = `--${name} ${names}: all means every one there is and goes alone`
      assert.throws(() => rows({ ...SMALL, [name]: names }), { name: 'UsageError', message })
    }
  }
})
