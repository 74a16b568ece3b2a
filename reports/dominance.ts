// Comparing lanes of a kernel that nobody priced: by counts alone.
//
// Whatever the prices are, a lane that has no more of anything that costs, and less of something, costs no more. Any
// other order of the lanes would be an opinion about prices.

import type { CounterName } from '../engine/counters.ts'
import { listed } from './lanes.ts'
import type { ReportRow } from './report.ts'
import { many } from './words.ts'

/** Something that bears cost, and how much of it a lane has; null where nobody counted it. */
interface Burden {
  readonly many: string
  of(row: ReportRow): number | null
}

/**
 * Every event that enters the kernel or makes it work, and the memory that scales with the window. Faults are taken
 * together: one inside a call costs what one of the user costs, less the trap, which kernel entries count.
 */
const BURDENS: readonly Burden[] = [
  counter('kernelEntries'),
  { many: 'faults', of: ({ result: { counts } }) => sum(counts.pageFaults, counts.populateFaults) },
  counter('fileReads'),
  counter('bytesCopied'),
  counter('tlbFullFlushes'),
  counter('tlbRangeFlushes'),
  counter('tlbRangePages'),
  counter('tlbPageInvalidations'),
  counter('ipiRounds'),
  counter('vmasPeak'),
  { many: 'page tables', of: row => row.result.counts.pageTableBytesPeak },
]

/** The lane that has the least of everything, or null and why there is none. What nobody counted is left out. */
export function byCounts(
  rows: readonly ReportRow[],
  nameOf: (row: ReportRow) => string,
): { readonly leader: ReportRow | null; readonly text: string } {
  const differing = BURDENS.filter(
    burden => rows.every(row => burden.of(row) !== null) && rows.some(row => burden.of(row) !== burden.of(rows[0]!)),
  )
  const least = new Map(differing.map(burden => [burden, Math.min(...rows.map(row => burden.of(row)!))]))
  const leadsIn = (row: ReportRow) => differing.filter(burden => burden.of(row) === least.get(burden))
  const leaders = rows.filter(row => leadsIn(row).length === differing.length)
  if (leaders.length === rows.length) {
    return { leader: null, text: 'Undecided: the lanes agree in every count that bears cost, and have no price.' }
  }
  if (leaders.length === 1) return { leader: leaders[0]!, text: ' by its counts' }
  if (leaders.length > 1) {
    return { leader: null, text: `Undecided: ${listed(leaders.map(nameOf))} have the least of everything, alike.` }
  }
  const few = rows.length === 2 ? 'fewer' : 'the fewest'
  const claims = leads(rows, differing, leadsIn).map(([lanes, burdens], i) => {
    const verb = i > 0 ? '' : lanes.length === 1 ? ' has' : ' have'
    return `${listed(lanes.map(nameOf))}${verb} ${few} ${listed(burdens.map(burden => burden.many))}`
  })
  return { leader: null, text: `Undecided without prices: ${claims.join('; ')}.` }
}

/** Each burden once, with a lane that leads in it, and in most others; lanes that lead in the same ones stand together. */
function leads(
  rows: readonly ReportRow[],
  burdens: readonly Burden[],
  leadsIn: (row: ReportRow) => readonly Burden[],
): readonly (readonly [readonly ReportRow[], readonly Burden[]])[] {
  const found: (readonly [readonly ReportRow[], readonly Burden[]])[] = []
  for (let rest = burdens; rest.length > 0; ) {
    const among = (row: ReportRow) => leadsIn(row).filter(burden => rest.includes(burden))
    const key = (row: ReportRow) =>
      among(row)
        .map(burden => burden.many)
        .join()
    const best = rows.reduce((best, row) => (among(row).length > among(best).length ? row : best))
    const led = among(best)
    found.push([rows.filter(row => key(row) === key(best)), led])
    rest = rest.filter(burden => !led.includes(burden))
  }
  return found
}

function counter(name: CounterName): Burden {
  return { many: many(name), of: row => row.result.counts[name] }
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}
