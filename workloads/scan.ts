// A sequential scan: every page of the file in order, and again from the first page. What a table scan or a dump does.
//
// It defeats LRU (no page is seen again before the whole file has passed), and its remaps are of consecutive blocks:
// the best case of a large cache unit. Left out: the small ring of buffers that some engines give to scans.

import type { Rng } from '../engine/rng.ts'
import type { TraceBlock } from '../engine/trace.ts'
import type { Geometry } from '../engine/window.ts'
import { resolveParams, writesParam } from './params.ts'
import type { DatabaseSource, ParamValues, Workload } from './workload.ts'
import { fillOps } from './write-share.ts'

const PARAMS = {
  writes: writesParam(0), // a scan reads
}

class ScanSource implements DatabaseSource {
  private readonly filePages: number
  private readonly writes: number
  private readonly opRng: Rng
  private next = 0

  constructor(filePages: number, writes: number, rng: Rng) {
    this.filePages = filePages
    this.writes = writes
    this.opRng = rng.split(0)
  }

  /** A scan of its own, from the first page on. */
  another(rng: Rng): DatabaseSource {
    return new ScanSource(this.filePages, this.writes, rng)
  }

  fill(block: TraceBlock): number {
    const { filePages } = this
    const { page } = block
    let next = this.next
    for (let i = 0; i < block.capacity; i++) {
      page[i] = next
      next = next + 1 === filePages ? 0 : next + 1
    }
    this.next = next
    fillOps(block, this.opRng, this.writes)
    block.length = block.capacity
    return block.capacity
  }
}

export const scan = {
  name: 'scan',
  summary: 'every page of the file in order, over and over',
  params: PARAMS,
  resolve: (given: ParamValues) => resolveParams('scan', PARAMS, given),
  open: (geometry: Geometry, params: ParamValues, rng: Rng) =>
    new ScanSource(geometry.filePages, Number(params.writes), rng),
} as const satisfies Workload
