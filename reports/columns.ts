// The columns of CSV and the keys of JSON, in their order: what was asked, what it rests on, what was counted, what it
// costs.
//
// The names are a contract with scripts: nothing is renamed or dropped. Counters bring their own names and sentences
// (engine/counters.ts). A value that was not measured or does not apply is null, never 0.

import { COUNTER_NAMES, COUNTERS, type CounterName } from '../engine/counters.ts'
import type { Outcome, RunSpec } from '../engine/run.ts'
import type { ReportRow } from './report.ts'

export type Cell = string | number | null

export interface Column {
  readonly name: string
  /** One sentence for people. */
  readonly help: string
  value(row: ReportRow): Cell
}

/** The compiler refuses a field of the specification that has no column. */
const SPECIFICATION: { readonly [K in keyof RunSpec]: readonly [name: string, help: string] } = {
  modelVersion: ['model_version', 'version of the models; results of different versions are not compared'],
  workload: ['workload', 'where the accesses come from'],
  params: ['params', 'the parameters of the workload'],
  kernel: ['kernel', 'the modelled kernel'],
  strategy: ['strategy', 'how the database remaps its window'],
  policy: ['policy', 'replacement policy of the buffer pool'],
  backing: ['backing', 'what holds the file'],
  contents: ['contents', 'whether the pages of the file exist before the run'],
  fileBytes: ['file_bytes', 'size of the file'],
  windowBytes: ['window_bytes', 'size of the window'],
  unitBytes: ['unit_bytes', 'size of a cache unit'],
  touch: ['touch', 'what is accessed after a remap: the page asked for, or the whole unit'],
  accesses: ['accesses', 'page accesses to count'],
  warmup: ['warmup', 'page accesses made before counting'],
  processes: ['processes', 'database processes'],
  threads: ['threads', 'CPUs that run one process'],
  cpus: ['cpus', 'CPUs that the processes share'],
  tlb: ['tlb', 'entries of the data TLB'],
  maxMapCount: ['max_map_count', "limit of vmas: lifted, the stock kernel's, or a number"],
  otherVmas: ['other_vmas', 'vmas of the rest of the process'],
  otherFaults: ['other_faults', 'share of the remaps before which the process faults outside the window'],
  reclaim: ['reclaim', 'accesses between two sweeps of memory pressure over the window; 0 for none'],
  seed: ['seed', 'the only source of randomness'],
}

export const SPEC_COLUMNS: readonly Column[] = Object.entries(SPECIFICATION).map(([field, [name, help]]) =>
  column(name, help, row => row.result.spec[field as keyof RunSpec]),
)

export const STANDING_COLUMNS: readonly Column[] = [
  column('evidence', 'what the counts rest on', row => row.result.evidence),
  column('outcome', 'how the lane ended', row => outcomeText(row.result.outcome)),
  column('trace_hash', 'equal for lanes that saw the same accesses', row => row.result.traceHash),
]

const REFUSALS: readonly Column[] = [
  column(
    'first_failure_access',
    'counted accesses (rows of --ops) before the first refused remap; negative in the warm-up',
    row => row.result.firstFailureAccess,
  ),
  column(
    'stock_limit_access',
    'the same for the first call that the stock limit would have refused',
    row => row.result.stockLimitAccess,
  ),
  column(
    'lowmem_exhausted_access',
    'the same for the first one that took lowmem which there was not; counts go on as if there were more',
    row => row.result.lowmemExhaustedAccess,
  ),
]

/** What was counted; where a remap was first refused stands beside how many were. */
export const RESULT_COLUMNS: readonly Column[] = COUNTER_NAMES.flatMap(name =>
  name === 'failedRemaps' ? [counterColumn(name), ...REFUSALS] : [counterColumn(name)],
)

export const PRICE_COLUMNS: readonly Column[] = [
  column('cost_model', 'the prices behind the modelled time', row => row.price?.model.name ?? null),
  column('modelled_ns', 'modelled time of what was counted, best guess', row => row.price?.ns ?? null),
  column('modelled_ns_low', 'the same with every price at its lowest', row => row.price?.nsLow ?? null),
  column('modelled_ns_high', 'the same with every price at its highest', row => row.price?.nsHigh ?? null),
]

export const COLUMNS: readonly Column[] = [...SPEC_COLUMNS, ...STANDING_COLUMNS, ...RESULT_COLUMNS, ...PRICE_COLUMNS]

export function outcomeText(outcome: Outcome): string {
  if (outcome.state === 'stopped') return `stopped:${outcome.errno}`
  return outcome.state === 'unsupported' ? `unsupported:${outcome.reason}` : 'completed'
}

function counterColumn(name: CounterName): Column {
  return column(COUNTERS[name].column, COUNTERS[name].help, row => row.result.counts[name])
}

/** An empty text says that there is nothing to say: null. A number that is none is a bug of ours, not a result. */
function column(name: string, help: string, read: (row: ReportRow) => Cell): Column {
  return {
    name,
    help,
    value(row) {
      const value = read(row)
      if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`column ${name} holds ${value}`)
      return value === '' ? null : value
    },
  }
}
