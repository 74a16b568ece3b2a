// `--explain METRIC`: which parts of a count changed, where both files say what it is made of (run --breakdown).
//
// The parts must add up to the count on either side: a breakdown of other counts would explain nothing.

import type { ResultPart, ResultRow } from './table.ts'

export interface Explanation {
  readonly lane: string
  readonly metric: string
  readonly baseline: number | null
  readonly current: number | null
  /** The parts that differ, the largest change first. */
  readonly parts: readonly PartChange[]
  /** Why it cannot be explained; null if it is. */
  readonly obstacle: string | null
}

export interface PartChange {
  /** null where the accesses have no relations. */
  readonly relation: string | null
  readonly step: string
  readonly baseline: number
  readonly current: number
}

/** Two rows of one specification. */
export function explain(metric: string, lane: string, current: ResultRow, baseline: ResultRow): Explanation {
  const [is, was] = [countOf(current, metric), countOf(baseline, metric)]
  const obstacle = obstacleOf(current, is, metric, 'CURRENT') ?? obstacleOf(baseline, was, metric, 'the baseline')
  const about = { lane, metric, baseline: was, current: is, obstacle }
  return obstacle === null
    ? { ...about, parts: changes(metric, current.parts!, baseline.parts!) }
    : { ...about, parts: [] }
}

function obstacleOf(row: ResultRow, total: number | null, metric: string, file: string): string | null {
  if (total === null) return `not measured in ${file}`
  if (row.parts === null) return `${file} has no breakdown (run --breakdown --out FILE.json)`
  const sum = row.parts.reduce((sum, { counts }) => sum + (counts.get(metric) ?? 0), 0)
  return sum === total ? null : `its parts in ${file} add up to ${sum}, not to ${total}`
}

function changes(metric: string, current: readonly ResultPart[], baseline: readonly ResultPart[]): PartChange[] {
  const found = new Map<string, PartChange>()
  for (const { relation, step, counts } of baseline) {
    found.set(JSON.stringify([relation, step]), { relation, step, baseline: counts.get(metric) ?? 0, current: 0 })
  }
  for (const { relation, step, counts } of current) {
    const key = JSON.stringify([relation, step])
    const was = found.get(key)?.baseline ?? 0
    found.set(key, { relation, step, baseline: was, current: counts.get(metric) ?? 0 })
  }
  const size = (part: PartChange) => Math.abs(part.current - part.baseline)
  return [...found.values()].filter(part => size(part) > 0).sort((a, b) => size(b) - size(a)) // stable: ties keep their order
}

function countOf({ cells }: ResultRow, metric: string): number | null {
  const cell = cells.get(metric)
  return typeof cell === 'number' ? cell : null
}
