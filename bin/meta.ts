// What describes a run and not its results: it differs from machine to machine, and no report compares it.

import { readFileSync } from 'node:fs'
import { arch, cpus, loadavg, platform, release } from 'node:os'
import type { Report } from '../reports/report.ts'
import { readVersion } from './version.ts'

/** Of this process; `wallMs` is how long the run took. */
export function describeRun(wallMs: number): Report['meta'] {
  const flags = cpuFlags()
  return {
    version: readVersion(),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    kernel: release(),
    cpu: cpus()[0]?.model ?? 'unknown',
    // A virtual machine's CPU says so; x86 alone has such flags.
    ...(flags === null ? {} : { virtualised: flags.includes('hypervisor') }),
    // Of the last minute, this run included; Windows knows none.
    ...(platform() === 'win32' ? {} : { load: Math.round(loadavg()[0]! * 100) / 100 }),
    wall_ms: Math.round(wallMs),
  }
}

/** What Linux says the first CPU can do; null where nothing says it. */
function cpuFlags(): readonly string[] | null {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(' ') ?? null
  } catch {
    return null
  }
}
