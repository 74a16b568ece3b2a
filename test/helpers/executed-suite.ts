// Replays a folder of executed kernel code (the format of test/fixtures/executed/README.md) through the engine and compares
// every column of every step.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import type { KernelModel } from '../../engine/kernel/kernel.ts'
import { linux2542RemapP3 } from '../../engine/kernel/linux-2.5.42-remap-p3.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { mmapBytes, remapBytes } from '../../engine/kernel/syscalls.ts'
import { PAGE_BYTES } from '../../engine/units.ts'

type Row = Readonly<Record<string, string>>
export type Step = (kernel: SimulatedKernel) => number

/** One scenario or bulk run: how many of its checkpoints were equal, and the first that was not. */
export interface SuiteResult {
  readonly scenario: string
  readonly equal: number
  readonly steps: number
  readonly firstDifference: string | null
}

/** Runs every scenario of scenarios.csv, then every one of bulk_scenarios.csv (either may be absent). */
export function* runExecuted(folder: string): Generator<SuiteResult> {
  const ops = groupBy(readCsv(folder, 'ops.csv'), 'scenario')
  const results = groupBy(readCsv(folder, 'results.csv'), 'scenario')
  for (const scenario of readCsv(folder, 'scenarios.csv')) {
    yield replayScenario(scenario, ops.get(scenario['scenario']!) ?? [], results.get(scenario['scenario']!) ?? [])
  }
  const checkpoints = groupBy(readCsv(folder, 'bulk_results.csv'), 'scenario')
  for (const scenario of readCsv(folder, 'bulk_scenarios.csv')) {
    yield replayBulk(scenario, checkpoints.get(scenario['scenario']!) ?? [])
  }
}

function replayScenario(scenario: Row, ops: readonly Row[], expected: readonly Row[]): SuiteResult {
  const kernel = bootKernel(scenario)
  const differences = new Differences(scenario['scenario']!)
  const failed = ops.length !== expected.length ? `${ops.length} operations but ${expected.length} results` : null
  ops.forEach((op, step) => {
    const ret = perform(kernel, op)
    if (expected[step]) differences.compare(`step ${op['step']} (${Object.values(op).slice(2).join(',')})`, expected[step], { ret, ...observe(kernel) })
  })
  kernel.check()
  return differences.result(ops.length, failed)
}

function replayBulk(scenario: Row, expected: readonly Row[]): SuiteResult {
  const kernel = bootKernel(scenario)
  const [windowPages, filePages, unit, steps] = ['window_pages', 'file_pages', 'unit_pages', 'steps'].map(key => Number(scenario[key])) as [number, number, number, number]
  const differences = new Differences(scenario['scenario']!)
  let state = Number(scenario['lcg_seed'])
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 8
  }
  kernel.mmapFixed(0, windowPages, 0, 0)
  let errors = 0
  for (let step = 1; step <= steps; step++) {
    const vpn = (next() % Math.floor(windowPages / unit)) * unit
    const pgoff = (next() % Math.floor(filePages / unit)) * unit
    const ret = scenario['op'] === 'remap' ? kernel.remapFilePages(vpn, unit, pgoff, 0) : kernel.mmapFixed(vpn, unit, pgoff, scenario['op'] === 'mmap' ? 0 : 0x8000)
    if (ret !== 0) errors++
    if (scenario['touch'] === 'one') kernel.touch(vpn + (next() % unit), 0)
    if (scenario['touch'] === 'unit') for (let page = 0; page < unit; page++) kernel.touch(vpn + page, 0)
    if (step % (steps / 10) === 0) {
      const row = expected.find(candidate => Number(candidate['steps_done']) === step)
      if (row) differences.compare(`after ${step} steps`, row, { steps_done: step, errors, ...observe(kernel) })
    }
  }
  kernel.check()
  return differences.result(expected.length, null)
}

function perform(kernel: SimulatedKernel, op: Row): number {
  const [vpn, pages, pgoff, flags] = ['vpn', 'pages', 'pgoff', 'flags'].map(key => Number(op[key])) as [number, number, number, number]
  const mapping = op['op']!.startsWith('mmap')
  if (op['op'] === 'read' || op['op'] === 'write') {
    let signal = 0
    for (let page = vpn; page < vpn + pages; page++) {
      const result = kernel.touch(page, op['op'] === 'write' ? 1 : 0)
      if (signal === 0) signal = result
    }
    return signal
  }
  const start = kernel.model.windowBase + vpn * PAGE_BYTES + Number(op['start_off_bytes'] || 0)
  const length = op['size_bytes'] === '' ? pages * PAGE_BYTES : Number(op['size_bytes'])
  return mapping ? mmapBytes(kernel, start, length, pgoff, flags) : remapBytes(kernel, start, length, pgoff, flags)
}

/** The executed builds: PIII cache lines, and what each build changes. */
function bootKernel(scenario: Row): SimulatedKernel {
  const number = (key: string) => Number(scenario[key])
  const model: KernelModel = {
    ...linux2542RemapP3,
    pteReferenceBytes: 4, // executed without HIGHPTE: NRPTE 7
    windowBase: number('window_base'),
    otherVmas: number('other_vmas'),
    othersBase: number('other_base'),
    ...(scenario['build'] === 'up2l' ? { tablePages: 1024, directoryPages: 1024 } : {}),
    ...(scenario['build'] === 'smp' && number('cpus') > 1 ? { gatherPages: 506 } : {}), // FREE_PTE_NR
  }
  const options = {
    windowPages: number('window_pages'),
    cellShift: scenario['unit_pages'] ? Math.log2(number('unit_pages')) : 0,
    tlbEntries: 64,
    otherVmas: model.otherVmas,
    mapLimit: number('map_limit'),
    // The long runs move whole units of a complete file; how often a page is mapped matters to chains alone, not compared.
    pagesMappedOnce: Boolean(scenario['unit_pages']),
  }
  const modulus = number('absent_mod')
  const isAbsent = modulus > 0 ? (page: number) => page % modulus === number('absent_rem') : null
  const file = new BackingFile(number('file_pages'), scenario['backing'] as 'shmem' | 'pagecache', isAbsent)
  return new SimulatedKernel(model, options, file, new CounterSet())
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
    const wrong = Object.keys(actual).filter(column => column in expected && expected[column] !== String(actual[column]))
    if (wrong.length === 0) this.equal++
    else this.first ??= `${where}: ${wrong.map(column => `${column} ${actual[column]}, executed ${expected[column]}`).join('; ')}`
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

function groupBy(rows: readonly Row[], key: string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row[key]!)
    if (group) group.push(row)
    else groups.set(row[key]!, [row])
  }
  return groups
}
