// `--assert`: what has to be true of CURRENT alone, across its lanes: `a.vma_bytes_peak <= 0.01 * b.vma_bytes_peak`.
//
// Each side is a number, a metric of a lane, or one times the other; the comparison is exact. An assertion is checked once
// for each group of lanes that differ in nothing but the strategy, or in nothing but strategy and kernel if it names a kernel.

import { UsageError } from '../errors.ts'
import { nearestOfAll } from '../suggest.ts'
import { compare, decimalText, parseDecimal, type Rational, times, whole } from './exact.ts'
import { groupsOf, isMeant, laneNames, namer, pathOf } from './lanes.ts'
import type { Cell, GateColumn, ResultRow, ResultTable } from './table.ts'
import type { Verdict } from './verdict.ts'

const OPERATORS = { '<=': [-1, 0], '>=': [0, 1], '==': [0], '<': [-1], '>': [1] } as const satisfies Record<
  string,
  readonly (-1 | 0 | 1)[]
>

interface Reference {
  readonly lane: string
  readonly metric: string
}

interface Side {
  readonly factor: Rational
  /** null: the factor alone. */
  readonly reference: Reference | null
}

export interface Assertion {
  /** As typed. */
  readonly text: string
  readonly left: Side
  readonly operator: keyof typeof OPERATORS
  readonly right: Side
}

const ONE: Rational = { num: 1n, den: 1n }
const FORM = 'EXPR <= EXPR (or >= < > ==), EXPR a number, LANE.METRIC or NUMBER * LANE.METRIC'
const NUMBER = String.raw`(?<number>[+-]?\d[\d_.]*(?:[eE][+-]?\d+)?)`
const METRIC = String.raw`(?<lane>\S+)\.(?<metric>[a-z]\w*)`
const TIMES = String.raw`\s*\*\s*`
/** A lane may be a glob, so the forms with a number go first: `2*x.remaps` is a product. */
const SIDES = [NUMBER, NUMBER + TIMES + METRIC, METRIC + TIMES + NUMBER, METRIC].map(form => new RegExp(`^${form}$`))

/** Throws a UsageError for what is no assertion, or names no metric of `metrics`. */
export function parseAssertion(text: string, metrics: readonly string[]): Assertion {
  const parts = text.split(/(<=|>=|==|<|>)/)
  if (parts.length !== 3) throw new UsageError(`--assert ${text}: must be ${FORM}`)
  const left = parseSide(text, parts[0]!, metrics)
  const right = parseSide(text, parts[2]!, metrics)
  if (left.reference === null && right.reference === null) throw new UsageError(`--assert ${text}: names no lane`)
  return { text, left, operator: parts[1] as keyof typeof OPERATORS, right }
}

function parseSide(text: string, side: string, metrics: readonly string[]): Side {
  const groups = SIDES.map(form => form.exec(side.trim())?.groups).find(groups => groups !== undefined)
  const { number, lane, metric } = groups ?? {}
  const factor = number === undefined ? ONE : parseDecimal(number)
  if (groups === undefined || factor === null) {
    throw new UsageError(`--assert ${text}: ${side.trim() || 'nothing'} is no expression; must be ${FORM}`)
  }
  if (lane === undefined || metric === undefined) return { factor, reference: null }
  if (metrics.includes(metric)) return { factor, reference: { lane, metric } }
  throw new UsageError(`--assert ${text}: no metric ${metric}${nearestOfAll(metric, metrics)}`)
}

/** One verdict for each group of lanes it applies to. Throws a UsageError if a lane is unknown or more than one is meant. */
export function checkAssertion(
  assertion: Assertion,
  table: ResultTable,
  columns: readonly GateColumn[],
): readonly Verdict[] {
  const references = [assertion.left, assertion.right].flatMap(({ reference }) => (reference ? [reference] : []))
  for (const { lane } of references) {
    if (table.rows.some(row => isMeant(row, lane))) continue
    throw new UsageError(`--assert ${assertion.text}: no lane ${lane}${nearestOfAll(lane, laneNames([table]))}`)
  }
  const acrossKernels = references.some(({ lane }) => lane.includes('/'))
  const groups = groupsOf(table, columns, acrossKernels).filter(group =>
    references.some(({ lane }) => group.some(row => isMeant(row, lane))),
  )
  const nameOf = namer([table], columns)
  return groups.map(group => {
    const meant = group.find(row => references.some(({ lane }) => isMeant(row, lane)))!
    return { ...checkGroup(assertion, group), lane: groups.length > 1 ? nameOf(meant) : null }
  })
}

function checkGroup({ text, left, operator, right }: Assertion, group: readonly ResultRow[]): Verdict {
  const verdict = { lane: null, metric: text, baseline: null, current: null }
  const [a, b] = [left, right].map(side => sideIn(side, text, group))
  const lacking = [a, b].find(side => typeof side === 'string')
  if (lacking !== undefined) return { ...verdict, kind: 'assertion-open', why: lacking as string }
  const [first, second] = [a, b] as [Rational, Rational]
  const holds = (OPERATORS[operator] as readonly number[]).includes(compare(first, second))
  const values = `${decimalText(first)} ${operator} ${decimalText(second)}`
  return { ...verdict, kind: holds ? 'assertion-holds' : 'assertion-failed', why: holds ? values : `not ${values}` }
}

/** The value of a side in a group of lanes, or what it lacks. */
function sideIn({ factor, reference }: Side, text: string, group: readonly ResultRow[]): Rational | string {
  if (reference === null) return factor
  const { lane, metric } = reference
  const rows = group.filter(row => isMeant(row, lane))
  if (rows.length > 1) {
    const names = rows.map(pathOf).join(', ')
    throw new UsageError(
      `--assert ${text}: ${lane} means ${rows.length} lanes (${names}); one KERNEL/STRATEGY is needed`,
    )
  }
  const cell: Cell | undefined = rows[0]?.cells.get(metric)
  if (rows.length === 0) return `there is no lane ${lane}`
  if (cell === undefined) return `there is no column ${metric}`
  return typeof cell === 'number' ? times(factor, whole(cell)) : `${pathOf(rows[0]!)} has no ${metric}`
}
