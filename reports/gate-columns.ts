// What the gate does with each column of a results file: derived from the columns and counters there are, so that a new one
// is compared without being named here.

import { COUNTER_NAMES, COUNTERS } from '../engine/counters.ts'
import type { ColumnRole, GateColumn } from '../engine/gate/table.ts'
import type { RunSpec } from '../engine/run.ts'
import { PRICE_COLUMNS, RESULT_COLUMNS, SPEC_COLUMNS, STANDING_COLUMNS } from './columns.ts'

/** The compiler refuses a number of the specification that is not here. */
const WHOLE: { readonly [K in keyof RunSpec as NonNullable<RunSpec[K]> extends number ? K : never]: string } = {
  modelVersion: 'model_version',
  fileBytes: 'file_bytes',
  windowBytes: 'window_bytes',
  unitBytes: 'unit_bytes',
  accesses: 'accesses',
  warmup: 'warmup',
  processes: 'processes',
  threads: 'threads',
  cpus: 'cpus',
  otherVmas: 'other_vmas',
  reclaim: 'reclaim',
  seed: 'seed',
}
/** Numbers in whose place a word may stand. */
const WORDS: {
  readonly [K in Exclude<keyof RunSpec, keyof typeof WHOLE> as number extends RunSpec[K] ? K : never]: string
} = {
  tlb: 'tlb',
  maxMapCount: 'max_map_count',
}
const HOLDS = new Map<string, GateColumn['holds']>([
  ...Object.values(WHOLE).map(name => [name, 'whole'] as const),
  ...Object.values(WORDS).map(name => [name, 'word'] as const),
])
/** A workload without parameters, operations without a pool, the running kernel, a lane that could not run. */
const MAY_BE_EMPTY = ['params', 'policy', 'other_vmas', 'evidence']
const STANDING_ROLES: Readonly<Record<string, ColumnRole>> = {
  evidence: 'evidence',
  outcome: 'outcome',
  trace_hash: 'trace',
}
const COUNTER_OF = new Map(COUNTER_NAMES.map(name => [COUNTERS[name].column, COUNTERS[name]]))

/** In the order of the reports. */
export const GATE_COLUMNS: readonly GateColumn[] = [
  ...SPEC_COLUMNS.map(({ name }) => {
    const role = name === 'model_version' ? 'version' : 'specification'
    return column(name, role, HOLDS.get(name) ?? 'text', MAY_BE_EMPTY.includes(name))
  }),
  ...STANDING_COLUMNS.map(({ name }) => column(name, STANDING_ROLES[name]!, 'text', MAY_BE_EMPTY.includes(name))),
  ...RESULT_COLUMNS.map(({ name }): GateColumn => {
    const counter = COUNTER_OF.get(name)
    if (counter === undefined) return { ...column(name, 'refusal', 'signed', true), better: 'more', unit: 'accesses' }
    return { ...column(name, 'count', 'whole', true), better: counter.better, unit: counter.unit }
  }),
  ...PRICE_COLUMNS.map(({ name }): GateColumn => {
    if (name === 'cost_model') return column(name, 'prices', 'text', true)
    return { ...column(name, 'time', 'whole', true), better: 'less', unit: 'ns' }
  }),
]

/** What --allow can take: counts, refusals and times. */
export const ALLOWED_METRICS: readonly string[] = GATE_COLUMNS.flatMap(({ name, role }) =>
  role === 'count' || role === 'refusal' || role === 'time' ? [name] : [],
)

/** What --assert can compute with: every number. */
export const ASSERTED_METRICS: readonly string[] = GATE_COLUMNS.flatMap(({ name, holds }) =>
  holds === 'whole' || holds === 'signed' ? [name] : [],
)

function column(name: string, role: ColumnRole, holds: GateColumn['holds'], mayBeEmpty: boolean): GateColumn {
  return { name, role, holds, mayBeEmpty, better: 'same', unit: '' }
}
