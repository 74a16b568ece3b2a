// A file of results as the gate sees it: named columns, one row per lane, each cell checked to be what its column holds.
//
// The engine knows no report: which columns there are, and what the gate does with each, is handed in (reports/gate-columns.ts).

import type { Direction } from '../counters.ts'

/** What the gate does with a column. */
export type ColumnRole =
  /** Version of the models; another one is not compared. */
  | 'version'
  /** Part of the lane's identity. */
  | 'specification'
  | 'evidence'
  | 'outcome'
  /** The hash of the accesses. */
  | 'trace'
  | 'count'
  /** An access at which something was first refused: null is never. */
  | 'refusal'
  /** The name of the cost model, and what it makes of the counts: opinions, which only warn. */
  | 'prices'
  | 'time'

export interface GateColumn {
  readonly name: string
  readonly role: ColumnRole
  /** What a cell holds: any text, a word or a whole number, a whole number from 0, or one that may be negative. */
  readonly holds: 'text' | 'word' | 'whole' | 'signed'
  /** Whether null is a value like any other. */
  readonly mayBeEmpty: boolean
  readonly better: Direction
  readonly unit: string
}

export type Cell = string | number | null

export interface ResultRow {
  /** By column name; every column of the table is there. */
  readonly cells: ReadonlyMap<string, Cell>
  /** What its counts are made of; null if the file does not say. */
  readonly parts: readonly ResultPart[] | null
  /** Where it stands in the file. */
  readonly line: number
}

/** What one step counted for one relation; a column that is not there is 0. */
export interface ResultPart {
  readonly relation: string | null
  readonly step: string
  readonly counts: ReadonlyMap<string, number>
}

/** Cells of known columns are of their column's kind; those of unknown ones are texts. */
export interface ResultTable {
  /** In the file's order. */
  readonly columns: readonly string[]
  readonly rows: readonly ResultRow[]
}

/** Two rows with one specification, the later first; null if there are none. */
export function duplicateRows(
  table: ResultTable,
  columns: readonly GateColumn[],
): readonly [ResultRow, ResultRow] | null {
  const names = columns.filter(({ name, role }) => role === 'specification' && table.columns.includes(name))
  const seen = new Map<string, ResultRow>()
  for (const row of table.rows) {
    const key = identityOf(row, names)
    const first = seen.get(key)
    if (first) return [row, first]
    seen.set(key, row)
  }
  return null
}

/** Rows in canonical order: sorted by their specification, column by column, numbers by value. */
export function sortedRows(table: ResultTable, columns: readonly GateColumn[]): readonly ResultRow[] {
  const names = columns.filter(({ role }) => role === 'specification').map(({ name }) => name)
  return [...table.rows].sort((a, b) => {
    for (const name of names) {
      const order = compareCells(a.cells.get(name) ?? null, b.cells.get(name) ?? null)
      if (order !== 0) return order
    }
    return 0
  })
}

/** The values of some columns as one text, equal for equal values only. */
export function identityOf(row: ResultRow, columns: readonly GateColumn[]): string {
  return JSON.stringify(columns.map(({ name }) => row.cells.get(name) ?? null))
}

/** null, then numbers, then texts, which are compared by code unit: the same order on every machine. */
function compareCells(a: Cell, b: Cell): number {
  if (a === b) return 0
  const rank = (cell: Cell) => (cell === null ? 0 : typeof cell === 'number' ? 1 : 2)
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  return a! < b! ? -1 : 1
}
