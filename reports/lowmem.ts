// Where the lowmem of 32-bit kernels goes when several processes share it: what fills it, when it runs out, how many fit.
//
// Shown only where several processes ran. The number that fit is worked out from the peak of this very run, in proportion:
// what the rest of the kernel takes of the zone is left out. Nothing is worked out for pools that were not full.

import type { CounterName } from '../engine/counters.ts'
import { byKernel, namesOf, processesText } from './lanes.ts'
import { type TableColumn, tables, wrapped } from './lines.ts'
import { grouped, memory, NONE } from './numbers.ts'
import type { ReportRow } from './report.ts'

export interface LowmemTable {
  readonly kernel: string
  readonly availableBytes: number
  /** Processes and strategy, one label per lane. */
  readonly labels: readonly string[]
  readonly columns: readonly TableColumn[]
}

const PARTS: readonly { readonly head: string; readonly counter: CounterName }[] = [
  { head: 'total', counter: 'lowmemBytesPeak' },
  { head: 'vmas', counter: 'lowmemVmaBytes' },
  { head: 'tables', counter: 'lowmemPageTableBytes' },
  { head: 'chains', counter: 'lowmemChainBytes' },
  { head: 'fixed', counter: 'lowmemFixedBytes' },
]
const GAP = 2
/** From this share of a lane's lowmem on, pte chains make a proportion a mere estimate. */
const CHAINED = 0.1

/** A table for each kernel with a zone of lowmem, if any lane has several processes. Bytes are written by `size`. */
export function lowmemTables(rows: readonly ReportRow[], size: (bytes: number | null) => string): LowmemTable[] {
  const zoned = rows.filter(row => row.result.counts.lowmemAvailableBytes !== null)
  if (!zoned.some(row => row.result.spec.processes > 1)) return []
  return [...byKernel(zoned)].map(([kernel, lanes]) => ({
    kernel,
    availableBytes: lanes[0]!.result.counts.lowmemAvailableBytes!,
    labels: lanes.map(({ result: { spec } }) => `${grouped(spec.processes)} ${spec.strategy}`),
    columns: [
      ...PARTS.map(({ head, counter }) => ({
        head: [head],
        cells: lanes.map(row => size(row.result.counts[counter])),
      })),
      { head: ['runs out at'], cells: lanes.map(runsOutAt) },
      { head: ['fit'], cells: lanes.map(fit) },
    ],
  }))
}

/** The tables in lines of 80 columns, each after a blank line. */
export function lowmemLines(rows: readonly ReportRow[]): string[] {
  return lowmemTables(rows, mebibytes).flatMap(({ kernel, availableBytes, labels, columns }) => [
    '',
    ...wrapped(`Lowmem of ${kernel}: ${memory(availableBytes)}. In MiB at its peak; fit: in proportion:`, '  '),
    ...tables(labels, columns, GAP),
  ])
}

/** Sentences for the notes: what running out did, and what the numbers leave out. */
export function lowmemNotes(rows: readonly ReportRow[]): readonly string[] {
  if (lowmemTables(rows, memory).length === 0) return []
  const exhausted = rows.filter(row => row.result.lowmemExhaustedAccess !== null)
  const growing = rows.filter(isFilling)
  return [
    ...(exhausted.length > 0
      ? [`Lowmem runs out for ${namesOf(exhausted, rows)}; counts go on as if there were more.`]
      : []),
    ...(growing.length > 0
      ? [
          `The windows of ${processesText(growing)} were not full at the end: more --accesses take more lowmem, so how many fit is not known.`,
        ]
      : []),
    ...(rows.some(row => fit(row).startsWith('~'))
      ? [
          'Where ~ stands how many fit is an estimate: pte chains do not grow in proportion to processes. --processes tries it.',
        ]
      : []),
  ]
}

/** Whether some process had free slots at the end. */
function isFilling({ result: { windowsFull, outcome } }: ReportRow): boolean {
  return outcome.state === 'completed' && windowsFull === false
}

/** Whether chains, which do not grow in proportion to processes, are more than a small part of what a lane takes. */
function isChained({ result: { counts } }: ReportRow): boolean {
  return (counts.lowmemChainBytes ?? 0) > CHAINED * (counts.lowmemBytesPeak ?? 0)
}

function runsOutAt({ result: { lowmemExhaustedAccess } }: ReportRow): string {
  if (lowmemExhaustedAccess === null) return 'never'
  return lowmemExhaustedAccess < 0 ? 'warm-up' : grouped(lowmemExhaustedAccess)
}

/** Of one process it is not known what several share, of a lane that stopped or windows that were not full what they take. */
function fit(row: ReportRow): string {
  const { counts, spec, outcome } = row.result
  const { processes } = spec
  if (processes === 1 || outcome.state !== 'completed' || !counts.lowmemBytesPeak || isFilling(row)) return NONE
  const most = Math.floor((counts.lowmemAvailableBytes! * processes) / counts.lowmemBytesPeak)
  return `${isChained(row) ? '~' : ''}${grouped(most)}`
}

/** Three digits: 8.6, 105, 1,024. */
function mebibytes(bytes: number | null): string {
  if (bytes === null) return NONE
  const amount = bytes / 2 ** 20
  return amount >= 99.95 ? grouped(Math.round(amount)) : bytes === 0 ? '0' : amount.toFixed(1)
}
