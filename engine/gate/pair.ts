// One lane now and then: what has to be equal before counts mean anything, then count by count.
//
// `0 -> n` is a change like any other; nothing is divided. An access that never came is null and later than every other.

import type { Direction } from '../counters.ts'
import { EVIDENCE, type Evidence } from '../kernel/model.ts'
import { type AllowRule, ruleFor } from './allow.ts'
import type { Cell, ColumnRole, GateColumn, ResultRow } from './table.ts'
import type { Verdict, VerdictKind } from './verdict.ts'

const NOT_COMPARED = 'counts not compared'
/** The cost model whose prices are measured on the machine, anew each time [--cost host]. */
const MEASURED_PRICES = 'host'

export interface PairResult {
  readonly verdicts: readonly Verdict[]
  /** Counts on both sides, and those of them that are the same. */
  readonly compared: number
  readonly equal: number
  /** Why neither side has any count; null if one has. */
  readonly idle: string | null
}

/** Two rows of one specification. `columns` are those that both files have. */
export function comparePair(
  current: ResultRow,
  baseline: ResultRow,
  lane: string,
  columns: readonly GateColumn[],
  allow: readonly AllowRule[],
): PairResult {
  const pair = new Comparison(current, baseline, lane, columns, allow)
  if (!pair.isComparable()) return pair.result(null)
  pair.compareEvidence()
  if (!pair.endsAlike()) return pair.result(null)
  pair.compareCounts()
  pair.compareTimes()
  const outcome = String(pair.valuesOf('outcome')[0] ?? '')
  const isIdle = pair.compared === 0 && outcome.startsWith('unsupported')
  if (pair.compared === 0 && !isIdle) pair.say('nothing-compared', null, null, null, 'no count stands on both sides')
  return pair.result(isIdle ? outcome : null)
}

class Comparison {
  private readonly current: ResultRow
  private readonly baseline: ResultRow
  private readonly lane: string
  private readonly columns: readonly GateColumn[]
  private readonly allow: readonly AllowRule[]
  private readonly verdicts: Verdict[] = []
  compared = 0
  private equal = 0

  constructor(
    current: ResultRow,
    baseline: ResultRow,
    lane: string,
    columns: readonly GateColumn[],
    allow: readonly AllowRule[],
  ) {
    this.current = current
    this.baseline = baseline
    this.lane = lane
    this.columns = columns
    this.allow = allow
  }

  result(idle: string | null): PairResult {
    return { verdicts: this.verdicts, compared: this.compared, equal: this.equal, idle }
  }

  say(kind: VerdictKind, metric: string | null, baseline: Cell, current: Cell, why: string): void {
    this.verdicts.push({ kind, lane: this.lane, metric, baseline, current, why })
  }

  /** The values now and then of the one column with a role; undefined where the files have none. */
  valuesOf(role: ColumnRole): readonly [Cell | undefined, Cell | undefined] {
    const name = this.columns.find(column => column.role === role)?.name
    return name === undefined ? [undefined, undefined] : [this.current.cells.get(name), this.baseline.cells.get(name)]
  }

  /** Whether both sides were made by the same models from the same accesses and came as far. */
  isComparable(): boolean {
    const [version, oldVersion] = this.valuesOf('version')
    if (version !== oldVersion) {
      this.say('model-version-differs', 'model_version', oldVersion!, version!, NOT_COMPARED)
      return false
    }
    const [trace, oldTrace] = this.valuesOf('trace')
    if (trace !== oldTrace) {
      this.say('accesses-differ', 'trace_hash', oldTrace!, trace!, NOT_COMPARED)
      return false
    }
    const [outcome, oldOutcome] = this.valuesOf('outcome')
    if (outcome === oldOutcome) return true
    const isWorse = rankOf(outcome!) > rankOf(oldOutcome!)
    this.say(isWorse ? 'outcome-worse' : 'outcome-differs', 'outcome', oldOutcome!, outcome!, NOT_COMPARED)
    return false
  }

  compareEvidence(): void {
    const [evidence, oldEvidence] = this.valuesOf('evidence')
    if (evidence === oldEvidence) return
    if (evidence === null || oldEvidence === null) {
      this.say('not-measured', 'evidence', oldEvidence!, evidence!, '')
      return
    }
    const isWeaker = EVIDENCE.indexOf(evidence as Evidence) > EVIDENCE.indexOf(oldEvidence as Evidence)
    this.say(isWeaker ? 'evidence-weaker' : 'evidence-stronger', 'evidence', oldEvidence!, evidence!, '')
  }

  /** A lane that stops at another access has counted another stretch of work. */
  endsAlike(): boolean {
    if (!String(this.valuesOf('outcome')[0]).startsWith('stopped')) return true
    const column = this.columns.find(({ role }) => role === 'refusal') // the first one is where the lane stops
    if (column === undefined) return true
    const [is, was] = [this.current.cells.get(column.name)!, this.baseline.cells.get(column.name)!]
    if (is === was) return true
    const rule = ruleFor(this.allow, this.current, column.name, was as number | null, is as number | null)
    const kind = isBetter('more', was, is) || rule ? 'stopped-elsewhere' : 'regression'
    this.say(kind, column.name, was, is, NOT_COMPARED)
    return false
  }

  compareCounts(): void {
    for (const { name, role, better } of this.columns) {
      if (role !== 'count' && role !== 'refusal') continue
      const [is, was] = [this.current.cells.get(name)!, this.baseline.cells.get(name)!]
      if (is === null && was === null) continue
      if (role === 'count' && (is === null || was === null)) {
        this.say('not-measured', name, was, is, is === null ? 'not measured now' : 'not measured in the baseline')
        continue
      }
      this.compared++
      if (is === was) this.equal++
      else this.judge(name, better, was as number | null, is as number | null)
    }
  }

  private judge(name: string, better: Direction, was: number | null, is: number | null): void {
    if (better === 'either' || (better !== 'same' && isBetter(better, was, is))) {
      this.say(better === 'either' ? 'change' : 'improvement', name, was, is, '')
      return
    }
    const rule = ruleFor(this.allow, this.current, name, was, is)
    if (rule !== null) this.say('allowed', name, was, is, `--allow ${rule.text}`)
    else this.say(better === 'same' ? 'work-changed' : 'regression', name, was, is, '')
  }

  /** Times are opinions about the counts: the first that changed is said, a longer one before others. */
  compareTimes(): void {
    const [prices = null, oldPrices = null] = this.valuesOf('prices')
    if (prices !== oldPrices) {
      this.say('prices-differ', 'cost_model', oldPrices, prices, 'times not compared')
      return
    }
    const changes = this.columns.flatMap(({ name, role }) => {
      const [is, was] = [this.current.cells.get(name)!, this.baseline.cells.get(name)!]
      return role === 'time' && is !== was ? [{ name, is, was }] : []
    })
    if (prices === MEASURED_PRICES && changes.length > 0) {
      this.say('prices-differ', 'cost_model', oldPrices, prices, 'measured anew each time: times not compared')
      return
    }
    const longer = changes.find(({ is, was }) => is === null || was === null || is > was)
    const { name, is, was } = longer ?? changes[0] ?? {}
    if (name === undefined || is === undefined || was === undefined) return
    const rule = longer ? ruleFor(this.allow, this.current, name, was as number | null, is as number | null) : null
    if (rule !== null) this.say('allowed', name, was, is, `--allow ${rule.text}`)
    else this.say(longer ? 'time-longer' : 'time-shorter', name, was, is, '')
  }
}

/** Whether a changed value is the better one; null is later than any access. */
function isBetter(better: 'less' | 'more', was: Cell, is: Cell): boolean {
  const [from, to] = [was, is].map(value => (value === null ? Number.POSITIVE_INFINITY : (value as number)))
  return better === 'less' ? to! < from! : to! > from!
}

/** 0 completed, 1 stopped, 2 unsupported. */
function rankOf(outcome: Cell): number {
  const text = String(outcome)
  return text.startsWith('completed') ? 0 : text.startsWith('stopped') ? 1 : 2
}
