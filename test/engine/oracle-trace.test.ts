// The traces of the oracle suite against what the test program published of its own: first operations and hashes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTrace, oracleTrace, TRACE_NAMES, type TraceOps, traceFnv } from '../helpers/oracle-trace.ts'

/** File of 64 MB, window of 16 MB: the program's defaults. */
const [FILE, WINDOW] = [16_384, 4096]

const make = (trace: string, unitPages: number, ops: number, filePages = FILE, windowPages = WINDOW) =>
  oracleTrace({ trace, unitPages, ops, filePages, windowPages })
const pairs = ({ vpn, pgoff }: TraceOps) => Array.from(vpn, (s, k) => [s, pgoff[k]])
const counted = (trace: string, unitPages: number, ops: number, filePages: number, windowPages: number) =>
  pairs(make(trace, unitPages, ops, filePages, windowPages).counted)

test('first operations and hashes are the published ones', () => {
  const golden = [
    ['rand', 1, 1000, [3094, 1063], 0x68f20f4b],
    ['rand', 2, 1000, [2092, 2126], 0x32af0a01],
    ['rand', 4, 1000, [88, 4252], 0x55b517cd],
    ['rand', 16, 1000, [352, 624], 0x87819c1f],
    ['strad', 4, 1000, [3024, 1531], 0x9ddebc7f],
  ] as const
  for (const [trace, unitPages, ops, first, hash] of golden) {
    const { counted } = make(trace, unitPages, ops)
    assert.deepEqual(pairs(counted)[0], first, `${trace} ${unitPages}`)
    assert.equal(traceFnv(counted, ops), hash, `${trace} ${unitPages}`)
  }
  assert.deepEqual(pairs(make('rand', 1, 4).counted), [
    [3094, 1063],
    [1308, 10_902],
    [3868, 11_618],
    [3535, 6829],
  ])
})

test('so are those of the large case, a window of 1 GB on a file of 16 GB', () => {
  const { counted } = make('rand', 1, 200_000, 2 ** 22, 2 ** 18)
  assert.deepEqual(pairs(counted)[0], [252_950, 2_556_967])
  assert.equal(traceFnv(counted, 200_000), 0x4b6e1a9c)
})

test('traces without chance go where their rule says', () => {
  // A window of 5 slots of 2 pages, a file of 15 blocks.
  const at = (trace: string) => counted(trace, 2, 6, 30, 10).map(([s, f]) => `${s}:${f}`)
  assert.deepEqual(at('lin'), ['0:0', '2:2', '4:4', '6:6', '8:8', '0:0'])
  assert.deepEqual(at('seqoff'), ['0:10', '2:12', '4:14', '6:16', '8:18', '0:10'])
  assert.deepEqual(at('revslot'), ['8:18', '6:16', '4:14', '2:12', '0:10', '8:18'])
  assert.deepEqual(at('evod'), ['0:10', '4:14', '8:18', '2:12', '6:16', '0:10'])
  assert.deepEqual(at('rev'), ['0:8', '2:6', '4:4', '6:2', '8:0', '0:8'])
  assert.deepEqual(at('relin'), at('lin'))
})

test('straddling operations stay inside window and file and are not aligned', () => {
  for (const trace of ['strad', 'stradl']) {
    const ops = counted(trace, 4, 500, 64, 16)
    assert.ok(ops.every(([s, f]) => s! + 4 <= 16 && f! + 4 <= 64))
    assert.ok(ops.some(([s]) => s! % 4 !== 0))
    if (trace === 'stradl') assert.ok(ops.every(([s, f]) => f === 16 + s!))
  }
})

test('relin and same begin with two random rounds, touched but not counted', () => {
  const random = pairs(make('rand', 4, 2048).counted)
  for (const trace of ['relin', 'same']) assert.deepEqual(pairs(make(trace, 4, 10).before), random, trace)
  assert.equal(make('rand', 4, 10).before.vpn.length, 0)
})

test('same maps again what each slot already shows', () => {
  const { before, counted } = make('same', 4, 1024)
  const shown = new Map(Array.from({ length: 1024 }, (_, slot) => [slot * 4, slot * 4]))
  for (const [s, f] of pairs(before)) shown.set(s!, f!)
  assert.deepEqual(pairs(counted), [...shown])
})

test('prefix and suffix change what is touched, not the operations', () => {
  const plain = make('rand', 4, 100)
  assert.deepEqual([plain.warm, plain.touched], [false, true])
  assert.deepEqual(make('w_rand_nt', 4, 100), { ...plain, warm: true, touched: false })
})

test('the hash covers as many operations as asked', () => {
  const { counted } = make('rand', 1, 20_000)
  assert.equal(traceFnv(counted, 0), 0x811c9dc5)
  assert.equal(traceFnv(counted, 557), 0xe9132118) // a run that a limit stopped in its 557th operation
})

test('names are the ten rules, with or without prefix and suffix', () => {
  assert.equal(TRACE_NAMES.length, 10)
  for (const name of TRACE_NAMES) assert.ok(isTrace(name) && isTrace(`w_${name}`) && isTrace(`w_${name}_nt`))
  for (const name of ['', 'w_', 'random', 'w_w_rand', 'constructor']) assert.ok(!isTrace(name), name)
})
