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

/** Draws one remap of a window: its first page, how many, and the file page it gets. */
type Draw = (rng: Rng, windowPages: number) => readonly [vpn: number, pages: number, pgoff: number]

/** Every third page: it cuts its vma in three, or joins the three again. Two vmas more or less, never one. */
const middles: Draw = (rng, windowPages) => {
  const vpn = rng.below(Math.floor(windowPages / 3)) * 3 + 1
  return [vpn, 1, rng.below(4) === 0 ? vpn : anyOf(rng, windowPages, 1)]
}

/** Pages 1 to 4 and 2 to 3 of every six: a middle in a middle, over one, in place of one. Two vmas more or less, or four. */
const nested: Draw = (rng, windowPages) => {
  const isOuter = rng.below(10) < 3
  const pages = isOuter ? 4 : 2
  const vpn = rng.below(Math.floor(windowPages / 6)) * 6 + (isOuter ? 1 : 2)
  return [vpn, pages, rng.below(4) === 0 ? vpn : anyOf(rng, windowPages, pages)]
}

const singly: Draw = (rng, windowPages) => [rng.below(windowPages), 1, anyOf(rng, windowPages, 1)]

/** A few pages, sometimes many, that lie anywhere; some go back to where the window began. */
const anywhere: Draw = (rng, windowPages) => {
  const pages = 1 + (rng.below(64) === 0 ? rng.below(64) : rng.below(3))
  const vpn = rng.below(windowPages - pages + 1)
  return [vpn, pages, rng.below(8) === 0 ? vpn : anyOf(rng, windowPages, pages)]
}

/** A page continues its neighbours if they are of the same layer. */
const layers: Draw = (rng, windowPages) => {
  const vpn = rng.below(windowPages)
  return [vpn, 1, vpn + rng.below(2)]
}

function anyOf(rng: Rng, windowPages: number, pages: number): number {
  return rng.below(windowPages - pages + 1)
}

/** `edge`: the window's first page is cut off before, so that what comes in twos meets the limit from an odd number. */
const HABITS: readonly { readonly name: string; readonly draw: Draw; readonly edge?: boolean }[] = [
  { name: 'middles', draw: middles },
  { name: 'middles, odd', draw: middles, edge: true },
  { name: 'nested middles', draw: nested },
  { name: 'single pages', draw: singly },
  { name: 'anywhere', draw: anywhere },
  { name: 'two layers', draw: layers },
]

/** How many traces there are of a seed. */
export const LIMIT_TRACES = HABITS.length

/** The trace of this number (0..LIMIT_TRACES-1) of a seed for a limit of so many vmas; the same on every machine. */
export function limitTrace(seed: number, number: number, mapLimit: number): LimitTrace {
  const rng = new Rng(seed).split(number)
  const { name, draw, edge } = HABITS[number]!
  const windowPages = PAGES_PER_VMA * mapLimit
  const filePages = windowPages + 1 // one more for the second layer
  const rows = new OpsRows()
  if (edge) rows.append(OP_REMAP, 0, 1, 1)
  for (let remaps = REMAPS_PER_VMA * mapLimit; remaps > 0; remaps--) {
    const [vpn, pages, pgoff] = draw(rng, windowPages)
    rows.append(OP_REMAP, vpn, pages, pgoff)
    if (rng.below(REMAPS_PER_ACCESS) === 0) rows.append(OP_READ + rng.below(2), vpn, 1, 0)
  }
  return { name, rows, sizes: { windowPages, filePages } }
}
