// Zipf-distributed pages: the k-th most popular page is accessed in proportion to k^-theta. The usual stand-in for skew.
//
// A true zipf over all pages of the file. Left out: YCSB's "scrambled zipfian", which draws over 10^10 items, folds them
// onto the file and so is far less skewed than its constant says.

import type { Rng } from '../engine/rng.ts'
import type { TraceBlock } from '../engine/trace.ts'
import type { Geometry } from '../engine/window.ts'
import { resolveParams, writesParam } from './params.ts'
import { Scatter } from './scatter.ts'
import type { DatabaseSource, ParamValues, Workload } from './workload.ts'
import { fillOps } from './write-share.ts'
import { ZipfRanks } from './zipf-ranks.ts'

const PARAMS = {
  theta: {
    kind: 'number',
    default: 0.99, // ZIPFIAN_CONSTANT, YCSB core ZipfianGenerator.java
    min: 0,
    max: 5,
    integer: false,
    help: 'skew: 0 is uniform, higher is hotter',
  },
  ranks: {
    kind: 'word',
    default: 'scattered',
    words: ['scattered', 'packed'],
    help: 'popular pages lie all over the file, or side by side at its start',
  },
  writes: writesParam(0.05), // YCSB core workload B: 95 % reads
} as const

class ZipfSource implements DatabaseSource {
  private readonly ranks: ZipfRanks
  private readonly scatter: Scatter | null
  private readonly writes: number
  private readonly pageRng: Rng
  private readonly opRng: Rng

  /** `scatter`: where the pages of each rank are; null where they are side by side. */
  constructor(ranks: ZipfRanks, scatter: Scatter | null, writes: number, pageRng: Rng, opRng: Rng) {
    this.ranks = ranks
    this.scatter = scatter
    this.writes = writes
    this.pageRng = pageRng
    this.opRng = opRng
  }

  /** The same pages are popular. */
  another(rng: Rng): DatabaseSource {
    return new ZipfSource(this.ranks, this.scatter, this.writes, rng.split(0), rng.split(1))
  }

  fill(block: TraceBlock): number {
    const { ranks, scatter, pageRng } = this
    const { page } = block
    ranks.draw(pageRng, page)
    if (scatter !== null) for (let i = 0; i < block.capacity; i++) page[i] = scatter.at(page[i]!)
    fillOps(block, this.opRng, this.writes)
    block.length = block.capacity
    return block.capacity
  }
}

export const zipf = {
  name: 'zipf',
  summary: 'popular and unpopular pages, by a zipf law over the whole file',
  params: PARAMS,
  resolve: (given: ParamValues) => resolveParams('zipf', PARAMS, given),
  open({ filePages }: Geometry, params: ParamValues, rng: Rng): DatabaseSource {
    const [pageRng, opRng] = [rng.split(0), rng.split(1)]
    const scatter = params.ranks === 'scattered' ? new Scatter(filePages, rng.split(2)) : null
    return new ZipfSource(
      new ZipfRanks(filePages, Number(params.theta)),
      scatter,
      Number(params.writes),
      pageRng,
      opRng,
    )
  },
} as const satisfies Workload
