// From the rows of a claim's runs to a finding: computes the numbers, lets the claim judge, and decides whether it may.
//
// Two rules are the same for every claim, and so are none's own. If the value that would turn a verdict lies within what is
// possible, the verdict is undecided; an unknown range excludes nothing, and leaves only a verdict that states it as its
// condition. And where the runs hold other kernels, the first one that has another verdict is named as what turns it; one that
// cannot run the claim has none.

import { assert, InvariantError } from '../engine/errors.ts'
import { type Claim, type Judgement, type Reversal, type TestedClaim, VERDICTS, type Verdict } from './claim.ts'
import { type CellName, evaluate, withKernel } from './formula.ts'
import { priceIn } from './prices.ts'

/** A row of results: what the CSV has, by column name. */
export type Cells = ReadonlyMap<string, string | number | null>

export interface FoundNumber {
  readonly label: string
  readonly value: number
  /** With the lanes as the CSV has them. */
  readonly formula: string
}

export interface FoundReversal extends Reversal {
  /** Whether the value lies within the range; null where the range is not known. */
  readonly inRange: boolean | null
}

export interface Elsewhere {
  readonly kernel: string
  readonly verdict: Verdict | 'cannot run' | 'not counted'
}

/** What became of a claim. An untested one has no runs, no numbers and no kernel. */
export interface Finding {
  readonly id: string
  readonly title: string
  readonly quote: string
  readonly verdict: Verdict
  /** With `holds if`, and with the `undecided` that it became. */
  readonly condition: string | null
  readonly why: string
  /** Null for an untested claim. */
  readonly source: string | null
  readonly kernel: string | null
  readonly numbers: readonly FoundNumber[]
  readonly reversals: readonly FoundReversal[]
  /** The same rule on the other kernels of the runs. */
  readonly elsewhere: readonly Elsewhere[]
  readonly runs: readonly { readonly name: string; readonly options: string }[]
}

export function isTested(claim: Claim): claim is TestedClaim {
  return 'runs' in claim
}

/** `rowsOf` gives the rows of a run by its options. */
export function findingOf(claim: Claim, rowsOf: (options: string) => readonly Cells[]): Finding {
  const { id, title, quote } = claim
  const none = { condition: null, source: null, kernel: null, numbers: [], reversals: [], elsewhere: [], runs: [] }
  if (!isTested(claim)) return { id, title, quote, verdict: 'untested', why: claim.untested, ...none }
  const { kernel, source } = claim
  const runs = Object.entries(claim.runs).map(([name, options]) => ({ name, options }))
  const rows = new Map(runs.map(({ name, options }) => [name, rowsOf(options)]))
  const judged = judge(claim, rows, kernel)
  if (judged.values === null) throw new InvariantError(`claim ${id}: ${judged.missing} has no value on ${kernel}`)
  const kernels = [...rows.values()].map(cells => new Set(cells.map(row => String(row.get('kernel')))))
  const others = [...kernels[0]!].filter(name => name !== kernel && kernels.every(set => set.has(name)))
  const elsewhere = others.map(other => ({ kernel: other, verdict: verdictElsewhere(claim, rows, other) }))
  const reversals = [...judged.judgement.reversals, ...turningKernel(kernel, judged.judgement, elsewhere)]
  const needsKernel = (run: string) => kernelsOf(rows.get(run)!).length > 1
  return {
    id,
    title,
    quote,
    verdict: settled({ ...judged.judgement, reversals }),
    condition: judged.judgement.condition ?? null,
    why: judged.judgement.why,
    source,
    kernel,
    numbers: Object.entries(claim.numbers).map(([key, [label, formula]]) => ({
      label,
      value: judged.values[key]!,
      formula: withKernel(formula, kernel, needsKernel),
    })),
    reversals: reversals.map(reversal => ({ ...reversal, inRange: isInRange(reversal) })),
    elsewhere,
    runs,
  }
}

/** The verdict that may stand. */
export function settled({ verdict, reversals }: Judgement): Verdict {
  const within = reversals.map(isInRange)
  if (within.includes(true)) return 'undecided'
  return within.includes(null) && verdict !== 'holds if' ? 'undecided' : verdict
}

/** Whether a verdict could turn for all that is known; null if nothing is. */
export function isInRange({ at, range }: Reversal): boolean | null {
  if (range === null) return null
  if (typeof at === 'string') return range.some(value => value === at)
  const [low, high] = range
  assert(typeof low === 'number' && typeof high === 'number', `${at} cannot lie within ${range.join()}`)
  return at >= low && at <= high
}

type Rows = ReadonlyMap<string, readonly Cells[]>

type Judged =
  | { readonly values: Readonly<Record<string, number>>; readonly judgement: Judgement }
  /** `missing`: the formula that has no value. */
  | { readonly values: null; readonly missing: string }

function judge(claim: TestedClaim, rows: Rows, kernel: string): Judged {
  const read = (formula: string) =>
    evaluate(formula, {
      cell: name => cellOf(name, rows, kernel),
      price: name => priceIn(claim.lists ?? [], name),
    })
  const values: Record<string, number> = {}
  for (const [key, [, formula]] of Object.entries(claim.numbers)) {
    const value = read(formula)
    if (value === null) return { values: null, missing: formula }
    values[key] = value
  }
  const judgement = claim.judge(values, formula => {
    const value = read(formula)
    assert(value !== null, `claim ${claim.id}: ${formula} has no value on ${kernel}`)
    return value
  })
  assert((judgement.verdict === 'holds if') === (judgement.condition !== undefined), `claim ${claim.id}: condition`)
  return { values, judgement }
}

function cellOf(name: CellName, rows: Rows, kernel: string): number | null {
  const lanes = rows.get(name.run)
  assert(lanes !== undefined, `no run is called "${name.run}"`)
  const wanted = name.kernel || kernel
  const lane = lanes.find(row => row.get('kernel') === wanted && row.get('strategy') === name.strategy)
  assert(lane !== undefined, `the run "${name.run}" has no lane ${wanted}/${name.strategy}`)
  const cell = lane.get(name.column)
  assert(cell !== undefined && typeof cell !== 'string', `${name.column} is no column of numbers`)
  return cell
}

function verdictElsewhere(claim: TestedClaim, rows: Rows, kernel: string): Elsewhere['verdict'] {
  const judged = judge(claim, rows, kernel)
  if (judged.values !== null) return settled(judged.judgement)
  const lanes = [...rows.values()].flat().filter(row => row.get('kernel') === kernel)
  return lanes.some(row => String(row.get('outcome')).startsWith('unsupported:')) ? 'cannot run' : 'not counted'
}

function turningKernel(kernel: string, { verdict }: Judgement, elsewhere: readonly Elsewhere[]): readonly Reversal[] {
  const turned = elsewhere.find(other => other.verdict !== verdict && isVerdict(other.verdict))
  if (turned === undefined) return []
  return [{ what: '--kernel', at: turned.kernel, range: [kernel], source: 'the kernel that the verdict is about' }]
}

function isVerdict(word: Elsewhere['verdict']): word is Verdict {
  return VERDICTS.some(verdict => verdict === word)
}

function kernelsOf(rows: readonly Cells[]): readonly string[] {
  return [...new Set(rows.map(row => String(row.get('kernel'))))]
}
