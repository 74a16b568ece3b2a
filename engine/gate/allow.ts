// `--allow`: which changes for the worse are taken. `METRIC=+1%` may grow by up to 1 %, `=-1%` shrink, `=1%` either;
// `METRIC<=N` and `METRIC>=N` take any value within the limit. `LANE:` in front narrows it to some lanes; both are globs.
//
// A rule only ever lets pass what would fail: it is no limit of its own (--assert is). Of 0 every percentage is 0.

import { UsageError } from '../errors.ts'
import { nearestOfAll } from '../suggest.ts'
import { compare, parseDecimal, type Rational, times, whole } from './exact.ts'
import { glob, isMeant, laneNames } from './lanes.ts'
import type { ResultRow, ResultTable } from './table.ts'

export interface AllowRule {
  /** As typed. */
  readonly text: string
  /** Any lane if null. */
  readonly lane: string | null
  readonly metric: string
  readonly form: '+%' | '-%' | '%' | '<=' | '>='
  /** A percentage, or the limit. */
  readonly bound: Rational
}

const GRAMMAR = /^(?:([^:<>=]+):)?([\w*?]+)\s*(=|<=|>=)\s*(.+)$/
const FORMS = 'METRIC=[+-]N%, METRIC<=N or METRIC>=N, with LANE: in front for some lanes'

/** Throws a UsageError for what is no rule, or names no metric of `metrics`. */
export function parseAllow(text: string, metrics: readonly string[]): AllowRule {
  const option = `--allow ${text}`
  const [, lane = null, metric = '', operator, bound = ''] = GRAMMAR.exec(text.trim()) ?? []
  if (operator === undefined) throw new UsageError(`${option}: must be ${FORMS}`)
  if (!metrics.some(name => glob(metric).test(name))) {
    throw new UsageError(`${option}: no metric ${metric}${nearestOfAll(metric, metrics)}`)
  }
  const rule = { text, lane: lane?.trim() ?? null, metric }
  if (operator !== '=') {
    const limit = parseDecimal(bound)
    if (limit === null) throw new UsageError(`${option}: ${bound} must be a number such as 65530`)
    return { ...rule, form: operator as '<=' | '>=', bound: limit }
  }
  const [, sign = '', percentage = ''] = /^([+-]?)([\d._]+)\s*%$/.exec(bound) ?? []
  const percent = parseDecimal(percentage)
  if (percent === null) throw new UsageError(`${option}: ${bound} must be a percentage such as +1%, -0.5% or 2%`)
  return { ...rule, form: `${sign as '' | '+' | '-'}%`, bound: percent }
}

/** Throws a UsageError for a rule whose lane is in none of the tables. */
export function requireLanes(rules: readonly AllowRule[], tables: readonly ResultTable[]): void {
  for (const { text, lane } of rules) {
    if (lane === null || tables.some(({ rows }) => rows.some(row => isMeant(row, lane)))) continue
    throw new UsageError(`--allow ${text}: no lane ${lane}${nearestOfAll(lane, laneNames(tables))}`)
  }
}

/** The first rule that lets this change pass; null if none does. null is an access that never came. */
export function ruleFor(
  rules: readonly AllowRule[],
  row: ResultRow,
  metric: string,
  baseline: number | null,
  current: number | null,
): AllowRule | null {
  return (
    rules.find(
      rule =>
        (rule.lane === null || isMeant(row, rule.lane)) &&
        glob(rule.metric).test(metric) &&
        permits(rule, baseline, current),
    ) ?? null
  )
}

function permits({ form, bound }: AllowRule, baseline: number | null, current: number | null): boolean {
  if (form === '<=') return current !== null && compare(whole(current), bound) <= 0
  if (form === '>=') return current === null || compare(whole(current), bound) >= 0
  if (baseline === null || current === null) return false
  const change = BigInt(current) - BigInt(baseline)
  const size = { num: change < 0n ? -change : change, den: 1n }
  if ((form === '+%' && change < 0n) || (form === '-%' && change > 0n)) return false
  const most = times(times(whole(Math.abs(baseline)), bound), { num: 1n, den: 100n })
  return compare(size, most) <= 0
}
