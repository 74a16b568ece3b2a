// Which lane wins on the running kernel, by the time it was measured to take.

import { listed } from './lanes.ts'
import { counted, grouped } from './numbers.ts'
import type { ReportRow } from './report.ts'
import { cpuAnAccess, isFaster, isTellable } from './times.ts'

/** The lane that is faster than every other, or null, and what to say. Every row must have been timed. */
export function byMeasuredTime(
  rows: readonly ReportRow[],
  nameOf: (row: ReportRow) => string,
): { readonly leader: ReportRow | null; readonly text: string } {
  const { rounds } = rows[0]!.times!.own!
  if (!isTellable(rows[0]!.times!.own!)) {
    return {
      leader: null,
      text: `Undecided: times of ${counted(rounds, 'round', 'rounds')} cannot be told apart; --time 9 does more.`,
    }
  }
  const median = (row: ReportRow) => cpuAnAccess(row.times!.own!).median
  const sorted = rows.toSorted((a, b) => median(a) - median(b))
  const [first, ...others] = sorted as [ReportRow, ...ReportRow[]]
  const rivals = others.filter(row => !isFaster(first.times!.own!, row.times!.own!))
  const ns = (row: ReportRow) => grouped(Math.round(median(row)))
  if (rivals.length === 0) {
    const against = others.length === 1 ? ns(others[0]!) : `${ns(others[0]!)} to ${ns(others.at(-1)!)}`
    return { leader: first, text: ` by measured time, ${ns(first)} ns of CPU an access against ${against}` }
  }
  const withTime = (row: ReportRow) => `${nameOf(row)} (${ns(row)})`
  const close = [first, ...rivals].map(withTime)
  return { leader: null, text: `Undecided: ${listed(close)} take about as long, in ns of CPU an access.` }
}
