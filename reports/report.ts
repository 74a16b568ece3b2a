// Results to text: pure functions, one per format.

import type { Price } from '../engine/cost.ts'
import type { RunResult } from '../engine/run.ts'
import type { UnitRange } from './unit-range.ts'

/** One lane's result and its price; null where nothing was counted. */
export interface ReportRow {
  readonly result: RunResult
  readonly price: Price | null
  /** The limit of vmas this kernel came with; only for the wording of notes. */
  readonly stockMapCount?: number
  /** For which units its lead holds; absent if it does not lead, or nobody tried. */
  readonly units?: UnitRange
}

export interface Report {
  readonly rows: readonly ReportRow[]
  /** What describes the run and not its results (versions, machine, wall time); JSON only. */
  readonly meta: Readonly<Record<string, string | number>>
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
