// Refuses geometries whose tables would not fit, before anything is allocated.
//
// Every table is indexed directly (a look-up must cost a load), so memory follows from the sizes alone. The estimate is an
// upper bound of the tables that grow with processes, blocks, slots, pages and vmas; a workload's own are caught when they
// fail, and pte chains of one process, which no large window has, are left out.

import { formatSize, PAGE_BYTES } from '../engine/units.ts'
import type { Geometry } from '../engine/window.ts'
import { EnvironmentError } from './errors.ts'

/** Above this, filling and checking the tables takes longer than any run that would use them. */
const MOST_TABLE_BYTES = 4 * 2 ** 30
/** slotOf of buffer-pool.ts. */
const BYTES_PER_BLOCK = 4
/** blockOf, and the largest policy's links. */
const BYTES_PER_SLOT = 4 + 8
/** address-space.ts, per place (one for each cell, two for each other vma): end, offset, flags, tree, whether one begins. */
const BYTES_PER_PLACE = 4 + 4 + 1 + (16 + 1) + 0.25
/** page-table.ts, per cell: what it maps. */
const BYTES_PER_CELL = 4
/** Per mapped page: four bits and a share of a table (page-table.ts), the TLB's index. */
const BYTES_PER_MAPPED_PAGE = 0.5 + 0.01 + 2
/** Per page of the window: what a strategy notes of it. */
const BYTES_PER_WINDOW_PAGE = 5
/** backing-file.ts, per page of the file: whether it is absent, whether it is clean. */
const BYTES_PER_NOTED_PAGE = 0.25
/** pte-chains.ts, per page of the file: how often it is mapped. */
const BYTES_PER_CHAINED_PAGE = 4
/** What does not grow: the nodes of the largest TLB, ends of tables. */
const BYTES_PER_LANE = 2 ** 20

/** What decides the size of a lane's tables. */
export interface LaneTables {
  /** The window's pages, or the file's if the strategy maps it as a whole. */
  readonly mappedPages: number
  readonly cellPages: number
  readonly otherVmas: number
  /** Whether the pages of the file are kept track of: not if all are there and stay dirty. */
  readonly notesPages: boolean
  /** Whether mappings of the file's pages by several processes are. */
  readonly chainsPages: boolean
}

/** Bytes of the tables of one comparison with so many processes, which share what is known of the file's pages. */
export function tableBytes(geometry: Geometry, lanes: readonly LaneTables[], processes = 1): number {
  const { filePages, windowPages, unitPages } = geometry
  const pool = (filePages / unitPages) * BYTES_PER_BLOCK + (windowPages / unitPages) * BYTES_PER_SLOT
  return lanes.reduce(
    (bytes, { mappedPages, cellPages, otherVmas, notesPages, chainsPages }) =>
      bytes +
      processes *
        (BYTES_PER_LANE +
          (mappedPages / cellPages + 2 * otherVmas) * BYTES_PER_PLACE +
          (mappedPages / cellPages) * BYTES_PER_CELL +
          mappedPages * BYTES_PER_MAPPED_PAGE +
          windowPages * BYTES_PER_WINDOW_PAGE) +
      (notesPages ? filePages * BYTES_PER_NOTED_PAGE : 0) +
      (chainsPages ? filePages * BYTES_PER_CHAINED_PAGE : 0),
    processes * pool,
  )
}

/** Throws an EnvironmentError unless tables of this size fit; `availableBytes` is 0 where it is not known. */
export function requireMemory(
  bytes: number,
  geometry: Geometry,
  processes: number,
  availableBytes = process.availableMemory(),
): void {
  if (bytes <= Math.min(MOST_TABLE_BYTES, availableBytes || Number.POSITIVE_INFINITY)) return
  const { filePages, unitPages } = geometry
  const limit =
    bytes > MOST_TABLE_BYTES ? `at most ${gib(MOST_TABLE_BYTES)} are used` : `${gib(availableBytes)} are free`
  throw new EnvironmentError(
    `memory: ${(filePages / unitPages).toLocaleString('en-US')} units of ${formatSize(unitPages * PAGE_BYTES)}` +
      `${processes > 1 ? ` in each of ${processes.toLocaleString('en-US')} processes` : ''} need ${gib(bytes)} of tables, ` +
      `${limit}; a larger --unit, a smaller --file or fewer ${processes > 1 ? '--processes' : 'lanes'} need less`,
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
