// Lines of a terminal: wrapping sentences, and setting columns of numbers side by side.

export const WIDTH = 80
const GAP = 3
/** Columns are at least this wide where there is room: numbers far apart are easier to compare than crowded ones. */
const LEAST_COLUMN = 14

/** One column of a table: lines over it, and a cell for every label. */
export interface TableColumn {
  readonly head: readonly string[]
  readonly cells: readonly string[]
}

/** The words of a text in lines of at most 80 columns, of which the first begins with `first`, all others with `indent`. */
export function wrapped(text: string, indent: string, first = ''): string[] {
  const lines: string[] = []
  let line = first
  for (const word of text.split(/\s+/)) {
    if (line.trim() !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = indent
    }
    line += line.trim() === '' ? word : ` ${word}`
    // A word longer than a line, such as the path of a file, is broken.
    while (line.length > WIDTH) {
      lines.push(line.slice(0, WIDTH))
      line = indent + line.slice(WIDTH)
    }
  }
  return [...lines, line]
}

/** Labels on the left, columns aligned to the right; as many tables, one below the other, as 80 columns demand. */
export function tables(labels: readonly string[], columns: readonly TableColumn[], gap = GAP): string[] {
  const labelWidth = Math.max(...labels.map(label => label.length))
  const room = WIDTH - labelWidth
  const lines: string[] = []
  for (let from = 0; from < columns.length; ) {
    let end = from
    for (let used = 0; end < columns.length; end++) {
      used += gap + columnWidth(columns[end]!)
      if (used > room && end > from) break
    }
    if (from > 0) lines.push('')
    lines.push(...table(labels, labelWidth, columns.slice(from, end), gap))
    from = end
  }
  return lines
}

function table(labels: readonly string[], labelWidth: number, columns: readonly TableColumn[], gap: number): string[] {
  const room = WIDTH - labelWidth
  const tight = columns.map(column => gap + columnWidth(column))
  const spread = tight.map(width => Math.max(width, LEAST_COLUMN))
  const widths = sum(spread) <= room ? spread : tight
  const line = (label: string, cells: readonly string[]) => {
    // A head too long even for a table of its own is cut.
    const fitted = cells.map((cell, i) => cell.slice(0, room - gap).padStart(widths[i]!))
    return (label.padEnd(labelWidth) + fitted.join('')).slice(0, Math.max(WIDTH, labelWidth)).trimEnd()
  }
  const headLines = Math.max(...columns.map(column => column.head.length))
  return [
    ...Array.from({ length: headLines }, (_, at) =>
      line(
        '',
        columns.map(column => column.head[at] ?? ''),
      ),
    ),
    ...labels.map((label, at) =>
      line(
        label,
        columns.map(column => column.cells[at]!),
      ),
    ),
  ]
}

function columnWidth(column: TableColumn): number {
  return Math.max(...[...column.head, ...column.cells].map(cell => cell.length))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
