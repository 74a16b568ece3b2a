// A small run through bin/compose.ts, as rows or as results.

import { compose } from '../../bin/compose.ts'
import type { RunOptions } from '../../bin/options.ts'
import { toRequest } from '../../bin/request.ts'
import type { RunResult } from '../../engine/run.ts'
import type { ReportRow } from '../../reports/report.ts'

export const SMALL: RunOptions = { workload: 'uniform', file: '128M', window: '4M', accesses: 20_000 }

export function rows(options: RunOptions): readonly ReportRow[] {
  return compose(toRequest(options)).run(() => {})
}

export function results(options: RunOptions): readonly RunResult[] {
  return rows(options).map(row => row.result)
}
