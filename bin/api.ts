// The library: `import { run, render } from 'remapbench'`. What the command line can do, without writing files, without a terminal.

import type { ReportRow } from '../reports/report.ts'
import { compose, reportFormat } from './compose.ts'
import { type RunOptions, toRequest } from './request.ts'

export type { Cause, CostItem, CostModel, Price, Time } from '../engine/cost.ts'
export { COUNTERS, type CounterDef, type CounterName } from '../engine/counters.ts'
export { TraceError, UsageError } from '../engine/errors.ts'
export type { Counts, Outcome, RunResult, RunSpec } from '../engine/run.ts'
export type { ReportRow } from '../reports/report.ts'
export { EnvironmentError } from './errors.ts'
export type { RunOptions } from './request.ts'

/**
 * Runs one comparison: the same accesses through every strategy on every kernel asked for. Resolves to one row per lane
 * (for each kernel, each strategy, in the order given) with its counts and their price; a lane whose kernel cannot do it
 * has the outcome `unsupported` and null counts. Counts are events or bytes as COUNTERS says; null means not measured.
 *
 * The work is done in this thread without a pause: millions of accesses take seconds. Run it in a worker to stay responsive.
 *
 * Rejects before anything runs with a UsageError (the message names the flag of the command line, what was given and what
 * is allowed), a TraceError (the `ops` file; names the line) or an EnvironmentError (too little memory, no lane possible).
 */
export async function run(options: RunOptions = {}): Promise<readonly ReportRow[]> {
  return compose(toRequest(options)).run(() => {})
}

/** The rows as a report: `format` is `text`, `csv`, `markdown` or `json`. Throws a UsageError for any other. */
export function render(rows: readonly ReportRow[], format: string): string {
  return reportFormat(format).render({ rows, meta: {} })
}
