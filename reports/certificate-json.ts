// The certificate for programs: to be kept, and compared with a later one.

import { type Certificate, columnOf, isCertified, isLimitEqual, isRunEqual, totals } from './certificate.ts'
import { sourceOf } from './measured-sources.ts'
import type { Report } from './report.ts'

/** Changes when a reader of the old files would misread the new ones; a new key does not change it. */
const CERTIFICATE_SCHEMA = 'remapbench-certificate-1'

export function certificateJson(certificate: Certificate, meta: Report['meta']): string {
  const { runs, limit, fileBytes, windowBytes, faultBound, observed, ...about } = certificate
  const file = {
    schema: CERTIFICATE_SCHEMA,
    certified: isCertified(certificate),
    ...about,
    file_bytes: fileBytes,
    window_bytes: windowBytes,
    fault_bound: faultBound,
    observed: snakeCased(observed),
    equal_runs: runs.filter(run => isRunEqual(run, certificate)).length,
    counters: totals(certificate).map(total => ({
      ...total,
      counted_by: total.measured === null ? null : sourceOf(total.column, certificate.level),
    })),
    runs: runs.map(run => ({
      ...run,
      equal: isRunEqual(run, certificate),
      counters: Object.fromEntries(
        run.counters.map(({ name, predicted, measured }) => [columnOf(name), { predicted, measured }]),
      ),
    })),
    ...(limit === null ? {} : { limit: limitJson(limit) }),
    meta,
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

function limitJson({ mapLimit, runs }: NonNullable<Certificate['limit']>) {
  return {
    max_map_count: mapLimit,
    runs: runs.map(run => {
      const { answers, ...about } = run
      return { ...about, equal: isLimitEqual(run), ...snakeCased(answers ?? {}) }
    }),
  }
}

function snakeCased(values: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [snakeCase(name), value]))
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}
