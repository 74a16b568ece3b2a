// What the gate found, in words: values, changes, the line that sums it up.

import type { GateResult } from '../engine/gate/compare.ts'
import type { Cell } from '../engine/gate/table.ts'
import { type Effect, effectOf, VERDICTS, type Verdict, type VerdictKind } from '../engine/gate/verdict.ts'
import { GATE_COLUMNS } from './gate-columns.ts'
import { counted, grouped } from './numbers.ts'

const REFUSALS = new Set(GATE_COLUMNS.flatMap(({ name, role }) => (role === 'refusal' ? [name] : [])))

/** `8,602`, `completed`, `never` of an access that never came, `empty`. */
export function valueText({ metric }: Verdict, value: Cell): string {
  if (value === null) return metric !== null && REFUSALS.has(metric) ? 'never' : 'empty'
  return typeof value === 'number' ? grouped(value) : value
}

/** `8,602 -> 15,982`; empty if there are no values. */
export function valuesText(verdict: Verdict): string {
  const { baseline, current } = verdict
  if (baseline === null && current === null) return ''
  return `${valueText(verdict, baseline)} -> ${valueText(verdict, current)}`
}

/** `+7,380 (+85.8 %)`, `+5 (from 0)`; empty if one of the values is no number. */
export function changeText({ kind, baseline, current }: Verdict): string {
  if (kind === 'model-version-differs' || typeof baseline !== 'number' || typeof current !== 'number') return ''
  const change = current - baseline
  const sign = change < 0 ? '-' : '+'
  const share = baseline === 0 ? 'from 0' : `${sign}${percentText(Math.abs(change / baseline) * 100)} %`
  return `${sign}${grouped(Math.abs(change))} (${share})`
}

/** Never 0 for a change: one in ten million still shows. */
function percentText(percent: number): string {
  if (percent >= 100) return grouped(Math.round(percent))
  if (percent >= 0.1) return percent.toFixed(1)
  if (percent < 1e-6) return 'less than 0.000001'
  return Number(percent.toPrecision(2)).toFixed(8).replace(/0+$/, '')
}

export function kindText({ kind }: Verdict): string {
  return VERDICTS[kind].one
}

/** What is said beside lane and metric: `8,602 -> 15,982, +7,380 (+85.8 %): regression`. */
export function sentence(verdict: Verdict): string {
  const values = [valuesText(verdict), changeText(verdict)].filter(part => part !== '').join(', ')
  return [values, kindText(verdict), verdict.why].filter(part => part !== '').join(': ')
}

/** The last line. */
export function summaryLine(result: GateResult): string {
  const failures = tally(result, 'fails').concat(tally(result, 'open'))
  if (failures.length > 0) return `gate failed: ${failures.join(', ')}`
  return `gate passed: ${[equalText(result), ...tally(result, 'warns'), ...tally(result, 'passes')].join(', ')}`
}

/** `4 lanes, 188 counts equal`, and how many lanes could run on neither side. */
export function equalText({ lanes, equal }: GateResult): string {
  const idle = lanes.filter(lane => lane.idle !== null).length
  const parts = [counted(lanes.length - idle, 'lane', 'lanes'), counted(equal, 'count equal', 'counts equal')]
  return [...parts, ...(idle > 0 ? [counted(idle, 'lane unsupported in both', 'lanes unsupported in both')] : [])].join(
    ', ',
  )
}

/** `2 regressions`, for each kind of an effect that occurs. */
export function tally({ verdicts }: GateResult, effect: Effect): string[] {
  const kinds = new Map<VerdictKind, number>()
  for (const verdict of verdicts) {
    if (effectOf(verdict) === effect) kinds.set(verdict.kind, (kinds.get(verdict.kind) ?? 0) + 1)
  }
  return [...kinds].map(([kind, count]) => counted(count, VERDICTS[kind].one, VERDICTS[kind].many))
}

/** What to do about it; empty if there is nothing. */
export function hint({ verdicts }: GateResult): string {
  const effects = new Set(verdicts.map(effectOf))
  if (effects.has('open') && verdicts.some(({ kind }) => kind !== 'assertion-open' && kind !== 'nothing-compared')) {
    return 'What is meant to be so becomes the baseline with --update.'
  }
  const isBetter = verdicts.some(({ kind }) => kind === 'improvement' || kind === 'evidence-stronger')
  return isBetter && !effects.has('fails') ? 'Better than the baseline: --update takes it over.' : ''
}
