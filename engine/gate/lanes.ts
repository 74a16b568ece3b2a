// Lanes by name: `kernel/strategy`, which is also what --allow and --assert match with globs.

import { type Cell, type GateColumn, identityOf, type ResultRow, type ResultTable } from './table.ts'

/** What lanes of a group across kernels may differ in: the last one follows from the kernel. */
const OF_THE_KERNEL = ['strategy', 'kernel', 'other_vmas']

/** Names of lanes; where one table has several of a kernel and strategy, what tells them apart follows in parentheses. */
export function namer(tables: readonly ResultTable[], columns: readonly GateColumn[]): (row: ResultRow) => string {
  const telling = columns.filter(
    ({ role, name }) => role === 'specification' && tables.some(({ rows }) => variesWithinPath(rows, name)),
  )
  return row => {
    const aside = telling.map(({ name }) => `${name} ${row.cells.get(name) ?? 'none'}`)
    return pathOf(row) + (aside.length > 0 ? ` (${aside.join(', ')})` : '')
  }
}

function variesWithinPath(rows: readonly ResultRow[], name: string): boolean {
  const first = new Map<string, Cell | undefined>()
  return rows.some(row => {
    const [path, cell] = [pathOf(row), row.cells.get(name)]
    if (!first.has(path)) first.set(path, cell)
    return first.get(path) !== cell
  })
}

/** `linux-6.18/map-fixed`. */
export function pathOf(row: ResultRow): string {
  return `${textOf(row, 'kernel')}/${textOf(row, 'strategy')}`
}

/** Whether a lane is meant by `strategy` or `kernel/strategy`, globs with * and ?. */
export function isMeant(row: ResultRow, pattern: string): boolean {
  return glob(pattern).test(pattern.includes('/') ? pathOf(row) : textOf(row, 'strategy'))
}

/** A pattern in which * is any text and ? any character, for whole names. */
export function glob(pattern: string): RegExp {
  const source = pattern.replace(/[\\^$.*+?()[\]{}|]/g, char =>
    char === '*' ? '.*' : char === '?' ? '.' : `\\${char}`,
  )
  return new RegExp(`^${source.replace(/(\.\*)+/g, '.*')}$`, 's')
}

/** Every strategy and every kernel/strategy there is, for messages. */
export function laneNames(tables: readonly ResultTable[]): readonly string[] {
  const rows = tables.flatMap(table => table.rows)
  return [...new Set([...rows.map(row => textOf(row, 'strategy')), ...rows.map(pathOf)])]
}

/**
 * Rows that differ in nothing but the strategy (and what the strategy is no part of: the kernel and its vmas, if
 * `acrossKernels`), in the order in which they first come.
 */
export function groupsOf(
  table: ResultTable,
  columns: readonly GateColumn[],
  acrossKernels: boolean,
): readonly (readonly ResultRow[])[] {
  const free = acrossKernels ? OF_THE_KERNEL : ['strategy']
  const fixed = columns.filter(({ role, name }) => role === 'specification' && !free.includes(name))
  const groups = new Map<string, ResultRow[]>()
  for (const row of table.rows) {
    const key = identityOf(row, fixed)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()]
}

function textOf(row: ResultRow, name: string): string {
  const cell: Cell | undefined = row.cells.get(name)
  return String(cell ?? '')
}
