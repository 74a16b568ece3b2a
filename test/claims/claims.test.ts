// The claims as they stand: the quotes against the mail, the verdicts against a committed table, the numbers against the CSV of
// the printed commands, computed here by other means. `UPDATE_GOLDEN=1 npm test` rewrites the table; a person reads what turned.
//
// Each distinct command runs once, in this process, and its CSV is what everything is read from; that the program itself
// shows the same is tried on a few claims, with the program. Over 300 lines because all of it reads those runs, which take
// seconds and should be made once.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { claims, renderClaims, run } from '../../bin/api.ts'
import { CLAIMS } from '../../claims/index.ts'
import { type Finding, findingOf, isTested } from '../../claims/judge.ts'
import { flushBreakEven } from '../../engine/break-even.ts'
import { p32002 } from '../../engine/cost/p3-2002.ts'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import type { CostItem } from '../../engine/cost.ts'
import { commandOf, valueText, verdictText } from '../../reports/claims-words.ts'
import { cli } from '../bin/cli-process.ts'
import { cellsOf, csvOf, listedPrice, PRICES_COMMAND, priceList, type Row } from '../helpers/claim-rows.ts'

const mail = readFileSync(new URL('../../../test/fixtures/mail.txt', import.meta.url), 'utf8').replace(/\s+/g, ' ')

const printed = new Map<string, readonly Row[]>()
for (const claim of CLAIMS.filter(isTested)) {
  for (const options of Object.values(claim.runs)) {
    const command = commandOf(options)
    if (!printed.has(command)) printed.set(command, await csvOf(command))
  }
}
const rowsOf = (command: string) => printed.get(command) ?? assert.fail(`not among the commands: ${command}`)
const findings = CLAIMS.map(claim => findingOf(claim, options => rowsOf(commandOf(options)).map(cellsOf)))
const tested = findings.filter(({ verdict }) => verdict !== 'untested')

/** The formula with each cell looked up in the CSV and each price in the list, given to the JavaScript engine. */
function recomputed(formula: string, runs: readonly { readonly name: string; readonly command: string }[]): number {
  const priced = formula.replace(/(\w+)@([\w-]+?)(?:\.(low|high))?(?= |$)/g, (_, column, list, bound) =>
    listedPrice(column, list, bound),
  )
  const arithmetic = priced.replace(
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
    const commands = runs.map((run: { command: string }) => run.command)
    if (numbers.some(({ formula }: { formula: string }) => formula.includes('@'))) commands.push(PRICES_COMMAND)
    assert.equal(command, commands.length === 0 ? null : commands.join(' && '))
    for (const { label, value, formula } of numbers) {
      const again = recomputed(formula, runs)
      assert.ok(Math.abs(again - value) <= 1e-12 * Math.abs(value), `${id}: ${label}: ${again}, shown ${value}`)
    }
  }
  assert.ok(printed.size > 10)
})

test('every tested claim names its source, and what would turn its verdict: outside of its range, but where undecided', () => {
  for (const { id, verdict, condition, source, reversals, numbers } of tested) {
    assert.ok(source !== null && numbers.length > 0, id)
    assert.equal(verdict === 'undecided', reversals.some(({ inRange }) => inRange !== false) && condition === null, id)
  }
})

test('what nothing here can turn says so, and no kernel made after a sentence speaks for it', () => {
  const unturned = tested.flatMap(({ id, reversals }) => (reversals.length === 0 ? [id] : []))
  assert.deepEqual(unturned, ['map-populate', 'flush-above-4k', 'flush-at-4k'])
  for (const { id, elsewhere } of tested) {
    assert.equal(
      elsewhere.some(({ kernel }) => kernel === 'linux-2.5.42-mail'),
      false,
      id,
    )
  }
})

test('the program shows the same, and its commands, given to it, make the same rows', () => {
  const ids = ['map-nonblock', 'flush-break-even']
  const { stdout, stderr, status } = cli(['claims', ...ids, '--format', 'json'])
  assert.deepEqual([stderr, status], ['', 0])
  const known = JSON.parse(renderClaims(findings, 'json')).claims
  const shown = JSON.parse(stdout).claims
  assert.deepEqual(
    shown,
    ids.map(id => known.find((claim: { id: string }) => claim.id === id)),
  )
  const last: string[] = shown.map(({ runs }: { runs: { command: string }[] }) => runs.at(-1)!.command)
  for (const command of last) {
    assert.deepEqual(parse(cli(command.split(' ').slice(2)).stdout, { columns: true }), rowsOf(command))
  }
  assert.equal(cli(PRICES_COMMAND.split(' ').slice(2)).stdout, priceList)
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
      const cells = cellsOf(row)
      return isMeant ? new Map([...cells, [column, change(Number(cells.get(column)))]]) : cells
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
  ['mmap-cache', 'none', 'remap-file-pages', 'vma_cache_hits', (hits: number) => hits * 0.4, 'does not hold'],
  ['vma-lowmem-share', '16K', 'map-fixed', 'vma_lowmem_bytes_peak', () => 1e6, 'does not hold'],
  [
    'most-compact',
    'one',
    'remap-file-pages',
    'page_table_bytes_peak',
    (bytes: number) => bytes + 4096,
    'does not hold',
  ],
  ['granularity-4k', '4K', 'remap-file-pages', 'lowmem_bytes_peak', (bytes: number) => bytes + 4096, 'does not hold'],
  ['flush-above-4k', '', 'map-fixed', 'tlb_full_flushes', () => 0, 'does not hold'],
  ['flush-at-4k', '', 'map-fixed', 'tlb_full_flushes', () => 0, 'holds'],
  ['one-page-invalidation', '', 'remap-file-pages', 'tlb_full_flushes', () => 1, 'does not hold'],
  ['most-compact', 'several', 'remap-file-pages', 'pte_chain_bytes_peak', () => 0, 'holds'],
  ['swap-out', 'plain', 'remap-file-pages', 'wrong_pages', () => 0, 'does not hold'],
  ['swap-out', 'plain', 'remap-file-pages-locked', 'pages_reclaimed', () => 1, 'does not hold'],
  ['swap-out', 'handler', 'remap-file-pages-sigbus', 'signals_handled', () => 0, 'does not hold'],
  ['swap-out', 'handler', 'remap-file-pages-sigbus', 'wrong_pages', () => 1, 'does not hold'],
  ['less-swapping', 'swept', 'map-fixed', 'vma_lookup_levels', (levels: number) => levels - 1e5, 'does not hold'],
  ['less-swapping', 'swept', 'map-fixed', 'modelled_ns', (ns: number) => ns - 1e7, 'does not hold'],
  ['less-swapping', 'swept', 'remap-file-pages-sigbus', 'pages_reclaimed', (pages: number) => pages * 9, 'holds'],
  [
    'less-swapping',
    'swept',
    'remap-file-pages-sigbus',
    'pages_reclaimed',
    (pages: number) => pages / 9,
    'does not hold',
  ],
  ['more-processes', '37-unit', 'map-fixed', 'lowmem_bytes_peak', (bytes: number) => bytes / 2, 'does not hold'],
  ['more-processes', '55-page', 'map-fixed', 'lowmem_bytes_peak', (bytes: number) => bytes / 2, 'does not hold'],
  ['more-processes', '74-unit', 'remap-file-pages', 'lowmem_bytes_peak', (bytes: number) => 2 * bytes, 'does not hold'],
  [
    'more-processes',
    '110-page',
    'remap-file-pages',
    'lowmem_bytes_peak',
    (bytes: number) => 2 * bytes,
    'does not hold',
  ],
  ['flush-break-even', '16K', 'map-fixed', 'tlb_misses', (misses: number) => misses + 50_684 * 30, 'holds'],
  ['flush-significant', 'p4', 'map-fixed', 'tlb_misses', (misses: number) => misses + 50_684 * 40, 'holds'],
  ['cheaper-remap', '16K', 'remap-file-pages', 'syscalls', (calls: number) => 9 * calls, 'does not hold'],
  ['cheaper-remap', 'threads', 'remap-file-pages', 'ipi_rounds', () => 0, 'holds'],
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

test('flush-newer-cpus: no longer undecided where prices are known, and turned where a flush has become cheaper', () => {
  const claim = CLAIMS.find(({ id }) => id === 'flush-newer-cpus')!
  assert.ok(isTested(claim))
  const verdictIf = (flush: number) => {
    const known = ({ counter, ...item }: CostItem): CostItem => {
      const best = counter === 'tlbFullFlushes' ? flush : item.best
      return { ...item, counter, low: best, best, high: best }
    }
    const lists = claim.lists!.map(list =>
      list.name === 'modern-core' ? { ...list, items: list.items.map(known) } : list,
    )
    return findingOf({ ...claim, lists }, options => rowsOf(commandOf(options)).map(cellsOf)).verdict
  }
  assert.deepEqual([verdictIf(401), verdictIf(399)], ['holds', 'does not hold'])
})

test('flush-break-even: the line is that of the engine, and of hand arithmetic', () => {
  const [line, low, high, ofThree] = findings.find(({ id }) => id === 'flush-break-even')!.numbers.map(n => n.value)
  const { best, ...ends } = flushBreakEven(p42002, 64)
  assert.deepEqual([line, { low, high }, ofThree], [best, ends, flushBreakEven(p32002, 64).best])
  assert.equal(line, (400 + 64 * 30) / 300)
})

test('more-processes: 74 processes have a chain for each page that two of them map, and for no more than there are, by hand', () => {
  const { numbers } = findings.find(({ id }) => id === 'more-processes')!
  // Each window holds a sixteenth of the 4,194,304 pages of 16 GB. A chain has room for 15 references of 8 bytes; 30 of its
  // 124 bytes fit into a page of lowmem, which is 720 MB.
  const chains = numbers.find(({ label }) => label === 'part of that in pte chains')!.value
  const mappedByNoneOrOne = (15 / 16) ** 74 + (74 / 16) * (15 / 16) ** 73
  const everyPage = ((4_194_304 / 30) * 4096) / 754_974_720
  assert.ok(chains > 0.99 * everyPage * (1 - mappedByNoneOrOne) && chains < 1.01 * everyPage, `${chains}`)
})

test('more-processes: it turns between the two numbers of processes whose double is counted, for either use of a unit', () => {
  const { numbers, reversals } = findings.find(({ id }) => id === 'more-processes')!
  const taken = (label: string) => numbers.find(number => number.label === label)!.value
  for (const [few, more, such, turn] of [
    [22, 24, 'processes', reversals[0]!],
    [40, 42, 'such', reversals[1]!],
  ] as const) {
    const [low, high] = [taken(`${few} ${such}, map-fixed`), taken(`${more} ${such}, map-fixed`)]
    assert.ok(taken(`${2 * few} ${such}, remap-file-pages`) > low)
    assert.ok(taken(`${2 * more} ${such}, remap-file-pages`) < high)
    const left = 1 - Number(turn.at)
    assert.ok(low < left && left < high, `${low} ${left} ${high}`)
  }
})

test('vma-half-of-lowmem: twice the lowmem for a vma needs half of the processes', () => {
  const { condition } = altered('vma-half-of-lowmem', '128k', 'map-fixed', 'vma_lowmem_bytes_peak', bytes => 2 * bytes)
  assert.match(condition!, /^11 processes /) // 360 MB / (2 * 17,899,520) = 10.5
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
