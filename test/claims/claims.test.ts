// The claims as they stand: the quotes against the mail, the verdicts against a committed table, the numbers against the CSV of
// the printed commands, computed here by other means. `UPDATE_GOLDEN=1 npm test` rewrites the table; a person reads what turned.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { claims, renderClaims, run } from '../../bin/api.ts'
import { CLAIMS } from '../../claims/index.ts'
import { type Cells, type Finding, findingOf, isTested } from '../../claims/judge.ts'
import { commandOf, valueText, verdictText } from '../../reports/claims-words.ts'
import { cli } from '../bin/cli-process.ts'

const mail = readFileSync(new URL('../../../test/fixtures/mail.txt', import.meta.url), 'utf8').replace(/\s+/g, ' ')
const findings = await claims()
const tested = findings.filter(({ verdict }) => verdict !== 'untested')

type Row = Readonly<Record<string, string>>
const printed = new Map<string, readonly Row[]>()

/** The rows of a printed command, run by the program in a process of its own. */
function rowsOf(command: string): readonly Row[] {
  const known = printed.get(command)
  if (known) return known
  const words = command.split(' ')
  assert.deepEqual(words.slice(0, 2), ['npx', 'remapbench'])
  const { stdout, stderr, status } = cli(words.slice(2))
  assert.deepEqual([stderr, status], ['', 0], command)
  const rows: readonly Row[] = parse(stdout, { columns: true })
  printed.set(command, rows)
  return rows
}

/** The formula with each cell looked up in the CSV, given to the JavaScript engine. */
function recomputed(formula: string, runs: readonly { readonly name: string; readonly command: string }[]): number {
  const arithmetic = formula.replace(
    /(?:([\w-]+):)?(?:([\w.-]+)\/)?([a-z][\w-]*)\.(\w+)/g,
    (_, run = '', kernel, strategy, column) => {
      const { command } = runs.find(({ name }) => name === run)!
      const lanes = rowsOf(command).filter(
        row => row.strategy === strategy && (kernel === undefined || row.kernel === kernel),
      )
      assert.equal(lanes.length, 1, `${formula}: one lane ${run}:${kernel}/${strategy}`)
      assert.match(lanes[0]![column]!, /^\d+$/, `${formula}: ${column}`)
      return lanes[0]![column]!
    },
  )
  assert.notEqual(arithmetic, formula, `${formula}: reads no cell`)
  assert.match(arithmetic, /^[\d\s()+*/.-]+$/)
  return Number(new Function(`return ${arithmetic}`)())
}

test('every quote stands in the mail', () => {
  for (const { id, quote } of CLAIMS) assert.ok(mail.includes(quote), id)
})

test('ids are words with hyphens, and each is there once', () => {
  const ids = CLAIMS.map(({ id }) => id)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/)
})

test('the verdicts and their numbers are what they were', () => {
  const path = fileURLToPath(new URL('../../../test/golden/claims.txt', import.meta.url))
  const table = findings.map(finding =>
    [
      `${finding.id}: ${verdictText(finding)}`,
      ...finding.numbers.map(({ label, value }) => `  ${valueText(value)}  ${label}`),
      ...finding.reversals.map(({ what, at }) => `  turned by ${what}: ${typeof at === 'number' ? valueText(at) : at}`),
      ...finding.elsewhere.map(({ kernel, verdict }) => `  on ${kernel}: ${verdict}`),
    ].join('\n'),
  )
  const text = `${table.join('\n')}\n`
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text)
  assert.equal(text, readFileSync(path, 'utf8'), 'claims.txt (UPDATE_GOLDEN=1 rewrites it)')
})

test('the printed commands, run by themselves, give the numbers that are shown', () => {
  const report = JSON.parse(renderClaims(findings, 'json'))
  for (const { id, command, runs, numbers } of report.claims) {
    assert.equal(command, runs.length === 0 ? null : runs.map((run: { command: string }) => run.command).join(' && '))
    for (const { label, value, formula } of numbers) {
      const again = recomputed(formula, runs)
      assert.ok(Math.abs(again - value) <= 1e-12 * Math.abs(value), `${id}: ${label}: ${again}, shown ${value}`)
    }
  }
  assert.ok(printed.size > 10)
})

test('every tested claim names its source and what would turn its verdict, none of it within its range but where undecided', () => {
  for (const { id, verdict, condition, source, reversals, numbers } of tested) {
    assert.ok(source !== null && numbers.length > 0, id)
    assert.ok(reversals.length > 0, `${id}: nothing turns it`)
    assert.equal(verdict === 'undecided', reversals.some(({ inRange }) => inRange !== false) && condition === null, id)
  }
})

test('some of the claims may be asked for, in any order, and give the same findings', async () => {
  const ids = ['remap-16k', 'map-populate']
  const some = await claims(ids)
  assert.deepEqual(
    some,
    ids.map(id => findings.find(finding => finding.id === id)),
  )
  await assert.rejects(claims(['remap16k']), {
    name: 'UsageError',
    message: /^claims remap16k: unknown; .*did you mean remap-16k\?$/,
  })
  await assert.rejects(claims(['remap-16k', 'remap-16k']), { name: 'UsageError', message: /given twice/ })
})

test('claims stay quick: no run counts more than a million accesses', () => {
  for (const claim of CLAIMS.filter(isTested)) {
    for (const options of Object.values(claim.runs)) {
      assert.ok(Number(/--accesses (\d+)/.exec(options)?.[1]) <= 1e6, `${claim.id}: ${options}`)
    }
  }
})

test('untested claims say why', () => {
  const untested: readonly Finding[] = findings.filter(({ verdict }) => verdict === 'untested')
  assert.ok(untested.some(({ quote }) => quote.includes('not present in any other OS')))
  for (const { why, runs } of untested) assert.ok(why.length > 20 && runs.length === 0)
})

/** The finding of a claim whose runs counted something else in one lane of its kernel. */
function altered(
  id: string,
  run: string,
  strategy: string,
  column: string,
  change: (value: number) => number,
): Finding {
  const claim = CLAIMS.find(claim => claim.id === id)!
  assert.ok(isTested(claim))
  return findingOf(claim, options =>
    rowsOf(commandOf(options)).map(row => {
      const isMeant = options === claim.runs[run] && row.kernel === claim.kernel && row.strategy === strategy
      const cells: Cells = new Map(
        Object.entries(row).map(([name, text]) => {
          const value = text === '' ? null : /^-?\d+$/.test(text) ? Number(text) : text
          return [name, isMeant && name === column ? change(Number(value)) : value]
        }),
      )
      return cells
    }),
  )
}

// No verdict is fixed: what the runs would have to count for another one.
for (const [id, run, strategy, column, change, verdict] of [
  ['map-populate', '', 'map-fixed-populate', 'page_faults', () => 1, 'does not hold'],
  ['vmas-128k', 'lifted', 'map-fixed', 'vmas_peak', () => 127_999, 'does not hold'],
  ['vmas-128k', 'stock', 'map-fixed', 'failed_remaps', () => 0, 'holds'],
  ['fault-per-page', '', 'map-fixed', 'page_faults', (faults: number) => faults / 2, 'does not hold'],
  ['sparse-terabyte', 'far', 'linear', 'page_table_bytes_peak', (bytes: number) => bytes / 2, 'does not hold'],
  ['one-vma', '', 'remap-file-pages', 'vmas_peak', () => 2, 'does not hold'],
  ['mmap-cache', '', 'remap-file-pages', 'vma_cache_hits', (hits: number) => hits * 0.4, 'does not hold'],
  ['vma-lowmem-share', '16K', 'map-fixed', 'vma_lowmem_bytes_peak', () => 1e6, 'does not hold'],
  ['most-compact', '', 'remap-file-pages', 'page_table_bytes_peak', (bytes: number) => bytes + 4096, 'does not hold'],
  ['granularity-4k', '4K', 'remap-file-pages', 'lowmem_bytes_peak', (bytes: number) => bytes + 4096, 'does not hold'],
  ['flush-above-4k', '4K', 'map-fixed', 'tlb_full_flushes', () => 0, 'holds'],
  ['one-page-invalidation', '', 'remap-file-pages', 'tlb_full_flushes', () => 1, 'does not hold'],
  ['cheaper-remap', '16K', 'remap-file-pages', 'syscalls', (calls: number) => 9 * calls, 'does not hold'],
  ['remap-16k', '', 'map-fixed', 'page_faults', (faults: number) => faults / 2, 'does not hold'],
  ['remap-16k', '', 'remap-file-pages', 'page_faults', (faults: number) => faults + 20_000, 'does not hold'],
  ['remap-16k', '', 'remap-file-pages', 'populate_faults', () => 20_000, 'holds if'],
  ['map-nonblock', 'cached', 'remap-file-pages-nonblock', 'page_faults', () => 1, 'does not hold'],
  ['map-nonblock', 'half', 'remap-file-pages-nonblock', 'file_reads', () => 1, 'does not hold'],
] as const) {
  test(`${id}: ${verdict} if ${strategy} counted other ${column}${run === '' ? '' : ` in the run ${run}`}`, () => {
    const finding = altered(id, run, strategy, column, change)
    assert.equal(finding.verdict, verdict)
    assert.notEqual(finding.verdict, findings.find(finding => finding.id === id)!.verdict)
  })
}

test('vma-half-of-lowmem: twice the lowmem for a vma needs half of the processes', () => {
  const { condition } = altered('vma-half-of-lowmem', '128k', 'map-fixed', 'vma_lowmem_bytes_peak', bytes => 2 * bytes)
  assert.match(condition!, /^14 processes /) // 448 MB / (2 * 17,899,520) = 13.1
})

test('vmas-128k: the limit that the process needs is exact: one less is refused', async () => {
  const { numbers } = findings.find(({ id }) => id === 'vmas-128k')!
  const needed = numbers.find(({ label }) => label === 'vmas of the process')!.value
  const outcome = async (maxMapCount: number) => {
    const wide = { workload: 'uniform', window: '512M', unit: '4K', accesses: 140_000, strategy: 'map-fixed' } as const
    const [row] = await run({ ...wide, maxMapCount })
    return row.result.outcome.state
  }
  assert.deepEqual([await outcome(needed), await outcome(needed - 1)], ['completed', 'stopped'])
})
