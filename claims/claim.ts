// What a claim is: a sentence of the mail of 14 October 2002, the runs that test it, the numbers to look at, a judgement.
//
// A claim is data and one pure function. Its runs are options of `remapbench run`, its numbers formulas over the columns of
// their CSV (formula.ts), so that a reader can run the same command and find the same numbers. The function turns numbers
// into a verdict and names what would turn that; whether it may stand is decided by judge.ts, not by the claim.

import type { CostModel } from '../engine/cost.ts'

/** `holds if` comes with its condition; `undecided`: what would turn the verdict lies within what is possible. */
export const VERDICTS = ['holds', 'holds if', 'does not hold', 'undecided', 'untested'] as const
export type Verdict = (typeof VERDICTS)[number]

/** A constant of the world or an option, and the value at which the verdict would be another. */
export interface Reversal {
  readonly what: string
  readonly at: number | string
  /** What it can be: from and to, or the values in words; null where nobody knows, or where it is the reader's to choose. */
  readonly range: readonly [low: number, high: number] | readonly string[] | null
  /** Where the range comes from. */
  readonly source: string
}

export interface Judgement {
  readonly verdict: 'holds' | 'holds if' | 'does not hold'
  /** With `holds if`: what has to be so. */
  readonly condition?: string
  /** A sentence or two. */
  readonly why: string
  readonly reversals: readonly Reversal[]
}

/** The value of a formula on the kernel that is being judged; throws an InvariantError where there is none. */
export type Read = (formula: string) => number

export interface TestedClaim<K extends string = string> {
  /** What the user types. */
  readonly id: string
  /** What it is about, in one line. */
  readonly title: string
  /** The mail's words, line breaks joined. */
  readonly quote: string
  /** Options of `remapbench run`, under the name that formulas give the run; the name of an only one is empty. */
  readonly runs: Readonly<Record<string, string>>
  /** The kernel that decides. What its rule says of the other kernels of the runs is told beside it. */
  readonly kernel: string
  /** The price lists that its formulas name. */
  readonly lists?: readonly CostModel[]
  readonly numbers: Readonly<Record<K, readonly [label: string, formula: string]>>
  judge(numbers: Readonly<Record<K, number>>, read: Read): Judgement
  /** What decides: kernel source, a measurement, a mail. */
  readonly source: string
}

/** A sentence that no run of this program can test. */
export interface UntestedClaim {
  readonly id: string
  readonly title: string
  readonly quote: string
  readonly untested: string
}

export type Claim = TestedClaim | UntestedClaim

/** Checks that a claim judges by numbers it has. */
export function claim<K extends string>(parts: TestedClaim<K>): TestedClaim {
  return parts as TestedClaim
}
