// Prices counts: counters are facts, nanoseconds are an opinion, and one run can be priced many ways after the fact.

import type { CounterName } from './counters.ts'
import type { Counts } from './run.ts'

/** What a price rests on: a figure somebody published, a measurement of ours, or nobody's figure. */
export type Standing = 'published' | 'measured' | 'guess'

/** What modelled time is split into, in the order of the reports; each price belongs to one. */
export const CAUSES = {
  entries: 'entering and leaving the kernel by system calls and signals',
  faults: 'page faults, trap and handler, those inside calls too',
  vma_work: 'making, finding and freeing vmas; where look-ups are counted, the tree is priced by the nodes walked',
  flushes: 'flushing the TLB and interrupting other CPUs for it',
  refills: 'walking the page table where the TLB lacks a translation, after flushes or not',
  ptes: 'setting and clearing page-table entries and looking up the pages they map',
  copies: 'copying pages and filling new ones',
} as const
export type Cause = keyof typeof CAUSES
export const CAUSE_NAMES = Object.keys(CAUSES) as readonly Cause[]

/** What one counted event costs, in CPU cycles (or the model's own unit), as a range around a best guess. */
export interface CostItem {
  readonly counter: CounterName
  /** A counter whose events pay this price, too: work that two kinds of events have in common. */
  readonly also?: CounterName
  readonly cause: Cause
  readonly low: number
  readonly best: number
  readonly high: number
  /** What the cycles are spent on, for people. */
  readonly what: string
  /** Where the best figure comes from, after what it rests on; then where its bounds do. */
  readonly source: `${Standing}: ${string}`
}

/** The prices of one machine. */
export interface CostModel {
  /** What the user types. */
  readonly name: string
  readonly summary: string
  /** The machine in a few words, as in `modelled, P4 2.4 GHz`. */
  readonly machine: string
  readonly cyclesPerSecond: number
  /** What reports call a cycle where it is none: `ns`, of a clock of 1e9 a second. */
  readonly unit?: string
  readonly items: readonly CostItem[]
}

/** Whole nanoseconds: the best guess, and with every price at its lowest and at its highest. */
export interface Time {
  readonly ns: number
  readonly nsLow: number
  readonly nsHigh: number
}

export interface Price extends Time {
  readonly model: CostModel
  /** Rounded one by one: their sums may differ from the whole by a few nanoseconds. */
  readonly causes: Readonly<Record<Cause, Time>>
  /** The item that widens the range most. */
  readonly widest: CostItem
}

/** The modelled time of some counts; null counts cost nothing and are left out. */
export function price(counts: Counts, model: CostModel): Price {
  const spread = (item: CostItem) => eventsOf(item, counts) * (item.high - item.low)
  const widest = model.items.reduce((widest, item) => (spread(item) > spread(widest) ? item : widest))
  const causes = CAUSE_NAMES.map(cause => {
    const items = model.items.filter(item => item.cause === cause)
    return [cause, timeOf(counts, items, model.cyclesPerSecond)] as const
  })
  return {
    model,
    ...timeOf(counts, model.items, model.cyclesPerSecond),
    causes: Object.fromEntries(causes) as Record<Cause, Time>,
    widest,
  }
}

/** How many events pay a price; what was not counted pays nothing. */
export function eventsOf({ counter, also }: CostItem, counts: Counts): number {
  return (counts[counter] ?? 0) + (also === undefined ? 0 : (counts[also] ?? 0))
}

/** What prices are in. */
export function unitOf({ unit = 'cycles' }: CostModel): string {
  return unit
}

/** What a price rests on. */
export function standingOf({ source }: CostItem): Standing {
  return source.slice(0, source.indexOf(':')) as Standing
}

function timeOf(counts: Counts, items: readonly CostItem[], cyclesPerSecond: number): Time {
  const nsPerCycle = 1e9 / cyclesPerSecond
  const total = (bound: 'low' | 'best' | 'high') =>
    Math.round(items.reduce((sum, item) => sum + eventsOf(item, counts) * item[bound], 0) * nsPerCycle)
  return { ns: total('best'), nsLow: total('low'), nsHigh: total('high') }
}
