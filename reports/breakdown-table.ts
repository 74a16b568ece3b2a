// Where counts come from, as tables: one line for each relation, and one for each count with the steps that made it.

import { type Part, STEP_NAMES, STEPS } from '../engine/breakdown.ts'
import { COUNTER_NAMES, COUNTERS, type CounterName } from '../engine/counters.ts'
import { names } from './lanes.ts'
import { tables, wrapped } from './lines.ts'
import { grouped, NONE } from './numbers.ts'
import type { ReportRow } from './report.ts'

/** What tells relations apart, as many as were counted. */
const OF_RELATIONS: readonly (readonly [head: string, ...counters: CounterName[]])[] = [
  ['accesses', 'tlbHits', 'tlbMisses'],
  ['remaps', 'remaps'],
  ['page faults', 'pageFaults'],
  ['faults in calls', 'populateFaults'],
  ['whole flushes', 'tlbFullFlushes'],
  ['ranged flushes', 'tlbRangeFlushes'],
  ['one-page flushes', 'tlbPageInvalidations'],
  ['bytes copied', 'bytesCopied'],
]
/** What the pool and the TLB count is the access's alone: no step of the kernel has a part in it. */
const OUTSIDE: readonly CounterName[] = ['windowHits', 'remaps', 'writes', 'tlbHits', 'tlbMisses']

/** Tables for each lane that has a breakdown; no lines if none has. */
export function breakdownLines(rows: readonly ReportRow[]): string[] {
  const laneNames = names(rows)
  return rows.flatMap(({ result: { breakdown } }, i) => {
    if (breakdown === null) return []
    const relations = [...new Set(breakdown.flatMap(part => part.relation ?? []))]
    return [
      '',
      ...(relations.length === 0 ? [] : [`${laneNames[i]}, by relation`, ...relationTable(breakdown, relations), '']),
      `${laneNames[i]}, by kernel step`,
      ...stepTable(breakdown),
    ]
  })
}

/** What the steps mean that occur, in a sentence. */
export function stepWords(rows: readonly ReportRow[]): string[] {
  const parts = rows.flatMap(row => row.result.breakdown ?? [])
  const used = stepsOf(parts)
  return used.length === 0 ? [] : wrapped(`Steps: ${used.map(step => `${step}, ${STEPS[step]}`).join('; ')}.`, '  ')
}

function relationTable(parts: readonly Part[], relations: readonly string[]): string[] {
  const columns = OF_RELATIONS.flatMap(([head, ...counters]) => {
    const counts = relations.map(relation =>
      sum(
        parts.filter(part => part.relation === relation),
        counters,
      ),
    )
    return counts.some(count => count > 0) ? [{ head: [head], cells: counts.map(cell) }] : []
  })
  return tables(relations, columns)
}

function stepTable(parts: readonly Part[]): string[] {
  const counters = COUNTER_NAMES.filter(name => !OUTSIDE.includes(name) && sum(parts, [name]) > 0)
  if (counters.length === 0) return ['no work of the kernel']
  const columns = stepsOf(parts).map(step => {
    const own = parts.filter(part => part.step === step)
    return { head: [step], cells: counters.map(name => cell(sum(own, [name]))) }
  })
  return tables(
    counters.map(name => COUNTERS[name].column),
    columns,
  )
}

/** Steps in which the kernel counted something. */
function stepsOf(parts: readonly Part[]) {
  return STEP_NAMES.filter(step =>
    parts.some(part => part.step === step && COUNTER_NAMES.some(name => !OUTSIDE.includes(name) && part.counts[name])),
  )
}

function sum(parts: readonly Part[], counters: readonly CounterName[]): number {
  return parts.reduce((sum, { counts }) => counters.reduce((all, name) => all + (counts[name] ?? 0), sum), 0)
}

function cell(count: number): string {
  return count === 0 ? NONE : grouped(count)
}
