// What the gate can say, declared once: each kind with the words for one and many, and what it does to the exit code.
//
// Only a lane compared to the last count passes. What is worse fails; what could not be compared fails as well, with a code of
// its own, because a gate that skips it would pass whatever nobody looked at.

import type { Cell } from './table.ts'

/** `fails` exits with 1, `open` (not compared) with 4, which goes before 1; `warns` and `passes` with 0. */
export type Effect = 'fails' | 'open' | 'warns' | 'passes'

export const VERDICTS = {
  regression: kind('fails', 'regression', 'regressions'),
  'work-changed': kind('fails', 'change of the work asked for', 'changes of the work asked for'),
  'outcome-worse': kind('fails', 'worse outcome', 'worse outcomes'),
  'evidence-weaker': kind('fails', 'weaker evidence', 'cases of weaker evidence'),
  'assertion-failed': kind('fails', 'failed assertion', 'failed assertions'),
  'missing-lane': kind('open', 'missing lane', 'missing lanes'),
  'new-lane': kind('open', 'new lane', 'new lanes'),
  'specification-differs': kind('open', 'other specification', 'other specifications'),
  'model-version-differs': kind('open', 'lane of another model version', 'lanes of another model version'),
  'accesses-differ': kind('open', 'lane with other accesses', 'lanes with other accesses'),
  'outcome-differs': kind('open', 'other outcome', 'other outcomes'),
  'stopped-elsewhere': kind('open', 'lane stopped elsewhere', 'lanes stopped elsewhere'),
  'not-measured': kind('open', 'value on one side only', 'values on one side only'),
  'missing-column': kind('open', 'missing column', 'missing columns'),
  'new-column': kind('open', 'new column', 'new columns'),
  'unknown-column': kind('open', 'unknown column', 'unknown columns'),
  'assertion-open': kind('open', 'assertion without a value', 'assertions without a value'),
  'nothing-compared': kind('open', 'case of nothing to compare', 'cases of nothing to compare'),
  'prices-differ': kind('warns', 'other cost model', 'other cost models'),
  'time-longer': kind('warns', 'longer modelled time', 'longer modelled times'),
  'column-in-neither': kind('warns', 'column in neither file', 'columns in neither file'),
  improvement: kind('passes', 'improvement', 'improvements'),
  change: kind('passes', 'change that is neither better nor worse', 'changes that are neither better nor worse'),
  'evidence-stronger': kind('passes', 'stronger evidence', 'cases of stronger evidence'),
  allowed: kind('passes', 'allowed', 'allowed'),
  'time-shorter': kind('passes', 'shorter modelled time', 'shorter modelled times'),
  'assertion-holds': kind('passes', 'assertion holds', 'assertions hold'),
} as const satisfies Record<string, VerdictWords>

export type VerdictKind = keyof typeof VERDICTS

export interface VerdictWords {
  readonly effect: Effect
  readonly one: string
  readonly many: string
}

export interface Verdict {
  readonly kind: VerdictKind
  /** null if it is about a whole file or an assertion. */
  readonly lane: string | null
  /** A column, the text of an assertion, or null if it is about the lane as such. */
  readonly metric: string | null
  readonly baseline: Cell
  readonly current: Cell
  /** What the two values do not say; may be empty. */
  readonly why: string
}

export function effectOf(verdict: Verdict): Effect {
  return VERDICTS[verdict.kind].effect
}

function kind(effect: Effect, one: string, many: string): VerdictWords {
  return { effect, one, many }
}
