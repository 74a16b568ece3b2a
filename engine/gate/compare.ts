// The gate: CURRENT against a baseline, lane by lane and count by count, exactly.
//
// 1. The files must have the same columns, all known. 2. Lanes are matched by specification (match.ts). 3. A pair is compared
// only if both were made by the same models from the same accesses and ended alike; otherwise the reason is the verdict, and
// its counts, which would all differ, are left out. 4. Each count must be what it was, or better (pair.ts). 5. Assertions.

import { type AllowRule, requireLanes } from './allow.ts'
import { type Assertion, checkAssertion } from './assertion.ts'
import { type Explanation, explain } from './explain.ts'
import { namer } from './lanes.ts'
import { match, type Pair } from './match.ts'
import { comparePair } from './pair.ts'
import type { GateColumn, ResultRow, ResultTable } from './table.ts'
import { effectOf, type Verdict, type VerdictKind } from './verdict.ts'

export interface GateRules {
  readonly columns: readonly GateColumn[]
  readonly allow: readonly AllowRule[]
  readonly assertions: readonly Assertion[]
  /** Counts whose parts are compared, too. */
  readonly explain: readonly string[]
}

export interface GateResult {
  /** Files first, then lane by lane in canonical order, then assertions. */
  readonly verdicts: readonly Verdict[]
  /** Every lane of either file, as the verdicts name it. */
  readonly lanes: readonly GateLane[]
  /** Counts that stand on both sides, and how many of them are the same. */
  readonly compared: number
  readonly equal: number
  /** For each lane of both files and each count asked for; they decide nothing. */
  readonly explanations: readonly Explanation[]
}

export interface GateLane {
  readonly name: string
  readonly current: ResultRow | null
  readonly baseline: ResultRow | null
  readonly compared: number
  /** Why nothing was counted on either side; null if something was. */
  readonly idle: string | null
}

/** Throws a UsageError for a rule or an assertion whose lane is in no file. */
export function gate(current: ResultTable, baseline: ResultTable, rules: GateRules): GateResult {
  const { columns, allow, assertions } = rules
  requireLanes(allow, [current, baseline])
  const nameOf = namer([current, baseline], columns)
  const verdicts: Verdict[] = [...fileVerdicts(current, baseline, columns)]
  const shared = columns.filter(({ name }) => current.columns.includes(name) && baseline.columns.includes(name))
  let equal = 0
  const explanations: Explanation[] = []
  const lanes = match(current, baseline, columns).map(pair => {
    const name = nameOf((pair.baseline ?? pair.current)!)
    const about = compareLane(pair, name, shared, allow)
    verdicts.push(...about.verdicts)
    equal += about.equal
    if (about.compared > 0) {
      for (const metric of rules.explain) explanations.push(explain(metric, name, pair.current!, pair.baseline!))
    }
    return { name, current: pair.current, baseline: pair.baseline, compared: about.compared, idle: about.idle }
  })
  const compared = lanes.reduce((sum, lane) => sum + lane.compared, 0)
  if (compared === 0) verdicts.push(aboutFiles('nothing-compared', null, 'no count was compared'))
  for (const assertion of assertions) verdicts.push(...checkAssertion(assertion, current, columns))
  return { verdicts, lanes, compared, equal, explanations }
}

/** 0 passed, 1 something is worse, 4 something could not be compared, which goes before 1. */
export function exitCodeOf({ verdicts }: GateResult): 0 | 1 | 4 {
  const effects = new Set(verdicts.map(effectOf))
  return effects.has('open') ? 4 : effects.has('fails') ? 1 : 0
}

/** Why a table may not become a baseline; null if it may. */
export function unfitForBaseline(table: ResultTable, columns: readonly GateColumn[]): string | null {
  const unknown = table.columns.filter(name => columns.every(column => column.name !== name))
  if (unknown.length > 0) return `unknown columns: ${unknown.join(', ')}`
  const missing = columns.flatMap(({ name }) => (table.columns.includes(name) ? [] : [name]))
  if (missing.length > 0) return `missing columns: ${missing.join(', ')}`
  const counts = columns.filter(({ role }) => role === 'count')
  const hasCounts = table.rows.some(row => counts.some(({ name }) => row.cells.get(name) !== null))
  return hasCounts ? null : 'no lane has any count'
}

function fileVerdicts(current: ResultTable, baseline: ResultTable, columns: readonly GateColumn[]): Verdict[] {
  const verdicts: Verdict[] = []
  for (const { name, role } of columns) {
    const [is, was] = [current.columns.includes(name), baseline.columns.includes(name)]
    if (was && !is) verdicts.push(aboutFiles('missing-column', name, 'in the baseline, not in CURRENT'))
    else if (is && !was) verdicts.push(aboutFiles('new-column', name, 'in CURRENT, not in the baseline'))
    else if (!is && !was) {
      const isNeeded = role !== 'specification' && role !== 'count' && role !== 'refusal' && role !== 'time'
      const kind = isNeeded && role !== 'prices' ? 'missing-column' : 'column-in-neither'
      verdicts.push(aboutFiles(kind, name, 'in neither file'))
    }
  }
  const known = new Set(columns.map(({ name }) => name))
  for (const name of new Set([...current.columns, ...baseline.columns])) {
    if (known.has(name)) continue
    const [is, was] = [current.columns.includes(name), baseline.columns.includes(name)]
    const where = is && was ? 'in both files' : is ? 'in CURRENT' : 'in the baseline'
    verdicts.push(aboutFiles('unknown-column', name, `${where}; this version does not know what is better`))
  }
  return verdicts
}

function compareLane(
  pair: Pair,
  lane: string,
  columns: readonly GateColumn[],
  allow: readonly AllowRule[],
): ReturnType<typeof comparePair> {
  const alone = (kind: VerdictKind, why: string) => ({
    verdicts: [{ kind, lane, metric: null, baseline: null, current: null, why }],
    compared: 0,
    equal: 0,
    idle: null,
  })
  const { current, baseline, isSame } = pair
  if (current === null) return alone('missing-lane', 'in the baseline, not in CURRENT')
  if (baseline === null) return alone('new-lane', 'in CURRENT, not in the baseline')
  if (isSame) return comparePair(current, baseline, lane, columns, allow)
  const differences = columns.flatMap(({ name, role }) => {
    const [is, was] = [current.cells.get(name), baseline.cells.get(name)]
    return role === 'specification' && is !== was ? [`${name} ${is ?? 'empty'}, was ${was ?? 'empty'}`] : []
  })
  return alone('specification-differs', differences.join('; '))
}

function aboutFiles(kind: VerdictKind, metric: string | null, why: string): Verdict {
  return { kind, lane: null, metric, baseline: null, current: null, why }
}
