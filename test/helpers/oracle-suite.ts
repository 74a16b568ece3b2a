// Real kernels, measured, against a model: every row of a file in the format of test/fixtures/oracle/README.md is one run
// of a test program, made again operation by operation and compared column by column.
//
// What may differ without being wrong, because a measurement is never alone on its machine, stands in one table: the noise
// of KERNELS_MEASURED. Over 300 lines because the format, the run and the table explain each other.

import { readFileSync } from 'node:fs'
import { CsvError, parse } from 'csv-parse/sync'
import { reasonOf } from '../../bin/errors.ts'
import { type Backing, BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import { InvariantError, TraceError } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { type Kernel, MAP_NONBLOCK, MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { isTrace, type OracleTrace, oracleTrace, TRACE_NAMES, type TraceOps, traceFnv } from './oracle-trace.ts'

const GB = 2 ** 30
/** Address of the window in every run. */
const WINDOW_BASE = 0x50000000
/** Files from here on had no pages of their own at the start; all smaller ones were fully written. */
const SPARSE_BYTES = GB / 2

/** What a machine tells: how many vmas and page-table pages its window has, and what happened since it was booted. */
export type Observation = Readonly<
  Record<
    | 'vmas'
    | 'page_faults'
    | 'populate_faults'
    | 'full_flushes'
    | 'range_flushes'
    | 'page_invalidations'
    | 'page_tables',
    number
  >
>

/** What the suite drives. At first the whole window is one mapping of the file from page 0 on, untouched. */
export interface OracleMachine {
  /** One window operation by the strategy of the row (M, MP, R0, RN); 0 or a negative errno. */
  remap(strategy: string, vpn: number, pages: number, pgoff: number): number
  /** 0, or minus the signal. */
  touch(vpn: number, write: number): number
  observe(): Observation
  /** Throws if the machine's structures contradict each other. */
  check(): void
}

export type Boot = (row: OracleRow) => OracleMachine

/** What is compared. The growth of page tables is vmpte_kb less vmpte_before_kb, the other names are the file's. */
const COLUMNS = [
  'vmas_after',
  'pf_user',
  'minflt',
  'tlb_flush',
  'c_flush_mm',
  'c_flush_page',
  'vmpte_growth_kb',
  'errno',
  'ops_ok',
  'syscalls',
  'trace_fnv',
] as const
type Column = (typeof COLUMNS)[number]

/** One run of the test program. */
export interface OracleRow {
  /** What a report calls it: the cells that say what was run. */
  readonly key: string
  readonly kernel: string
  readonly backing: Backing
  /** No page of the file exists until it is first asked for. */
  readonly sparse: boolean
  readonly strategy: string
  readonly trace: string
  readonly unitPages: number
  readonly ops: number
  readonly filePages: number
  readonly windowPages: number
  /** Limit of vmas in force; null if the file does not say. */
  readonly mapLimit: number | null
  /** The columns that are there and not empty. */
  readonly measured: Readonly<Partial<Record<Column, number>>>
}

export interface Deviation {
  readonly column: string
  readonly model: number | string
  readonly measured: number | string
}

export interface RowResult {
  readonly row: OracleRow
  /** Measured values that are not the model's, but within the kernel's noise. */
  readonly noise: readonly Deviation[]
  /** Those that are outside, or what kept the row from being run: it is not equal. */
  readonly differences: readonly Deviation[]
}

/** How far a measured value may lie from the model's, and above it as a part of the model's value. */
interface Noise {
  readonly below: number
  readonly above: number
  readonly aboveShare?: number
}

interface MeasuredKernel {
  readonly model: string
  /** Whether getrusage() counts pages that a system call populates. */
  readonly populateIsMinflt: boolean
  /** Whether c_flush_mm and c_flush_page were counted; elsewhere they hold zeros. */
  readonly splitsFlushes: boolean
  /** Whether VmPTE also counts page-table pages of the level above, one for each gigabyte of address space. */
  readonly upperTables: boolean
  /** What is not in it must be equal. */
  readonly noise: Readonly<Partial<Record<Column, Noise>>>
}

// The noise was found when all rows, those of the fixture and more, were compared with models that share no code with the
// test program; the numbers of rows are of that comparison.
const NOISE_OLD: MeasuredKernel['noise'] = {
  pf_user: { below: 0, above: 1 }, // 28 of 1737 rows, cause not found; minflt did not see it
  tlb_flush: { below: 0, above: 3 }, // 3 in one of 1737 rows, cause not found
  c_flush_mm: { below: 0, above: 3 }, // tlb_flush is the sum of this and the next
  c_flush_page: { below: 0, above: 3 },
}
const NOISE_6_18: MeasuredKernel['noise'] = {
  tlb_flush: { below: 0, above: 33, aboveShare: 0.012 }, // 108 of 644 rows, probably flushes of context switches
  minflt: { below: 1, above: 1 }, // one of 644 rows
}

/** By the name in the column `kernel`. */
const KERNELS_MEASURED: Readonly<Record<string, MeasuredKernel>> = {
  '2.6.20-i386': {
    model: 'linux-2.6.20',
    populateIsMinflt: false,
    splitsFlushes: false,
    upperTables: false,
    noise: NOISE_OLD,
  },
  '3.10.30-i386pae': {
    model: 'linux-3.10-pae',
    populateIsMinflt: true,
    splitsFlushes: true,
    upperTables: false,
    noise: NOISE_OLD,
  },
  '3.10.30-x86_64': {
    model: 'linux-3.10',
    populateIsMinflt: true,
    splitsFlushes: true,
    upperTables: false,
    noise: NOISE_OLD,
  },
  '6.18': {
    model: 'linux-6.18',
    populateIsMinflt: true,
    splitsFlushes: false,
    upperTables: true,
    noise: NOISE_6_18,
  },
}

/** Every row of a file, in its order. Throws a TraceError with file and line if it is not in the format. */
export function* runOracle(path: string, boot: Boot = bootEngine): Generator<RowResult> {
  const traces = new Map<string, OracleTrace>()
  for (const row of readRows(path)) {
    const key = [row.trace, row.unitPages, row.ops, row.filePages, row.windowPages].join()
    const trace = traces.get(key) ?? oracleTrace(row)
    traces.set(key, trace)
    yield runRow(row, trace, boot)
  }
}

function runRow(row: OracleRow, trace: OracleTrace, boot: Boot): RowResult {
  const kernel = KERNELS_MEASURED[row.kernel]
  if (!kernel) return notRun(row, 'kernel', 'none', row.kernel)
  const machine = boot(row)
  // 1. What was not counted.
  const earlier = new Run(row, machine)
  if (trace.warm) earlier.read(0, row.windowPages)
  earlier.make(trace.before, true)
  if (earlier.errno !== 0) return notRun(row, 'errno before counting', earlier.errno, 0)
  const before = machine.observe()
  // 2. What was.
  const run = new Run(row, machine)
  run.make(trace.counted, trace.touched)
  const after = machine.observe()
  machine.check()
  const signal = earlier.signal || run.signal
  if (signal !== 0) return notRun(row, 'signal', signal, 0)
  // 3. The same in the words of the columns. A refused operation is a call and hashed, but not ok.
  const grown = (count: keyof Observation) => after[count] - before[count]
  const upper = kernel.upperTables ? new Set([...earlier.gigabytes, ...run.gigabytes]).size - earlier.gigabytes.size : 0
  const syscalls = run.opsOk + (run.errno === 0 ? 0 : 1)
  return compare(row, kernel, {
    vmas_after: after.vmas,
    pf_user: grown('page_faults'),
    minflt: grown('page_faults') + (kernel.populateIsMinflt ? grown('populate_faults') : 0),
    tlb_flush: grown('full_flushes') + grown('range_flushes') + grown('page_invalidations'),
    c_flush_mm: grown('full_flushes'),
    c_flush_page: grown('page_invalidations'),
    vmpte_growth_kb: ((grown('page_tables') + upper) * PAGE_BYTES) / 1024,
    errno: run.errno,
    ops_ok: run.opsOk,
    syscalls,
    trace_fnv: traceFnv(trace.counted, run.errno === 0 ? row.ops : syscalls),
  })
}

/** The test program on a machine, from one look at the counters to the next. */
class Run {
  errno = 0
  opsOk = 0
  signal = 0
  /** Gigabytes of address space with a page table: nothing a unit can do frees the page of the level above. */
  readonly gigabytes = new Set<number>()
  private readonly row: OracleRow
  private readonly machine: OracleMachine

  constructor(row: OracleRow, machine: OracleMachine) {
    this.row = row
    this.machine = machine
  }

  /** Stops at the first operation that is refused. */
  make({ vpn, pgoff }: TraceOps, touched: boolean): void {
    const { machine } = this
    const { strategy, unitPages } = this.row
    const populates = strategy === 'MP' || strategy === 'R0'
    const ops = strategy === 'N' ? 0 : vpn.length // N does nothing, not even touch
    for (; this.opsOk < ops; this.opsOk++) {
      const at = vpn[this.opsOk]!
      this.errno = -machine.remap(strategy, at, unitPages, pgoff[this.opsOk]!)
      if (this.errno !== 0) return
      if (touched) this.read(at, unitPages)
      else if (populates) this.noteTables(at, unitPages)
    }
  }

  read(vpn: number, pages: number): void {
    const { machine } = this
    for (let page = vpn; page < vpn + pages; page++) {
      const result = machine.touch(page, 0)
      if (result !== 0) this.signal = -result
    }
    this.noteTables(vpn, pages)
  }

  private noteTables(vpn: number, pages: number): void {
    const last = Math.floor((WINDOW_BASE + (vpn + pages - 1) * PAGE_BYTES) / GB)
    for (let at = Math.floor((WINDOW_BASE + vpn * PAGE_BYTES) / GB); at <= last; at++) this.gigabytes.add(at)
  }
}

function compare(row: OracleRow, kernel: MeasuredKernel, values: Readonly<Record<Column, number>>): RowResult {
  const noise: Deviation[] = []
  const differences: Deviation[] = []
  for (const column of COLUMNS) {
    const [model, measured] = [values[column], row.measured[column]]
    if (measured === undefined || measured === model) continue
    if (!kernel.splitsFlushes && column.startsWith('c_flush')) continue
    const list = isWithin(kernel.noise[column], model, measured) ? noise : differences
    list.push({ column, model: shown(column, model), measured: shown(column, measured) })
  }
  return { row, noise, differences }
}

function isWithin(noise: Noise | undefined, model: number, measured: number): boolean {
  if (noise === undefined) return false
  const excess = measured - model
  const tooLarge = noise.aboveShare !== undefined && excess > noise.aboveShare * model
  return excess >= -noise.below && excess <= noise.above && !tooLarge
}

function notRun(row: OracleRow, column: string, model: number | string, measured: number | string): RowResult {
  return { row, noise: [], differences: [{ column, model, measured }] }
}

/** Hashes as the file writes them. */
function shown(column: Column, value: number): number | string {
  return column === 'trace_fnv' ? `0x${value.toString(16)}` : value
}

/** The engine with the row's kernel, in cells of a page. */
function bootEngine(row: OracleRow): OracleMachine {
  const name = KERNELS_MEASURED[row.kernel]!.model
  const model = KERNELS.find(candidate => candidate.name === name)
  if (!model) throw new InvariantError(`no kernel model ${name}`)
  const options = {
    windowPages: row.windowPages,
    cellShift: 0,
    tlbEntries: 64,
    otherVmas: model.otherVmas,
    mapLimit: row.mapLimit ?? model.maxMapCount,
    pagesMappedOnce: false,
  }
  const file = new BackingFile(row.filePages, row.backing, row.sparse ? () => true : null)
  const kernel = new SimulatedKernel(model, options, file, new CounterSet())
  kernel.mmapFixed(0, row.windowPages, 0, 0)
  return {
    remap: (strategy, vpn, pages, pgoff) => remap(kernel, strategy, vpn, pages, pgoff),
    touch: (vpn, write) => kernel.touch(vpn, write),
    observe: () => observe(kernel),
    check: () => kernel.check(),
  }
}

function remap(kernel: Kernel, strategy: string, vpn: number, pages: number, pgoff: number): number {
  switch (strategy) {
    case 'M':
      return kernel.mmapFixed(vpn, pages, pgoff, 0)
    case 'MP':
      return kernel.mmapFixed(vpn, pages, pgoff, MAP_POPULATE)
    case 'R0':
      return kernel.remapFilePages(vpn, pages, pgoff, 0)
    case 'RN':
      return kernel.remapFilePages(vpn, pages, pgoff, MAP_NONBLOCK)
    default:
      throw new InvariantError(`no strategy ${strategy}`)
  }
}

function observe(kernel: SimulatedKernel): Observation {
  kernel.settle()
  const { counters: c, table } = kernel
  return {
    vmas: c.vmas,
    page_faults: c.pageFaults,
    populate_faults: c.populateFaults,
    full_flushes: c.tlbFullFlushes,
    range_flushes: c.tlbRangeFlushes,
    page_invalidations: c.tlbPageInvalidations,
    page_tables: table.tables,
  }
}

// The format: columns are found by their names, in any order; unknown ones are passed over.

const REQUIRED = ['kernel', 'fs', 'strategy', 'unit', 'trace', 'n', 'file_bytes', 'window_bytes']
const STRATEGIES = ['N', 'M', 'MP', 'R0', 'RN'] // N, nothing at all, calibrates the counting
/** More than these is no run of this program; memory and time grow with them. */
const [MOST_OPS, MOST_WINDOW, MOST_FILE] = [1e7, 64 * GB, 1024 * GB]

type Cells = ReadonlyMap<string, string>
type Fail = (problem: string) => never

/** All rows, so that nothing is run if one of them is bad. */
function readRows(path: string): OracleRow[] {
  const rows: OracleRow[] = []
  let header: readonly string[] | null = null
  const onRecord = (record: readonly string[], context: { readonly lines: number }): null => {
    const fail: Fail = problem => {
      throw new TraceError(`${path}:${context.lines}: ${problem}`)
    }
    if (header === null) checkHeader(record, fail)
    else if (record.length !== header.length) fail(`${record.length} fields, the header has ${header.length}`)
    else rows.push(parseRow(new Map(header.map((name, i) => [name, record[i]!])), fail))
    header ??= record
    return null // csv-parse keeps no record
  }
  try {
    parse(readFileSync(path), {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true, // counted above, with a message of our own
      quote: null, // no field has any
      max_record_size: 65_536, // a file without line ends is no CSV
      on_record: onRecord,
    })
  } catch (error) {
    if (error instanceof CsvError) throw new TraceError(`${path}:${error.lines ?? 1}: no line of a CSV file`)
    if (typeof (error as NodeJS.ErrnoException).code === 'string') throw new TraceError(`${path}: ${reasonOf(error)}`)
    throw error
  }
  if (header === null) throw new TraceError(`${path}: empty; the first line names the columns`)
  if (rows.length === 0) throw new TraceError(`${path}: no row after the header`)
  return rows
}

function checkHeader(names: readonly string[], fail: Fail): void {
  const lacking = REQUIRED.filter(name => !names.includes(name))
  if (lacking.length > 0) fail(`the header lacks ${lacking.join(', ')}`)
}

function parseRow(cells: Cells, fail: Fail): OracleRow {
  const text = (name: string) => cells.get(name) ?? ''
  const oneOf = (name: string, fits: (value: string) => boolean, known: string): string =>
    fits(text(name)) ? text(name) : fail(`${name} ${JSON.stringify(text(name))}: must be ${known}`)
  const whole = (name: string, least: number, most: number): number =>
    /^\d+$/.test(text(name)) && Number(text(name)) >= least && Number(text(name)) <= most
      ? Number(text(name))
      : fail(`${name} ${JSON.stringify(text(name))}: must be a whole number, ${least} to ${most}`)
  const pages = (name: string, least: number, most: number): number => {
    const bytes = whole(name, least, most)
    return bytes % PAGE_BYTES === 0
      ? bytes / PAGE_BYTES
      : fail(`${name} ${bytes}: must be whole pages of ${PAGE_BYTES}`)
  }
  const fs = oneOf('fs', value => /^(tmpfs|ramfs|ext.*)$/.test(value), 'tmpfs, ramfs or ext2 to ext4')
  const unitPages = pages('unit', PAGE_BYTES, MOST_WINDOW)
  const row = {
    kernel: oneOf('kernel', value => value !== '', 'the name of a kernel'),
    backing: BACKINGS[fs] ?? 'disk',
    sparse: Number(text('file_bytes')) >= SPARSE_BYTES,
    strategy: oneOf('strategy', value => STRATEGIES.includes(value), STRATEGIES.join(', ')),
    trace: oneOf('trace', isTrace, `${TRACE_NAMES.join(', ')}, with or without w_ before and _nt after`),
    unitPages,
    ops: whole('n', 0, MOST_OPS),
    filePages: pages('file_bytes', unitPages * PAGE_BYTES, MOST_FILE),
    windowPages: pages('window_bytes', unitPages * PAGE_BYTES, MOST_WINDOW),
    mapLimit: text('max_map_count') === '' ? null : whole('max_map_count', 1, Number.MAX_SAFE_INTEGER),
    measured: parseMeasured(cells, fail),
  }
  const key = [...REQUIRED, 'max_map_count'].map(text).filter(cell => cell !== '')
  return { key: key.join(' '), ...row }
}

const BACKINGS: Readonly<Record<string, Backing>> = { tmpfs: 'shmem', ramfs: 'ramfs' }

function parseMeasured(cells: Cells, fail: Fail): OracleRow['measured'] {
  const measured: Partial<Record<Column, number>> = {}
  const value = (name: string): number | null => {
    const text = cells.get(name) ?? ''
    if (text === '') return null
    const [form, what] =
      name === 'trace_fnv' ? [/^0x[\da-f]{1,8}$/i, 'a hash, 0x...'] : [/^-?\d{1,15}$/, 'a whole number']
    return form.test(text) ? Number(text) : fail(`${name} ${JSON.stringify(text)}: must be ${what}`)
  }
  for (const column of COLUMNS) {
    const number = value(column)
    if (number !== null) measured[column] = number
  }
  const [before, after] = [value('vmpte_before_kb'), value('vmpte_kb')]
  if (before !== null && after !== null) measured.vmpte_growth_kb = after - before
  if (Object.keys(measured).length === 0) fail(`nothing was measured: none of ${COLUMNS.join(', ')}`)
  return measured
}
