// The library: `import { run, render, claims } from 'remapbench'`. What the command line can do, without writing files, without a terminal.

import type { Finding } from '../claims/judge.ts'
import { CLAIMS_FORMATS } from '../reports/claims.ts'
import type { ReportRow } from '../reports/report.ts'
import { compose, formatNamed, reportFormat } from './compose.ts'
import { experiments } from './experiments.ts'
import { withFindings } from './findings.ts'
import type { RunOptions } from './options.ts'
import { toRequest } from './request.ts'

export type { Finding } from '../claims/judge.ts'
export type { Part, Step } from '../engine/breakdown.ts'
export type { Cause, CostItem, CostModel, Price, Time } from '../engine/cost.ts'
export { COUNTERS, type CounterDef, type CounterName } from '../engine/counters.ts'
export { TraceError, UsageError } from '../engine/errors.ts'
export type { Counts, Origin, Outcome, RunResult, RunSpec } from '../engine/run.ts'
export type { ReportRow } from '../reports/report.ts'
export { EnvironmentError } from './errors.ts'
export type { RunOptions } from './options.ts'

/**
 * Runs one comparison: the same accesses through every strategy on every kernel asked for. Resolves to one row per lane
 * (for each kernel, each strategy, in the order given) with its counts and their price; a lane whose kernel cannot do it
 * has the outcome `unsupported` and null counts. Counts are events or bytes as COUNTERS says; null means not measured.
 *
 * The work is done in this thread without a pause: millions of accesses take seconds. Run it in a worker to stay responsive.
 * Lanes on the running kernel are processes of their own, which this thread waits for; while they are timed (`time`) it does not.
 *
 * Rejects before anything runs with a UsageError (the message names the flag of the command line, what was given and what
 * is allowed), a TraceError (the `ops` file; names the line) or an EnvironmentError (too little memory, no lane possible).
 */
export async function run(options: RunOptions = {}): Promise<readonly ReportRow[]> {
  const request = toRequest(options)
  return withFindings(
    request,
    compose(request).run(() => {}),
  )
}

/** The rows as a report: `format` is `text`, `csv`, `markdown` or `json`. Throws a UsageError for any other. */
export function render(rows: readonly ReportRow[], format: string): string {
  return reportFormat(format).render({ rows, meta: {} })
}

/**
 * What became of the sentences of the mail of 14 October 2002: of all, or of those with these ids. Each is run as an experiment
 * (several seconds for all, in this thread without a pause) and resolves to its numbers, the verdict, and what would turn it.
 * Rejects before anything runs with a UsageError for an id that there is not, or that is given twice.
 */
export async function claims(ids: readonly string[] = []): Promise<readonly Finding[]> {
  return (await experiments(ids)).run(() => {})
}

/** The findings as a report: `format` is `text`, `markdown` or `json`. Throws a UsageError for any other. */
export function renderClaims(findings: readonly Finding[], format: string): string {
  return formatNamed(format, CLAIMS_FORMATS).render(findings, {})
}
