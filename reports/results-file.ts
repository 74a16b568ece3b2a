// Files of results read back: the CSV and JSON of `run`, whichever it is by content, as one table.
//
// What is malformed is refused with its line, because a gate that guesses passes what nobody wrote. Both formats end in a way
// that a cut shows: JSON with its brackets, CSV with a line feed. Forgiven are a byte-order mark, CRLF, blank lines and the
// order of rows and columns; the apostrophe before what looks like a formula (csv.ts) is taken away again.

import { CsvError, parse } from 'csv-parse/sync'
import { TraceError } from '../engine/errors.ts'
import { pathOf } from '../engine/gate/lanes.ts'
import {
  type Cell,
  duplicateRows,
  type GateColumn,
  type ResultRow,
  type ResultTable,
  sortedRows,
} from '../engine/gate/table.ts'
import { EVIDENCE } from '../engine/kernel/model.ts'
import { csvText } from './csv.ts'
import { GATE_COLUMNS } from './gate-columns.ts'
import { BREAKDOWN, jsonText, MEASURED, MODELLED, ORIGINS, RESULTS_SCHEMA } from './json.ts'
import { type JsonValue, parseJson } from './json-text.ts'
import { partsOf } from './results-breakdown.ts'

export interface ResultsFile {
  readonly format: 'csv' | 'json'
  readonly table: ResultTable
}

/** A value as the file has it: its text, whether that was a JSON text, and where it stands. */
interface Field {
  readonly text: string | null
  readonly isQuoted: boolean
  readonly line: number
}

/** Without these nothing is a lane. */
const LEAST_COLUMNS = ['kernel', 'strategy']
const FORMULA = /^'(?=[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/
const OUTCOME = /^(completed|stopped:[\w-]+|unsupported:[\w.-]+)$/
const MOST_SHOWN = 40
/** Members of a JSON result that are no columns; only the breakdown is read. */
const NESTED = [MODELLED, BREAKDOWN, ORIGINS, MEASURED]
const KNOWN = new Map(GATE_COLUMNS.map(column => [column.name, column]))

/** `name` is what messages call the file. Throws a TraceError that names the line or byte. */
export function parseResults(bytes: Uint8Array, name: string): ResultsFile {
  const text = decode(bytes, name)
  if (text.trim() === '') throw new TraceError(`${name}:1: empty; results of remapbench run are needed, CSV or JSON`)
  const format = /^\s*[{[]/.test(text) ? 'json' : 'csv'
  const table = format === 'json' ? tableOfJson(text, name) : tableOfCsv(text, name)
  const twice = duplicateRows(table, GATE_COLUMNS)
  if (twice !== null) {
    const [row, first] = twice
    throw new TraceError(`${name}:${row.line}: ${pathOf(row)} has the same specification as line ${first.line}`)
  }
  return { format, table }
}

/** A table as a file of the same format: columns as the reports have them, lanes sorted, nothing about the run. */
export function renderResults(table: ResultTable, format: ResultsFile['format']): string {
  const names = GATE_COLUMNS.map(({ name }) => name)
  const sorted = sortedRows(table, GATE_COLUMNS)
  const rows = sorted.map(({ cells }) => names.map(name => cells.get(name) ?? null))
  if (format === 'csv') return csvText(names, rows)
  const nested = sorted.map(({ parts }) => {
    const breakdown = parts?.map(({ relation, step, counts }) => ({ relation, step, ...Object.fromEntries(counts) }))
    return breakdown === undefined ? {} : { [BREAKDOWN]: breakdown }
  })
  return jsonText(names, rows, {}, nested)
}

function decode(bytes: Uint8Array, name: string): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new TraceError(`${name}: byte 0: UTF-16; results are UTF-8`)
  }
  const zero = bytes.indexOf(0)
  if (zero >= 0) throw new TraceError(`${name}: byte ${zero}: no text; results of remapbench run are needed`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // What a lenient decoder reads differs from the bytes where they stop being UTF-8.
    const again = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
    const offset = bytes.findIndex((byte, i) => byte !== again[i])
    throw new TraceError(`${name}: byte ${offset}: no UTF-8; results of remapbench run are needed`)
  }
}

function tableOfCsv(text: string, name: string): ResultTable {
  let columns: readonly string[] | null = null
  const rows: ResultRow[] = []
  const onRecord = (record: readonly string[], { lines: line }: { readonly lines: number }): null => {
    if (columns === null) {
      columns = record
      requireColumns(columns, name, line)
    } else if (record.length !== columns.length) {
      const fields = record.length === 1 ? '1 field' : `${record.length} fields`
      throw new TraceError(`${name}:${line}: ${fields}; the header has ${columns.length}`)
    } else {
      const fields = record.map(text => ({
        text: text === '' ? null : text.replace(FORMULA, ''),
        isQuoted: false,
        line,
      }))
      rows.push(rowOf(columns, fields, null, name, line))
    }
    return null // csv-parse keeps no record
  }
  try {
    parse(text, {
      skip_empty_lines: true,
      relax_column_count: true, // counted above, with a message of our own
      record_delimiter: ['\r\n', '\n'],
      on_record: onRecord,
    })
  } catch (error) {
    if (error instanceof CsvError) throw new TraceError(`${name}:${error.lines ?? 1}: no line of a CSV file`)
    throw error
  }
  if (!text.endsWith('\n')) {
    throw new TraceError(`${name}:${text.split('\n').length}: the last line does not end: the file was cut off`)
  }
  return requireRows({ columns: columns ?? [], rows }, name, 2)
}

function tableOfJson(text: string, name: string): ResultTable {
  const top = parseJson(text, name)
  const members = top.kind === 'object' ? top.members : new Map<string, JsonValue>()
  const schema = members.get('schema')
  if (schema?.kind !== 'text' || schema.text !== RESULTS_SCHEMA) {
    const what = schema?.kind === 'text' ? `schema ${shown(schema.text)}` : 'no schema'
    throw new TraceError(`${name}:${(schema ?? top).line}: ${what}; results have ${JSON.stringify(RESULTS_SCHEMA)}`)
  }
  const results = members.get('results')
  if (results?.kind !== 'list') throw new TraceError(`${name}:${(results ?? top).line}: no list of results`)
  let columns: readonly string[] | null = null
  const rows = results.items.map(item => {
    if (item.kind !== 'object') throw new TraceError(`${name}:${item.line}: a result must be an object`)
    const keys = [...item.members.keys()].filter(key => !NESTED.includes(key))
    if (columns === null) {
      columns = keys
      requireColumns(columns, name, item.line)
    }
    const extra = keys.find(key => !columns!.includes(key))
    if (extra !== undefined) throw new TraceError(`${name}:${item.line}: ${shown(extra)} is not in the first result`)
    const fields = columns.map(key => {
      const member = item.members.get(key)
      if (member === undefined) throw new TraceError(`${name}:${item.line}: ${shown(key)} is missing`)
      return fieldOf(member, key, name)
    })
    const breakdown = item.members.get(BREAKDOWN)
    return rowOf(columns, fields, breakdown === undefined ? null : partsOf(breakdown, name), name, item.line)
  })
  return requireRows({ columns: columns ?? [], rows }, name, results.line)
}

function fieldOf(value: JsonValue, key: string, name: string): Field {
  const { line } = value
  if (value.kind === 'number') return { text: value.text, isQuoted: false, line }
  if (value.kind === 'text') return { text: value.text === '' ? null : value.text, isQuoted: true, line }
  if (value.kind === 'word' && value.value === null) return { text: null, isQuoted: false, line }
  throw new TraceError(`${name}:${line}: ${shown(key)} must be a number, a text or null`)
}

function requireColumns(columns: readonly string[], name: string, line: number): void {
  const missing = LEAST_COLUMNS.filter(column => !columns.includes(column))
  if (missing.length > 0) {
    throw new TraceError(
      `${name}:${line}: no results of remapbench run: there is no column ${missing.join(' and no ')}`,
    )
  }
  const twice = columns.find((column, i) => columns.indexOf(column) < i)
  if (twice !== undefined) throw new TraceError(`${name}:${line}: column ${shown(twice)} is there twice`)
  if (columns.includes('')) throw new TraceError(`${name}:${line}: column ${columns.indexOf('') + 1} has no name`)
}

function requireRows(table: ResultTable, name: string, line: number): ResultTable {
  if (table.rows.length === 0) throw new TraceError(`${name}:${line}: no lane`)
  return table
}

function rowOf(
  columns: readonly string[],
  fields: readonly Field[],
  parts: ResultRow['parts'],
  name: string,
  line: number,
): ResultRow {
  const cells = new Map<string, Cell>()
  columns.forEach((column, i) => {
    const field = fields[i]!
    const known = KNOWN.get(column)
    const problem = known ? problemOf(field, known) : null
    if (problem !== null) {
      throw new TraceError(
        `${name}:${field.line}: ${column} ${field.text === null ? 'empty' : shown(field.text)}: ${problem}`,
      )
    }
    cells.set(column, known ? cellOf(field.text, known) : field.text)
  })
  // A lane that could not run, or stopped before anything was counted, has none.
  if (cells.get('evidence') === null && cells.get('outcome') === 'completed') {
    throw new TraceError(`${name}:${line}: evidence empty: must be there for a lane that completed`)
  }
  return { cells, parts, line }
}

function cellOf(text: string | null, { holds }: GateColumn): Cell {
  const isNumber = text !== null && (holds === 'word' ? isWhole(text) : holds !== 'text')
  return isNumber ? Number(text) + 0 : text // + 0: no -0
}

function isWhole(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text))
}

/** What a cell must be and is not; null if all is well. */
function problemOf({ text, isQuoted }: Field, { role, holds, mayBeEmpty }: GateColumn): string | null {
  if (text === null) return mayBeEmpty ? null : 'must not be empty'
  if (role === 'evidence' && !EVIDENCE.some(word => word === text)) return `must be ${EVIDENCE.join(', ')}`
  if (role === 'outcome' && !OUTCOME.test(text)) return 'must be completed, stopped:ERRNO or unsupported:REASON'
  if (holds === 'text' || holds === 'word') return null
  const size = holds === 'signed' ? text.replace(/^-/, '') : text
  if (isWhole(size) && !isQuoted) return null
  return holds === 'signed' ? 'must be a whole number' : 'must be a whole number, 0 to 2^53-1'
}

/** A text as messages show it. */
function shown(text: string): string {
  return JSON.stringify(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text)
}
