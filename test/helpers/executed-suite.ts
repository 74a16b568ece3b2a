// Replays a folder of executed kernel code (the format of test/fixtures/executed/README.md) through the engine and compares
// every column of every step.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Backing, BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import { MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import { packedFor } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux2542RemapP3 } from '../../engine/kernel/linux-2.5.42-remap-p3.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { mmapBytes, PROT_READ, PROT_WRITE, remapBytes } from '../../engine/kernel/syscalls.ts'
import { PAGE_BYTES } from '../../engine/units.ts'

/** Pages a gather holds on SMP before it flushes; include/asm-generic/tlb.h of 2.5.42. */
const FREE_PTE_NR = 506

/** The suite's names of what holds the file. */
const BACKINGS: Readonly<Record<string, Backing>> = { shmem: 'shmem', pagecache: 'disk' }

export type Row = Readonly<Record<string, string>>

/** What the suite drives: byte-level calls, and the columns of results.csv that it can tell. */
export interface ExecutedMachine {
  mmap(start: number, length: number, pgoff: number, flags: number): number
  remap(start: number, length: number, pgoff: number, flags: number): number
  /** 0, or minus the signal. */
  touch(vpn: number, write: number): number
  observe(): Readonly<Record<string, number | string>>
  /** Throws if the machine's structures contradict each other. */
  check(): void
}

/** One scenario or long run: how many of its checkpoints were equal, and the first that was not. */
export interface SuiteResult {
  readonly scenario: string
  readonly equal: number
  readonly steps: number
  readonly firstDifference: string | null
}

type Boot = (scenario: Row) => ExecutedMachine

/** Everything in a folder: its scenarios and its long runs; either may be absent. */
export function* runExecuted(folder: string): Generator<SuiteResult> {
  yield* runScenarios(folder)
  yield* runLongRuns(folder)
}

/** scenarios.csv: every step is compared. */
export function* runScenarios(folder: string, boot: Boot = bootEngine): Generator<SuiteResult> {
  const ops = groupByScenario(readCsv(folder, 'ops.csv'))
  const results = groupByScenario(readCsv(folder, 'results.csv'))
  for (const row of readCsv(folder, 'scenarios.csv')) {
    yield replayScenario(boot(row), row, ops.get(row.scenario) ?? [], results.get(row.scenario) ?? [])
  }
}

/** bulk_scenarios.csv: ten checkpoints each. */
function* runLongRuns(folder: string): Generator<SuiteResult> {
  const checkpoints = groupByScenario(readCsv(folder, 'bulk_results.csv'))
  for (const row of readCsv(folder, 'bulk_scenarios.csv')) {
    yield replayLongRun(bootEngine(row), row, checkpoints.get(row.scenario) ?? [])
  }
}

function replayScenario(
  machine: ExecutedMachine,
  scenario: Row,
  ops: readonly Row[],
  expected: readonly Row[],
): SuiteResult {
  const differences = new Differences(scenario.scenario)
  ops.forEach((op, step) => {
    const ret = perform(machine, Number(scenario.window_base), op)
    const where = `step ${op.step} (${Object.values(op).slice(2).join(',')})`
    if (expected[step]) differences.compare(where, expected[step], { ret, ...machine.observe() })
  })
  machine.check()
  return differences.result(
    ops.length,
    ops.length === expected.length ? null : `${ops.length} operations, ${expected.length} results`,
  )
}

function replayLongRun(machine: ExecutedMachine, scenario: Row, expected: readonly Row[]): SuiteResult {
  const differences = new Differences(scenario.scenario)
  const unit = Number(scenario.unit_pages)
  const steps = Number(scenario.steps)
  const base = Number(scenario.window_base)
  const windowUnits = Math.floor(Number(scenario.window_pages) / unit)
  const fileUnits = Math.floor(Number(scenario.file_pages) / unit)
  let state = Number(scenario.lcg_seed)
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 8
  }
  machine.mmap(base, Number(scenario.window_pages) * PAGE_BYTES, 0, 0)
  let errors = 0
  for (let step = 1; step <= steps; step++) {
    const vpn = (next() % windowUnits) * unit
    const pgoff = (next() % fileUnits) * unit
    const [start, length] = [base + vpn * PAGE_BYTES, unit * PAGE_BYTES]
    const flags = scenario.op === 'mmap_populate' ? MAP_POPULATE : 0
    const ret =
      scenario.op === 'remap' ? machine.remap(start, length, pgoff, 0) : machine.mmap(start, length, pgoff, flags)
    if (ret !== 0) errors++
    if (scenario.touch === 'one') machine.touch(vpn + (next() % unit), 0)
    if (scenario.touch === 'unit') for (let page = 0; page < unit; page++) machine.touch(vpn + page, 0)
    const row = step % (steps / 10) === 0 && expected.find(candidate => Number(candidate.steps_done) === step)
    if (row) differences.compare(`after ${step} steps`, row, { steps_done: step, errors, ...machine.observe() })
  }
  machine.check()
  return differences.result(expected.length, null)
}

function perform(machine: ExecutedMachine, windowBase: number, op: Row): number {
  const vpn = Number(op.vpn)
  const pages = Number(op.pages)
  if (op.op === 'read' || op.op === 'write') {
    let signal = 0
    for (let page = vpn; page < vpn + pages; page++) {
      const result = machine.touch(page, op.op === 'write' ? 1 : 0)
      if (signal === 0) signal = result
    }
    return signal
  }
  const start = windowBase + vpn * PAGE_BYTES + Number(op.start_off_bytes || 0)
  const length = op.size_bytes === '' ? pages * PAGE_BYTES : Number(op.size_bytes)
  const [pgoff, flags] = [Number(op.pgoff), Number(op.flags)]
  return op.op.startsWith('mmap')
    ? machine.mmap(start, length, pgoff, flags)
    : machine.remap(start, length, pgoff, flags)
}

/** The engine as the executed builds were: PIII cache lines, no HIGHPTE, and what each build changes. */
function bootEngine(scenario: Row): ExecutedMachine {
  const number = (key: string) => Number(scenario[key])
  const model: KernelModel = {
    ...linux2542RemapP3,
    ...packedFor(32, 4),
    windowBase: number('window_base'),
    otherVmas: number('other_vmas'),
    othersBase: number('other_base'),
    ...(scenario.build === 'up2l' ? { tablePages: 1024, directoryPages: 1024 } : {}),
    ...(scenario.build === 'smp' && number('cpus') > 1 ? { gatherPages: FREE_PTE_NR } : {}),
  }
  const windowPages = number('window_pages')
  // A long run that moves whole units of a complete file is replayed in cells of a unit, as a pool's run is. (How often a
  // file page is mapped matters to pte chains alone, which are not compared.)
  const shift = Math.log2(number('unit_pages'))
  const inCells = Number.isInteger(shift) && windowPages % number('unit_pages') === 0 && isAbsent(scenario) === null
  const options = {
    windowPages,
    cellShift: inCells ? shift : 0,
    tlbEntries: 64,
    otherVmas: model.otherVmas,
    mapLimit: number('map_limit'),
    pagesMappedOnce: inCells,
  }
  const file = new BackingFile(number('file_pages'), BACKINGS[scenario.backing]!, isAbsent(scenario))
  const kernel = new SimulatedKernel(model, options, file, new CounterSet())
  return {
    mmap: (start, length, pgoff, flags) => mmapBytes(kernel, start, length, pgoff, flags),
    remap: (start, length, pgoff, flags) => remapBytes(kernel, start, length, PROT_READ | PROT_WRITE, pgoff, flags),
    touch: (vpn, write) => kernel.touch(vpn, write),
    observe: () => observe(kernel),
    check: () => kernel.check(),
  }
}

/** Which file pages are absent at the start; null for none. */
export function isAbsent(scenario: Row): ((page: number) => boolean) | null {
  const modulus = Number(scenario.absent_mod)
  return modulus > 0 ? page => page % modulus === Number(scenario.absent_rem) : null
}

/** The columns of results.csv, from the engine's state. */
function observe(kernel: SimulatedKernel): Record<string, number | string> {
  const { counters: c, space, table, file, windowPages } = kernel
  return {
    vmas: space.mapCount,
    faults: c.pageFaults,
    full_flushes: c.tlbFullFlushes,
    invlpg: c.tlbPageInvalidations,
    vma_allocs: c.vmaAllocs,
    vma_frees: c.vmaFrees,
    splits: c.vmaSplits,
    find_vma_calls: space.findCalls,
    mmap_cache_hits: c.vmaCacheHits,
    ptes_present: table.present - (kernel.pgoffMapped(windowPages) < 0 ? 0 : 1), // that entry lies past the window
    hash_ptes: fnv(windowPages, vpn => kernel.pgoffMapped(vpn)),
    hash_vmas: fnv(windowPages, vpn => kernel.pgoffByVma(vpn)),
    tree_walks: c.vmaLookups - c.vmaCacheHits,
    walk_nodes: c.vmaLookupLevels,
    rmap_adds: c.ptesInstalled,
    rmap_removes: c.ptesZapped,
    pte_pages: table.tables,
    file_pages: file.presentPages,
    rss: kernel.rss,
  }
}

/** FNV-1a 32 over a 32-bit number per page, little endian; 8 hexadecimal digits. */
function fnv(pages: number, value: (vpn: number) => number): string {
  let hash = 0x811c9dc5
  for (let vpn = 0; vpn < pages; vpn++) {
    const word = value(vpn)
    for (let shift = 0; shift < 32; shift += 8) hash = Math.imul(hash ^ ((word >>> shift) & 0xff), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}

class Differences {
  private readonly scenario: string
  private equal = 0
  private first: string | null = null

  constructor(scenario: string) {
    this.scenario = scenario
  }

  compare(where: string, expected: Row, actual: Readonly<Record<string, number | string>>): void {
    const wrong = Object.keys(actual).filter(
      column => column in expected && expected[column] !== String(actual[column]),
    )
    if (wrong.length === 0) this.equal++
    else
      this.first ??= `${where}: ${wrong.map(column => `${column} ${actual[column]}, executed ${expected[column]}`).join('; ')}`
  }

  result(steps: number, failed: string | null): SuiteResult {
    return { scenario: this.scenario, equal: this.equal, steps, firstDifference: failed ?? this.first }
  }
}

function readCsv(folder: string, name: string): Row[] {
  const text = readText(join(folder, name))
  if (text === null) return []
  const [header, ...lines] = text.split(/\r?\n/).filter(line => line !== '')
  const columns = header!.split(',')
  return lines.map(line => {
    const cells = line.split(',')
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']))
  })
}

/** The file, or its .gz twin; null if there is neither. */
function readText(path: string): string | null {
  for (const candidate of [path, `${path}.gz`]) {
    try {
      const bytes = readFileSync(candidate)
      return (candidate.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return null
}

function groupByScenario(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.scenario)
    if (group) group.push(row)
    else groups.set(row.scenario, [row])
  }
  return groups
}
