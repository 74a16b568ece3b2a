// What the workload tests share: opening a workload as the program does, and taking accesses from it.

import { Rng } from '../../engine/rng.ts'
import { TraceBlock, type TraceSource } from '../../engine/trace.ts'
import { type Geometry, geometry } from '../../engine/window.ts'
import { layout } from '../../workloads/tpcc-layout.ts'
import type { DatabaseSource, ParamValues, Workload } from '../../workloads/workload.ts'

export const MIB = 2 ** 20

/** A file of so many bytes under a window of one page: workloads look at the file only. */
export function file(bytes: number): Geometry {
  return geometry(bytes, 4096, 4096)
}

export function open(workload: Workload, given: ParamValues, place: Geometry, seed = 1): DatabaseSource {
  return workload.open(place, workload.resolve(given, place), new Rng(seed))
}

/** Calls `visit(page, op)` for `count` accesses or a few more: up to the end of a block. */
export function visit(source: TraceSource, count: number, visitor: (page: number, op: number) => void): void {
  const block = new TraceBlock()
  for (let seen = 0; seen < count; seen += block.length) {
    source.fill(block)
    for (let i = 0; i < block.length; i++) visitor(block.page[i]!, block.op[i]!)
  }
}

/** The first `count` accesses, page · 2 + op. */
export function take(source: TraceSource, count: number): number[] {
  const accesses: number[] = []
  visit(source, count, (page, op) => accesses.push(page * 2 + op))
  return accesses.slice(0, count)
}

/** Which relation a page belongs to, as an index into the layout's relations. */
export function relationOfPage(place: Geometry, warehouses: number): Uint8Array {
  const { relations } = layout(place.filePages, warehouses)
  const index = new Uint8Array(place.filePages).fill(relations.length)
  for (const [i, { firstPage, pages }] of relations.entries()) index.fill(i, firstPage, firstPage + pages)
  return index
}
