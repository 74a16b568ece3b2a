// Which lane wins, by measured or modelled time, and why, by its counts; or why that cannot be said.
//
// A lane wins if its whole range of times lies below every other's, or, the ranges overlapping, if every other takes longer at
// any prices within the ranges that are the same for both; the verdict says which. Without prices it has to be ahead in
// every count that bears cost (dominance.ts). Lanes that did not do the same work are not compared at all,
// nor are lanes of different kernels or numbers of processes: each kernel and number has a verdict of its own.

import { COUNTER_NAMES, type CounterName } from '../engine/counters.ts'
import { byCounts } from './dominance.ts'
import { isTimed } from './lane-table.ts'
import { groupsOf, isOps, listed, names, settingsOf } from './lanes.ts'
import { byMeasuredTime } from './measured-verdict.ts'
import { timeRatio, unpricedEvents } from './modelled.ts'
import { range, timeRange } from './numbers.ts'
import type { ReportRow } from './report.ts'
import { many, one } from './words.ts'

/** What may speak for a lane, the heaviest first. */
const REASONS: readonly CounterName[] = [
  'pageFaults',
  'syscalls',
  'populateFaults',
  'fileReads',
  'bytesCopied',
  'tlbFullFlushes',
  'tlbRangeFlushes',
  'tlbPageInvalidations',
  'vmasPeak',
  'vmaLookupLevels',
  'tlbMisses',
]
const MOST_REASONS = 3
/** Fewer by less than a twentieth is not called a reason. */
const CLEARLY_FEWER = 0.95
/** Less than this many times as long is no difference where ranges overlap. */
const CLEARLY_LONGER = 1.05
/** A factor that reads as none. */
const AS_LONG = '1.0'

/** How the lanes that are compared are spoken of. */
interface Speech {
  nameOf(row: ReportRow): string
  /** Goes before the winner's name where some lanes did not complete. */
  readonly scope: string
  /** Follows the verb where no kernel is named. */
  readonly here: string
  /** Whether the table leaves modelled times to the verdict. */
  readonly tellsTimes: boolean
}

/** What is to be said of the lanes of one kernel with one number of processes. */
export interface Judgement {
  readonly rows: readonly ReportRow[]
  /** The lane that wins or dominates; null where nothing is decided. */
  readonly leader: ReportRow | null
  /** The two that take the least time, if times were compared. */
  readonly first: ReportRow | null
  readonly second: ReportRow | null
  readonly sentences: readonly string[]
}

/** Those of every kernel and number of processes that ran more than one lane. */
export function judgements(rows: readonly ReportRow[]): readonly Judgement[] {
  const rivals = rivalsOf(rows)
  return rivals.filter(lanes => lanes.length > 1).map(lanes => judge(lanes, '', false))
}

function rivalsOf(rows: readonly ReportRow[]): readonly (readonly ReportRow[])[] {
  return [...groupsOf(rows, ({ result: { spec } }) => `${spec.kernel} ${spec.processes}`).values()]
}

/** Whole sentences, with several kernels or numbers of processes one for each that ran more than one lane; none for a lane that has no rival. */
export function verdict(rows: readonly ReportRow[]): readonly string[] {
  const completed = rows.filter(isCompleted)
  const idle =
    completed.length > 0 && completed.every(({ result: { counts } }) => !counts.remaps && !counts.failedRemaps)
  const sentences = idle ? ['No remap was counted.'] : []
  const rivals = rivalsOf(rows)
  if (rivals.length === 1) return rows.length < 2 ? sentences : [...sentences, ...judge(rows, ' here', false).sentences]
  const compared = rivals.filter(lanes => lanes.length > 1)
  const judgements = groupsOf(compared, lanes => judge(lanes, '', !isTimed(rows)).sentences.join(' '))
  // After a colon a sentence goes on in lower case.
  const judged = [...judgements].map(([text, some]) => spokenOf(settingsOf(some.flat(), rows), text))
  return [...sentences, ...judged]
}

/** What is true of all kernels and numbers of processes needs no subject; after one a sentence goes on in lower case. */
export function spokenOf(subject: string, text: string): string {
  return subject === '' ? text : `${subject}: ${text[0]!.toLowerCase()}${text.slice(1)}`
}

/** The lanes of one kernel with one number of processes. */
function judge(rows: readonly ReportRow[], here: string, tellsTimes: boolean): Judgement {
  const completed = rows.filter(isCompleted)
  const laneNames = new Map(names(rows).map((name, i) => [rows[i]!, name]))
  const nameOf = (row: ReportRow) => laneNames.get(row)!
  if (completed.length === 0) return open(rows, 'No lane completed the run, so nothing is compared.')
  if (completed.length === 1)
    return open(rows, `Only ${nameOf(completed[0]!)} completed the run, so there is no winner.`)
  const scope = completed.length < rows.length ? 'Of the lanes that completed, ' : ''
  return { ...compare(completed, { nameOf, scope, here, tellsTimes }), rows }
}

/** Nothing is decided. */
function open(rows: readonly ReportRow[], ...sentences: readonly string[]): Judgement {
  return { rows, leader: null, first: null, second: null, sentences }
}

function compare(rows: readonly ReportRow[], speech: Speech): Judgement {
  const obstacle = unequalWork(rows)
  if (obstacle !== null) return open(rows, `Undecided: ${obstacle}.`)
  if (rows.every(row => row.times?.own)) {
    const { leader, text } = byMeasuredTime(rows, speech.nameOf)
    if (leader === null) return open(rows, text)
    const verdict = `${speech.scope}${speech.nameOf(leader)} wins${speech.here}${text}`
    return { ...open(rows, `${verdict}${because(reasons(leader, rows), '')}`), leader }
  }
  if (COUNTER_NAMES.every(name => rows.every(row => row.result.counts[name] === rows[0]!.result.counts[name]))) {
    return open(rows, 'No difference: the lanes agree in every count.')
  }
  const priced = rows.flatMap(({ price }) => (price ? [price] : []))
  if (priced.length === 0) {
    const { leader, text } = byCounts(rows, speech.nameOf)
    if (leader === null) return open(rows, text)
    const verdict = `${speech.scope}${speech.nameOf(leader)} dominates${speech.here}`
    return { ...open(rows, `${verdict}${because(reasons(leader, rows), text)}`), leader }
  }
  if (priced.length < rows.length || priced.some(price => price.model.name !== priced[0]!.model.name)) {
    return open(rows, 'Undecided: the lanes are not priced by the same cost model.')
  }
  return byTime(rows, speech)
}

function byTime(rows: readonly ReportRow[], { nameOf, scope, here, tellsTimes }: Speech): Judgement {
  // Only the lane with the lowest best guess can win; others that reach into its range keep it from winning.
  const first = rows.reduce((best, row) => (row.price!.ns < best.price!.ns ? row : best))
  const others = rows.filter(row => row !== first)
  const second = others.reduce((best, row) => (row.price!.ns < best.price!.ns ? row : best))
  const rivals = others.filter(row => row.price!.nsLow <= first.price!.nsHigh)
  const slowest = rivals.map(row => timeRatio(row, first)).filter(times => times !== null)
  if (slowest.length === rivals.length && slowest.every(times => times.low >= CLEARLY_LONGER)) {
    const free = unpricedEvents(first).filter(name =>
      others.some(row => (row.result.counts[name] ?? 0) < first.result.counts[name]!),
    )
    if (free.length > 0) {
      return open(
        rows,
        `Undecided: the least modelled time, that of ${nameOf(first)}, leaves out ${listed(free.map(many))}.`,
      )
    }
    const times = tellsTimes ? `, modelled ${timeOf(first)} against ${timeOf(...others)}` : ''
    const how = rivals.length === 0 ? '' : `${tellsTimes ? ',' : ''} at equal prices (${atEqualPrices(slowest)})`
    const why = because(reasons(first, rows), ' by modelled time')
    const sentences = [`${scope}${nameOf(first)} wins${here}${times}${how}${why}`]
    return { rows, leader: first, first, second, sentences }
  }
  const slower =
    rows.length > rivals.length + 1 ? [`All other lanes that completed take longer than ${nameOf(first)}.`] : []
  return { ...open(rows, ...undecided(first, rivals, nameOf), ...slower), first, second }
}

/** How much longer those take whose ranges reach into the winner's. */
function atEqualPrices(times: readonly { readonly low: number; readonly high: number }[]): string {
  const [low, high] = [Math.min(...times.map(({ low }) => low)), Math.max(...times.map(({ high }) => high))]
  return `${range(low, high)} times as fast`
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
  if (rows.some(row => row.result.counts.wrongPages)) return 'a lane read wrong data after memory pressure'
  return null
}

function undecided(first: ReportRow, rivals: readonly ReportRow[], nameOf: Speech['nameOf']): readonly string[] {
  const withTime = (row: ReportRow) => `${nameOf(row)} (${timeOf(row)})`
  const isSame = (row: ReportRow) =>
    row.price!.nsLow === first.price!.nsLow && row.price!.nsHigh === first.price!.nsHigh
  if (rivals.every(isSame)) {
    return [`Undecided: ${listed([first, ...rivals].map(nameOf))} come to the same modelled time.`]
  }
  const overlap = `Undecided: the modelled times of ${listed([first, ...rivals].map(withTime))} overlap.`
  const times = rivals.length === 1 ? timeRatio(rivals[0]!, first) : null
  if (times === null) return [overlap]
  const factor = range(times.low, times.high)
  const does = times.low > 1 ? 'takes' : 'may take'
  const duration = factor === AS_LONG ? 'takes about as long as' : `${does} ${factor} times as long as`
  return [overlap, `At equal prices ${nameOf(rivals[0]!)} ${duration} ${nameOf(first)}.`]
}

/** What the winner has none, one or clearly fewer of than every other lane. */
function reasons(winner: ReportRow, rows: readonly ReportRow[]): string {
  const others = rows.filter(row => row !== winner)
  const found: string[] = []
  for (const name of REASONS) {
    const own = winner.result.counts[name]
    const least = Math.min(...others.map(row => row.result.counts[name] ?? 0))
    if (own === null || own >= least * CLEARLY_FEWER) continue
    found.push(
      own === 0 ? `no ${one(name)}` : own === 1 && name === 'vmasPeak' ? `one ${one(name)}` : `fewer ${many(name)}`,
    )
  }
  return listed(found.slice(0, MOST_REASONS), ', ')
}

/** From the lowest to the highest. */
function timeOf(...rows: readonly ReportRow[]): string {
  return timeRange(Math.min(...rows.map(row => row.price!.nsLow)), Math.max(...rows.map(row => row.price!.nsHigh)))
}

function because(why: string, otherwise: string): string {
  return why === '' ? `${otherwise}.` : `: ${why}.`
}

function isCompleted(row: ReportRow): boolean {
  return row.result.outcome.state === 'completed'
}
