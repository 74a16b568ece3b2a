// What the machine must have before anything is made on it: Linux on x86-64, koffi, room in /dev/shm, memory, vmas.
//
// Each refusal says what is missing and how to get it. Nothing is allocated by asking.

import { readFileSync, statfsSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { Libc } from '../engine/native/libc.ts'
import type { HostFile } from '../engine/run.ts'
import { formatSize, grouped } from '../engine/units.ts'
import { SHM } from './host-process.ts'

/** Why the running kernel cannot be measured: a word for scripts, a phrase for tables. */
export interface Hindrance {
  readonly reason: string
  readonly why: string
}

/** What the measuring processes need beside the file: Node, its tables, planned operations. */
const SPARE_BYTES = 2 ** 30
/** Vmas of a Node process beside the window, with room for more: reaching the limit would abort Node itself. */
export const PROCESS_VMAS = 1500

/** Null if the running kernel can be measured at all. */
export function machineHindrance(): Hindrance | null {
  if (platform() !== 'linux' || arch() !== 'x64') {
    return { reason: 'no-linux', why: `needs Linux on x86-64, and this is ${platform()} on ${arch()}` }
  }
  try {
    new Libc()
    return null
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
    const what = isMissing ? 'is not installed' : `does not work here (${(error as Error).message.split('\n')[0]})`
    return { reason: 'no-koffi', why: `needs the optional package koffi, which ${what}: npm install koffi@3.3.4` }
  }
}

/** Null if a file that takes so many bytes fits where it is to be and, with what is `planned` for it, memory. */
export function memoryHindrance(bytes: number, file: HostFile, planned = 0): Hindrance | null {
  const shm = file === SHM ? shmHindrance(bytes) : null
  if (shm !== null) return shm
  const available = availableBytes()
  const needed = bytes + planned + SPARE_BYTES
  if (needed <= available.bytes) return null
  const why = `the file and the measuring process need ${gib(needed)}, and ${gib(available.bytes)} are ${available.what}; a smaller --file needs less`
  return { reason: 'memory-too-small', why }
}

/** Null if so many vmas of a window may arise; `unitBytes` and `windowBytes` are what they follow from. */
export function vmaHindrance(vmas: number, unitBytes: number, windowBytes: number): Hindrance | null {
  const limit = mapLimit()
  const most = limit - PROCESS_VMAS
  if (vmas <= most) return null
  let unit = unitBytes
  while (windowBytes / unit > most) unit *= 2
  let window = windowBytes
  while (window / unitBytes > most) window /= 2
  const numbers = `${grouped(vmas)} vmas of the window and ${grouped(PROCESS_VMAS)} for the process exceed vm.max_map_count, ${grouped(limit)}`
  const ways = `--unit ${formatSize(unit)}, --window ${formatSize(window)}, or sysctl -w vm.max_map_count=${vmas + PROCESS_VMAS}`
  return { reason: 'vmas-exceed-limit', why: `${numbers}; ${ways}` }
}

/** vm.max_map_count: how many vmas a process may have. */
export function mapLimit(): number {
  return Number(readFileSync('/proc/sys/vm/max_map_count', 'utf8'))
}

function shmHindrance(bytes: number): Hindrance | null {
  const free = shmFreeBytes()
  if (free === null) {
    return { reason: 'no-shm', why: `needs ${SHM}, which is not there: --memfd, or mount -t tmpfs tmpfs ${SHM}` }
  }
  if (bytes <= free) return null
  const ways = `a smaller --file, --memfd, or mount -o remount,size=${formatSize(mebibytes(bytes))} ${SHM}`
  return {
    reason: 'shm-too-small',
    why: `the file needs ${gib(bytes)} in ${SHM}, where ${gib(free)} are free; ${ways}`,
  }
}

function shmFreeBytes(): number | null {
  try {
    const { bavail, bsize } = statfsSync(SHM)
    return bavail * bsize
  } catch {
    return null
  }
}

/** What the machine has left, or the control group this process is in. */
function availableBytes(): { readonly bytes: number; readonly what: string } {
  const meminfo = readFileSync('/proc/meminfo', 'utf8')
  const machine = Number(/MemAvailable:\s+(\d+)/.exec(meminfo)?.[1]) * 1024
  const groups = controlGroups().flatMap(([limitFile, usageFile]) => {
    const [limit, usage] = [numberIn(limitFile), numberIn(usageFile)]
    return limit === null || usage === null ? [] : [limit - usage]
  })
  const group = Math.min(...groups)
  return group < machine ? { bytes: group, what: 'left to its control group' } : { bytes: machine, what: 'available' }
}

/** Files with a limit and what is used of it, of control groups version 2 and 1; inside a container they seem to be the root. */
function controlGroups(): readonly (readonly [string, string])[] {
  const root = '/sys/fs/cgroup'
  const lines = textOf('/proc/self/cgroup').split('\n')
  const two = lines.find(line => line.startsWith('0::'))?.slice(3) ?? '/'
  const one = lines.find(line => /^\d+:memory:/.test(line))?.replace(/^\d+:memory:/, '') ?? '/'
  return [
    ...[two, '/'].map(path => [`${root}${path}/memory.max`, `${root}${path}/memory.current`] as const),
    ...[one, '/'].map(path => {
      const folder = `${root}/memory${path}`
      return [`${folder}/memory.limit_in_bytes`, `${folder}/memory.usage_in_bytes`] as const
    }),
  ]
}

/** The number a file holds; null if it is not there, or says `max`. */
function numberIn(file: string): number | null {
  const text = textOf(file).trim()
  return /^\d+$/.test(text) ? Number(text) : null
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function mebibytes(bytes: number): number {
  return Math.ceil((bytes + SPARE_BYTES) / 2 ** 20) * 2 ** 20
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
