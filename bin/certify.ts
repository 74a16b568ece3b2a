// Certifies the model of the running kernel: the same operations in both, counter by counter, equal or not.
//
// One process measures each strategy, which takes the traces in batches; the prediction is made here. A process that dies
// costs the traces of its batch a row that says so.

import { closeSync } from 'node:fs'
import { release } from 'node:os'
import { BackingFile } from '../engine/backing-file.ts'
import { type CounterName, CounterSet } from '../engine/counters.ts'
import type { KernelModel } from '../engine/kernel/model.ts'
import { SimulatedKernel } from '../engine/kernel/simulated-kernel.ts'
import type { Calibration } from '../engine/native/calibrate.ts'
import { hostModel } from '../engine/native/host-model.ts'
import { LIMIT_TRACES } from '../engine/native/limit-trace.ts'
import type { Measurement, Patience } from '../engine/native/measure.ts'
import type { Level } from '../engine/native/meter.ts'
import { type RandomTrace, randomTrace } from '../engine/native/random-trace.ts'
import { runOps } from '../engine/ops-run.ts'
import type { HostFile } from '../engine/run.ts'
import type { StrategyEntry } from '../engine/strategy/strategy.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import { type Geometry, geometry } from '../engine/window.ts'
import type { Certificate, CertifiedCounter, CertifiedRun } from '../reports/certificate.ts'
import { certifyLimit, limitHindrance, reachingLimit } from './certify-limit.ts'
import { workloadTrace } from './certify-trace.ts'
import { EnvironmentError } from './errors.ts'
import { machineHindrance, memoryHindrance, vmaHindrance } from './host-guard.ts'
import { createBackingFile, isDeath, perform } from './host-process.ts'
import type { ChildAnswer } from './native-child.ts'
import { mappedPages } from './support.ts'

/** Runs of one process. */
const BATCH = 25
const PATIENCE: Patience = { tries: 6, ms: 10_000 }
const LIMIT_MS = 120_000
/** Vmas that one trace can come to: two more for each of a few thousand remaps. */
const MOST_VMAS = 16_384
/** Faults of Node itself that cannot be told from the window's without tracepoints: one was seen in some hundred runs. */
const BASIC_FAULT_BOUND = 2

/** What a model predicts that can be measured, in the order of the table. */
const COUNTERS: readonly CounterName[] = [
  'failedRemaps',
  'syscalls',
  'pageFaults',
  'populateFaults',
  'tlbFullFlushes',
  'tlbRangeFlushes',
  'ipiRounds',
  'vmaAllocs',
  'vmaFrees',
  'vmas',
  'writebacks',
  'bytesCopied',
]

/** What certify was asked for, checked. */
export interface CertifyRequest {
  readonly fileBytes: number
  readonly windowBytes: number
  readonly seed: number
  readonly traces: number
  /** Empty for all that this machine can do. */
  readonly strategies: readonly StrategyEntry[]
  /** Whether to run into the limit of vmas, too. */
  readonly limit: boolean
  readonly hostFile: HostFile
}

/** A certification that can no longer fail for a mistake of the user's. */
export interface Certification {
  /** Runs there will be. */
  readonly steps: number
  /** Runs everything; `onProgress` is told the runs done. Call it once. */
  run(onProgress: (runs: number) => void): Certificate
}

/**
 * Checks the request, and the machine before anything is made on it. Throws a UsageError, or an EnvironmentError with what is
 * missing.
 */
export function certification(request: CertifyRequest): Certification {
  const { fileBytes, windowBytes, traces, strategies, seed, hostFile } = request
  const sizes = geometry(fileBytes, windowBytes, PAGE_BYTES)
  const all = Array.from({ length: traces }, (_, number) => traceOf(request, sizes, number))
  const steps = traces * strategies.length
  const toLimit = request.limit ? reachingLimit(strategies) : []
  const mostVmas = Math.min(sizes.windowPages, MOST_VMAS)
  const frameBytes = strategies.some(({ uses }) => uses.includes('copies')) ? windowBytes : 0
  const hindrance =
    machineHindrance() ??
    memoryHindrance(fileBytes, hostFile, frameBytes) ??
    vmaHindrance(mostVmas, PAGE_BYTES, windowBytes) ??
    (request.limit ? limitHindrance(hostFile) : null)
  if (hindrance !== null) throw new EnvironmentError(`certify: ${hindrance.why}`)
  return {
    steps: steps + toLimit.length * LIMIT_TRACES,
    run: onProgress => {
      const descriptor = createBackingFile(sizes.filePages, 1, hostFile)
      try {
        const { level, why, calibration } = observe(descriptor)
        const { model, outside } = hostModel(calibration)
        if (outside.length > 0) {
          throw new EnvironmentError(`certify: there are no rules for what this kernel does: ${outside.join('; ')}`)
        }
        const runs = strategies.flatMap((entry, i) =>
          certifyLane({ model, level, sizes, descriptor }, entry, all, done => onProgress(i * traces + done)),
        )
        const faultBound = level === 'full' ? 0 : BASIC_FAULT_BOUND
        const observed = { ...calibration }
        const limit = request.limit ? certifyLimit(model, toLimit, request, done => onProgress(steps + done)) : null
        return {
          kernel: `Linux ${release()}`,
          level,
          why,
          observed,
          file: hostFile,
          fileBytes,
          windowBytes,
          seed,
          traces,
          faultBound,
          runs,
          limit,
        }
      } finally {
        closeSync(descriptor)
      }
    },
  }
}

/** Every third is a workload's, through a pool; the others are random. */
function traceOf({ seed, fileBytes }: CertifyRequest, sizes: Geometry, number: number): RandomTrace {
  return number % 3 === 2 ? workloadTrace(seed, (number - 2) / 3, fileBytes) : randomTrace(seed, number, sizes)
}

/** What the kernel shows of itself. */
function observe(descriptor: number): ChildAnswer & { readonly calibration: Calibration } {
  const answer = perform({ kind: 'calibrate' }, descriptor, LIMIT_MS)
  if (isDeath(answer)) throw new EnvironmentError(`certify: this kernel cannot be observed: ${answer.why}`)
  return { ...answer, calibration: answer.calibration! }
}

interface LaneWork {
  readonly model: KernelModel
  readonly level: Level
  readonly sizes: Geometry
  /** The backing file, written. */
  readonly descriptor: number
}

/** All traces through one strategy. */
function certifyLane(
  { model, level, sizes, descriptor }: LaneWork,
  entry: StrategyEntry,
  traces: readonly RandomTrace[],
  onProgress: (runs: number) => void,
): readonly CertifiedRun[] {
  const runs: CertifiedRun[] = []
  for (let from = 0; from < traces.length; from += BATCH) {
    const batch = traces.slice(from, from + BATCH)
    const { windowPages, filePages } = sizes
    const answer = perform(
      {
        kind: 'count',
        work: {
          kind: 'rows',
          strategy: entry.name,
          sizes: { windowPages, filePages },
          writtenShare: 1,
          traces: batch.map(({ rows }) => ({ rows: { ...rows }, warmup: 0 })),
        },
        patience: PATIENCE,
      },
      descriptor,
      LIMIT_MS,
    )
    batch.forEach((trace, i) => {
      const about = { strategy: entry.name, trace: trace.name }
      if (isDeath(answer)) runs.push({ ...about, died: answer.why, counters: [], accepted: null, tries: 0 })
      else {
        const measurement = answer.measurements[i]
        const { accepted, tries } = measurement
        const counters = compared(predict(model, entry, sizes, trace), measurement, level)
        runs.push({ ...about, died: null, counters, accepted, tries })
      }
      onProgress(runs.length)
    })
  }
  return runs
}

/** What the model counts of a trace. */
function predict(model: KernelModel, entry: StrategyEntry, sizes: Geometry, { rows }: RandomTrace): CounterSet {
  const windowPages = mappedPages(entry, sizes)
  const options = {
    windowPages,
    cellShift: entry.maps === 'file' ? 31 - Math.clz32(windowPages & -windowPages) : 0, // mapped by one call
    tlbEntries: 0,
    otherVmas: model.otherVmas,
    mapLimit: Number.POSITIVE_INFINITY,
    pagesMappedOnce: false,
  }
  const file = new BackingFile(sizes.filePages, 'shmem')
  const kernel = new SimulatedKernel(model, options, file, new CounterSet())
  const strategy = entry.create(kernel, sizes)
  strategy.setup(sizes.windowPages)
  return Object.assign(new CounterSet(), runOps(rows, [{ strategy, kernel }], 0).lanes[0].counters)
}

/** Each counter beside what was measured; faults that cannot be told apart as their sum. */
function compared(predicted: CounterSet, { counts, minorFaults }: Measurement, level: Level): CertifiedCounter[] {
  const counters: CertifiedCounter[] = COUNTERS.map(name => ({
    name,
    predicted: predicted[name],
    measured: counts[name] ?? null,
  }))
  if (level === 'full' || counts.pageFaults !== undefined) return counters
  return [
    ...counters,
    { name: 'minorFaults', predicted: predicted.pageFaults + predicted.populateFaults, measured: minorFaults },
  ]
}
