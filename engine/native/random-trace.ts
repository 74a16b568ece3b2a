// Seeded window operations for trying a model against a kernel: what databases do, and what they would never do.
//
// Each trace draws its habits first (size and alignment of units, how many slots, how offsets follow each other, how much
// is touched and written), so that a few traces meet merging, splitting, ranges over several vmas and page tables, and
// units over the flush ceiling.

import { OpsRows } from '../ops-rows.ts'
import { Rng } from '../rng.ts'
import type { StrategySizes } from '../strategy/strategy.ts'
import { OP_READ, OP_WRITE } from '../trace.ts'
import { OP_REMAP } from '../window-ops.ts'

export interface RandomTrace {
  /** What it does, in a few words. */
  readonly name: string
  readonly rows: OpsRows
}

/** Pages of aligned units: 4K, 16K, 64K, 2M, and 160K beyond the flush ceiling. */
const UNITS = [1, 4, 16, 512, 40] as const
/** Longest unit that lies anywhere, in pages. */
const LONGEST = 700
/** Pages remapped by one trace, about: 2 MB units are dear. */
const MOST_PAGES = 24_000
const MOST_REMAPS = 400

type Habit = 'random' | 'continuing' | 'linear' | 'anywhere'
const HABITS: readonly Habit[] = ['random', 'random', 'continuing', 'linear', 'anywhere', 'anywhere']

/** The trace of this number of a seed; the same on every machine. */
export function randomTrace(seed: number, number: number, { windowPages, filePages }: StrategySizes): RandomTrace {
  const rng = new Rng(seed).split(number)
  const habit = HABITS[rng.below(HABITS.length)]!
  const unit = UNITS[rng.below(UNITS.length)]!
  const slots = Math.max(Math.floor(windowPages / unit) >>> rng.below(8), 2)
  const touches = rng.below(4) // the unit, one page, any pages, nothing
  const writes = rng.below(3) // never, half, always
  const rows = new OpsRows()
  let remapped = 0
  for (let i = 0; i < MOST_REMAPS && remapped < MOST_PAGES; i++) {
    const pages = habit === 'anywhere' ? 1 + rng.below(Math.min(LONGEST, windowPages - 1)) : unit
    const vpn = habit === 'anywhere' ? rng.below(windowPages - pages + 1) : rng.below(slots) * unit
    const pgoff = offsetOf(habit, vpn, pages, filePages, rng)
    rows.append(OP_REMAP, vpn, pages, pgoff)
    remapped += pages
    const op = writes === 0 || (writes === 1 && rng.below(2) === 0) ? OP_READ : OP_WRITE
    if (touches === 0) rows.append(op, vpn, pages, 0)
    else if (touches === 1) rows.append(op, vpn + rng.below(pages), 1, 0)
    else if (touches === 2) rows.append(op, rng.below(windowPages), 1, 0)
  }
  const amount = ['units touched', 'one page touched', 'any page touched', 'nothing touched'][touches]
  const size = habit === 'anywhere' ? `1 to ${LONGEST} pages` : `${unit} pages`
  return { name: `${number}: ${habit}, ${size}, ${amount}, ${['no', 'some', 'only'][writes]} writes`, rows }
}

/** Where in the file a remap points to. */
function offsetOf(habit: Habit, vpn: number, pages: number, filePages: number, rng: Rng): number {
  if (habit === 'linear' && rng.below(2) === 0) return vpn // back to where the window began
  if (habit === 'continuing') return vpn + rng.below(2) * 4096 // one of two layers: neighbours often continue each other
  if (habit === 'anywhere') return rng.below(filePages - pages + 1)
  return rng.below(Math.floor(filePages / pages)) * pages
}
