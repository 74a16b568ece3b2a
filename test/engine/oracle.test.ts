// The engine against measured kernels (test/fixtures/oracle): every column of every row; and the suite itself, which must
// see what is wrong and say so.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { scratch } from '../bin/cli-process.ts'
import { fixture } from '../helpers/fixtures.ts'
import { type Boot, type Observation, type OracleRow, runOracle } from '../helpers/oracle-suite.ts'

const ROWS = 357
/** Rows whose measurement is known to be off by a little: 5 page faults on old kernels, 19 flush counts on 6.18. */
const NOISY = 24

const CLI = fileURLToPath(new URL('../helpers/oracle-cli.js', import.meta.url))
const NOTHING: Observation = {
  vmas: 1,
  page_faults: 0,
  populate_faults: 0,
  full_flushes: 0,
  range_flushes: 0,
  page_invalidations: 0,
  page_tables: 0,
}

const RUN = 'kernel,fs,strategy,unit,trace,n,file_bytes,window_bytes'
const cells = (kernel: string, strategy = 'M', trace = 'lin') =>
  `${kernel},tmpfs,${strategy},4096,${trace},2,1048576,65536`

function fileOf(t: TestContext, ...lines: readonly string[]): string {
  const path = join(scratch(t), 'rows.csv')
  writeFileSync(path, lines.join('\n'))
  return path
}

/** A machine that does nothing, and says at the second look that it counted `grown`. */
function claiming(grown: Partial<Observation>, remap: () => number = () => 0): Boot {
  return () => {
    let looks = 0
    return {
      remap,
      touch: () => 0,
      observe: () => (looks++ === 0 ? NOTHING : { ...NOTHING, ...grown }),
      check: () => {},
    }
  }
}

/** What each row of a file comes to: the columns that differ, and those within the noise in brackets. */
function verdicts(path: string, boot: Boot): string[] {
  return [...runOracle(path, boot)].map(({ differences, noise }) =>
    [...differences.map(({ column }) => column), ...noise.map(({ column }) => `(${column})`)].join(' '),
  )
}

test('every row of every measured kernel is equal, most of them without noise', () => {
  let rows = 0
  let noisy = 0
  for (const { row, noise, differences } of runOracle(fixture('oracle/rows.csv'))) {
    assert.deepEqual(differences, [], row.key)
    rows++
    if (noise.length > 0) noisy++
  }
  assert.deepEqual([rows, noisy], [ROWS, NOISY])
})

test('the command prints the noise and the equal rows and ends with 0', t => {
  const [header, ...rows] = readFileSync(fixture('oracle/rows.csv'), 'utf8').trimEnd().split('\n')
  const path = fileOf(t, header!, ...rows.filter(row => /^6\.18,tmpfs,.*,1000,/.test(row)))
  const { stdout, stderr, status } = spawnSync(process.execPath, [CLI, path], { encoding: 'utf8' })
  assert.deepEqual([stderr, status], ['', 0])
  assert.equal(stdout, '4 rows within the known noise: 6.18 tlb_flush +1 in 4\nequal 29 of 29 rows\n')
})

test('a wrong value is printed with its row, and the command ends with 1', t => {
  const good = `${cells('2.6.20-i386', 'N')},1,0`
  const path = fileOf(t, `${RUN},vmas_after,tlb_flush`, good, `${cells('2.6.20-i386', 'N')},1,5`, '')
  const { stdout, status } = spawnSync(process.execPath, [CLI, path], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.equal(stdout, '2.6.20-i386 tmpfs N 4096 lin 2 1048576 65536: tlb_flush 0, measured 5\nequal 1 of 2 rows\n')
})

test('only columns that are there and not empty are compared, wherever they stand', t => {
  const path = fileOf(t, `tlb_flush,comment,${RUN},pf_user`, `,x,${cells('6.18')},7`, `3,,${cells('6.18')},`)
  assert.deepEqual(verdicts(path, claiming({ page_faults: 7 })), ['', 'tlb_flush'])
  assert.deepEqual(verdicts(path, claiming({ range_flushes: 3 })), ['pf_user', ''])
})

test('columns are sums of what the machine counts', t => {
  const grown = { page_faults: 10, populate_faults: 20, full_flushes: 1, range_flushes: 2, page_invalidations: 4 }
  const path = fileOf(
    t,
    `${RUN},pf_user,minflt,tlb_flush,c_flush_mm,c_flush_page`,
    `${cells('2.6.20-i386')},10,10,7,0,0`, // populating is not counted, nor flushes apart
    `${cells('3.10.30-x86_64')},10,30,7,1,4`,
    `${cells('6.18')},10,30,7,0,0`,
  )
  assert.deepEqual(verdicts(path, claiming(grown)), ['', '', ''])
})

test('page tables count by their growth, on 6.18 with those of the level above', t => {
  const wide = '1073741824,1073741824'
  const path = fileOf(
    t,
    `${RUN},vmpte_before_kb,vmpte_kb`,
    `${cells('3.10.30-x86_64')},16,24`,
    `${cells('6.18')},32,44`, // touched: one gigabyte
    `${cells('6.18', 'M', 'lin_nt')},32,40`, // nothing read, nothing populated
    `${cells('6.18', 'MP', 'lin_nt')},32,44`,
    `${cells('6.18', 'M', 'w_lin')},32,40`, // it was there before
    `6.18,tmpfs,M,4096,revslot,1,${wide},32,44`,
    `6.18,tmpfs,M,536870912,lin,2,${wide},32,48`, // from 0x50000000 on, two gigabytes have a part in it
  )
  assert.deepEqual(verdicts(path, claiming({ page_tables: 2 })), ['', '', '', '', '', '', ''])
})

test('a run stops at the first refusal, which is a call and hashed but neither touched nor ok', t => {
  const path = fileOf(
    t,
    `${RUN},errno,ops_ok,syscalls,trace_fnv,max_map_count`,
    '3.10.30-x86_64,tmpfs,M,4096,rand,20000,67108864,16777216,12,556,557,0xe9132118,1000',
    '3.10.30-x86_64,tmpfs,M,4096,rand,20000,67108864,16777216,12,557,558,0xe9132118,1000',
  )
  let [calls, touches] = [0, 0]
  const boot = (row: OracleRow) => {
    assert.equal(row.mapLimit, 1000)
    ;[calls, touches] = [0, 0]
    return {
      ...claiming({}, () => (++calls === 557 ? -12 : 0))(row),
      touch: () => {
        touches++
        return 0
      },
    }
  }
  assert.deepEqual(verdicts(path, boot), ['', 'ops_ok syscalls'])
  assert.deepEqual([calls, touches], [557, 556])
})

test('noise has a side and an end', t => {
  const flushes = fileOf(
    t,
    `${RUN},tlb_flush`,
    ...[999, 1000, 1012, 1013].map(flushes => `${cells('6.18')},${flushes}`),
    ...[999, 1003, 1004].map(flushes => `${cells('2.6.20-i386')},${flushes}`),
  )
  assert.deepEqual(verdicts(flushes, claiming({ full_flushes: 1000 })), [
    ...['tlb_flush', '', '(tlb_flush)', 'tlb_flush'], // 1.2 %
    ...['tlb_flush', '(tlb_flush)', 'tlb_flush'],
  ])
  const many = fileOf(t, `${RUN},tlb_flush`, ...[10_033, 10_034].map(flushes => `${cells('6.18')},${flushes}`))
  assert.deepEqual(verdicts(many, claiming({ full_flushes: 10_000 })), ['(tlb_flush)', 'tlb_flush'])
  const faults = fileOf(
    t,
    `${RUN},pf_user,minflt,vmas_after`,
    ...['9,9,1', '11,10,1', '10,11,1', '12,10,1', '10,10,2'].map(values => `${cells('3.10.30-i386pae')},${values}`),
    ...['10,9,1', '10,11,1', '11,10,1', '10,12,1', '10,10,2'].map(values => `${cells('6.18')},${values}`),
  )
  assert.deepEqual(verdicts(faults, claiming({ page_faults: 10 })), [
    ...['pf_user minflt', '(pf_user)', 'minflt', 'pf_user', 'vmas_after'],
    ...['(minflt)', '(minflt)', 'pf_user', 'minflt', 'vmas_after'],
  ])
})

test('a signal, a refusal before counting and an unknown kernel make a row unequal', t => {
  const path = fileOf(t, `${RUN},vmas_after`, `${cells('6.18', 'M', 'relin')},1`, `${cells('6.6')},1`)
  assert.deepEqual(
    verdicts(
      path,
      claiming({}, () => -12),
    ),
    ['errno before counting', 'kernel'],
  )
  const signalled: Boot = row => ({ ...claiming({})(row), touch: () => -7 })
  assert.deepEqual(verdicts(path, signalled), ['signal', 'kernel'])
})

test('a file that is not in the format is one line with file and line, nothing is run, and the command ends with 3', t => {
  const header = `${RUN},vmas_after`
  const bad: readonly (readonly [problem: RegExp, ...lines: string[]])[] = [
    [/: empty; /],
    [/: empty; /, '', ''],
    [/: no row after the header$/, header],
    [/:1: the header lacks strategy, unit, /, 'kernel,fs,case,ret', '6.18,tmpfs,basic,0'],
    [/:3: 3 fields, the header has 9$/, header, `${cells('6.18')},1`, '6.18,tmpfs,M'],
    [/:2: strategy "X": must be N, M, /, header, `${cells('6.18', 'X')},1`],
    [/:2: trace "lim": must be rand, /, header, `${cells('6.18', 'M', 'lim')},1`],
    [/:2: fs "btrfs": must be tmpfs, /, header, '6.18,btrfs,M,4096,lin,2,1048576,65536,1'],
    [/:2: unit "4K": must be a whole number, /, header, '6.18,tmpfs,M,4K,lin,2,1048576,65536,1'],
    [/:2: unit 5000: must be whole pages /, header, '6.18,tmpfs,M,5000,lin,2,1048576,65536,1'],
    [/:2: window_bytes "4096": must be /, header, '6.18,tmpfs,M,8192,lin,2,1048576,4096,1'],
    [/:2: n "1e99": must be /, header, '6.18,tmpfs,M,4096,lin,1e99,1048576,65536,1'],
    [/:2: vmas_after "many": must be /, header, `${cells('6.18')},many`],
    [/:2: nothing was measured: /, header, `${cells('6.18')},`],
    [/:1: the header lacks kernel, /, '\u0000\u0001\u0002'],
  ]
  for (const [problem, ...lines] of bad) {
    const path = fileOf(t, ...lines)
    const boot = () => assert.fail('booted')
    assert.throws(() => [...runOracle(path, boot)], { name: 'TraceError', message: problem }, lines.join('|'))
  }
  const folder = scratch(t)
  for (const path of [folder, join(folder, 'none.csv'), fileOf(t, header, '6.18')]) {
    const { stdout, stderr, status } = spawnSync(process.execPath, [CLI, path], { encoding: 'utf8' })
    assert.deepEqual([stdout, status], ['', 3], path)
    assert.match(stderr, /^[^\n]+\n$/)
  }
})

test('without a file the command says how it is used and ends with 2', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [CLI], { encoding: 'utf8' })
  assert.deepEqual([stdout, status], ['', 2])
  assert.match(stderr, /^usage: npm run oracle -- FILE [^\n]+\n$/)
})
