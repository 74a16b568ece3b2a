// Data for github-action-benchmark ("customSmallerIsBetter"): every count of CURRENT that is better when less, and the modelled
// time. What is better when more, or decided by the work asked for, would raise its alarms the wrong way and is left out.

import type { GateResult } from '../engine/gate/compare.ts'
import { GATE_COLUMNS } from './gate-columns.ts'
import { sentence } from './gate-words.ts'

export function gab({ lanes, verdicts }: GateResult): string {
  const columns = GATE_COLUMNS.filter(({ role, better, name }) =>
    role === 'count' ? better === 'less' : name === 'modelled_ns',
  )
  const found = new Map(verdicts.map(verdict => [`${verdict.lane} ${verdict.metric}`, verdict]))
  const entries = lanes.flatMap(({ name: lane, current }) =>
    columns.flatMap(({ name, unit }) => {
      const value = current?.cells.get(name)
      if (typeof value !== 'number') return []
      const verdict = found.get(`${lane} ${name}`)
      return [{ name: `${lane} ${name}`, unit, value, ...(verdict ? { extra: sentence(verdict) } : {}) }]
    }),
  )
  return `${JSON.stringify(entries, null, 2)}\n`
}
