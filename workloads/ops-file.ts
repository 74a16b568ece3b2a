// Window operations as a person or another program writes them: a CSV of op,vpn,pages,pgoff, past workload and pool.
//
// The grammar is the README's, nothing more: a header, then remap, read, write or reclaim rows of whole numbers. Blank lines,
// spaces around fields, CRLF and a byte-order mark are forgiven; everything else names its line.

import { CsvError, parse } from 'csv-parse/sync'
import { TraceError } from '../engine/errors.ts'
import { OpsRows } from '../engine/ops-rows.ts'
import { didYouMean } from '../engine/suggest.ts'
import { OP_RECLAIM, OP_REMAP, OP_TOUCH_READ, OP_TOUCH_WRITE } from '../engine/window-ops.ts'

const HEADER = 'op,vpn,pages,pgoff'
const MOST_SHOWN = 40
const OPS: Readonly<Record<string, number>> = {
  read: OP_TOUCH_READ,
  write: OP_TOUCH_WRITE,
  remap: OP_REMAP,
  reclaim: OP_RECLAIM,
}

/**
 * The rows of a file. `name` is what messages call it; every range lies inside `windowPages`.
 * Throws a TraceError that names the line.
 */
export function parseOps(text: Buffer | string, name: string, windowPages: number): OpsRows {
  const rows = new OpsRows()
  let sawHeader = false
  const onRecord = (record: readonly string[], context: { readonly lines: number }): null => {
    const fail = (problem: string): never => {
      throw new TraceError(`${name}:${context.lines}: ${problem}`)
    }
    if (sawHeader) appendRow(rows, record, windowPages, fail)
    else if (record.join() !== HEADER) fail(`the header must be ${HEADER}, not ${shown(record.join())}`)
    sawHeader = true
    return null // csv-parse keeps no record: only the columns grow
  }
  try {
    parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true, // counted below, with a message of our own
      quote: null, // no field has any
      max_record_size: 4096, // a file without line ends is no CSV
      on_record: onRecord,
    })
  } catch (error) {
    if (error instanceof CsvError) throw new TraceError(`${name}:${error.lines ?? 1}: no line of a CSV file`)
    throw error
  }
  if (!sawHeader) throw new TraceError(`${name}:1: empty; a file of window operations begins with ${HEADER}`)
  if (rows.length === 0) throw new TraceError(`${name}:2: no operation after the header`)
  return rows
}

function appendRow(
  rows: OpsRows,
  record: readonly string[],
  windowPages: number,
  fail: (problem: string) => never,
): void {
  const [word = '', vpnText = '', pagesText = '', pgoffText = ''] = record
  const op = Object.hasOwn(OPS, word) ? OPS[word] : -1
  if (op < 0) fail(`op ${shown(word)}: must be remap, read, write or reclaim${didYouMean(word, Object.keys(OPS))}`)
  if (record.length !== 4) fail(`${record.length} fields; a row has 4: ${HEADER}`)
  const vpn = whole(vpnText)
  const pages = whole(pagesText)
  if (!(vpn < windowPages)) fail(`vpn ${shown(vpnText)}: must be a page of the window, 0 to ${windowPages - 1}`)
  if (!(pages >= 1 && vpn + pages <= windowPages)) {
    fail(`pages ${shown(pagesText)}: must be 1 to ${windowPages - vpn}, the pages from vpn ${vpn} to the window's end`)
  }
  if (op !== OP_REMAP) {
    if (pgoffText !== '') fail(`pgoff ${shown(pgoffText)}: must be empty for ${word}`)
    rows.append(op, vpn, pages, 0)
    return
  }
  const pgoff = whole(pgoffText)
  if (!(pgoff < 2 ** 32)) fail(`pgoff ${shown(pgoffText)}: must be a page of the file, 0 to ${2 ** 32 - 1}`)
  rows.append(op, vpn, pages, pgoff)
}

/** A whole number in decimal digits; NaN if it is anything else. */
function whole(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}

/** A field as messages show it. */
function shown(field: string): string {
  return JSON.stringify(field.length > MOST_SHOWN ? `${field.slice(0, MOST_SHOWN)}...` : field)
}
