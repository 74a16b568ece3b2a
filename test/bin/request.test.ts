import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunOptions } from '../../bin/options.ts'
import { toRequest } from '../../bin/request.ts'
import { UsageError } from '../../engine/errors.ts'

function refusal(options: Readonly<Record<string, unknown>>): string {
  try {
    toRequest(options as RunOptions)
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error))
    return error.message
  }
  return assert.fail(`accepted ${JSON.stringify(options)}`)
}

test('nothing asked for is the main job', () => {
  assert.deepEqual(toRequest({}), {
    workload: 'tpcc',
    params: {},
    opsFile: null,
    strategies: ['map-fixed', 'remap-file-pages'],
    kernels: ['linux-2.5.42-remap'],
    policy: 'clock',
    fileBytes: 16 * 2 ** 30,
    windowBytes: 2 ** 30,
    unitBytes: 16 * 2 ** 10,
    backing: 'shmem',
    hostFile: '/dev/shm',
    contents: 'written',
    writtenShare: 1,
    accesses: 10_000_000,
    warmup: 0,
    touch: 'page',
    processes: [1],
    cpus: 1,
    threads: 1,
    tlb: 64,
    maxMapCount: 'lifted',
    otherVmas: null,
    otherFaults: '0%',
    otherFaultShare: 0,
    reclaim: 0,
    seed: 1,
    findsUnits: false,
    timedRounds: 0,
    verifies: false,
    breakdown: false,
    explained: [],
    cost: null,
  })
})

test('a memfd is for the running kernel alone, whose own it is', () => {
  assert.equal(toRequest({ memfd: true, kernel: 'linux-6.18,host' }).hostFile, 'memfd')
  assert.equal(toRequest({ memfd: false }).hostFile, '/dev/shm')
  assert.equal(
    refusal({ memfd: true, kernel: 'linux-6.18' }),
    '--memfd: is for the running kernel alone; --kernel linux-6.18 lacks host',
  )
  assert.equal(refusal({ memfd: 1, kernel: 'host' }), '--memfd 1: must be true or false')
})

test('numbers and texts mean the same', () => {
  const numbers = {
    file: 2 ** 30,
    window: 2 ** 20,
    accesses: 2_000_000,
    warmup: 1000,
    tlb: 32,
    seed: 7,
    maxMapCount: 99,
  }
  const texts = { file: '1GiB', window: '1M', accesses: '2M', warmup: '1_000', tlb: '32', seed: '7', maxMapCount: '99' }
  assert.deepEqual(toRequest(numbers), toRequest(texts))
})

test('lists are arrays or texts with commas', () => {
  assert.deepEqual(toRequest({ strategy: 'a,b' }).strategies, ['a', 'b'])
  assert.deepEqual(toRequest({ strategy: ['a', 'b,c'] }).strategies, ['a', 'b', 'c'])
})

test('a lane asked for twice is refused', () => {
  assert.equal(refusal({ strategy: 'a,b,a' }), '--strategy a,b,a: a is given twice')
  assert.match(refusal({ kernel: ['k', 'k'] }), /^--kernel k,k: k is given twice/)
  assert.match(refusal({ strategy: 'a,,b' }), /^--strategy a,,b: a name is missing/)
})

test('a number that is none names the option, what was given and what is allowed', () => {
  const counts = /^--accesses \S+: must be a whole number from 1 to 2\^53-1, such as 10M or 1e6$/
  for (const accesses of [-1, '-1', 'abc', 0, 1.5, '1.5M', Number.NaN, Number.POSITIVE_INFINITY, '1e99']) {
    assert.match(refusal({ accesses }), counts)
  }
  assert.match(refusal({ window: '1.5G' }), /^--window 1.5G: must be a size such as 4K/)
  assert.match(refusal({ unit: -4096 }), /^--unit -4096: must be a size/)
  assert.equal(refusal({ tlb: 0 }), '--tlb 0: must be a whole number from 1 to 65535 or none')
  assert.match(refusal({ tlb: 'nnoe' }), /did you mean none\?$/)
  assert.match(refusal({ maxMapCount: 'stok' }), /or lifted or stock; did you mean stock\?$/)
  assert.equal(refusal({ touch: 'units' }), '--touch units: must be page or unit; did you mean unit?')
  assert.match(refusal({ seed: '' }), /^--seed: needs a value/)
})

test('contents are a share of the pages, of which all and none have names', () => {
  const contents = (text: string) => {
    const { contents, writtenShare } = toRequest({ contents: text })
    return [contents, writtenShare]
  }
  for (const all of ['written', '100%', '100.0%', '100.00%']) assert.deepEqual(contents(all), ['written', 1])
  for (const none of ['sparse', '0%', '000%', '0.0%']) assert.deepEqual(contents(none), ['sparse', 0])
  assert.deepEqual(contents('80%'), ['80%', 0.8])
  assert.deepEqual(contents('080.50%'), ['80.5%', 0.805])
  assert.deepEqual(contents('0.0001%'), ['0.0001%', 0.000001])
})

test('contents and backings that are none say what there is, and what was probably meant', () => {
  const allowed = 'must be written, sparse or a share from 0% to 100%, such as 80%'
  for (const contents of ['120%', '100.1%', '-1%', '1e1%', 'wet', '0x10%', '80 %', '%', '.5%']) {
    assert.equal(refusal({ contents }), `--contents ${contents}: ${allowed}`)
  }
  assert.equal(refusal({ contents: '80' }), `--contents 80: ${allowed}; did you mean 80%?`)
  assert.equal(refusal({ contents: 80 }), `--contents 80: ${allowed}; did you mean 80%?`)
  assert.equal(refusal({ contents: 'writen' }), `--contents writen: ${allowed}; did you mean written?`)
  assert.equal(refusal({ backing: 'tmpfs' }), '--backing tmpfs: must be shmem, ramfs or disk; shmem is tmpfs')
  assert.equal(refusal({ backing: 'shm' }), '--backing shm: must be shmem, ramfs or disk; did you mean shmem?')
  assert.equal(refusal({ backing: 'toString' }), '--backing toString: must be shmem, ramfs or disk')
})

test('an option that does not exist is refused, for callers without types', () => {
  assert.equal(refusal({ windw: '1G' }), 'option windw: unknown; did you mean window?')
})

test('an ops file stands alone: what its rows decide cannot be asked for beside it', () => {
  const toBoth = { workload: 'zipf', policy: 'lru', unit: '4K', touch: 'unit', accesses: 5, reclaim: 0 }
  for (const [name, value] of Object.entries(toBoth)) {
    assert.match(refusal({ ops: 'a.csv', [name]: value }), new RegExp(`^--${name} ${value}: does not go with --ops`))
  }
  assert.match(refusal({ ops: 'a.csv', params: { theta: 1 } }), /^--param theta=1: does not go with --ops/)
  assert.equal(toRequest({ ops: 'a.csv', warmup: 3, window: '4M' }).opsFile, 'a.csv')
})

test('processes are numbers, texts or lists of them, each once, and not for rows of operations', () => {
  assert.deepEqual(toRequest({ processes: '1,10,1e2' }).processes, [1, 10, 100])
  assert.deepEqual(toRequest({ processes: [3, '4'] }).processes, [3, 4])
  assert.equal(refusal({ processes: 0 }), '--processes 0: must be a whole number from 1 to 10000')
  assert.equal(refusal({ processes: '5,20000' }), '--processes 20000: must be a whole number from 1 to 10000')
  assert.equal(refusal({ processes: '5,1,5' }), '--processes 5,1,5: 5 is given twice')
  assert.equal(refusal({ processes: '100,1e2' }), '--processes 100,100: 100 is given twice')
  assert.equal(refusal({ processes: '5,' }), '--processes 5,: a name is missing')
  assert.equal(refusal({ cpus: 0 }), '--cpus 0: must be a whole number from 1 to 4096')
  assert.equal(
    refusal({ cpus: 4 }),
    '--cpus 4: one process has none to share them with; with --processes 2 or more, or --threads 4 for CPUs that run one',
  )
  assert.equal(toRequest({ cpus: 4, processes: '1,2' }).cpus, 4)
  assert.deepEqual(toRequest({ ops: 'x.csv', processes: 1 }).processes, [1])
  assert.equal(
    refusal({ ops: 'x.csv', processes: '1,2' }),
    '--processes 1,2: does not go with --ops, whose rows are those of one process',
  )
})
