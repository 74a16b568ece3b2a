// Repeats a section of work until its counts can be believed, and turns what was read into counters.
//
// A run is accepted when nothing disturbed it (no other call or fault of this thread, no lost CPU time) or when it agrees
// with the run before in every counter. What a model predicts plays no part. Runs that keep being disturbed are reported
// as such: lost CPU time can only split flushes, so that the flushes are too many, by at most the times it was lost.

import type { CounterName } from '../counters.ts'
import type { HostKernel } from './host-kernel.ts'
import { type Meter, type Reading, windowVmas } from './meter.ts'

/** What was counted; a counter that is not there was not measured. */
export type HostCounts = Partial<Record<CounterName, number>>

export interface Measurement {
  /** 0, or the negative errno with which the work ended. */
  readonly error: number
  readonly counts: HostCounts
  /** Faults of either kind as getrusage() has them: known even where they cannot be told apart. */
  readonly minorFaults: number
  readonly accepted: 'undisturbed' | 'repeated' | 'disturbed'
  readonly tries: number
  /** What was left of disturbances: calls and faults of this thread that were not the work's, times it lost the CPU. */
  readonly noise: { readonly calls: number; readonly faults: number; readonly preemptions: number }
}

/** One piece of work that can be done again and again. */
export interface Work {
  /** Brings window and file to where counting begins. */
  prepare(): void
  /** What is counted; returns 0 or a negative errno. Allocates nothing. */
  section(): number
}

export interface Patience {
  readonly tries: number
  /** No further try begins after so many milliseconds. */
  readonly ms: number
}

export function measure(
  meter: Meter,
  kernel: HostKernel,
  work: Work,
  runsFirst: boolean,
  { tries, ms }: Patience,
): Measurement {
  const began = performance.now()
  let last = attempt(meter, kernel, work, runsFirst)
  let made = 1
  while (!isUndisturbed(meter, last)) {
    if (made === tries || performance.now() - began > ms) return { ...last, accepted: 'disturbed', tries: made }
    const next = attempt(meter, kernel, work, runsFirst)
    made++
    const agrees = countsOf(next) === countsOf(last)
    last = next
    if (agrees && !isUndisturbed(meter, last)) return { ...last, accepted: 'repeated', tries: made }
  }
  return { ...last, accepted: 'undisturbed', tries: made }
}

type Attempt = Omit<Measurement, 'accepted' | 'tries'>

function attempt(meter: Meter, kernel: HostKernel, work: Work, runsFirst: boolean): Attempt {
  work.prepare()
  const made = kernel.counters.syscalls
  const { result, reading } = meter.count(work.section, runsFirst)
  const issued = kernel.counters.syscalls - made
  const vmas = windowVmas(kernel.base, kernel.bytes)
  return {
    error: result,
    counts: { ...deedsOf(kernel), ...countersOf(reading, issued), vmas },
    minorFaults: reading.minorFaults,
    noise: {
      calls: Math.max((reading.events.allCalls ?? issued) - issued, 0),
      faults: foreign(reading, 'allUserFaults', 'userFaults') + foreign(reading, 'allKernelFaults', 'kernelFaults'),
      preemptions: Math.max(reading.preemptions, reading.events.contextSwitches ?? 0),
    },
  }
}

/** In basic level other calls and faults of the process cannot be seen: only a second run can tell. */
function isUndisturbed(meter: Meter, { noise }: Attempt): boolean {
  return meter.level === 'full' && noise.calls === 0 && noise.faults === 0 && noise.preemptions === 0
}

function countsOf({ counts, minorFaults }: Attempt): string {
  return JSON.stringify([counts, minorFaults])
}

function foreign({ events }: Reading, all: string, ours: string): number {
  return (events[all] ?? 0) - (events[ours] ?? 0)
}

/** What the database did, which nobody has to ask the kernel. */
function deedsOf({ counters: c }: HostKernel): HostCounts {
  const { windowHits, remaps, failedRemaps, writes, writebacks, bytesCopied } = c
  return { windowHits, remaps, failedRemaps, writes, writebacks, bytesCopied }
}

function countersOf({ events: e, minorFaults }: Reading, issued: number): HostCounts {
  if (e.userFaults === undefined) return { syscalls: issued }
  if (e.allCalls === undefined) {
    const pageFaults = e.userFaults
    const populateFaults = minorFaults - pageFaults
    return { syscalls: issued, pageFaults, kernelEntries: issued + pageFaults, populateFaults }
  }
  return {
    syscalls: e.calls!,
    pageFaults: e.userFaults,
    kernelEntries: e.calls! + e.userFaults,
    // getrusage() also counts the faults of populating calls, which are no exceptions.
    populateFaults: minorFaults - e.allUserFaults! - e.allKernelFaults! + e.kernelFaults!,
    tlbFullFlushes: e.wholeFlushes!,
    tlbRangeFlushes: e.rangeFlushes!,
    ipiRounds: e.remoteFlushes!,
    vmaAllocs: e.vmaAllocs!,
    vmaFrees: e.vmaFrees!,
  }
}
