// The limit of vmas in the model and on the running kernel: whether each operation is granted or refused, one by one.
//
// A process of its own runs each trace past vm.max_map_count, in one foreign call (engine/native/limit-run.ts); the model is
// then given that limit and the vmas the process had beside the window, and asked the same.

import { closeSync } from 'node:fs'
import { absentPages, BackingFile } from '../engine/backing-file.ts'
import { CounterSet } from '../engine/counters.ts'
import { UsageError } from '../engine/errors.ts'
import type { KernelModel } from '../engine/kernel/model.ts'
import { SimulatedKernel } from '../engine/kernel/simulated-kernel.ts'
import { LIMIT_TRACES, type LimitTrace, limitTrace } from '../engine/native/limit-trace.ts'
import { runRows } from '../engine/ops-run.ts'
import type { HostFile } from '../engine/run.ts'
import type { RemapStrategy, StrategyEntry } from '../engine/strategy/strategy.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import type { Certificate, LimitedAnswers, LimitedRun } from '../reports/certificate.ts'
import { type Hindrance, mapLimit, memoryHindrance } from './host-guard.ts'
import { createBackingFile, isDeath, perform } from './host-process.ts'

/** More vmas than that take too long, and some GB of tables. */
const MOST_VMAS = 1_000_000
const LIMIT_MS = 120_000
/** Vmas, page tables, and in both processes the recorded or modelled operations: bytes for each vma of the limit, about. */
const BYTES_PER_VMA = 2000

/** What strategies use that keep the window one vma, need privilege, or more than one call for a remap. */
const OTHERS: StrategyEntry['uses'] = ['copies', 'locked', 'sigbus']

/** The strategies that can come to the limit; throws a UsageError if there are none. */
export function reachingLimit(strategies: readonly StrategyEntry[]): readonly StrategyEntry[] {
  const reaching = strategies.filter(({ maps, uses }) => maps === 'window' && !OTHERS.some(use => uses.includes(use)))
  if (reaching.length > 0) return reaching
  const names = strategies.map(({ name }) => name).join(',')
  throw new UsageError(`--limit: --strategy ${names} never comes to it; add one that does, such as map-fixed`)
}

/** Null if the machine's limit can be reached. */
export function limitHindrance(file: HostFile, limit: number = mapLimit()): Hindrance | null {
  if (limit > MOST_VMAS) {
    const [most, given] = [MOST_VMAS, limit].map(vmas => vmas.toLocaleString('en-US'))
    const why = `--limit needs a limit of at most ${most} vmas, and vm.max_map_count is ${given}; sysctl -w vm.max_map_count=65530`
    return { reason: 'limit-too-high', why }
  }
  return memoryHindrance(limitTrace(1, 0, limit).sizes.filePages * PAGE_BYTES, file, limit * BYTES_PER_VMA)
}

/** All traces of a seed through all strategies; `onProgress` is told the runs done. */
export function certifyLimit(
  model: KernelModel,
  strategies: readonly StrategyEntry[],
  { seed, hostFile }: { readonly seed: number; readonly hostFile: HostFile },
  onProgress: (runs: number) => void,
): NonNullable<Certificate['limit']> {
  const limit = mapLimit()
  const traces = Array.from({ length: LIMIT_TRACES }, (_, number) => limitTrace(seed, number, limit))
  const runs: LimitedRun[] = []
  for (const entry of strategies) {
    for (const trace of traces) {
      runs.push(limitedRun(model, entry, trace, { limit, hostFile }))
      onProgress(runs.length)
    }
  }
  return { mapLimit: limit, runs }
}

function limitedRun(
  model: KernelModel,
  entry: StrategyEntry,
  trace: LimitTrace,
  { limit, hostFile }: { readonly limit: number; readonly hostFile: HostFile },
): LimitedRun {
  const { name, rows, sizes } = trace
  const about = { strategy: entry.name, trace: name }
  const descriptor = createBackingFile(sizes.filePages, 0, hostFile)
  try {
    const task = { kind: 'limit', strategy: entry.name, sizes, rows: { ...rows }, mapLimit: limit } as const
    const answer = perform(task, descriptor, LIMIT_MS)
    if (isDeath(answer)) return { ...about, died: answer.why, answers: null }
    const { otherVmas, errors } = answer
    const predicted = predictedErrors(model, entry, trace, { otherVmas, mapLimit: limit })
    return { ...about, died: null, answers: { ...comparedErrors(predicted, errors), otherVmas } }
  } finally {
    closeSync(descriptor)
  }
}

/** What the model answers to each remap: 0 or a negative errno. */
export function predictedErrors(
  model: KernelModel,
  entry: StrategyEntry,
  { rows, sizes }: LimitTrace,
  limits: { readonly otherVmas: number; readonly mapLimit: number },
): readonly number[] {
  const { windowPages, filePages } = sizes
  const options = { ...limits, windowPages, cellShift: 0, tlbEntries: 0, pagesMappedOnce: false }
  const file = new BackingFile(filePages, 'shmem', absentPages(0))
  const kernel = new SimulatedKernel(model, options, file, new CounterSet())
  const strategy = entry.create(kernel, sizes)
  strategy.setup(windowPages)
  const errors: number[] = []
  const listening: RemapStrategy = {
    setup: pages => strategy.setup(pages),
    remap: (vpn, pages, pgoff) => {
      const error = strategy.remap(vpn, pages, pgoff)
      errors.push(error)
      return error
    },
  }
  runRows(rows, 0, rows.length, { strategy: listening, kernel }, () => {})
  return errors
}

/** The two side by side. */
export function comparedErrors(predicted: readonly number[], measured: Int16Array): Omit<LimitedAnswers, 'otherVmas'> {
  const firstMeasured = measured.findIndex(isRefused)
  const differs = (_: number, i: number) => predicted[i] !== measured[i]
  return {
    operations: predicted.length,
    refusedPredicted: predicted.filter(isRefused).length,
    refusedMeasured: measured.filter(isRefused).length,
    firstRefusedPredicted: place(predicted.findIndex(isRefused)),
    firstRefusedMeasured: place(firstMeasured),
    grantedLater: firstMeasured < 0 ? 0 : measured.subarray(firstMeasured).filter(error => error === 0).length,
    mismatches: predicted.filter(differs).length,
    firstMismatch: place(predicted.findIndex(differs)),
  }
}

function isRefused(error: number): boolean {
  return error < 0
}

function place(index: number): number | null {
  return index < 0 ? null : index
}
