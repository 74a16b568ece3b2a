// Turns a request (names and numbers) into live parts and runs them: the one place that knows every registry.
//
// compose() finds every mistake the user can make before anything runs; the run itself is then one pass of stage one
// with all lanes behind it, or one pass of an --ops file through each lane.
// Over 300 lines because no other file may know the registries.

import { readFileSync } from 'node:fs'
import { BufferPool } from '../engine/buffer-pool.ts'
import { COST_MODELS } from '../engine/cost/index.ts'
import type { CostModel } from '../engine/cost.ts'
import { TraceError, UsageError } from '../engine/errors.ts'
import { KERNELS } from '../engine/kernel/index.ts'
import type { KernelModel } from '../engine/kernel/model.ts'
import { runOps } from '../engine/ops-run.ts'
import { POLICIES } from '../engine/policy/index.ts'
import { Rng } from '../engine/rng.ts'
import { type HostFile, MODEL_VERSION } from '../engine/run.ts'
import { simulate } from '../engine/simulate.ts'
import { STRATEGIES } from '../engine/strategy/index.ts'
import type { StrategyEntry } from '../engine/strategy/strategy.ts'
import { didYouMean } from '../engine/suggest.ts'
import type { PageGroup, TraceSource } from '../engine/trace.ts'
import { PAGE_BYTES, parseCount } from '../engine/units.ts'
import { type Geometry, geometry } from '../engine/window.ts'
import { FORMATS } from '../reports/index.ts'
import type { ReportFormat, ReportRow } from '../reports/report.ts'
import { WORKLOADS } from '../workloads/index.ts'
import { parseOps } from '../workloads/ops-file.ts'
import type { ParamValues, Workload } from '../workloads/workload.ts'
import { EnvironmentError, reasonOf } from './errors.ts'
import { HOST_SPEC, hostHindrance, hostKernel, isModelled, measureHostLanes, WRONG_PAGES } from './host-lanes.ts'
import { HOST_COST, hostCost } from './host-prices.ts'
import { type LanePlan, rowsOf, type SharedSpec, startLanes, tablesOf } from './lanes.ts'
import { allocating, requireMemory, tableBytes } from './memory.ts'
import type { RunRequest } from './request.ts'
import { unsupportedBy, withoutSwapping } from './support.ts'

/** A run that can no longer fail for a mistake of the user's. */
export interface Comparison {
  /** What the progress counts up to. */
  readonly steps: number
  /** Runs all lanes; `onProgress` is told the steps done, every few thousand. Call it once. */
  run(onProgress: (steps: number) => void): readonly ReportRow[]
}

/** Checks the request as a whole. Throws UsageError, TraceError (--ops) or EnvironmentError (memory, no lane possible). */
export function compose(request: RunRequest): Comparison {
  const { opsFile, processes } = request
  if (opsFile !== null) return composeOps(request, opsFile)
  return inTurn(processes.map(number => composePool(request, number)))
}

/** Several comparisons as one, each with the memory to itself: their rows one after the other. */
function inTurn(comparisons: readonly Comparison[]): Comparison {
  return {
    steps: comparisons.reduce((sum, { steps }) => sum + steps, 0),
    run(onProgress) {
      let done = 0
      return comparisons.flatMap(({ steps, run }) => {
        const rows = run(made => onProgress(done + made))
        done += steps
        return rows
      })
    },
  }
}

/** The report format of that name. */
export function reportFormat(name: string): ReportFormat {
  return formatNamed(name, FORMATS)
}

/** The report format that goes with a file name's extension. */
export function reportFormatOfFile(file: string): ReportFormat {
  return formatOfFile(file, FORMATS)
}

/** The one of these formats that --format names. */
export function formatNamed<F extends { readonly name: string }>(name: string, formats: readonly F[]): F {
  return choose('--format', name, formats)
}

/** The one of these formats that goes with the extension of an --out file. */
export function formatOfFile<F extends { readonly extension: string }>(file: string, formats: readonly F[]): F {
  const extension = /\.[^./]*$/.exec(file)?.[0].toLowerCase() ?? ''
  const found = formats.find(format => format.extension === extension)
  if (found) return found
  const extensions = formats.map(format => format.extension)
  const problem = extension === '' ? 'has no extension' : `unknown extension ${extension}`
  throw new UsageError(
    `--out ${file}: ${problem}; allowed: ${extensions.join(' ')}${didYouMean(extension, extensions)}`,
  )
}

/** The strategy of that name. */
export function strategyNamed(name: string): StrategyEntry {
  return choose('--strategy', name, STRATEGIES)
}

/** The strategies of a list as typed: names separated by commas, several times. */
export function strategiesNamed(lists: readonly string[]): readonly StrategyEntry[] {
  return chosen(
    '--strategy',
    lists.flatMap(list => list.split(',')),
    STRATEGIES,
  )
}

/** Every workload there is. */
export function workloadNames(): readonly string[] {
  return WORKLOADS.map(({ name }) => name)
}

/** Stage one of a request, ready to run. */
export function openPool(request: RunRequest): {
  readonly sizes: Geometry
  readonly source: TraceSource
  readonly pool: BufferPool
} {
  const { sizes, workload, policy, params } = stageOne(request)
  return {
    sizes,
    source: workload.open(sizes, params, new Rng(request.seed)),
    pool: new BufferPool(sizes, policy.create(sizes.windowPages / sizes.unitPages), request.touch),
  }
}

/** Stage one by name. */
function stageOne(request: RunRequest) {
  const sizes = geometry(request.fileBytes, request.windowBytes, request.unitBytes)
  const workload = choose('--workload', request.workload, WORKLOADS)
  const policy = choose('--policy', request.policy, POLICIES)
  const params = workload.resolve(typedParams(workload, request.params), sizes)
  return { sizes, workload, policy, params }
}

function composePool(request: RunRequest, processes: number): Comparison {
  const { accesses, warmup, touch, seed, cpus, reclaim } = request
  const { sizes, workload, policy, params } = stageOne(request)
  const assignments = Object.keys(params).map(key => `${key}=${params[key]}`)
  const names = { workload: workload.name, params: assignments.sort().join(';'), policy: policy.name }
  const groups = workload.groups?.(sizes, params) ?? []
  const planned = planLanes(request, processes, sizes, names, 'pool', groups, warmup + accesses)
  const plans = reclaim > 0 ? underPressure(planned) : planned
  requireOneLane(plans)
  return {
    steps: warmup + accesses,
    run: onProgress => {
      const parts = allocating(() => {
        const first = workload.open(sizes, params, new Rng(seed))
        const lanes = plans.filter(isModelled).map(plan => startLanes(plan, sizes, 'pool'))
        return Array.from({ length: processes }, (_, process) => ({
          source: process === 0 ? first : first.another(new Rng(seed).split(process)),
          pool: new BufferPool(sizes, policy.create(sizes.windowPages / sizes.unitPages), touch),
          lanes: lanes.map(ofProcesses => ofProcesses[process]!),
        }))
      })
      const simulation = simulate(parts, cpus, { warmup, accesses, reclaimEvery: reclaim }, onProgress)
      const all = measureHostLanes(plans, simulation, sizes, request, ({ spec: { strategy } }) => {
        return { kind: 'pool', strategy, request }
      })
      requireOneLane(all.plans)
      return rowsOf(all.plans, all.simulation, 'pool')
    },
  }
}

function composeOps(request: RunRequest, file: string): Comparison {
  const { warmup } = request
  const sizes = geometry(request.fileBytes, request.windowBytes, PAGE_BYTES)
  const names = { workload: 'ops', params: '', policy: '' }
  const rows = parseOps(readInput('--ops', file), file, sizes.windowPages)
  const planned = planLanes(request, 1, sizes, names, 'ops', [], rows.remaps)
  const plans = rows.reclaims ? underPressure(planned) : planned
  requireOneLane(plans)
  if (warmup >= rows.length) {
    throw new UsageError(`--warmup ${warmup}: leaves nothing to count; ${file} has ${rows.length} operations`)
  }
  return {
    steps: rows.length * plans.filter(isModelled).length,
    run: onProgress => {
      const lanes = allocating(() => plans.filter(isModelled).flatMap(plan => startLanes(plan, sizes, 'ops')))
      const simulation = runOps(rows, lanes, warmup, onProgress)
      const all = measureHostLanes(plans, simulation, sizes, request, ({ spec: { strategy } }) => {
        const traces = [{ rows: { ...rows }, warmup }]
        return { kind: 'rows', strategy, sizes, writtenShare: request.writtenShare, traces }
      })
      requireOneLane(all.plans)
      return rowsOf(all.plans, all.simulation, 'ops')
    },
  }
}

/** One plan for each strategy on each kernel, in that order within each kernel. */
function planLanes(
  request: RunRequest,
  processes: number,
  sizes: Geometry,
  names: { readonly workload: string; readonly params: string; readonly policy: string },
  input: 'pool' | 'ops',
  groups: readonly PageGroup[],
  /** Remaps there may be at most. */
  mostRemaps: number,
): readonly LanePlan[] {
  const { windowPages, filePages, unitPages } = sizes
  const { backing, contents, threads, cpus, maxMapCount } = request
  const shared: SharedSpec = {
    ...names,
    modelVersion: MODEL_VERSION,
    backing,
    contents,
    fileBytes: filePages * PAGE_BYTES,
    windowBytes: windowPages * PAGE_BYTES,
    unitBytes: unitPages * PAGE_BYTES,
    touch: request.touch,
    accesses: request.accesses,
    warmup: request.warmup,
    processes,
    threads,
    cpus,
    tlb: request.tlb,
    maxMapCount,
    otherFaults: request.otherFaults,
    reclaim: request.reclaim,
    seed: request.seed,
  }
  const strategies = chosen('--strategy', request.strategies, STRATEGIES)
  const kernels = chosen('--kernel', request.kernels, KERNELS, [hostKernel])
  requireRoomForWindow(request, kernels)
  const plans = kernels.flatMap(model => {
    const otherVmas = request.otherVmas ?? model.otherVmas
    const mapLimit = limitInForce(maxMapCount, model.maxMapCount)
    const cost = request.cost ?? model.cost
    return strategies.map(strategy => ({
      spec: {
        ...shared,
        kernel: model.name,
        strategy: strategy.name,
        otherVmas,
        ...(model === hostKernel ? HOST_SPEC : {}),
      },
      model,
      strategy,
      cost: cost === null ? null : costNamed(cost, request.hostFile),
      mapLimit,
      writtenShare: request.writtenShare,
      groups,
      breaksDown: request.breakdown,
      explained: request.explained,
      otherFaultShare: request.otherFaultShare,
      unsupported:
        unsupportedBy(model, {
          strategy,
          sizes,
          backing,
          contents,
          threads,
          processes,
          cpus,
          otherVmas,
          mapLimit,
        }) ?? (model === hostKernel ? hostHindrance({ strategy, sizes, request, mostRemaps }) : null),
    }))
  })
  requireOneLane(plans)
  const tables = plans.filter(isModelled).map(plan => tablesOf(plan, sizes, input))
  requireMemory(tableBytes(sizes, tables, processes), sizes, processes)
  return plans
}

/** The prices of that name; those of this machine are measured now. */
function costNamed(name: string, file: HostFile): CostModel {
  const entry = choose<{ readonly name: string }>('--cost', name, [...COST_MODELS, HOST_COST])
  return COST_MODELS.find(model => model === entry) ?? hostCost(file)
}

/** The lanes whose pages may be taken back; the others say why not. */
function underPressure(plans: readonly LanePlan[]): readonly LanePlan[] {
  return plans.map(plan => ({ ...plan, unsupported: plan.unsupported ?? withoutSwapping(plan.model, plan.strategy) }))
}

/** The registered parts of these names; `all` stands for every one, but not for the others that may be named. */
function chosen<T extends { readonly name: string }>(
  option: string,
  names: readonly string[],
  registered: readonly T[],
  others: readonly T[] = [],
): readonly T[] {
  if (names.includes('all') && names.length > 1) {
    throw new UsageError(`${option} ${names.join()}: all means every one there is and goes alone`)
  }
  return names[0] === 'all' ? registered : names.map(name => choose(option, name, [...registered, ...others]))
}

/** A limit that leaves no kernel a vma for the window is a mistake; one that leaves it to some kernels is their result. */
function requireRoomForWindow({ otherVmas, maxMapCount }: RunRequest, kernels: readonly KernelModel[]): void {
  const others = kernels.map(model => otherVmas ?? model.otherVmas)
  if (kernels.some((model, i) => others[i] <= limitInForce(maxMapCount, model.maxMapCount))) return
  throw new UsageError(
    `--max-map-count ${maxMapCount}: below the ${Math.min(...others)} vmas of the rest of the process (--other-vmas), so that no window can be mapped`,
  )
}

function requireOneLane(plans: readonly LanePlan[]): void {
  // A lane that showed wrong pages did run.
  if (runnable(plans).length > 0 || plans.some(plan => plan.unsupported?.reason === WRONG_PAGES)) return
  const sentences = new Set(plans.map(plan => plan.unsupported?.sentence))
  throw new EnvironmentError(`no lane can run: ${[...sentences].join('; ')}`)
}

function runnable(plans: readonly LanePlan[]): readonly LanePlan[] {
  return plans.filter(plan => plan.unsupported === null)
}

function limitInForce(choice: RunRequest['maxMapCount'], stock: number): number {
  if (choice === 'lifted') return Number.POSITIVE_INFINITY
  return choice === 'stock' ? stock : choice
}

/** The entry of that name, or a UsageError with all names and the nearest. */
function choose<E extends { readonly name: string }>(flag: string, name: string, entries: readonly E[]): E {
  const found = entries.find(entry => entry.name === name)
  if (found) return found
  const names = entries.map(entry => entry.name)
  throw new UsageError(`${flag} ${name}: unknown; allowed: ${names.join(', ')}${didYouMean(name, names)}`)
}

/** The command line gives texts: those of number parameters become numbers, if they are any. */
function typedParams(workload: Workload, params: ParamValues): ParamValues {
  const typed = Object.entries(params).map(([key, value]) => {
    const isNumber =
      typeof value === 'string' && Object.hasOwn(workload.params, key) && workload.params[key].kind === 'number'
    if (!isNumber) return [key, value]
    const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN
    const count = Number.isNaN(number) ? parseCount(value) : number
    return [key, Number.isNaN(count) ? value : count]
  })
  return Object.fromEntries(typed)
}

function readInput(flag: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new TraceError(`${flag} ${file}: ${reasonOf(error)}`)
  }
}
