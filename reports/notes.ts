// What a reader must know before believing the table: refusals, a lifted limit, how much of a unit was touched, where
// mail and source disagree, which price is the widest.
//
// Each note is computed from the results it is about and left out where it would not be true. `!` marks what bends the
// numbers, `?` what is guessed; bin may colour them.

import type { CounterName } from '../engine/counters.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import { byKernel, groupsOf, isLong, isOps, listed, names, shared } from './lanes.ts'
import { lowmemNotes } from './lowmem.ts'
import { measuredNotes, verifiedNotes } from './measured-notes.ts'
import { uncountedEvents, unpricedEvents } from './modelled.ts'
import { counted, grouped, mean } from './numbers.ts'
import { refusals, stockLimits } from './refusals.ts'
import type { ReportRow } from './report.ts'
import { widestPrice } from './standing.ts'
import { many } from './words.ts'

export interface Note {
  readonly mark: '!' | '?' | ''
  readonly text: string
}

const MAP_FIXED = 'map-fixed'
const REMAP_FILE_PAGES = 'remap-file-pages'
/** The kernel that follows the source, and its twin that follows a sentence of the mail (engine/kernel). */
export const BY_SOURCE = 'linux-2.5.42-remap'
export const BY_MAIL = 'linux-2.5.42-mail'
/** The same build with page tables in lowmem. */
export const LOW_TABLES = 'linux-2.5.42-remap-lowpte'
/** Kernels of the mail's year, where a fault maps one page. */
export const OF_THE_MAIL = 'linux-2.5.42'
/** The CPUs, the one that asks included, up to which the price lists have a price for a round of IPIs (engine/cost). */
const PRICED_CPUS = 9
/** The cache element of the mail's example: 16K. */
const MAIL_UNIT_PAGES = 4

export function notes(rows: readonly ReportRow[]): readonly Note[] {
  const widest = widestPrice(rows)
  const warnings = [
    ...[...refusals(rows), ...stockLimits(rows), ...lowmemNotes(rows), ...measuredNotes(rows)].map(warn),
    ...verifiedNotes(rows).map((text): Note => ({ mark: '', text })),
    ...touchNotes(rows),
    ...smallUnits(rows),
    ...missingTlb(rows),
    ...manyCpus(rows),
    ...leftOut(rows),
  ]
  return widest === null ? warnings : [...warnings, { mark: '?', text: widest }]
}

function touchNotes(rows: readonly ReportRow[]): Note[] {
  const unitBytes = shared(rows, 'unitBytes')
  const touch = shared(rows, 'touch')
  if (unitBytes === undefined || touch === undefined || unitBytes === PAGE_BYTES || rows.some(isOps)) return []
  const pages = unitBytes / PAGE_BYTES
  if (touch === 'page') {
    const faulting = rows.find(row => remapping(row, MAP_FIXED) && row.result.counts.pageFaults)
    if (!faulting) return []
    const faults = mean(faulting.result.counts.pageFaults!, faulting.result.counts.remaps!)
    const isOne = shared(rows, 'processes') !== undefined
    const perRemap = isOne ? `: ${faults} ${faults === '1' ? 'fault' : 'faults'} per remap with ${MAP_FIXED}` : ''
    // Later kernels map several pages in a fault; what whole units take there is for a run to tell.
    if (!rows.every(row => row.result.spec.kernel.startsWith(OF_THE_MAIL))) {
      const known = shared(rows, 'kernel') === undefined ? '' : perRemap
      return [warn(`One page touched per pool miss${known}. --touch unit touches all ${pages} pages of the unit.`)]
    }
    const against = rows.some(row => remapping(row, REMAP_FILE_PAGES)) ? ' against 1' : ''
    const entries = pages === MAIL_UNIT_PAGES ? "the mail's 5" : grouped(1 + pages)
    return [
      warn(
        `One page touched per pool miss${perRemap}. ` +
          `Whole units (--touch unit) give ${entries} kernel entries${against}.`,
      ),
    ]
  }
  if (isLong(rows)) return [{ mark: '', text: `Whole units touched, ${pages} pages each.` }]
  const laneNames = names(rows)
  const costs = rows.flatMap(({ result: { counts } }, i) =>
    counts.remaps && counts.kernelEntries !== null
      ? [`${mean(counts.kernelEntries, counts.remaps)} with ${laneNames[i]}`]
      : [],
  )
  return costs.length === 0
    ? []
    : [{ mark: '', text: `Whole units touched. Kernel entries per remap: ${costs.join(', ')}.` }]
}

/** The mail says "overmapping of larger than 4K cache units causes a TLB flush"; the source does it for 4K, too. */
function smallUnits(rows: readonly ReportRow[]): Note[] {
  const lanes = rows.filter(row => remapping(row, MAP_FIXED) && !isOps(row))
  const bySource = lanes.find(row => row.result.spec.kernel === BY_SOURCE)
  const byMail = lanes.find(row => row.result.spec.kernel === BY_MAIL)
  const unitBytes = shared(rows, 'unitBytes')
  if (unitBytes !== PAGE_BYTES) {
    const isIdle = byMail !== undefined && unitBytes !== undefined
    return isIdle
      ? [{ mark: '', text: `${BY_MAIL} differs from ${BY_SOURCE} only where one 4K page is over-mapped (--unit 4K).` }]
      : []
  }
  const flushes = (row: ReportRow) => counted(row.result.counts.tlbFullFlushes ?? 0, 'whole flush', 'whole flushes')
  if (bySource && byMail) {
    return [
      warn(
        `4K units: ${BY_MAIL} follows a sentence of the mail, by which only larger units flush the TLB ` +
          `(${flushes(byMail)}); ${BY_SOURCE} follows the kernel's source (${flushes(bySource)}).`,
      ),
    ]
  }
  const belief = '4K units: the mail says only larger ones flush the TLB'
  if (byMail) return [warn(`${belief}, and ${BY_MAIL} follows it. The source differs (--kernel ${BY_SOURCE}).`)]
  if (!lanes.some(row => row.result.spec.kernel.startsWith(BY_SOURCE))) return []
  const source = `The kernel's source flushes for 4K, too, and ${BY_SOURCE} follows it`
  return [warn(`${belief}. ${source}; --kernel ${BY_MAIL} models the mail.`)]
}

/** Misses were not counted, so they could not be priced. */
function missingTlb(rows: readonly ReportRow[]): Note[] {
  const isAffected = rows.some(row => row.result.spec.tlb === 'none' && row.price)
  return isAffected ? [warn('No TLB is modelled (--tlb none), so the modelled times leave out its misses.')] : []
}

/** Rounds of IPIs are priced as those of a few CPUs. */
function manyCpus(rows: readonly ReportRow[]): Note[] {
  const isAffected = rows.some(row => row.price && row.result.spec.threads > PRICED_CPUS && row.result.counts.ipiRounds)
  return isAffected
    ? [
        warn(
          `A round of IPIs is priced for ${PRICED_CPUS} CPUs at most; that of more takes longer than the modelled times say.`,
        ),
      ]
    : []
}

/** What times leave out, and where there are none beside some that are. */
function leftOut(rows: readonly ReportRow[]): Note[] {
  const nonempty = (events: readonly CounterName[]) => events.length > 0
  const uncounted = rows.filter(row => nonempty(uncountedEvents(row)))
  const unpriced = rows.filter(row => nonempty(unpricedEvents(row)))
  const unpricedKinds = [...new Set(unpriced.flatMap(unpricedEvents))]
  const models = [...new Set(unpriced.map(row => row.price!.model.name))]
  const without = rows.filter(row => row.price === null && row.result.counts.syscalls !== null)
  const kernelsOf = (some: readonly ReportRow[]) => listed([...byKernel(some).keys()])
  const found = [...groupsOf(uncounted, row => listed(uncountedEvents(row).map(many)))].map(([events, some]) =>
    warn(`The modelled times of ${kernelsOf(some)} leave out what is not counted there: ${events}.`),
  )
  if (unpriced.length > 0) {
    found.push(
      warn(`The modelled times leave out what ${listed(models)} has no price for: ${listed(unpricedKinds.map(many))}.`),
    )
  }
  if (without.length > 0) {
    found.push({ mark: '', text: `No cost model for ${kernelsOf(without)}: no modelled times, counts alone.` })
  }
  return found
}

function remapping(row: ReportRow, strategy: string): boolean {
  return row.result.spec.strategy === strategy && (row.result.counts.remaps ?? 0) > 0
}

function warn(text: string): Note {
  return { mark: '!', text }
}
