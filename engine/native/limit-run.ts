// Window operations at the limit of vmas on the running kernel: recorded first, then all made by one foreign call, whose last
// operation gives the window back. Before and after it Node has all the vmas it may want.
//
// What the kernel grants depends on the vmas beside the window, so they are counted at the last moment, and again
// afterwards: if Node took or gave back one meanwhile, it is all done again. The prediction plays no part.

import { readFileSync } from 'node:fs'
import { InvariantError } from '../errors.ts'
import type { OpsRows } from '../ops-rows.ts'
import { runRows } from '../ops-run.ts'
import type { StrategyEntry, StrategySizes } from '../strategy/strategy.ts'
import { PAGE_BYTES } from '../units.ts'
import { HostKernel } from './host-kernel.ts'
import { HostWindow } from './host-window.ts'
import { type Libc, MAP_ANONYMOUS, MAP_SHARED, PROT_NONE, SYS_MMAP } from './libc.ts'
import { oneCall } from './one-call.ts'
import { RecordedCalls } from './recorded-calls.ts'

/** What the kernel answered. */
export interface LimitRun {
  /** Vmas of the process beside the window. */
  readonly otherVmas: number
  /** For each remap, in their order: 0 or a negative errno. */
  readonly errors: Int16Array
}

const MOST_TRIES = 6

/** Where it is done: a strategy that makes one call for each remap, the file, and vm.max_map_count. */
export interface LimitSite {
  readonly libc: Libc
  readonly descriptor: number
  readonly entry: StrategyEntry
  readonly sizes: StrategySizes
  readonly mapLimit: number
}

/** Throws an Error if it cannot be done, or never was undisturbed. */
export function runAtLimit(site: LimitSite, rows: OpsRows): LimitRun {
  const { libc, descriptor, sizes, mapLimit } = site
  const play = oneCall(libc)
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const window = new HostWindow(libc, sizes.windowPages)
    const recorded = record(window, site, rows)
    // Mapped once before, so that all there is beside the window can be seen.
    new HostKernel(window, descriptor).mmapFixed(0, sizes.windowPages, 0, 0)
    const [reserved, reservedBytes] = window.reserved
    const others = () => vmasOutside(window.base, window.bytes)
    if ((mapLimit - 1 - others()) % 2 !== 0) takeVma(libc)
    const otherVmas = others()
    const before = vmasOutside(reserved, reservedBytes)
    const made = play(recorded)
    if (made !== recorded.stepCount) throw new InvariantError(`${made} of ${recorded.stepCount} operations made`)
    if (vmasOutside(reserved, reservedBytes) === before) return { otherVmas, errors: errorsOf(recorded, rows.remaps) }
  }
  throw new Error(`the process itself took or gave back vmas in all of ${MOST_TRIES} tries`)
}

/** A window of one vma to which two are added again and again shall come to the limit exactly. */
function takeVma(libc: Libc): void {
  const flags = MAP_SHARED | MAP_ANONYMOUS // a file of its own, which joins nothing
  libc.syscall(SYS_MMAP, 0, PAGE_BYTES, PROT_NONE, flags, -1, 0)
}

/** The window's first mapping, the rows, and the end of the window. */
function record(window: HostWindow, { descriptor, entry, sizes }: LimitSite, rows: OpsRows): RecordedCalls {
  const recorded = new RecordedCalls(window)
  const kernel = new HostKernel(recorded, descriptor)
  const strategy = entry.create(kernel, sizes)
  strategy.setup(sizes.windowPages)
  runRows(rows, 0, rows.length, { strategy, kernel }, () => {})
  kernel.release()
  return recorded
}

/** Of the calls between the first and the last. */
function errorsOf(recorded: RecordedCalls, remaps: number): Int16Array {
  if (recorded.callCount !== remaps + 2) throw new InvariantError(`${recorded.callCount} calls for ${remaps} remaps`)
  for (const call of [0, remaps + 1]) {
    if (recorded.errorOf(call) < 0) throw new Error(`call ${call} was refused with errno ${-recorded.errorOf(call)}`)
  }
  return Int16Array.from({ length: remaps }, (_, i) => recorded.errorOf(i + 1))
}

/** Vmas of this process that begin elsewhere; [vsyscall] is shown as one, and is none [mm/mmap.c: gate_vma]. */
function vmasOutside(address: number, bytes: number): number {
  const lines = readFileSync('/proc/self/maps', 'latin1').split('\n')
  const outside = lines.filter(line => {
    const start = Number.parseInt(line, 16)
    return line !== '' && !line.endsWith('[vsyscall]') && (start < address || start >= address + bytes)
  })
  return outside.length
}
