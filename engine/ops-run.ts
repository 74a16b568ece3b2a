// The driver for window operations read from a file: every row on every lane, one lane after the other.
//
// Unlike a pool's run, a refused remap is counted and the run goes on, and failures are numbered by row.

import { snapshot } from './counters.ts'
import { InvariantError } from './errors.ts'
import type { FirstOperation } from './first-operations.ts'
import { beginCounting, finishLane, type LaneResult, partsOf } from './lane-group.ts'
import type { OpsRows } from './ops-rows.ts'
import { isTouching, type Lane } from './replay.ts'
import type { Simulation } from './simulate.ts'
import { OP_WRITE, TraceBlock, TraceHash } from './trace.ts'
import { OP_RECLAIM, OP_REMAP } from './window-ops.ts'

/** Names of the operations, by their codes. */
const KINDS: readonly FirstOperation['kind'][] = ['read', 'write', 'remap', 'reclaim']
/** Rows between two reports of progress. */
const PROGRESS_ROWS = 4096

/**
 * Runs all lanes; rows 0..warmup-1 are not counted. `accesses` are the pages read or written in counted rows, and the
 * lanes' firstFailureAccess, stockLimitAccess and lowmemExhaustedAccess are 0-based numbers of counted rows (the latter two
 * negative in the warm-up). `onProgress` is told the rows done, of rows.length times the number of lanes.
 */
export function runOps(
  rows: OpsRows,
  lanes: readonly Lane[],
  warmup: number,
  onProgress: (rows: number) => void = () => {},
): Simulation {
  const accesses = rows.accessesFrom(warmup)
  const results = lanes.map((lane, i) => {
    const done = i * rows.length
    return runLane(rows, lane, warmup, accesses, row => onProgress(done + row))
  })
  return { accesses, traceHash: hashRows(rows), lanes: results, windowsFull: null }
}

function runLane(
  rows: OpsRows,
  lane: Lane,
  warmup: number,
  accesses: number,
  onProgress: (row: number) => void,
): LaneResult {
  const warm = runRows(rows, 0, warmup, lane, onProgress)
  const start = beginCounting(lane)
  const { firstFailure, ...counted } = runRows(rows, warmup, rows.length, lane, onProgress)
  const counters = finishLane(lane, start)
  // An access that a signal handler had to help is made twice.
  const made = counters.tlbHits + counters.tlbMisses - counters.signalsHandled
  if (made !== accesses) {
    throw new InvariantError(`${accesses} pages accessed, but ${made} looked up in the TLB`)
  }
  const first = (inWarmup: number, later: number) => (inWarmup < 0 ? later : inWarmup)
  const sinceWarmup = (row: number) => (row < 0 ? null : row - warmup)
  return {
    error: 0,
    counters,
    parts: partsOf([lane], [counters]),
    first: lane.firsts?.all() ?? [],
    totals: snapshot(lane.kernel.counters),
    firstFailureAccess: sinceWarmup(firstFailure),
    stockLimitAccess: sinceWarmup(first(warm.stockRefusal, counted.stockRefusal)),
    lowmemExhaustedAccess: sinceWarmup(first(warm.lowmemExhausted, counted.lowmemExhausted)),
  }
}

/** Runs rows from..end-1; returns those at which kernel and stock limit first refused one and lowmem ran out, -1 for never. */
export function runRows(
  rows: OpsRows,
  from: number,
  end: number,
  lane: Lane,
  onProgress: (row: number) => void,
): { firstFailure: number; stockRefusal: number; lowmemExhausted: number } {
  const { op, vpn, pages, pgoff } = rows
  const { strategy, kernel, firsts } = lane
  const through = isTouching(strategy) ? strategy : null
  const c = kernel.counters
  let firstFailure = -1
  let stockRefusal = kernel.stockRefusalAt >= 0 ? from : -1
  let lowmemExhausted = kernel.lowmemExhaustedAt >= 0 ? from : -1
  for (let i = from; i < end; i++) {
    if (i % PROGRESS_ROWS === 0) onProgress(i)
    if (op[i] === OP_REMAP) {
      if (strategy.remap(vpn[i], pages[i], pgoff[i]) === 0) c.remaps++
      else {
        c.failedRemaps++
        if (firstFailure < 0) firstFailure = i
      }
      if (stockRefusal < 0 && kernel.stockRefusalAt >= 0) stockRefusal = i
    } else if (op[i] === OP_RECLAIM) reclaimRow(lane, vpn[i], pages[i])
    else {
      const end = vpn[i] + pages[i]
      if (through === null) for (let page = vpn[i]; page < end; page++) kernel.touch(page, op[i])
      else for (let page = vpn[i]; page < end; page++) through.touch(page, op[i])
      if (op[i] === OP_WRITE) c.writes += pages[i]
    }
    firsts?.note({
      kind: KINDS[op[i]],
      at: i - from,
      vpn: vpn[i],
      pages: pages[i],
      pgoff: op[i] === OP_REMAP ? pgoff[i] : -1,
    })
    if (lowmemExhausted < 0 && kernel.lowmemExhaustedAt >= 0) lowmemExhausted = i
  }
  return { firstFailure, stockRefusal, lowmemExhausted }
}

/** Takes back what stands behind pages of the window, wherever the strategy has them. */
function reclaimRow({ strategy, kernel }: Lane, vpn: number, pages: number): void {
  if (strategy.addressOf === undefined) kernel.reclaim(vpn, pages)
  else for (let at = vpn; at < vpn + pages; at++) kernel.reclaim(strategy.addressOf(at), 1)
}

/** The hash of a trace, over four words per row. */
function hashRows(rows: OpsRows): string {
  const hash = new TraceHash()
  const block = new TraceBlock() // its op column stays 0
  for (let i = 0; i < rows.length; i++) {
    const at = block.length
    block.page[at] = rows.op[i]
    block.page[at + 1] = rows.vpn[i]
    block.page[at + 2] = rows.pages[i]
    block.page[at + 3] = rows.pgoff[i]
    block.length = at + 4
    if (block.length === block.capacity) {
      hash.update(block, 0, block.length)
      block.length = 0
    }
  }
  hash.update(block, 0, block.length)
  return hash.digest()
}
