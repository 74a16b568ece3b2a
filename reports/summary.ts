// The table people look at first: a dozen numbers that decide, lanes side by side, and with two lanes their ratio.

import type { CounterName } from '../engine/counters.ts'
import { isApart, shared } from './lanes.ts'
import { timeRatio } from './modelled.ts'
import { grouped, memory, NONE, percent, range, ratio, timeRange } from './numbers.ts'
import type { ReportRow } from './report.ts'

export interface SummaryRow {
  readonly label: string
  /** One per lane. */
  readonly cells: readonly string[]
  /** First lane over second; null unless there are two lanes. */
  readonly ratio: string | null
}

export function summary(rows: readonly ReportRow[]): readonly SummaryRow[] {
  const happened = (name: CounterName) => rows.some(row => row.result.counts[name])
  const rare = (label: string, name: CounterName, format = grouped) =>
    happened(name) ? [counter(rows, label, name, format)] : []
  const all = [
    counter(rows, 'kernel entries', 'kernelEntries'),
    counter(rows, '  system calls', 'syscalls'),
    counter(rows, '  page faults', 'pageFaults'),
    ...rare('faults in calls', 'populateFaults'),
    ...rare('file pages brought in', 'fileReads'),
    ...rare('pages taken back', 'pagesReclaimed'),
    ...rare('  entries unmapped', 'reclaimUnmaps'),
    ...rare('  vmas looked at', 'reclaimVmas'),
    ...rare('  entries looked at', 'reclaimPtes'),
    ...rare('faults on wrong pages', 'wrongPages'),
    ...rare('signals handled', 'signalsHandled'),
    ...rare('bytes copied', 'bytesCopied', memory),
    ...rare('units copied back', 'writebacks'),
    counter(rows, 'TLB flushes, whole', 'tlbFullFlushes'),
    ...rare('TLB flushes, ranged', 'tlbRangeFlushes'),
    counter(rows, 'TLB flushes, one page', 'tlbPageInvalidations'),
    ...rare('IPI rounds', 'ipiRounds'),
    tlbMisses(rows),
    counter(rows, 'vmas, peak', 'vmasPeak'),
    // Of the running kernel the peak is not known.
    ...(rows.every(row => row.result.counts.vmasPeak === null) ? [counter(rows, 'vmas, at the end', 'vmas')] : []),
    counter(rows, 'vma lowmem, peak', 'vmaLowmemBytesPeak', memory),
    ...(isApart(rows, 'pageTableBytesPeak') ? [counter(rows, 'page tables, peak', 'pageTableBytesPeak', memory)] : []),
    modelled(rows),
  ]
  // What no lane has is not shown, unless no lane has anything.
  const some = all.filter(row => row.cells.some(cell => cell !== NONE))
  return some.length > 0 ? some : all
}

function counter(rows: readonly ReportRow[], label: string, name: CounterName, format = grouped): SummaryRow {
  const values = rows.map(row => row.result.counts[name])
  return {
    label,
    cells: values.map(value => format(value)),
    ratio: ratioCell(rows, () => ratio(values[0]!, values[1]!)),
  }
}

function tlbMisses(rows: readonly ReportRow[]): SummaryRow {
  const entries = shared(rows, 'tlb')
  const accesses = rows.map(({ result: { counts } }) => (counts.tlbHits ?? 0) + (counts.tlbMisses ?? 0))
  const shares = rows.map(({ result: { counts } }, i) =>
    accesses[i] === 0 ? null : (counts.tlbMisses ?? 0) / accesses[i]!,
  )
  return {
    label: typeof entries === 'number' ? `TLB misses, ${entries} entries` : 'TLB misses',
    cells: rows.map(({ result: { counts } }, i) => percent(counts.tlbMisses ?? 0, accesses[i]!)),
    ratio: ratioCell(rows, () => ratio(shares[0]!, shares[1]!)),
  }
}

function modelled(rows: readonly ReportRow[]): SummaryRow {
  const machines = new Set(rows.flatMap(row => (row.price ? [row.price.model.machine] : [])))
  return {
    label: machines.size === 1 ? `modelled, ${[...machines][0]}` : 'modelled time',
    cells: rows.map(({ price }) => (price ? timeRange(price.nsLow, price.nsHigh) : NONE)),
    ratio: ratioCell(rows, () => {
      const times = timeRatio(rows[0]!, rows[1]!)
      return times ? range(times.low, times.high) : NONE
    }),
  }
}

/** Counts of a lane that did not do all of the work have no ratio to another's. */
function ratioCell(rows: readonly ReportRow[], compute: () => string): string | null {
  if (rows.length !== 2) return null
  return rows.every(row => row.result.outcome.state === 'completed') ? compute() : NONE
}
