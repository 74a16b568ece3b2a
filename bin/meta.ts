// What describes a run and not its results: it differs from machine to machine, and no report compares it.

import { arch, cpus, platform } from 'node:os'
import type { Report } from '../reports/report.ts'
import { readVersion } from './version.ts'

/** Of this process; `wallMs` is how long the run took. */
export function describeRun(wallMs: number): Report['meta'] {
  return {
    version: readVersion(),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    wall_ms: Math.round(wallMs),
  }
}
