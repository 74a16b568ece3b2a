// Which lane of CURRENT goes with which of the baseline: by the whole specification, wherever they stand in the files.
//
// What is left over on both sides is paired by kernel and strategy if each side has just one such lane: then the
// specification was changed, which is said field by field. The version of the models is no part of the identity.

import { pathOf } from './lanes.ts'
import { type GateColumn, identityOf, type ResultRow, type ResultTable, sortedRows } from './table.ts'

export interface Pair {
  /** At least one of the two is there. */
  readonly current: ResultRow | null
  readonly baseline: ResultRow | null
  /** Whether both have the same specification. */
  readonly isSame: boolean
}

/** In canonical order of the baseline, lanes that it lacks after it. */
export function match(current: ResultTable, baseline: ResultTable, columns: readonly GateColumn[]): readonly Pair[] {
  const shared = columns.filter(
    ({ name, role }) => role === 'specification' && current.columns.includes(name) && baseline.columns.includes(name),
  )
  const currents = sortedRows(current, columns)
  const byIdentity = uniques(currents, row => identityOf(row, shared))
  const baselines = sortedRows(baseline, columns)
  const isUnique = uniques(baselines, row => identityOf(row, shared))
  const partners = new Map<ResultRow, ResultRow>()
  for (const [identity, row] of isUnique) {
    const partner = byIdentity.get(identity)
    if (row && partner) partners.set(row, partner)
  }
  const taken = new Set(partners.values())
  const leftByPath = uniques(
    currents.filter(row => !taken.has(row)),
    pathOf,
  )
  const lostByPath = uniques(
    baselines.filter(row => !partners.has(row)),
    pathOf,
  )
  const pairs = baselines.map((row): Pair => {
    const same = partners.get(row)
    if (same) return { current: same, baseline: row, isSame: true }
    const other = lostByPath.get(pathOf(row)) === row ? (leftByPath.get(pathOf(row)) ?? null) : null
    if (other) taken.add(other)
    return { current: other, baseline: row, isSame: false }
  })
  const added = currents.filter(row => !taken.has(row))
  return [...pairs, ...added.map(row => ({ current: row, baseline: null, isSame: false }))]
}

/** Rows by a key; null where several share it. */
function uniques(rows: readonly ResultRow[], key: (row: ResultRow) => string): ReadonlyMap<string, ResultRow | null> {
  const found = new Map<string, ResultRow | null>()
  for (const row of rows) found.set(key(row), found.has(key(row)) ? null : row)
  return found
}
