// What a run is asked to do, and what comes out of it: one result per lane, complete with its own specification.

import type { Backing } from './backing-file.ts'
import type { Part, Step } from './breakdown.ts'
import type { Touch } from './buffer-pool.ts'
import type { CounterName, CounterSet } from './counters.ts'
import type { FirstOperation } from './first-operations.ts'
import type { Evidence } from './kernel/model.ts'

/** Changes whenever the same specification may give other counts; results of different versions are not compared. */
export const MODEL_VERSION = 2

/** The specification of one lane: everything its counts depend on. The columns of the reports, in their order. */
export interface RunSpec {
  readonly modelVersion: number
  readonly workload: string
  /** Every parameter of the workload as `key=value`, in alphabetical order, joined by `;`. */
  readonly params: string
  readonly kernel: string
  readonly strategy: string
  /** Empty when window operations are replayed past the pool. */
  readonly policy: string
  readonly backing: Backing
  /** `written`, `sparse`, or the share of the file's pages that exist before the run, such as `80%`. */
  readonly contents: string
  readonly fileBytes: number
  readonly windowBytes: number
  readonly unitBytes: number
  readonly touch: Touch
  /** Page accesses of all processes counted, and made before counting. With window operations: pages accessed, and rows left uncounted. */
  readonly accesses: number
  readonly warmup: number
  readonly processes: number
  readonly threads: number
  readonly cpus: number
  readonly tlb: number | 'none'
  readonly maxMapCount: number | 'lifted' | 'stock'
  /** null for the running kernel, which has its own. */
  readonly otherVmas: number | null
  /** Share of the remaps before which the process faults outside the window, such as `50%`. */
  readonly otherFaults: string
  /** Accesses between two sweeps of memory pressure over the window; 0 for none. */
  readonly reclaim: number
  readonly seed: number
}

export type Outcome =
  | { readonly state: 'completed' }
  /** The kernel refused a remap; counts up to there. */
  | { readonly state: 'stopped'; readonly errno: 'ENOMEM' }
  /** This kernel cannot do this; nothing was counted. `reason` is a word for scripts, `why` a phrase for people. */
  | { readonly state: 'unsupported'; readonly reason: string; readonly why: string }

/** Counts of one lane; null where a counter was not measured or does not apply. */
export type Counts = { readonly [K in keyof CounterSet]: number | null }

/** How one number of a lane arose. */
export interface Origin {
  readonly counter: CounterName
  /** What it is made of, as far as it has parts: levels and peaks have none. */
  readonly parts: readonly { readonly relation: string | null; readonly step: Step; readonly count: number }[]
  /** The first operations that raised it. */
  readonly first: readonly FirstOperation[]
}

/** What holds the backing file on the running kernel, shmem both: a mount with its own limit, or memory alone. */
export type HostFile = '/dev/shm' | 'memfd'

/** How counts of the running kernel came about: what could be counted, and what disturbed the run that was accepted. */
export interface MeasuredBy {
  readonly level: 'full' | 'basic'
  /** Why no more was counted; empty if all was. */
  readonly why: string
  readonly file: HostFile
  readonly accepted: 'undisturbed' | 'repeated' | 'disturbed'
  readonly tries: number
  /** Calls and faults of the thread that were not the lane's, and times it lost the CPU. */
  readonly calls: number
  readonly faults: number
  readonly preemptions: number
  /** Touches that were seen to show the right page of the file, in a run of their own; null if nobody asked. */
  readonly verifiedTouches: number | null
}

export interface RunResult {
  readonly spec: RunSpec
  /** What the counts rest on; null for a lane that could not run. */
  readonly evidence: Evidence | null
  readonly outcome: Outcome
  /** Equal for every lane of one comparison. */
  readonly traceHash: string
  /**
   * Where a remap was first refused, where the stock limit would first have refused one, and where lowmem ran out (counts
   * go on as if there were more); null for never.
   */
  readonly firstFailureAccess: number | null
  readonly stockLimitAccess: number | null
  readonly lowmemExhaustedAccess: number | null
  readonly counts: Counts
  /** The counts by kernel step and group of pages; null if nobody asked, or nothing was counted. */
  readonly breakdown: readonly Part[] | null
  /** How the numbers arose that somebody asked about; null if nobody did, or nothing was counted. */
  readonly origins: readonly Origin[] | null
  /** Whether every slot of every process was in use at the end; null past a pool. */
  readonly windowsFull: boolean | null
  /** What is assumed about the process, and the guesses among the model's rules that took part. */
  readonly guesses: readonly string[]
  /** Only of the running kernel. */
  readonly measured?: MeasuredBy
  /** The modelled machine in one phrase. */
  readonly machine: string
}
