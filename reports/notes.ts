// What a reader must know before believing the table: refusals, a lifted limit, how much of a unit was touched, where
// mail and source disagree, which price is the widest.
//
// Each note is computed from the results it is about and left out where it would not be true. `!` marks what bends the
// numbers, `?` what is guessed; bin may colour them.

import { PAGE_BYTES } from '../engine/units.ts'
import { isOps, names, shared } from './lanes.ts'
import { counted, grouped, mean } from './numbers.ts'
import type { ReportRow } from './report.ts'
import { widestPrice } from './standing.ts'

export interface Note {
  readonly mark: '!' | '?' | ''
  readonly text: string
}

const MAP_FIXED = 'map-fixed'
const REMAP_FILE_PAGES = 'remap-file-pages'
/** The kernel that follows the source, and its twin that follows a sentence of the mail (engine/kernel). */
export const BY_SOURCE = 'linux-2.5.42-remap'
export const BY_MAIL = 'linux-2.5.42-mail'
/** The cache element of the mail's example: 16K. */
const MAIL_UNIT_PAGES = 4

export function notes(rows: readonly ReportRow[]): readonly Note[] {
  const widest = widestPrice(rows)
  const warnings = [
    ...refusals(rows),
    ...stockLimits(rows),
    ...touchNotes(rows),
    ...smallUnits(rows),
    ...missingTlb(rows),
  ]
  return widest === null ? warnings : [...warnings, { mark: '?', text: widest }]
}

function refusals(rows: readonly ReportRow[]): Note[] {
  const laneNames = names(rows)
  return rows.flatMap((row, i) => {
    const { outcome, counts, firstFailureAccess, spec } = row.result
    const name = laneNames[i]!
    if (outcome.state === 'unsupported') return [warn(`${name} cannot be run: ${outcome.reason}. Nothing was counted.`)]
    const found: Note[] = []
    const place = firstFailureAccess === null ? '' : ` at ${position(row, firstFailureAccess)}`
    if (outcome.state === 'stopped') {
      const most = spec.maxMapCount === 'stock' ? row.stockMapCount : spec.maxMapCount
      const limit = typeof most === 'number' ? ` (limit: ${grouped(most)} vmas)` : ''
      found.push(
        warn(
          `${name} stopped${place}: the kernel refused a remap with ${outcome.errno}${limit}. ` +
            (counts.remaps === null ? 'Nothing was counted.' : 'Its counts end there.'),
        ),
      )
    } else if (counts.failedRemaps) {
      const refused = counted(counts.failedRemaps, 'remap', 'remaps')
      found.push(warn(`${name}: the kernel refused ${refused}, first${place}; the run went on.`))
    }
    if (counts.failedAccesses) {
      found.push(warn(`${name}: ${counted(counts.failedAccesses, 'access', 'accesses')} ended in SIGBUS or SIGSEGV.`))
    }
    return found
  })
}

/** Where the kernel as it was would have given up, if this run gave it more vmas than that. */
function stockLimits(rows: readonly ReportRow[]): Note[] {
  const laneNames = names(rows)
  const lanesOf = new Map<string, string[]>()
  for (const [i, row] of rows.entries()) {
    const { stockLimitAccess: at, spec } = row.result
    if (at === null || spec.maxMapCount === 'stock') continue
    const stock =
      row.stockMapCount === undefined
        ? ''
        : ` (limit: ${grouped(row.stockMapCount)} vmas, the process's others included)`
    const setting =
      spec.maxMapCount === 'lifted' ? 'the limit is lifted' : `the limit is ${grouped(spec.maxMapCount)} vmas`
    const rest = `at ${position(row, at)}${stock}; ${setting} for this run.`
    lanesOf.set(rest, [...(lanesOf.get(rest) ?? []), laneNames[i]!])
  }
  return [...lanesOf].map(([rest, lanes]) => warn(`A stock kernel refuses ${lanes.join(' and ')} ${rest}`))
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
    const against = rows.some(row => remapping(row, REMAP_FILE_PAGES)) ? ' against 1' : ''
    const entries = pages === MAIL_UNIT_PAGES ? "the mail's 5" : grouped(1 + pages)
    return [
      warn(
        `One page touched per pool miss: ${faults} ${faults === '1' ? 'fault' : 'faults'} per remap with ${MAP_FIXED}. ` +
          `Whole units (--touch unit) give ${entries} kernel entries${against}.`,
      ),
    ]
  }
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
  const source = "The kernel's source flushes for 4K, too, and these counts follow it"
  return [warn(`${belief}. ${source}; --kernel ${BY_MAIL} models the mail.`)]
}

/** Misses were not counted, so they could not be priced. */
function missingTlb(rows: readonly ReportRow[]): Note[] {
  const isAffected = rows.some(row => row.result.spec.tlb === 'none' && row.price)
  return isAffected ? [warn('No TLB is modelled (--tlb none), so the modelled times leave out its misses.')] : []
}

function remapping(row: ReportRow, strategy: string): boolean {
  return row.result.spec.strategy === strategy && (row.result.counts.remaps ?? 0) > 0
}

/** Where in the run: accesses of a pool, rows of a file of operations, both from 0 after the warm-up or in it. */
function position(row: ReportRow, at: number): string {
  const { warmup } = row.result.spec
  const what = isOps(row) ? 'row' : 'access'
  if (at < 0) return `${what} ${grouped(at + warmup)} of the warm-up`
  return `${warmup > 0 ? 'counted ' : ''}${what} ${grouped(at)}`
}

function warn(text: string): Note {
  return { mark: '!', text }
}
