// What the kernels refused or lost, and what the limits they came with would have refused: sentences for the notes.
//
// What is true of several lanes is said once. Where many lanes stand below each other, those of one strategy share a
// sentence, with the range of places at which its kernels gave up; the exact ones are columns of the other formats.

import { groupsOf, isLong, isOps, namesOf } from './lanes.ts'
import { counted, grouped } from './numbers.ts'
import type { ReportRow } from './report.ts'

/** Lanes that could not run or stopped, and remaps and accesses that were refused. */
export function refusals(rows: readonly ReportRow[]): readonly string[] {
  const having = (has: (row: ReportRow) => unknown) => rows.filter(row => has(row))
  const each = (some: readonly ReportRow[], textOf: (row: ReportRow) => string) =>
    [...groupsOf(some, textOf)].map(([text, lanes]) => namesOf(lanes, rows) + text)
  // The table of many lanes itself says why one cannot run.
  const impossible = isLong(rows) ? [] : having(row => row.result.outcome.state === 'unsupported')
  const stopped = having(row => row.result.outcome.state === 'stopped')
  const wentOn = having(row => row.result.outcome.state === 'completed' && row.result.counts.failedRemaps)
  return [
    ...each(impossible, ({ result: { outcome } }) =>
      outcome.state === 'unsupported' ? ` cannot run: ${outcome.why}. Nothing was counted.` : '',
    ),
    ...[...groupsOf(together(rows, stopped), stop)].map(([text, groups]) => {
      const lanes = groups.flat()
      const isEmpty = lanes.every(row => row.result.counts.remaps === null)
      const end = isEmpty ? 'Nothing was counted.' : `${lanes.length === 1 ? 'Its' : 'The'} counts end there.`
      return `${namesOf(lanes, rows)}${text} ${end}`
    }),
    ...each(wentOn, row => {
      const { counts, firstFailureAccess: at } = row.result
      const were = counts.failedRemaps === 1 ? 'was' : 'were'
      const refused = `${counted(counts.failedRemaps!, 'remap', 'remaps')} ${were} refused`
      return `: ${refused}${at === null ? '' : `, first at ${position(row, at)}`}; the run went on.`
    }),
    ...each(
      having(row => row.result.counts.wrongPages),
      row =>
        `: after memory pressure ${counted(row.result.counts.wrongPages!, 'fault', 'faults')} mapped another page than the ` +
        'database had put there. It reads wrong data and is not told.',
    ),
    ...each(
      having(row => row.result.counts.failedAccesses),
      row => `: ${counted(row.result.counts.failedAccesses!, 'access', 'accesses')} ended in SIGBUS or SIGSEGV.`,
    ),
  ]
}

/** Where the kernel as it was would have given up, if this run gave it more vmas than that. */
export function stockLimits(rows: readonly ReportRow[]): readonly string[] {
  const some = rows.filter(({ result }) => result.stockLimitAccess !== null && result.spec.maxMapCount !== 'stock')
  const groups = groupsOf(together(rows, some), lanes => {
    const { maxMapCount } = lanes[0]!.result.spec
    const stock = lanes.flatMap(row => row.stockMapCount ?? [])
    const limits = stock.length === 0 ? '' : ` (limit: ${span(stock)} vmas, the process's others included)`
    const setting =
      maxMapCount === 'lifted' ? 'the limit is lifted' : `the limit is ${grouped(maxMapCount as number)} vmas`
    return `${places(lanes, row => row.result.stockLimitAccess)}${limits}; ${setting} for this run.`
  })
  return [...groups].map(([text, lanes]) => `A stock kernel refuses ${namesOf(lanes.flat(), rows)}${text}`)
}

/** Lanes to speak of together: each alone, or where they are many those of a strategy under one limit. */
function together(rows: readonly ReportRow[], some: readonly ReportRow[]): readonly (readonly ReportRow[])[] {
  if (!isLong(rows)) return some.map(row => [row])
  return [...groupsOf(some, ({ result: { spec } }) => `${spec.strategy} ${spec.maxMapCount}`).values()]
}

function stop(lanes: readonly ReportRow[]): string {
  const { outcome } = lanes[0]!.result
  const limits = lanes.flatMap(({ result: { spec }, stockMapCount }) => {
    const most = spec.maxMapCount === 'stock' ? stockMapCount : spec.maxMapCount
    return typeof most === 'number' ? [most] : []
  })
  const errno = outcome.state === 'stopped' ? outcome.errno : ''
  const limit = limits.length === 0 ? '' : ` (limit: ${span(limits)} vmas)`
  return ` stopped${places(lanes, row => row.result.firstFailureAccess)}: the kernel refused a remap with ${errno}${limit}.`
}

/** ` at access 5`, ` at access 5 to 9`; nothing if it is not known. */
function places(lanes: readonly ReportRow[], at: (row: ReportRow) => number | null): string {
  const found = lanes.flatMap(row => at(row) ?? [])
  if (found.length === 0) return ''
  const [least, most] = [Math.min(...found), Math.max(...found)]
  const first = ` at ${position(lanes[0]!, least)}`
  if (least === most) return first
  return `${first} to ${least < 0 ? position(lanes[0]!, most) : grouped(most)}`
}

/** `65,536`, or `65,530 to 65,536`. */
function span(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  return least === most ? grouped(least) : `${grouped(least)} to ${grouped(most)}`
}

/** Where in the run: accesses of a pool, rows of a file of operations, both from 0 after the warm-up or in it. */
function position(row: ReportRow, at: number): string {
  const { warmup } = row.result.spec
  const what = isOps(row) ? 'row' : 'access'
  if (at < 0) return `${what} ${grouped(at + warmup)} of the warm-up`
  return `${warmup > 0 ? 'counted ' : ''}${what} ${grouped(at)}`
}
