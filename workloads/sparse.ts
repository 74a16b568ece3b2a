// Single pages far apart, in random order: what the mail calls "really large (terabyte size) and really sparse files". A
// file that is mapped as a whole then needs a page-table page for every page of it that is used.
//
// The uniform workload over one page in every `stride`, which are pages 0, stride, 2 * stride, ...

import type { Rng } from '../engine/rng.ts'
import type { TraceBlock } from '../engine/trace.ts'
import type { Geometry } from '../engine/window.ts'
import { resolveParams } from './params.ts'
import { uniform } from './uniform.ts'
import type { DatabaseSource, ParamValues, Workload } from './workload.ts'

const PARAMS = {
  stride: {
    kind: 'number',
    default: 512, // pages that a page-table page of x86-64 maps, and of i386 with PAE
    min: 1,
    max: 2 ** 31 - 1,
    integer: true,
    help: 'of so many pages one is used: 512 fill a page table of x86-64',
  },
  ...uniform.params,
} as const

/** The accesses of `places`, which numbers the pages that are used one by one. */
class SparseSource implements DatabaseSource {
  private readonly places: DatabaseSource
  private readonly stride: number

  constructor(places: DatabaseSource, stride: number) {
    this.places = places
    this.stride = stride
  }

  another(rng: Rng): DatabaseSource {
    return new SparseSource(this.places.another(rng), this.stride)
  }

  fill(block: TraceBlock): number {
    const { stride } = this
    const { page } = block
    const length = this.places.fill(block)
    for (let i = 0; i < length; i++) page[i] *= stride
    return length
  }
}

export const sparse = {
  name: 'sparse',
  summary: 'single pages far apart, each equally likely: one in every `stride` of the file',
  params: PARAMS,
  resolve: (given: ParamValues) => resolveParams('sparse', PARAMS, given),
  open: (geometry: Geometry, params: ParamValues, rng: Rng) => {
    const stride = Number(params.stride)
    const filePages = Math.ceil(geometry.filePages / stride)
    return new SparseSource(uniform.open({ ...geometry, filePages }, params, rng), stride)
  },
} as const satisfies Workload
