import assert from 'node:assert/strict'
import { test } from 'node:test'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import type { CounterName } from '../../engine/counters.ts'
import type { RunSpec } from '../../engine/run.ts'
import { isTimed, laneColumns, laneLines } from '../../reports/lane-table.ts'
import { markdown } from '../../reports/markdown.ts'
import type { ReportRow } from '../../reports/report.ts'
import { text } from '../../reports/text.ts'
import {
  countsOf,
  impossibleOf,
  MAP_FIXED_RESULT,
  REMAP_FILE_PAGES_RESULT,
  resultOf,
  rowOf,
} from '../helpers/results.ts'

type Given = Partial<Record<CounterName, number | null>>

/** A lane of 100 remaps on a kernel, without a price. */
function lane(spec: Partial<RunSpec>, counts: Given): ReportRow {
  const machine = `machine of ${spec.kernel}`
  return rowOf(resultOf(spec, { counts: countsOf({ remaps: 100, ...counts }), machine }), null)
}

/** Four faults or one, a full flush or a ranged one, one vma or sixty-five thousand. */
const YEARS = [
  lane({ kernel: 'linux-2.4' }, { syscalls: 100, pageFaults: 400, tlbFullFlushes: 100, vmasPeak: 65_536 }),
  rowOf(
    impossibleOf({ kernel: 'linux-2.4', strategy: 'remap-file-pages' }, 'Linux 2.4 has no remap_file_pages()'),
    null,
  ),
  lane({ kernel: 'linux-2.6.20' }, { syscalls: 100, pageFaults: 400, tlbFullFlushes: 97, vmasPeak: 65_509 }),
  lane(
    { kernel: 'linux-2.6.20', strategy: 'remap-file-pages' },
    { syscalls: 100, tlbPageInvalidations: 389, vmasPeak: 1 },
  ),
  lane({ kernel: 'linux-6.18' }, { syscalls: 100, pageFaults: 110, tlbRangeFlushes: 97, vmasPeak: 65_509 }),
  lane(
    { kernel: 'linux-6.18', strategy: 'remap-file-pages' },
    { syscalls: 100, populateFaults: 100, tlbRangeFlushes: 97, vmasPeak: 65_509 },
  ),
]

test('the years side by side: what a remap costs on each kernel, and why a lane cannot run', () => {
  assert.equal(
    laneLines(YEARS).join('\n'),
    `\
100 remaps;         system    page    faults    whole   ranged  one-page   vmas,
per remap            calls  faults  in calls  flushes  flushes   flushes    peak
linux-2.4 (machine of linux-2.4)
  map-fixed           1.00    4.00         0     1.00        0         0  65,536
  remap-file-pages  cannot run: Linux 2.4 has no remap_file_pages()
linux-2.6.20 (machine of linux-2.6.20)
  map-fixed           1.00    4.00         0     0.97        0         0  65,509
  remap-file-pages    1.00       0         0        0        0      3.89       1
linux-6.18 (machine of linux-6.18)
  map-fixed           1.00    1.10         0        0     0.97         0  65,509
  remap-file-pages    1.00       0      1.00        0     0.97         0  65,509`,
  )
})

test('in markdown the same table has a column for the kernel, and a reason stands beside the lane', () => {
  const table = markdown.render({ rows: YEARS, meta: {} }).split('\n\n')[2]!.split('\n')
  assert.equal(
    table[0],
    '| kernel | 100 remaps; per remap | system calls | page faults | faults in calls | whole flushes | ranged flushes | one-page flushes | vmas, peak |',
  )
  assert.equal(table[2], '| linux-2.4 | map-fixed | 1.00 | 4.00 | 0 | 1.00 | 0 | 0 | 65,536 |')
  assert.match(table[3]!, /^\| linux-2.4 \| remap-file-pages \(cannot run: Linux 2.4 .*\) \| - \| - \|/)
})

test('a long reason goes on below its beginning', () => {
  const why = 'this kernel has so many reasons not to that they do not fit one line'
  const lines = laneLines([YEARS[0]!, rowOf(impossibleOf({ kernel: 'linux-3.10', strategy: 'linear' }, why), null)])
  const at = lines.findIndex(line => line.includes('cannot run'))
  assert.equal(lines[at]!.indexOf('cannot'), lines[at + 1]!.search(/\S/))
  assert.equal(`${lines[at]} ${lines[at + 1]!.trim()}`.replace(/ +/g, ' '), ` linear cannot run: ${why}`)
})

test('lanes of one kernel need no heading', () => {
  const rows = ['a', 'b', 'c', 'd'].map(strategy => lane({ strategy }, { syscalls: 100 }))
  assert.deepEqual(
    laneLines(rows).map(line => line.split(' ')[0]),
    ['100', 'per', 'a', 'b', 'c', 'd'],
  )
})

test('a column of which nothing happened is left out, one that nobody counted too', () => {
  const heads = (...rows: readonly ReportRow[]) => laneColumns(rows).map(({ head }) => head.join(' '))
  const standard = ['system calls', 'page faults', 'whole flushes', 'vmas, peak']
  assert.deepEqual(heads(lane({}, {})), standard)
  assert.deepEqual(heads(lane({}, { pageFaults: null, bytesCopied: null })), [standard[0], ...standard.slice(2)])
  const copies = lane({}, { fileReads: 1, bytesCopied: 1, writebacks: 1 })
  assert.deepEqual(heads(lane({}, {}), copies), [
    ...standard.slice(0, 3),
    'pages brought in',
    'bytes copied',
    'write- backs',
    'vmas, peak',
  ])
  const pressed = lane({}, { pagesReclaimed: 1, reclaimUnmaps: 1, reclaimVmas: 1, reclaimPtes: 1 })
  assert.deepEqual(heads(lane({}, {}), pressed).slice(3, -1), [
    'pages taken back',
    'entries unmapped',
    'vmas looked at',
    'entries looked at',
  ])
})

test('where no lane knows its most vmas, those at the end stand alone; beside one that knows, both do', () => {
  const host = lane({ kernel: 'host' }, { vmas: 7, vmasPeak: null })
  const model = lane({ kernel: 'linux-6.18' }, { vmas: 7, vmasPeak: 9 })
  const vmas = (...rows: readonly ReportRow[]) =>
    laneColumns(rows).flatMap(({ head, cells }) => (head[0] === 'vmas,' ? [[head[1], ...cells]] : []))
  assert.deepEqual(vmas(host, host, host), [['at end', '7', '7', '7']])
  assert.deepEqual(vmas(model, host), [
    ['peak', '9', '-'],
    ['at end', '7', '7'],
  ])
  assert.deepEqual(vmas(model), [['peak', '9']])
  const impossible = rowOf(impossibleOf({ kernel: 'linux-2.4' }), null)
  assert.deepEqual(vmas(impossible), [['peak', '-']])
})

test('page tables are a column where they differ between lanes of a kernel that did all of the work', () => {
  const [file, window] = [{ pageTableBytesPeak: 1_828_282_368 }, { pageTableBytesPeak: 131_072 }]
  const tables = (...rows: readonly ReportRow[]) =>
    laneColumns(rows).find(({ head }) => head.join(' ') === 'page tables')?.cells
  const impossible = rowOf(impossibleOf({ kernel: 'linux-2.4', strategy: 'linear' }), null)
  const stopped = rowOf(resultOf({}, { counts: countsOf({}), outcome: { state: 'stopped', errno: 'ENOMEM' } }), null)
  assert.deepEqual(tables(lane({}, file), lane({}, window), impossible), ['1.7 GiB', '128.0 KiB', '-'])
  assert.equal(tables(lane({}, window), lane({}, window), lane({ kernel: 'linux-6.18' }, file)), undefined)
  assert.equal(tables(lane({}, window), impossible, stopped), undefined)
  const lines = laneLines([lane({}, window), lane({ kernel: 'b' }, file), lane({ kernel: 'b' }, window)])
  assert.match(lines[1]!, / peak +tables$/)
})

test('little is not nothing, what nobody counted is a dash, and sizes have units', () => {
  const rows = [
    lane({}, { remaps: 1000, tlbFullFlushes: 1, bytesCopied: 16_384_000 }),
    lane({ strategy: 'b' }, { remaps: 500, tlbFullFlushes: null, syscalls: 12_345_000 }),
  ]
  const cells = new Map(laneColumns(rows).map(({ head, cells }) => [head.join(' '), cells]))
  assert.deepEqual(cells.get('whole flushes'), ['< 0.01', '-'])
  assert.deepEqual(cells.get('bytes copied'), ['16.0 KiB', '0'])
  assert.deepEqual(cells.get('system calls'), ['0', '24,690'])
  assert.equal(laneLines(rows)[1]!.slice(0, 9), 'per remap') // of different numbers of remaps
})

test('without a remap, and of operations from a file, the counts themselves are shown', () => {
  const rows = [lane({}, { remaps: 0, pageFaults: 3_000 }), lane({ strategy: 'b' }, { remaps: 0 })]
  assert.deepEqual(laneColumns(rows)[1]!.cells, ['3,000', '0'])
  assert.match(laneLines(rows)[1]!, /^counts /)
  assert.deepEqual(laneColumns([lane({ workload: 'ops' }, { syscalls: 300 })])[0]!.cells, ['300'])
})

test('modelled times are a column if every lane that ran has one; what does not fit beside stands below', () => {
  const results = [MAP_FIXED_RESULT, REMAP_FILE_PAGES_RESULT].flatMap(result =>
    ['k1', 'k2'].map(kernel => ({ ...result, spec: { ...result.spec, kernel } })),
  )
  const priced = [...results, impossibleOf({ kernel: 'k2', strategy: 'linear' })].map(result => rowOf(result, p42002))
  assert.equal(isTimed(priced), true)
  assert.match(laneLines(priced).join('\n'), /modelled,\n.* P4 2.4 GHz\n/)
  assert.equal(isTimed([...priced, YEARS[0]!]), false)
  const busy = priced.map(row =>
    row.price === null ? row : { ...row, result: { ...row.result, counts: countsOf({ remaps: 9, ...BUSY }) } },
  )
  const lines = laneLines(busy)
  assert.equal(lines.filter(line => line.startsWith('9 remaps')).length, 2)
  assert.equal(lines.filter(line => line.includes('cannot run')).length, 1)
})

const BUSY = {
  populateFaults: 9,
  tlbRangeFlushes: 9,
  tlbPageInvalidations: 9,
  fileReads: 9,
  bytesCopied: 9,
  writebacks: 9,
}

test('80 columns hold whatever the lanes are called', () => {
  for (const length of [5, 18, 19, 25, 40, 79, 100]) {
    const rows = ['k1', 'k2'].flatMap(kernel => [
      lane(
        { kernel: `${kernel}${'-long'.repeat(length / 5)}`, strategy: 's'.repeat(length) },
        { ...BUSY, vmasPeak: 65_536 },
      ),
      lane({ kernel, strategy: 'remap-file-pages' }, { ...BUSY, syscalls: 100 }),
      rowOf(impossibleOf({ kernel, strategy: 'x'.repeat(length) }, 'no '.repeat(50).trim()), null),
    ])
    for (const line of text.render({ rows, meta: {} }).split('\n')) assert.ok(line.length <= 80, line)
  }
})
