import assert from 'node:assert/strict'
import { test } from 'node:test'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import { CAUSE_NAMES, CAUSES } from '../../engine/cost.ts'
import { COUNTER_NAMES, COUNTERS } from '../../engine/counters.ts'
import { markdown } from '../../reports/markdown.ts'
import { MAP_FIXED_RESULT, NO_COUNTS, REMAP_FILE_PAGES_RESULT, reportOf, resultOf, rowOf } from '../helpers/results.ts'

const REPORT = reportOf(...[MAP_FIXED_RESULT, REMAP_FILE_PAGES_RESULT].map(result => rowOf(result, p42002)))
const TEXT = markdown.render(REPORT)

/** Cells of each line of a table, an escaped bar being none. */
function tableRows(text: string): string[][] {
  const lines = text.split('\n').filter(line => line.startsWith('|'))
  return lines.map(line => line.slice(2, -2).split(/(?<!\\) \| /))
}

test('the heading is the specification in words, and the file ends with one newline', () => {
  assert.ok(TEXT.startsWith('# TPC-C-like, 10,000,000 page accesses, 16K units, clock, seed 1\n\n16 GiB /dev/shm file'))
  assert.ok(TEXT.endsWith('|\n'))
})

test('every counter is there with its value in each lane and its sentence', () => {
  const rows = new Map(tableRows(TEXT).map(cells => [cells[0], cells]))
  for (const name of COUNTER_NAMES) {
    const cells = rows.get(`\`${COUNTERS[name].column}\``)
    assert.ok(cells, name)
    assert.equal(cells[1]!.replaceAll(',', ''), String(MAP_FIXED_RESULT.counts[name]))
    assert.equal(cells[2]!.replaceAll(',', ''), String(REMAP_FILE_PAGES_RESULT.counts[name]))
    assert.equal(cells[3]!.replaceAll('\\', ''), COUNTERS[name].help)
  }
})

test('the modelled time is there cause by cause, as ranges', () => {
  const rows = new Map(tableRows(TEXT).map(cells => [cells[0], cells]))
  for (const cause of CAUSE_NAMES) assert.equal(rows.get(`\`${cause}\``)?.[3], CAUSES[cause])
  // 194,017,185 nodes at 15 to 300 cycles and what else the test of prices adds; 2,298,721 calls of 1761.
  assert.deepEqual(rows.get('`vma_work`')?.slice(1, 3), ['2.0 - 26 s', '38 - 750 ns']) // six nodes in the other lane
  assert.deepEqual(rows.get('`entries`')?.slice(1, 3), ['1.7 s', '1.7 s'])
  assert.doesNotMatch(markdown.render(reportOf(rowOf(MAP_FIXED_RESULT, null))), /by cause/)
})

test('every price is there with its source', () => {
  for (const { source } of p42002.items) assert.ok(TEXT.includes(source), source)
})

test('notes tell the lifted limit, the touch, the guesses and the evidence', () => {
  for (const words of [
    'A stock kernel refuses',
    'One page touched per pool miss',
    'a guess of the kernel model',
    '**Evidence:** executed',
  ]) {
    assert.ok(TEXT.includes(words), words)
  }
})

test('a guess of one kernel among several names the kernel', () => {
  const mail = resultOf(
    { kernel: 'linux-2.5.42-mail' },
    { guesses: ['the mail alone'], counts: MAP_FIXED_RESULT.counts },
  )
  const text = markdown.render(reportOf(rowOf(MAP_FIXED_RESULT, p42002), rowOf(mail, p42002)))
  assert.match(text, /- \*\*Guess:\*\* the mail alone \(linux-2\.5\.42-mail\)\./)
})

test('all rows of a table have the cells of its head', () => {
  for (const part of TEXT.split('\n\n')) {
    const rows = tableRows(part)
    for (const cells of rows) assert.equal(cells.length, rows[0]!.length, cells.join())
  }
})

test('the same report gives the same bytes', () => {
  assert.equal(markdown.render(structuredClone(REPORT)), TEXT)
})

test('bars, breaks and markup in a name stay text', () => {
  const text = markdown.render(reportOf(rowOf(resultOf({ workload: 'trace:a|b\n<img src=x>*.csv' }), p42002)))
  assert.ok(text.startsWith('# trace:a\\|b \\<img src=x\\>\\*.csv, 10,000,000'))
})

test('a lane that could not run has dashes', () => {
  const outcome = { state: 'unsupported', reason: 'x', why: 'x' } as const
  const text = markdown.render(reportOf(rowOf(resultOf({}, { outcome, counts: NO_COUNTS }), p42002)))
  assert.match(text, /\| `syscalls` \| - \| system calls made for the window \|/)
})

test('a report without lanes says so', () => {
  assert.equal(markdown.render(reportOf()), '# Nothing was run\n')
})
