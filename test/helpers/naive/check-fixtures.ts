// Development aid: replays the executed fixtures (executed.md) through the naive kernel and compares every column of
// every step.
//
//   node check-fixtures.js FOLDER [bulk names, comma-separated [steps at most]]
//
// FOLDER holds scenarios.csv, ops.csv, results.csv and the bulk files. Prints the first mismatch of each scenario and
// totals. The csv files contain no quotes, so a split at commas reads them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NaiveKernel } from './naive-kernel.ts'

type Row = Record<string, string>

const COLUMNS: Record<string, (kernel: NaiveKernel) => number | string> = {
  vmas: k => k.vmaCount(),
  faults: k => k.pageFaults,
  full_flushes: k => k.tlbFullFlushes,
  invlpg: k => k.tlbPageInvalidations,
  vma_allocs: k => k.vmaAllocs,
  vma_frees: k => k.vmaFrees,
  splits: k => k.vmaSplits,
  find_vma_calls: k => k.findVmaCalls,
  mmap_cache_hits: k => k.vmaCacheHits,
  ptes_present: k => k.ptesPresent(),
  hash_ptes: k => k.hashPtes(),
  hash_vmas: k => k.hashVmas(),
  tree_walks: k => k.treeWalks,
  walk_nodes: k => k.vmaLookupLevels,
  rmap_adds: k => k.ptesInstalled,
  rmap_removes: k => k.ptesZapped,
  pte_pages: k => k.ptePages,
  file_pages: k => k.filePagesPresent,
  rss: k => k.rss,
}

const folder = process.argv[2]
const bulkNames = (process.argv[3] ?? '').split(',')
const bulkStepsAtMost = Number(process.argv[4] ?? Infinity)

const ops = byScenario(read('ops.csv'))
const results = byScenario(read('results.csv'))
let equal = 0
let total = 0
for (const scenario of read('scenarios.csv')) {
  const kernel = kernelOf(scenario)
  const name = scenario.scenario
  const steps = ops.get(name)!
  const expected = results.get(name)!
  if (steps.length !== expected.length || steps.length !== Number(scenario.steps))
    console.log(`${name}: rows are missing`)
  let first = ''
  for (const [i, op] of steps.entries()) {
    const problem = difference(kernel, { ret: replay(kernel, op, Number(scenario.window_base)) }, expected[i])
    if (problem === '') equal++
    else if (first === '') first = `step ${i} (${Object.values(op).join(',')}): ${problem}`
    total++
  }
  if (kernel.rss !== kernel.ptesInstalled - kernel.ptesZapped) first += ' rss is not installed - zapped'
  if (kernel.vmaLookups !== kernel.treeWalks + kernel.vmaCacheHits) first += ' look-ups do not add up'
  console.log(`${name} ${scenario.family}: ${steps.length} steps${first === '' ? '' : `, first mismatch at ${first}`}`)
}
console.log(`${equal} of ${total} steps are equal in all columns`)

const checkpoints = byScenario(read('bulk_results.csv'))
for (const scenario of read('bulk_scenarios.csv').filter(row => bulkNames.includes(row.scenario))) bulk(scenario)

function kernelOf(scenario: Row): NaiveKernel {
  const twoLevel = scenario.build === 'up2l'
  const modulus = Number(scenario.absent_mod)
  const remainder = Number(scenario.absent_rem)
  return new NaiveKernel({
    windowBase: Number(scenario.window_base),
    windowPages: Number(scenario.window_pages),
    filePages: Number(scenario.file_pages),
    backing: scenario.backing === 'pagecache' ? 'pagecache' : 'shmem',
    mapLimit: Number(scenario.map_limit),
    otherVmas: Number(scenario.other_vmas),
    otherBase: Number(scenario.other_base),
    absent: page => modulus > 0 && page % modulus === remainder,
    pteTable: twoLevel ? { regionBytes: 2 ** 22, pgdBytes: 2 ** 22 } : { regionBytes: 2 ** 21, pgdBytes: 2 ** 30 },
    gatherPages: scenario.build === 'smp' && Number(scenario.cpus) > 1 ? 506 : Infinity,
  })
}

function replay(kernel: NaiveKernel, op: Row, windowBase: number): number {
  const vpn = Number(op.vpn)
  const pages = Number(op.pages)
  const pgoff = Number(op.pgoff)
  const flags = Number(op.flags)
  const call = op.op
  if (call === 'read' || call === 'write') return kernel.touchPages(vpn, pages, call === 'write' ? 1 : 0)
  if (op.size_bytes === '') {
    return call.startsWith('mmap')
      ? kernel.mmapFixed(vpn, pages, pgoff, flags)
      : kernel.remapFilePages(vpn, pages, pgoff, flags)
  }
  const start = windowBase + vpn * 4096 + Number(op.start_off_bytes)
  const size = Number(op.size_bytes)
  return call.startsWith('mmap')
    ? kernel.mmapBytes(start, size, pgoff, flags)
    : kernel.remapBytes(start, size, pgoff, flags)
}

function bulk(scenario: Row): void {
  const kernel = kernelOf(scenario)
  const started = process.hrtime.bigint()
  const unit = Number(scenario.unit_pages)
  const units = Math.floor(Number(scenario.window_pages) / unit)
  const fileUnits = Math.floor(Number(scenario.file_pages) / unit)
  const steps = Number(scenario.steps)
  let x = Number(scenario.lcg_seed)
  const next = (): number => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    return x >>> 8
  }
  kernel.mmapFixed(0, Number(scenario.window_pages), 0, 0)
  let errors = 0
  let equalRows = 0
  let rows = 0
  for (let done = 1; done <= Math.min(steps, bulkStepsAtMost); done++) {
    const vpn = (next() % units) * unit
    const pgoff = (next() % fileUnits) * unit
    const flags = scenario.op === 'mmap_populate' ? 0x8000 : 0
    const ret =
      scenario.op === 'remap'
        ? kernel.remapFilePages(vpn, unit, pgoff, flags)
        : kernel.mmapFixed(vpn, unit, pgoff, flags)
    if (ret !== 0) errors++
    if (scenario.touch === 'unit') kernel.touchPages(vpn, unit, 0)
    if (scenario.touch === 'one') kernel.touch(vpn + (next() % unit), 0)
    if (done % (steps / 10) !== 0) continue
    const problem = difference(kernel, { steps_done: done, errors }, checkpoints.get(scenario.scenario)![rows++])
    if (problem === '') equalRows++
    else console.log(`${scenario.scenario} at ${done}: ${problem}`)
  }
  const seconds = Number((process.hrtime.bigint() - started) / 1000000n) / 1000
  console.log(`${scenario.scenario}: ${equalRows} of ${rows} checkpoints are equal, ${seconds} s`)
}

/** The first column that differs, or ''. */
function difference(kernel: NaiveKernel, given: Record<string, number>, expected: Row): string {
  for (const [column, value] of Object.entries(expected)) {
    if (column === 'scenario' || column === 'step') continue
    const mine = String(given[column] ?? COLUMNS[column](kernel))
    if (mine !== value) return `${column} is ${mine}, executed ${value}`
  }
  return ''
}

function read(name: string): Row[] {
  const [header, ...lines] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
  const names = header!.split(',')
  return lines.map(line => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])))
}

function byScenario(rows: Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.scenario)
    if (group === undefined) groups.set(row.scenario, [row])
    else group.push(row)
  }
  return groups
}
