// A lane's work for the running kernel: stage one is planned, and rows are read, before anything is counted.

import { BackingFile } from '../backing-file.ts'
import type { BufferPool } from '../buffer-pool.ts'
import type { OpsRows } from '../ops-rows.ts'
import { runRows } from '../ops-run.ts'
import { type Lane, replay } from '../replay.ts'
import type { RemapStrategy, StrategyEntry, StrategySizes } from '../strategy/strategy.ts'
import { TraceBlock, TraceHash, type TraceSource } from '../trace.ts'
import { PAGE_BYTES } from '../units.ts'
import { WindowOps } from '../window-ops.ts'
import { HostKernel } from './host-kernel.ts'
import type { HostWindow } from './host-window.ts'
import type { Libc } from './libc.ts'
import type { Work } from './measure.ts'
import { RecordedCalls } from './recorded-calls.ts'

/** Accesses planned into one block. */
const BLOCK_ACCESSES = 65_536

/** Window operations of a run before and after counting begins. */
export interface Plan {
  readonly warmup: readonly WindowOps[]
  readonly counted: readonly WindowOps[]
  readonly accesses: number
  readonly traceHash: string
}

/** Plans all of a run. */
export function planAll(source: TraceSource, pool: BufferPool, warmup: number, accesses: number): Plan {
  const trace = new TraceBlock(BLOCK_ACCESSES)
  const hash = new TraceHash()
  let next = 0
  let done = 0
  const until = (end: number): WindowOps[] => {
    const blocks: WindowOps[] = []
    while (done < end) {
      if (next === trace.length && !pool.hasPending) {
        next = 0
        if (source.fill(trace) === 0) break
      }
      const block = new WindowOps(Math.min(BLOCK_ACCESSES, end - done))
      const to = pool.plan(trace, next, end - done, block)
      hash.update(trace, next, to)
      next = to
      done += block.touches
      blocks.push(block)
    }
    return blocks
  }
  const before = until(warmup)
  const warmedUp = done
  const counted = until(warmup + accesses)
  return { warmup: before, counted, accesses: done - warmedUp, traceHash: hash.digest() }
}

/** Where a strategy does its work: the real kernel and the real file. */
export interface Site {
  readonly libc: Libc
  readonly kernel: HostKernel
  readonly descriptor: number
  readonly entry: StrategyEntry
  readonly sizes: StrategySizes
  /** The pages of the file that do not exist when counting begins; null for none. */
  readonly isAbsent: ((page: number) => boolean) | null
}

export function planWork(site: Site, plan: Plan): Work {
  return work(site, plan.warmup, plan.counted, replayAll)
}

/** The calls and accesses of the counted part, not made. */
export function recordPlan({ descriptor, entry, sizes }: Site, plan: Plan, window: HostWindow): RecordedCalls {
  const recorded = new RecordedCalls(window)
  const kernel = new HostKernel(recorded, descriptor)
  const strategy = entry.create(kernel, sizes)
  strategy.setup(sizes.windowPages)
  for (const block of plan.warmup) {
    recorded.restart()
    replay(block, { strategy, kernel })
  }
  recorded.restart()
  replayAll(plan.counted, { strategy, kernel })
  return recorded
}

/** Refusals are counted, and the run goes on. */
export function rowsWork(site: Site, rows: OpsRows, warmup: number): Work {
  const run = ([from, end]: readonly [number, number], lane: Lane) => {
    runRows(rows, from, end, lane, () => {})
    return 0
  }
  return work(site, [0, warmup] as const, [warmup, rows.length] as const, run)
}

function replayAll(blocks: readonly WindowOps[], lane: Lane): number {
  for (let i = 0; i < blocks.length; i++) {
    const error = replay(blocks[i], lane)
    if (error < 0) return error
  }
  return 0
}

function work<P>(site: Site, warmup: P, counted: P, run: (part: P, lane: Lane) => number): Work {
  const { kernel, entry, sizes } = site
  let lane: Lane | null = null
  return {
    prepare: () => {
      kernel.clear()
      punchHoles(site)
      const strategy: RemapStrategy = entry.create(kernel, sizes)
      const setUp: Lane = { strategy, kernel }
      const error = strategy.setup(sizes.windowPages)
      if (error < 0) throw new Error(`the window could not be mapped: errno ${-error}`)
      run(warmup, setUp)
      kernel.restartCounts()
      lane = setUp
      globalThis.gc?.() // what is garbage by now would be given back while counting
    },
    section: () => run(counted, lane!),
  }
}

/** Takes away the pages that a run before has brought into a sparse file. */
function punchHoles({ libc, descriptor, sizes, isAbsent }: Site): void {
  if (isAbsent === null) return
  const file = new BackingFile(sizes.filePages, 'shmem', isAbsent)
  for (let page = 0; page < sizes.filePages; ) {
    const first = page
    while (page < sizes.filePages && !file.has(page)) page++
    if (page > first) libc.punchHole(descriptor, first * PAGE_BYTES, (page - first) * PAGE_BYTES)
    else page++
  }
}
