// A certificate: what the model of the running kernel predicted, what the kernel did, and whether they are equal.
//
// Equal means equal; where fewer counters can be told from the process's own doings, a stated bound stands instead. A value
// that was not measured proves nothing and is left out of the count.

import { COUNTERS, type CounterName } from '../engine/counters.ts'
import type { HostFile } from '../engine/run.ts'

export interface CertifiedCounter {
  /** `minorFaults`: faults of either kind, where they cannot be told apart. */
  readonly name: CounterName | 'minorFaults'
  readonly predicted: number
  /** null where this kernel does not let us count it. */
  readonly measured: number | null
}

export interface CertifiedRun {
  readonly strategy: string
  readonly trace: string
  /** How the measuring process ended before its time; null if it did not. */
  readonly died: string | null
  readonly counters: readonly CertifiedCounter[]
  readonly accepted: 'undisturbed' | 'repeated' | 'disturbed' | null
  readonly tries: number
}

/** A trace that ran into the limit of vmas: what was granted and what refused, operation by operation. */
export interface LimitedRun {
  readonly strategy: string
  readonly trace: string
  /** How the measuring process ended before its time; null if it did not, and then nothing else is. */
  readonly died: string | null
  readonly answers: LimitedAnswers | null
}

export interface LimitedAnswers {
  readonly operations: number
  /** Vmas of the process beside the window, which count towards the limit. */
  readonly otherVmas: number
  readonly refusedPredicted: number
  readonly refusedMeasured: number
  /** 0-based numbers of operations; null for none. */
  readonly firstRefusedPredicted: number | null
  readonly firstRefusedMeasured: number | null
  /** Operations that were granted, measured, after the first that was refused. */
  readonly grantedLater: number
  /** Operations whose answer, 0 or an errno, was another than predicted. */
  readonly mismatches: number
  readonly firstMismatch: number | null
}

export interface Certificate {
  /** Such as `Linux 6.18.44`. */
  readonly kernel: string
  readonly level: 'full' | 'basic'
  /** Why no more was counted; empty if all was. */
  readonly why: string
  /** What was observed of the kernel before anything was predicted. */
  readonly observed: Readonly<Record<string, string | number | boolean | null>>
  readonly file: HostFile
  readonly fileBytes: number
  readonly windowBytes: number
  readonly seed: number
  readonly traces: number
  /** By how much a measured number of faults may exceed the predicted one. */
  readonly faultBound: number
  readonly runs: readonly CertifiedRun[]
  /** What happened at the limit; null if nobody asked. */
  readonly limit: { readonly mapLimit: number; readonly runs: readonly LimitedRun[] } | null
}

const FAULTS: readonly CertifiedCounter['name'][] = ['pageFaults', 'populateFaults', 'minorFaults']

/** Whether a counter is as predicted, if it was measured. */
export function isEqual({ name, predicted, measured }: CertifiedCounter, faultBound: number): boolean {
  if (measured === null) return true
  const excess = measured - predicted
  return excess === 0 || (FAULTS.includes(name) && excess > 0 && excess <= faultBound)
}

/** Whether every counter of a run is. */
export function isRunEqual(run: CertifiedRun, { faultBound }: Certificate): boolean {
  return run.died === null && run.counters.every(counter => isEqual(counter, faultBound))
}

/** Whether every operation of a run at the limit was answered as predicted. */
export function isLimitEqual({ answers }: LimitedRun): boolean {
  return answers !== null && answers.mismatches === 0
}

/** Whether the certificate says that the model predicts this kernel. */
export function isCertified(certificate: Certificate): boolean {
  const { runs, limit } = certificate
  const atLimit = limit?.runs ?? []
  return runs.length > 0 && runs.every(run => isRunEqual(run, certificate)) && atLimit.every(isLimitEqual)
}

/** One counter over all runs. */
export interface CounterTotal {
  readonly column: string
  readonly predicted: number
  /** Sums over the runs in which it was measured; null if it never was. */
  readonly measured: number | null
  readonly equal: number
  readonly runs: number
}

export function totals(certificate: Certificate): readonly CounterTotal[] {
  const finished = certificate.runs.filter(run => run.died === null)
  const names = [...new Set(finished.flatMap(run => run.counters.map(({ name }) => name)))]
  return names.map(name => {
    const counters = finished.flatMap(run => run.counters.filter(counter => counter.name === name))
    const measured = counters.filter(counter => counter.measured !== null)
    return {
      column: columnOf(name),
      predicted: counters.reduce((sum, { predicted }) => sum + predicted, 0),
      measured: measured.length === 0 ? null : measured.reduce((sum, counter) => sum + counter.measured!, 0),
      equal: measured.filter(counter => isEqual(counter, certificate.faultBound)).length,
      runs: measured.length,
    }
  })
}

/** The name a counter has in the CSV of a run; getrusage()'s own for what has none. */
export function columnOf(name: CertifiedCounter['name']): string {
  return name === 'minorFaults' ? 'ru_minflt' : COUNTERS[name].column
}
