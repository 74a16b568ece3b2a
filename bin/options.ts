// What a person asks of a run, in their words, and how each word is read: with the default of the command line, and a message
// that names the flag, what was given and what is allowed.

import type { Backing } from '../engine/backing-file.ts'
import type { Touch } from '../engine/buffer-pool.ts'
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
  /** By default `'linux-2.5.42-remap'`. */
  readonly kernel?: string | readonly string[]
  /** Replacement policy of the buffer pool, by default `'clock'`. */
  readonly policy?: string
  /** Backing file, window and cache unit: 16G, 1G and 16K. The unit is 4K times a power of two and divides the others. */
  readonly file?: number | string
  readonly window?: number | string
  readonly unit?: number | string
  /** What holds the file: `'shmem'` (/dev/shm, the default), `'ramfs'` or `'disk'` (a file system that accounts dirty pages). */
  readonly backing?: Backing
  /** On the running kernel: a memfd instead of a file in /dev/shm, which that mount does not limit; by default false. */
  readonly memfd?: boolean
  /** Which of its pages exist before the run: `'written'` (all, the default), `'sparse'` (none), or a share such as `'80%'`. */
  readonly contents?: string
  /** Page accesses counted, 1 or more; by default 10 million. */
  readonly accesses?: number | string
  /** Page accesses before counting starts (with `ops`: rows), by default 0. */
  readonly warmup?: number | string
  /** What follows a remap: the accessed page (the default), or every page of the unit. */
  readonly touch?: Touch
  /**
   * Database processes that share the file, 1 to 10,000, by default 1; of several numbers each is a comparison of its own.
   * `accesses` and `warmup` are made by all of them together, 4,096 in turn; each has its own pool, window and TLB.
   */
  readonly processes?: number | string | readonly (number | string)[]
  /** CPUs that several processes share, 1 to 4,096, by default 1: going on with another process empties a CPU's TLB. */
  readonly cpus?: number | string
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
  /**
   * Also finds for which cache units each verdict holds, by shorter runs at other units (some seconds); by default false.
   * Not with `ops`, more than 12 lanes, several processes, or a window that was not full.
   */
  readonly units?: boolean
  /**
   * Rounds, 1 to 1,000, in which lanes on the running kernel (`kernel: 'host'`) are also timed, by turns, each in a process of
   * its own: CPU time and time by the clock. With `units` also at other units. By default nothing is timed.
   */
  readonly time?: number | string
  /** On the running kernel: the work is done once more, looking whether each touch sees its page of the file; by default false. */
  readonly verify?: boolean
  /**
   * The cost model that prices the counts, by default the kernel model's own, if it has one. `'host'` is this machine: measured
   * once in a process, which takes some seconds; an EnvironmentError where it cannot be.
   */
  readonly cost?: string
}

export type OptionName = keyof RunOptions

/** The flag each option is called on the command line, which is how messages call it. */
export const FLAG_OF: Readonly<Record<OptionName, string>> = {
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
  memfd: 'memfd',
  verify: 'verify',
  contents: 'contents',
  accesses: 'accesses',
  warmup: 'warmup',
  touch: 'touch',
  processes: 'processes',
  cpus: 'cpus',
  threads: 'threads',
  tlb: 'tlb',
  maxMapCount: 'max-map-count',
  otherVmas: 'other-vmas',
  otherFaults: 'other-faults',
  reclaim: 'reclaim',
  seed: 'seed',
  units: 'units',
  breakdown: 'breakdown',
  explain: 'explain',
  time: 'time',
  cost: 'cost',
}
export const OPTION_NAMES = Object.keys(FLAG_OF) as readonly OptionName[]

/** The most that a count may be. */
export const MOST = Number.MAX_SAFE_INTEGER
/** The option as given, or its default, which the flags' table knows. */
export function given(options: RunOptions, name: OptionName): unknown {
  const value = options[name] === undefined ? defaultOf(FLAG_OF[name]) : options[name]
  if (value === '') throw new UsageError(`--${FLAG_OF[name]}: needs a value`)
  return value
}

export function text(options: RunOptions, name: OptionName): string {
  return String(given(options, name))
}

export function isSet(options: RunOptions, name: OptionName): boolean {
  const value = options[name] ?? false
  if (typeof value === 'boolean') return value
  throw new UsageError(`--${FLAG_OF[name]} ${value}: must be true or false`)
}

/** Names separated by commas, or an array of such. */
export function list(options: RunOptions, name: OptionName): readonly string[] {
  const names = [given(options, name)].flat().flatMap(part =>
    String(part)
      .split(',')
      .map(name => name.trim()),
  )
  if (names.length === 0) throw new UsageError(`--${FLAG_OF[name]}: needs a value`)
  if (names.some(part => part === '')) throw new UsageError(`--${FLAG_OF[name]} ${names.join()}: a name is missing`)
  const twice = names.find((part, i) => names.indexOf(part) < i)
  if (twice !== undefined) throw new UsageError(`--${FLAG_OF[name]} ${names.join()}: ${twice} is given twice`)
  return names
}

/** `hints`: what other words mean that somebody may try. */
export function word<const W extends string>(
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

/** The number of a share such as 12.5%, with up to four decimals; NaN if it is none. */
export function percentIn(value: string): number {
  return Number(/^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(value)?.[1])
}

/** A share without its sign. */
export function percentHint(value: string): string {
  return /^\d{1,2}$/.test(value) ? `; did you mean ${value}%?` : ''
}

export function size(options: RunOptions, name: OptionName): number {
  const value = given(options, name)
  const bytes = typeof value === 'number' ? value : parseSize(String(value))
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes
  throw new UsageError(`--${FLAG_OF[name]} ${value}: must be a size such as 4K, 16KiB or 1G (whole, powers of 1024)`)
}

export function count(options: RunOptions, name: OptionName, least: number, most: number): number {
  return numberIn(given(options, name), name, least, most, [])
}

export function countOr<const W extends string>(
  options: RunOptions,
  name: OptionName,
  least: number,
  most: number,
  words: readonly W[],
): number | W {
  const value = given(options, name)
  return words.find(known => known === value) ?? numberIn(value, name, least, most, words)
}

export function numberIn(
  value: unknown,
  name: OptionName,
  least: number,
  most: number,
  words: readonly string[],
): number {
  const number = typeof value === 'number' ? value : parseCount(String(value))
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number
  const range =
    most === MOST
      ? `a whole number from ${least} to 2^53-1, such as 10M or 1e6`
      : `a whole number from ${least} to ${most}`
  const hint = typeof value === 'string' ? didYouMean(value, words) : ''
  throw new UsageError(`--${FLAG_OF[name]} ${value}: must be ${[range, ...words].join(' or ')}${hint}`)
}
