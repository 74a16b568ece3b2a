// Results written by hand, for the tests of prices and reports: a default run's specification, and counts of choice.

import { type CostItem, type CostModel, price } from '../../engine/cost.ts'
import { COUNTER_NAMES, type CounterName } from '../../engine/counters.ts'
import type { Counts, RunResult, RunSpec } from '../../engine/run.ts'
import type { Report, ReportRow } from '../../reports/report.ts'

const GIB = 2 ** 30

export const SPEC: RunSpec = {
  modelVersion: 1,
  workload: 'tpcc',
  params: 'inserts=heap;stock-order=key;warehouses=219',
  kernel: 'linux-2.5.42-remap',
  strategy: 'map-fixed',
  policy: 'clock',
  backing: 'shmem',
  contents: 'written',
  fileBytes: 16 * GIB,
  windowBytes: GIB,
  unitBytes: 16384,
  touch: 'page',
  accesses: 10_000_000,
  warmup: 0,
  processes: 1,
  threads: 1,
  cpus: 1,
  tlb: 64,
  maxMapCount: 'lifted',
  otherVmas: 20,
  otherFaults: '0%',
  reclaim: 0,
  seed: 1,
}

/** The counts given, 0 for the others. */
export function countsOf(given: Partial<Record<CounterName, number | null>>): Counts {
  const counts = COUNTER_NAMES.map(name => [name, given[name] === undefined ? 0 : given[name]])
  return Object.fromEntries(counts) as unknown as Counts
}

export const NO_COUNTS = Object.fromEntries(COUNTER_NAMES.map(name => [name, null])) as unknown as Counts

export function resultOf(spec: Partial<RunSpec>, rest: Partial<RunResult> = {}): RunResult {
  return {
    spec: { ...SPEC, ...spec },
    evidence: 'executed',
    outcome: { state: 'completed' },
    traceHash: '00c0ffee00c0ffee',
    firstFailureAccess: null,
    stockLimitAccess: null,
    lowmemExhaustedAccess: null,
    counts: countsOf({}),
    breakdown: null,
    origins: null,
    windowsFull: true,
    guesses: ['a guess of the kernel model'],
    machine: 'i386 PAE, Linux 2.5.42 + the 2002 patch',
    ...rest,
  }
}

/** A lane that its kernel cannot run. */
export function impossibleOf(spec: Partial<RunSpec>, why = 'it has no such call'): RunResult {
  const outcome = { state: 'unsupported', reason: 'no-such-call', why } as const
  return resultOf(spec, { evidence: null, outcome, counts: NO_COUNTS, guesses: [] })
}

/** A lane, priced by `model` if there is one and it was run. */
export function rowOf(result: RunResult, model: CostModel | null): ReportRow {
  return {
    result,
    price: result.outcome.state === 'unsupported' || model === null ? null : price(result.counts, model),
    stockMapCount: 65_536,
  }
}

export function reportOf(...rows: readonly ReportRow[]): Report {
  return { rows, meta: { version: '0.1.0' } }
}

export function item(
  counter: CounterName,
  low: number,
  high: number,
  source: CostItem['source'] = 'measured: here',
): CostItem {
  return { counter, cause: 'entries', low, best: (low + high) / 2, high, what: `an event of ${counter}`, source }
}

/** One cycle takes a nanosecond. */
export function modelOf(...items: readonly CostItem[]): CostModel {
  return { name: 'test-prices', summary: 'prices of a test', machine: 'test machine', cyclesPerSecond: 1e9, items }
}

/** What the two lanes of a run like the default one count. */
export const MAP_FIXED_RESULT = resultOf(
  { strategy: 'map-fixed' },
  {
    stockLimitAccess: 200_171,
    counts: countsOf({
      windowHits: 7_701_279,
      remaps: 2_298_721,
      writes: 4_396_399,
      syscalls: 2_298_721,
      pageFaults: 2_754_357,
      kernelEntries: 5_053_078,
      tlbHits: 3_256_466,
      tlbMisses: 6_743_534,
      tlbFullFlushes: 2_233_185,
      ptesInstalled: 2_754_357,
      ptesZapped: 2_658_861,
      pageCacheLookups: 2_754_357,
      mmapSemReads: 2_754_357,
      mmapSemWrites: 2_298_721,
      vmaLookups: 12_014_776,
      vmaLookupLevels: 194_017_185,
      vmaCacheHits: 8757,
      vmaAllocs: 2_364_256,
      vmaFrees: 2_298_721,
      vmaSplits: 65_535,
      vmas: 65_536,
      vmasPeak: 65_536,
      mapCountPeak: 65_556,
      vmaBytes: 8_388_608,
      vmaBytesPeak: 8_388_608,
      vmaLowmemBytes: 8_949_760,
      vmaLowmemBytesPeak: 8_949_760,
      pageTableBytesPeak: 2_097_152,
      lowmemBytesPeak: 8_976_519,
      lowmemAvailableBytes: 754_974_720,
    }),
  },
)

export const REMAP_FILE_PAGES_RESULT = resultOf(
  { strategy: 'remap-file-pages' },
  {
    counts: countsOf({
      windowHits: 7_701_279,
      remaps: 2_298_721,
      writes: 4_396_399,
      syscalls: 2_298_721,
      kernelEntries: 2_298_721,
      tlbHits: 4_477_570,
      tlbMisses: 5_522_430,
      tlbPageInvalidations: 9_194_884,
      ptesInstalled: 9_194_884,
      ptesZapped: 8_932_740,
      pageCacheLookups: 9_194_884,
      mmapSemReads: 2_298_721,
      vmaLookups: 2_298_721,
      vmaLookupLevels: 6,
      vmaCacheHits: 2_298_720,
      vmas: 1,
      vmasPeak: 1,
      mapCountPeak: 21,
      vmaBytes: 128,
      vmaBytesPeak: 128,
      vmaLowmemBytes: 4096,
      vmaLowmemBytesPeak: 4096,
      pageTableBytesPeak: 2_097_152,
      lowmemBytesPeak: 26_759,
      lowmemAvailableBytes: 754_974_720,
    }),
  },
)
