// A run's options (options.ts) as checked numbers with every default filled in, and what does not go together.
//
// The command line and the library come through here, so both have the same defaults, ranges and messages. Names are
// only split here; whether they exist is compose.ts's to say.

import type { Backing } from '../engine/backing-file.ts'
import type { Touch } from '../engine/buffer-pool.ts'
import { COUNTER_NAMES, COUNTERS, type CounterName } from '../engine/counters.ts'
import { UsageError } from '../engine/errors.ts'
import { HOST } from '../engine/native/host-model.ts'
import type { HostFile } from '../engine/run.ts'
import { didYouMean, nearestOfAll } from '../engine/suggest.ts'
import {
  count,
  countOr,
  FLAG_OF,
  given,
  isSet,
  list,
  MOST,
  numberIn,
  OPTION_NAMES,
  type OptionName,
  percentHint,
  percentIn,
  type RunOptions,
  size,
  text,
  word,
} from './options.ts'

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
  readonly hostFile: HostFile
  /** `written`, `sparse` or a share such as `80%`, and the same as a number from 0 to 1. */
  readonly contents: string
  readonly writtenShare: number
  readonly accesses: number
  readonly warmup: number
  readonly touch: Touch
  /** One comparison for each. */
  readonly processes: readonly number[]
  readonly cpus: number
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
  readonly findsUnits: boolean
  /** Whether to look at what lanes on the running kernel show. */
  readonly verifies: boolean
  /** Rounds in which lanes on the running kernel are timed; 0 for none. */
  readonly timedRounds: number
  readonly breakdown: boolean
  readonly explained: readonly CounterName[]
  /** null: the kernel model's own, if it has one. */
  readonly cost: string | null
}

/** What the rows of an --ops file already decide. */
const DECIDED_BY_OPS: readonly OptionName[] = ['workload', 'params', 'policy', 'unit', 'touch', 'accesses', 'reclaim']
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
  requireHost(options)
  requireModel(options)
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
    hostFile: isSet(options, 'memfd') ? 'memfd' : '/dev/shm',
    verifies: isSet(options, 'verify'),
    ...contentsOf(options),
    accesses: count(options, 'accesses', 1, MOST),
    warmup: count(options, 'warmup', 0, MOST),
    touch: word(options, 'touch', ['page', 'unit']),
    ...sharing(processesOf(options), count(options, 'cpus', 1, 4096)),
    threads: count(options, 'threads', 1, 4096),
    tlb: countOr(options, 'tlb', 1, 65535, ['none']),
    maxMapCount: countOr(options, 'maxMapCount', 1, 2 ** 31 - 1, ['lifted', 'stock']),
    otherVmas: options.otherVmas === undefined ? null : count(options, 'otherVmas', 0, 2 ** 24),
    ...otherFaultsOf(options),
    reclaim: count(options, 'reclaim', 0, MOST),
    seed: count(options, 'seed', 0, MOST),
    findsUnits: isSet(options, 'units'),
    timedRounds: options.time === undefined ? 0 : count(options, 'time', 1, 1000),
    breakdown: isSet(options, 'breakdown'),
    explained: options.explain === undefined ? [] : list(options, 'explain').map(counterOf),
    cost: options.cost === undefined ? null : text(options, 'cost'),
  }
}

/** What is asked of the running kernel alone; rows of --ops are counted and no more. */
const OF_HOST: readonly (readonly [OptionName, goesWithOps: boolean])[] = [
  ['memfd', true],
  ['time', false],
  ['verify', false],
]

function requireHost(options: RunOptions): void {
  for (const [name, goesWithOps] of OF_HOST) {
    const value = options[name]
    if (value === undefined || value === false) continue
    const option = value === true ? `--${name}` : `--${name} ${value}`
    const kernels = list(options, 'kernel')
    if (!kernels.includes(HOST)) {
      throw new UsageError(`${option}: is for the running kernel alone; --kernel ${kernels.join()} lacks ${HOST}`)
    }
    if (options.ops !== undefined && !goesWithOps) {
      throw new UsageError(`${option}: does not go with --ops, whose rows are counted only`)
    }
  }
}

/** What is asked of models alone. */
const OF_MODELS: readonly OptionName[] = ['breakdown', 'explain']

function requireModel(options: RunOptions): void {
  if (list(options, 'kernel').some(kernel => kernel !== HOST)) return
  const name = OF_MODELS.find(name => options[name] !== undefined && options[name] !== false)
  if (name === undefined) return
  const option = options[name] === true ? `--${name}` : `--${name} ${options[name]}`
  throw new UsageError(`${option}: is not measured on ${HOST}; --kernel linux-6.18,${HOST} has it of the model`)
}

function refuseBesideOps(options: RunOptions): void {
  const name = DECIDED_BY_OPS.find(name => options[name] !== undefined)
  if (name === undefined) return
  const value = name === 'params' ? Object.entries(options.params ?? {}).map(pair => pair.join('=')) : options[name]
  throw new UsageError(`--${FLAG_OF[name]} ${value}: does not go with --ops, whose rows go past workload and pool`)
}

/** The counter of a column. */
function counterOf(column: string): CounterName {
  const found = COUNTER_NAMES.find(name => COUNTERS[name].column === column)
  if (found !== undefined) return found
  const columns = COUNTER_NAMES.map(name => COUNTERS[name].column)
  throw new UsageError(`--explain ${column}: no such count${nearestOfAll(column, columns)}`)
}

/** What is known of one process alone, and why. */
const OF_ONE_PROCESS: readonly (readonly [OptionName, string])[] = [
  ['ops', 'whose rows are those of one process'],
  ['reclaim', 'since the choice among processes is not modelled'],
  ['explain', 'which tells of the operations of one process'],
]

function processesOf(options: RunOptions): readonly number[] {
  const processes = list(options, 'processes').map(part => numberIn(part, 'processes', 1, 10_000, []))
  const twice = processes.find((number, i) => processes.indexOf(number) < i)
  if (twice !== undefined) throw new UsageError(`--processes ${processes.join()}: ${twice} is given twice`)
  const [alone, why] = OF_ONE_PROCESS.find(([name]) => options[name] !== undefined) ?? []
  if (alone === undefined || processes.join() === '1') return processes
  throw new UsageError(`--processes ${processes.join()}: does not go with --${FLAG_OF[alone]}, ${why}`)
}

/** CPUs are there for processes to share; those that run one process are --threads. */
function sharing(processes: readonly number[], cpus: number): Pick<RunRequest, 'processes' | 'cpus'> {
  if (cpus === 1 || processes.some(number => number > 1)) return { processes, cpus }
  throw new UsageError(
    `--cpus ${cpus}: one process has none to share them with; with --processes 2 or more, or --threads ${cpus} for CPUs that run one`,
  )
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
