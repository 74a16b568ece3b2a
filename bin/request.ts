// What a person asks for, in their words (RunOptions), and the same as checked numbers (RunRequest).
//
// The command line and the library come through here, so both have the same defaults, ranges and messages. Names are
// only split here; whether they exist is compose.ts's to say.

import type { Backing } from '../engine/backing-file.ts'
import type { Touch } from '../engine/buffer-pool.ts'
import { COUNTER_NAMES, COUNTERS, type CounterName } from '../engine/counters.ts'
import { UsageError } from '../engine/errors.ts'
import { didYouMean } from '../engine/suggest.ts'
import { parseCount, parseSize } from '../engine/units.ts'
import { defaultOf } from './flags.ts'

/**
 * What to run; everything has the default of the command line. Sizes are bytes or texts such as `'16K'` and `'1G'`
 * (powers of 1024), counts are numbers or texts such as `'10M'` and `'1e6'`.
 */
export interface RunOptions {
  /** A registered workload, by default `tpcc`. */
  readonly workload?: string
  /** The workload's own parameters. */
  readonly params?: Readonly<Record<string, number | string>>
  /** A CSV file of window operations (`op,vpn,pages,pgoff`), instead of workload, params, policy, unit, touch and accesses. */
  readonly ops?: string
  /** One lane for each strategy on each kernel; by default `['map-fixed', 'remap-file-pages']`. */
  readonly strategy?: string | readonly string[]
  /** By default `'linux-2.5.42-remap'`; `'host'` is the running kernel, measured (Linux on x86-64 with koffi). */
  readonly kernel?: string | readonly string[]
  /** Replacement policy of the buffer pool, by default `'clock'`. */
  readonly policy?: string
  /** Backing file, window and cache unit: 16G, 1G and 16K. The unit is 4K times a power of two and divides the others. */
  readonly file?: number | string
  readonly window?: number | string
  readonly unit?: number | string
  /** What holds the file: `'shmem'` (/dev/shm, the default), `'ramfs'` or `'disk'` (a file system that accounts dirty pages). */
  readonly backing?: Backing
  /** Which of its pages exist before the run: `'written'` (all, the default), `'sparse'` (none), or a share such as `'80%'`. */
  readonly contents?: string
  /** Page accesses counted, 1 or more; by default 10 million. */
  readonly accesses?: number | string
  /** Page accesses before counting starts (with `ops`: rows), by default 0. */
  readonly warmup?: number | string
  /** What follows a remap: the accessed page (the default), or every page of the unit. */
  readonly touch?: Touch
  /** CPUs that run the process all the time, 1 to 4,096, by default 1: its accesses are made on one, flushes reach all. */
  readonly threads?: number | string
  /** Entries of the modelled data TLB, 1 to 65,535, by default 64; `'none'` leaves its counters null. */
  readonly tlb?: number | string
  /** The vma limit: `'lifted'` (the default), `'stock'` (the kernel's own), or a number. */
  readonly maxMapCount?: number | string
  /** Vmas of the rest of the process, which count towards the limit; by default what the kernel model says. */
  readonly otherVmas?: number | string
  /**
   * Share of the remaps, `'0%'` (the default) to `'100%'`, before which the process faults outside the window: a kernel with
   * a one-entry vma cache (2.4 to 3.14) then finds another vma in it. Nothing else of those faults is counted.
   */
  readonly otherFaults?: string
  /**
   * Page accesses, counted or not, between two sweeps of memory pressure, by which the kernel takes back 32 pages of the
   * window; 0, the default, for none. Not with `ops`, whose rows may take pages back themselves.
   */
  readonly reclaim?: number | string
  /** 0 to 2^53-1, by default 1. The same options and seed give the same counts on any machine. */
  readonly seed?: number | string
  /** Attributes the counts to kernel steps and, where the workload has them, relations; by default false. */
  readonly breakdown?: boolean
  /** Columns of counters, such as `'page_faults'`: how each number arose, with the first operations that made it. */
  readonly explain?: string | readonly string[]
  /** The cost model that prices the counts, by default the kernel model's own, if it has one. */
  readonly cost?: string
}

export type OptionName = keyof RunOptions

/** RunOptions with every default filled in and every number checked by itself. */
export interface RunRequest {
  readonly workload: string
  readonly params: Readonly<Record<string, number | string>>
  readonly opsFile: string | null
  readonly strategies: readonly string[]
  readonly kernels: readonly string[]
  readonly policy: string
  readonly fileBytes: number
  readonly windowBytes: number
  readonly unitBytes: number
  readonly backing: Backing
  /** `written`, `sparse` or a share such as `80%`, and the same as a number from 0 to 1. */
  readonly contents: string
  readonly writtenShare: number
  readonly accesses: number
  readonly warmup: number
  readonly touch: Touch
  readonly threads: number
  readonly tlb: number | 'none'
  readonly maxMapCount: number | 'lifted' | 'stock'
  /** null: the kernel model's own. */
  readonly otherVmas: number | null
  /** A share such as `50%`, and the same as a number from 0 to 1. */
  readonly otherFaults: string
  readonly otherFaultShare: number
  /** Accesses between two sweeps of memory pressure; 0 for none. */
  readonly reclaim: number
  readonly seed: number
  readonly breakdown: boolean
  readonly explained: readonly CounterName[]
  /** null: the kernel model's own, if it has one. */
  readonly cost: string | null
}

/** The flag each option is called on the command line, which is how messages call it. */
const FLAG_OF: Readonly<Record<OptionName, string>> = {
  workload: 'workload',
  params: 'param',
  ops: 'ops',
  strategy: 'strategy',
  kernel: 'kernel',
  policy: 'policy',
  file: 'file',
  window: 'window',
  unit: 'unit',
  backing: 'backing',
  contents: 'contents',
  accesses: 'accesses',
  warmup: 'warmup',
  touch: 'touch',
  threads: 'threads',
  tlb: 'tlb',
  maxMapCount: 'max-map-count',
  otherVmas: 'other-vmas',
  otherFaults: 'other-faults',
  reclaim: 'reclaim',
  seed: 'seed',
  breakdown: 'breakdown',
  explain: 'explain',
  cost: 'cost',
}
const OPTION_NAMES = Object.keys(FLAG_OF) as readonly OptionName[]

/** What the rows of an --ops file already decide. */
const DECIDED_BY_OPS: readonly OptionName[] = ['workload', 'params', 'policy', 'unit', 'touch', 'accesses', 'reclaim']
const MOST = Number.MAX_SAFE_INTEGER
/** What else people call the same thing. */
const BACKING_HINTS: Readonly<Record<string, string>> = { tmpfs: 'shmem is tmpfs' }

/** Checks the options one by one and fills in the defaults; throws a UsageError that names the flag. */
export function toRequest(options: RunOptions): RunRequest {
  if (options === null || typeof options !== 'object') throw new UsageError(`options ${options}: must be an object`)
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(FLAG_OF, name)) throw new UsageError(`option ${name}: unknown${didYouMean(name, OPTION_NAMES)}`)
  }
  const ops = options.ops === undefined ? null : text(options, 'ops')
  if (ops !== null) refuseBesideOps(options)
  return {
    workload: text(options, 'workload'),
    params: options.params ?? {},
    opsFile: ops,
    strategies: list(options, 'strategy'),
    kernels: list(options, 'kernel'),
    policy: text(options, 'policy'),
    fileBytes: size(options, 'file'),
    windowBytes: size(options, 'window'),
    unitBytes: size(options, 'unit'),
    backing: word(options, 'backing', ['shmem', 'ramfs', 'disk'], BACKING_HINTS),
    ...contentsOf(options),
    accesses: count(options, 'accesses', 1, MOST),
    warmup: count(options, 'warmup', 0, MOST),
    touch: word(options, 'touch', ['page', 'unit']),
    threads: count(options, 'threads', 1, 4096),
    tlb: countOr(options, 'tlb', 1, 65535, ['none']),
    maxMapCount: countOr(options, 'maxMapCount', 1, 2 ** 31 - 1, ['lifted', 'stock']),
    otherVmas: options.otherVmas === undefined ? null : count(options, 'otherVmas', 0, 2 ** 24),
    ...otherFaultsOf(options),
    reclaim: count(options, 'reclaim', 0, MOST),
    seed: count(options, 'seed', 0, MOST),
    breakdown: isSet(options, 'breakdown'),
    explained: options.explain === undefined ? [] : list(options, 'explain').map(counterOf),
    cost: options.cost === undefined ? null : text(options, 'cost'),
  }
}

function refuseBesideOps(options: RunOptions): void {
  const name = DECIDED_BY_OPS.find(name => options[name] !== undefined)
  if (name === undefined) return
  const value = name === 'params' ? Object.entries(options.params ?? {}).map(pair => pair.join('=')) : options[name]
  throw new UsageError(`--${FLAG_OF[name]} ${value}: does not go with --ops, whose rows go past workload and pool`)
}

/** The option as given, or its default, which the flags' table knows. */
function given(options: RunOptions, name: OptionName): unknown {
  const value = options[name] === undefined ? defaultOf(FLAG_OF[name]) : options[name]
  if (value === '') throw new UsageError(`--${FLAG_OF[name]}: needs a value`)
  return value
}

function text(options: RunOptions, name: OptionName): string {
  return String(given(options, name))
}

/** The counter of a column. */
function counterOf(column: string): CounterName {
  const found = COUNTER_NAMES.find(name => COUNTERS[name].column === column)
  if (found !== undefined) return found
  const columns = COUNTER_NAMES.map(name => COUNTERS[name].column)
  throw new UsageError(
    `--explain ${column}: no such count${didYouMean(column, columns)}; allowed: ${columns.join(', ')}`,
  )
}

function isSet(options: RunOptions, name: OptionName): boolean {
  const value = options[name] ?? false
  if (typeof value === 'boolean') return value
  throw new UsageError(`--${FLAG_OF[name]} ${value}: must be true or false`)
}

/** Names separated by commas, or an array of such. */
function list(options: RunOptions, name: OptionName): readonly string[] {
  const names = [given(options, name)].flat().flatMap(part => String(part).split(','))
  if (names.length === 0) throw new UsageError(`--${FLAG_OF[name]}: needs a value`)
  if (names.some(part => part === '')) throw new UsageError(`--${FLAG_OF[name]} ${names.join()}: a name is missing`)
  const twice = names.find((part, i) => names.indexOf(part) < i)
  if (twice !== undefined) throw new UsageError(`--${FLAG_OF[name]} ${names.join()}: ${twice} is given twice`)
  return names
}

/** `hints`: what other words mean that somebody may try. */
function word<const W extends string>(
  options: RunOptions,
  name: OptionName,
  words: readonly W[],
  hints: Readonly<Record<string, string>> = {},
): W {
  const value = String(given(options, name))
  const found = words.find(known => known === value)
  if (found !== undefined) return found
  const allowed = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  const hint = Object.hasOwn(hints, value) ? `; ${hints[value]}` : didYouMean(value, words)
  throw new UsageError(`--${FLAG_OF[name]} ${value}: must be ${allowed}${hint}`)
}

/** All pages and none are `written` and `sparse`, however they were asked for; a share is written without spare digits. */
function contentsOf(options: RunOptions): { readonly contents: string; readonly writtenShare: number } {
  const value = String(given(options, 'contents'))
  const percent = value === 'written' ? 100 : value === 'sparse' ? 0 : percentIn(value)
  if (percent <= 100) {
    const contents = percent === 100 ? 'written' : percent === 0 ? 'sparse' : `${percent}%`
    return { contents, writtenShare: percent / 100 }
  }
  const hint = percentHint(value) || didYouMean(value, ['written', 'sparse'])
  throw new UsageError(`--contents ${value}: must be written, sparse or a share from 0% to 100%, such as 80%${hint}`)
}

function otherFaultsOf(options: RunOptions): Pick<RunRequest, 'otherFaults' | 'otherFaultShare'> {
  const value = String(given(options, 'otherFaults'))
  const percent = percentIn(value)
  if (percent <= 100) return { otherFaults: `${percent}%`, otherFaultShare: percent / 100 }
  throw new UsageError(`--other-faults ${value}: must be a share from 0% to 100%, such as 50%${percentHint(value)}`)
}

/** The number of a share such as 12.5%, with up to four decimals; NaN if it is none. */
function percentIn(value: string): number {
  return Number(/^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(value)?.[1])
}

/** A share without its sign. */
function percentHint(value: string): string {
  return /^\d{1,2}$/.test(value) ? `; did you mean ${value}%?` : ''
}

function size(options: RunOptions, name: OptionName): number {
  const value = given(options, name)
  const bytes = typeof value === 'number' ? value : parseSize(String(value))
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes
  throw new UsageError(`--${FLAG_OF[name]} ${value}: must be a size such as 4K, 16KiB or 1G (whole, powers of 1024)`)
}

function count(options: RunOptions, name: OptionName, least: number, most: number): number {
  return numberIn(given(options, name), name, least, most, [])
}

function countOr<const W extends string>(
  options: RunOptions,
  name: OptionName,
  least: number,
  most: number,
  words: readonly W[],
): number | W {
  const value = given(options, name)
  return words.find(known => known === value) ?? numberIn(value, name, least, most, words)
}

function numberIn(value: unknown, name: OptionName, least: number, most: number, words: readonly string[]): number {
  const number = typeof value === 'number' ? value : parseCount(String(value))
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number
  const range =
    most === MOST
      ? `a whole number from ${least} to 2^53-1, such as 10M or 1e6`
      : `a whole number from ${least} to ${most}`
  const hint = typeof value === 'string' ? didYouMean(value, words) : ''
  throw new UsageError(`--${FLAG_OF[name]} ${value}: must be ${[range, ...words].join(' or ')}${hint}`)
}
