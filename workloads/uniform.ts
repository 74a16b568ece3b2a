// Uniformly random pages: no locality at all, the worst case of any buffer pool and the simplest yardstick:
// the expected hit ratio is window / file.

import type { Rng } from '../engine/rng.ts'
import type { TraceBlock } from '../engine/trace.ts'
import type { Geometry } from '../engine/window.ts'
import { resolveParams, writesParam } from './params.ts'
import type { DatabaseSource, ParamValues, Workload } from './workload.ts'
import { fillOps } from './write-share.ts'

const PARAMS = {
  writes: writesParam(0.05), // YCSB core workload B: 95 % reads
}

class UniformSource implements DatabaseSource {
  private readonly filePages: number
  private readonly writes: number
  private readonly pageRng: Rng
  private readonly opRng: Rng

  constructor(filePages: number, writes: number, rng: Rng) {
    this.filePages = filePages
    this.writes = writes
    this.pageRng = rng.split(0)
    this.opRng = rng.split(1)
  }

  another(rng: Rng): DatabaseSource {
    return new UniformSource(this.filePages, this.writes, rng)
  }

  fill(block: TraceBlock): number {
    const { filePages, pageRng } = this
    const { page } = block
    for (let i = 0; i < block.capacity; i++) page[i] = pageRng.below(filePages)
    fillOps(block, this.opRng, this.writes)
    block.length = block.capacity
    return block.capacity
  }
}

export const uniform = {
  name: 'uniform',
  summary: 'every page of the file equally likely',
  params: PARAMS,
  resolve: (given: ParamValues) => resolveParams('uniform', PARAMS, given),
  open: (geometry: Geometry, params: ParamValues, rng: Rng) =>
    new UniformSource(geometry.filePages, Number(params.writes), rng),
} as const satisfies Workload
