// Refuses geometries whose tables would not fit, before anything is allocated.
//
// Every table is indexed directly (a look-up must cost a load), so memory follows from the sizes alone. The estimate covers
// the tables that grow with blocks, slots and pages; a workload's own are caught when they fail.

import { formatSize, PAGE_BYTES } from '../engine/units.ts'
import type { Geometry } from '../engine/window.ts'
import { EnvironmentError } from './errors.ts'

/** Above this, filling and checking the tables takes longer than any run that would use them. */
const MOST_TABLE_BYTES = 4 * 2 ** 30
/** slotOf of buffer-pool.ts. */
const BYTES_PER_BLOCK = 4
/** blockOf, and the largest policy's links. */
const BYTES_PER_SLOT = 4 + 8
/** A lane, per cell: ends, offsets, tree links and depths, boundary bits; per mapped page: page table, TLB index, what a strategy notes of it. */
const BYTES_PER_CELL = 4 + 4 + 16 + 1 + 1
const BYTES_PER_PAGE = 4 + 2 + 5
/** backing-file.ts, per page of the file: whether it is absent, whether it is clean. */
const NOTES_PER_PAGE = 2

/** What decides the size of a lane's tables. */
export interface LaneTables {
  /** The window's pages, or the file's if the strategy maps it as a whole. */
  readonly mappedPages: number
  readonly cellPages: number
  /** Whether the pages of the file are kept track of: not if all are there and stay dirty. */
  readonly notesPages: boolean
}

/** Bytes of the tables of one comparison. */
export function tableBytes(geometry: Geometry, lanes: readonly LaneTables[]): number {
  const { filePages, windowPages, unitPages } = geometry
  const pool = (filePages / unitPages) * BYTES_PER_BLOCK + (windowPages / unitPages) * BYTES_PER_SLOT
  return lanes.reduce(
    (bytes, { mappedPages, cellPages, notesPages }) =>
      bytes +
      (mappedPages / cellPages) * BYTES_PER_CELL +
      mappedPages * BYTES_PER_PAGE +
      (notesPages ? filePages * NOTES_PER_PAGE : 0),
    pool,
  )
}

/** Throws an EnvironmentError unless tables of this size fit; `availableBytes` is 0 where it is not known. */
export function requireMemory(bytes: number, geometry: Geometry, availableBytes = process.availableMemory()): void {
  if (bytes <= Math.min(MOST_TABLE_BYTES, availableBytes || Number.POSITIVE_INFINITY)) return
  const { filePages, unitPages } = geometry
  const limit =
    bytes > MOST_TABLE_BYTES ? `at most ${gib(MOST_TABLE_BYTES)} are used` : `${gib(availableBytes)} are free`
  throw new EnvironmentError(
    `memory: ${(filePages / unitPages).toLocaleString('en-US')} units of ${formatSize(unitPages * PAGE_BYTES)} need ${gib(bytes)} of tables, ` +
      `${limit}; a larger --unit, a smaller --file or fewer lanes need less`,
  )
}

/** Runs what allocates; an allocation that fails all the same is the environment's fault, not a bug. */
export function allocating<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError && /array (buffer )?(allocation|length)/i.test(error.message)) {
      throw new EnvironmentError(`memory: ${error.message}; a larger --unit, a smaller --file or fewer lanes need less`)
    }
    throw error
  }
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
