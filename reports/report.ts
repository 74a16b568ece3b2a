// Results to text: pure functions, one per format.

import type { Price } from '../engine/cost.ts'
import type { RunResult } from '../engine/run.ts'
import type { Timing } from '../engine/timing.ts'
import type { UnitRange } from './unit-range.ts'

/** One lane's result and its price; null where nothing was counted. */
export interface ReportRow {
  readonly result: RunResult
  readonly price: Price | null
  /** The limit of vmas this kernel came with; only for the wording of notes. */
  readonly stockMapCount?: number
  /** For which units its lead holds; absent if it does not lead, or nobody tried. */
  readonly units?: UnitRange
  /** Only of the running kernel, if somebody asked. */
  readonly times?: LaneTimes
}

/** How long a lane on the running kernel took, in all of its rounds. */
export interface LaneTimes {
  /** null if it could not go on, for the reason `why`. */
  readonly own: Times | null
  readonly why: string
  /** A part of its work, and the same part as a bare loop of calls: what the harness adds. null if it died. */
  readonly harness: { readonly sample: Times; readonly plain: Times } | null
  /** The same, shorter, at other units; null where it cannot run. */
  readonly atUnits: readonly { readonly unitBytes: number; readonly times: Times | null }[]
}

/** Times of a round, and what was done in it. */
export interface Times extends Timing {
  readonly accesses: number
  readonly remaps: number
}

export interface Report {
  readonly rows: readonly ReportRow[]
  /** What describes the run and not its results (versions, machine, wall time); JSON only. */
  readonly meta: Readonly<Record<string, string | number | boolean | readonly unknown[]>>
}

export interface ReportFormat {
  /** What the user types. */
  readonly name: string
  /** With the dot; decides the format of an --out file. */
  readonly extension: string
  readonly summary: string
  /** The whole text, ending in a newline. No file, no clock, no colour. */
  render(report: Report): string
}
