// Which lane wins, by modelled time, and why, by its counts; or why that cannot be said.
//
// A lane wins only if its whole range of times lies below every other's: the prices are opinions. Lanes that did not do
// the same work are not compared at all.

import { COUNTER_NAMES, type CounterName } from '../engine/counters.ts'
import { isOps, names } from './lanes.ts'
import { timeRatio } from './modelled.ts'
import { range, timeRange } from './numbers.ts'
import type { ReportRow } from './report.ts'

/** What may speak for a lane, the heaviest first. */
const REASONS: readonly (readonly [counter: CounterName, one: string, many: string])[] = [
  ['pageFaults', 'page fault', 'page faults'],
  ['syscalls', 'system call', 'system calls'],
  ['tlbFullFlushes', 'whole TLB flush', 'whole TLB flushes'],
  ['tlbPageInvalidations', 'one-page invalidation', 'one-page invalidations'],
  ['vmasPeak', 'vma', 'vmas'],
  ['vmaLookupLevels', 'walk of the vma tree', 'vma-tree nodes visited'],
  ['tlbMisses', 'TLB miss', 'TLB misses'],
]
const MOST_REASONS = 3
/** Fewer by less than a twentieth is not called a reason. */
const CLEARLY_FEWER = 0.95

/** Whole sentences; none for a single lane that remapped something. */
export function verdict(rows: readonly ReportRow[]): readonly string[] {
  const completed = rows.filter(row => row.result.outcome.state === 'completed')
  const laneNames = new Map(names(rows).map((name, i) => [rows[i]!, name]))
  const nameOf = (row: ReportRow) => laneNames.get(row)!
  const idle =
    completed.length > 0 && completed.every(({ result: { counts } }) => !counts.remaps && !counts.failedRemaps)
  const sentences = idle ? ['No remap was counted.'] : []
  if (rows.length < 2) return sentences
  if (completed.length === 0) return ['No lane completed the run, so nothing is compared.']
  if (completed.length === 1)
    return [...sentences, `Only ${nameOf(completed[0]!)} completed the run, so there is no winner.`]
  const [opening, ...rest] = compare(completed, nameOf)
  const scope = completed.length < rows.length ? 'Of the lanes that completed: ' : ''
  return [...sentences, scope + opening, ...rest]
}

function compare(rows: readonly ReportRow[], nameOf: (row: ReportRow) => string): readonly string[] {
  const obstacle = unequalWork(rows)
  if (obstacle !== null) return [`Undecided: ${obstacle}.`]
  if (COUNTER_NAMES.every(name => rows.every(row => row.result.counts[name] === rows[0]!.result.counts[name]))) {
    return ['No difference: the lanes agree in every count.']
  }
  const priced = rows.flatMap(({ price }) => (price ? [price] : []))
  if (priced.length < rows.length || priced.some(price => price.model.name !== priced[0]!.model.name)) {
    return ['Undecided: the lanes are not priced by the same cost model.']
  }
  // Only the lane with the lowest best guess can win; others that reach into its range keep it from winning.
  const first = rows.reduce((best, row) => (row.price!.ns < best.price!.ns ? row : best))
  const rivals = rows.filter(row => row !== first && row.price!.nsLow <= first.price!.nsHigh)
  if (rivals.length === 0) {
    const why = reasons(
      first,
      rows.filter(row => row !== first),
    )
    return [`${nameOf(first)} wins here${why === '' ? ' by modelled time.' : `: ${why}.`}`]
  }
  const others =
    rows.length > rivals.length + 1 ? [`All other lanes that completed take longer than ${nameOf(first)}.`] : []
  return [...undecided(first, rivals, nameOf), ...others]
}

/** Why the lanes cannot be compared; null if they did the same work. */
function unequalWork(rows: readonly ReportRow[]): string | null {
  const differ = (value: (row: ReportRow) => unknown) => rows.some(row => value(row) !== value(rows[0]!))
  if (
    differ(row => row.result.traceHash) ||
    differ(row => row.result.spec.accesses) ||
    differ(row => row.result.spec.warmup)
  ) {
    return 'the lanes did not get the same accesses'
  }
  if (differ(row => row.result.spec.modelVersion)) return 'the lanes come from different versions of the models'
  if (differ(row => row.result.counts.failedRemaps) || differ(row => row.result.counts.failedAccesses)) {
    return `the kernel refused ${rows.every(isOps) ? 'operations' : 'work'} of one lane that another was granted`
  }
  return null
}

function undecided(
  first: ReportRow,
  rivals: readonly ReportRow[],
  nameOf: (row: ReportRow) => string,
): readonly string[] {
  const withTime = (row: ReportRow) => `${nameOf(row)} (${timeRange(row.price!.nsLow, row.price!.nsHigh)})`
  const isSame = (row: ReportRow) =>
    row.price!.nsLow === first.price!.nsLow && row.price!.nsHigh === first.price!.nsHigh
  if (rivals.every(isSame)) {
    return [`Undecided: ${listed([first, ...rivals].map(nameOf))} come to the same modelled time.`]
  }
  const overlap = `Undecided: the modelled times of ${listed([first, ...rivals].map(withTime))} overlap.`
  const times = rivals.length === 1 ? timeRatio(rivals[0]!, first) : null
  if (times === null) return [overlap]
  const [least, most] = [times.low > 1 ? 'takes' : 'may take', range(times.low, times.high)]
  return [overlap, `At equal prices ${nameOf(rivals[0]!)} ${least} ${most} times as long as ${nameOf(first)}.`]
}

/** What the winner has none, one or clearly fewer of than every other lane. */
function reasons(winner: ReportRow, others: readonly ReportRow[]): string {
  const found: string[] = []
  for (const [counter, one, many] of REASONS) {
    const own = winner.result.counts[counter]
    const least = Math.min(...others.map(row => row.result.counts[counter] ?? 0))
    if (own === null || own >= least * CLEARLY_FEWER) continue
    found.push(own === 0 ? `no ${one}` : own === 1 && counter === 'vmasPeak' ? `one ${one}` : `fewer ${many}`)
  }
  return listed(found.slice(0, MOST_REASONS), ', ')
}

function listed(items: readonly string[], last = ' and '): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')}${last}${items.at(-1)}`
}
