// Seeded window operations that come to the limit of vmas and go on there.
//
// At the limit an operation may still join vmas, or cut one at its edge; one vma above it nothing is granted any more. So
// habits differ in how often they join, in whether they cut edges at all, and thereby in how long they stay at the limit.

import { OpsRows } from '../ops-rows.ts'
import { Rng } from '../rng.ts'
import type { StrategySizes } from '../strategy/strategy.ts'
import { OP_READ } from '../trace.ts'
import { OP_REMAP } from '../window-ops.ts'

export interface LimitTrace {
  /** What it does, in a word or two. */
  readonly name: string
  readonly rows: OpsRows
  readonly sizes: StrategySizes
}

/** Window pages and remaps, for each vma of the limit: habits come to it after a third of them, or as late as five sixths. */
const PAGES_PER_VMA = 3
const REMAPS_PER_VMA = 2
/** One in so many remaps is followed by an access. */
const REMAPS_PER_ACCESS = 8

/** Draws one remap: its range, and the file pages it gets; `anyOf` draws an offset for a number of pages. */
type Draw = (rng: Rng, pages: number, anyOf: (pages: number) => number) => readonly [number, number, number]

/** Every third page, which cuts its vma in three, or joins the three again: two vmas more or less, never one. */
const middles: Draw = (rng, windowPages, anyOf) => {
  const vpn = rng.below(Math.floor(windowPages / 3)) * 3 + 1
  return [vpn, 1, rng.below(4) === 0 ? vpn : anyOf(1)]
}

const HABITS: readonly (readonly [name: string, edge: boolean, draw: Draw])[] = [
  ['middles', false, middles],
  ['middles, an edge', true, middles], // one vma more: the limit is met from an odd number if it was from an even one
  ['pages', false, (rng, windowPages, anyOf) => [rng.below(windowPages), 1, anyOf(1)]],
  [
    'anywhere',
    false,
    (rng, windowPages, anyOf) => {
      const pages = 1 + (rng.below(64) === 0 ? rng.below(64) : rng.below(3))
      const vpn = rng.below(windowPages - pages + 1)
      return [vpn, pages, rng.below(8) === 0 ? vpn : anyOf(pages)] // some back to where the window began
    },
  ],
  [
    'two layers', // a page continues its neighbours if they are of the same layer
    false,
    (rng, windowPages) => {
      const vpn = rng.below(windowPages)
      return [vpn, 1, vpn + rng.below(2)]
    },
  ],
]

/** How many traces there are of a seed. */
export const LIMIT_TRACES = HABITS.length

/** The trace of this number (0..LIMIT_TRACES-1) of a seed for a limit of so many vmas; the same on every machine. */
export function limitTrace(seed: number, number: number, mapLimit: number): LimitTrace {
  const rng = new Rng(seed).split(number)
  const [name, edge, draw] = HABITS[number]!
  const windowPages = PAGES_PER_VMA * mapLimit
  const filePages = windowPages + 1 // of the second layer
  const anyOf = (pages: number) => rng.below(filePages - pages + 1)
  const rows = new OpsRows()
  if (edge) rows.append(OP_REMAP, 0, 1, 1)
  for (let remaps = REMAPS_PER_VMA * mapLimit; remaps > 0; remaps--) {
    const [vpn, pages, pgoff] = draw(rng, windowPages, anyOf)
    rows.append(OP_REMAP, vpn, pages, pgoff)
    if (rng.below(REMAPS_PER_ACCESS) === 0) rows.append(OP_READ + rng.below(2), vpn, 1, 0)
  }
  return { name, rows, sizes: { windowPages, filePages } }
}
