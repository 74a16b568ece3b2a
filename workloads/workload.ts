// Where accesses come from: a named generator with parameters, opened for one geometry and one seed.

import type { Rng } from '../engine/rng.ts'
import type { PageGroup, TraceSource } from '../engine/trace.ts'
import type { Geometry } from '../engine/window.ts'

/** A number with a range, or one of some words. */
export type ParamDef =
  | {
      readonly kind: 'number'
      readonly default: number | null
      readonly min: number
      readonly max: number
      readonly integer: boolean
      readonly help: string
    }
  | { readonly kind: 'word'; readonly default: string; readonly words: readonly string[]; readonly help: string }

export type ParamValues = Readonly<Record<string, number | string>>

export interface Workload {
  /** kebab-case: what the user types. */
  readonly name: string
  readonly summary: string
  readonly params: Readonly<Record<string, ParamDef>>
  /**
   * The parameters in force: every parameter with its value, defaults that depend on the file filled in
   * (a number whose default is null). Throws a UsageError that names --param and the value.
   */
  resolve(given: ParamValues, geometry: Geometry): ParamValues
  /** Groups of file pages, the first at page 0, for those who ask where counts come from; absent where all pages are alike. */
  groups?(geometry: Geometry, params: ParamValues): readonly PageGroup[]
  /** An endless source over file pages 0..filePages-1. `params` come from resolve(). */
  open(geometry: Geometry, params: ParamValues, rng: Rng): DatabaseSource
}

/** What one process of a database does, and what others on the same file do. */
export interface DatabaseSource extends TraceSource {
  /** The accesses of one more process: other accesses to the same data, by which pages are popular alike. */
  another(rng: Rng): DatabaseSource
}
