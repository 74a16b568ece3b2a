// How a number arose, in lines: what it counts, what it is made of, and the first operations that made it.

import { COUNTERS, type CounterName } from '../engine/counters.ts'
import type { FirstOperation } from '../engine/first-operations.ts'
import type { Counts, Origin } from '../engine/run.ts'
import { isOps, names } from './lanes.ts'
import { wrapped } from './lines.ts'
import { counted, grouped } from './numbers.ts'
import type { ReportRow } from './report.ts'

/** Enough to see where most of it comes from. */
const MOST_PARTS = 6

/** Some lines for each number of each lane that somebody asked about. */
export function originLines(rows: readonly ReportRow[]): string[] {
  const laneNames = names(rows)
  return rows.flatMap((row, i) =>
    (row.result.origins ?? []).flatMap(origin => [
      '',
      ...originOf(origin, laneNames[i]!, row.result.counts, isOps(row)),
    ]),
  )
}

function originOf({ counter, parts, first }: Origin, lane: string, counts: Counts, isRows: boolean): string[] {
  const value = counts[counter]
  if (value === null) return wrapped(`${COUNTERS[counter].column} of ${lane} was not measured.`, '  ')
  const title = `${COUNTERS[counter].column} of ${lane}: ${grouped(value)}, ${COUNTERS[counter].help}.`
  const largest = [...parts].sort((a, b) => b.count - a.count)
  const shown = largest.slice(0, MOST_PARTS).map(({ relation, step, count }) => {
    const place = relation === null ? step : `${relation}, ${step}`
    return `${place} ${grouped(count)}`
  })
  const rest = largest.slice(MOST_PARTS).reduce((sum, part) => sum + part.count, 0)
  const made = rest > 0 ? [...shown, `others ${grouped(rest)}`] : shown
  return [
    ...wrapped(title, '  '),
    ...(made.length === 0 ? [] : wrapped(`  made in ${made.join('; ')}`, '    ').map(indented)),
    ...first.map(operation => `  ${operationText(operation, counter, isRows)}`),
    ...(first.length > 0
      ? []
      : [value > 0 ? '  it stood there when counting began' : '  no counted operation raised it']),
  ]
}

/** `access 17: write of window page 5, file page 1005: +1`. */
function operationText(
  { kind, at, vpn, pages, pgoff, by }: FirstOperation,
  counter: CounterName,
  isRows: boolean,
): string {
  const what =
    pages === 1 ? `window page ${grouped(vpn)}` : `window pages ${grouped(vpn)} to ${grouped(vpn + pages - 1)}`
  const file = pgoff < 0 ? '' : `, file page ${grouped(pgoff)}${pages === 1 ? '' : ' on'}`
  const amount = COUNTERS[counter].unit === 'bytes' ? counted(by, 'byte', 'bytes') : grouped(by)
  return `${isRows ? 'row' : 'access'} ${grouped(at)}: ${kind} of ${what}${file}: +${amount}`
}

/** wrapped() drops what the first line begins with. */
function indented(line: string): string {
  return line.startsWith('  ') ? line : `  ${line}`
}
