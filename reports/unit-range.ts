// For which cache units a verdict holds: tried by shorter runs of the same comparison at other units.
//
// One boundary on each side is looked for, by halving: a verdict that came back beyond it would not be seen.

import { formatSize } from '../engine/units.ts'

/** The strategy that leads at a unit; null where nothing is decided. */
export interface Neighbour {
  readonly unitBytes: number
  readonly leader: string | null
}

/** The verdict holds from the smallest to the largest of these units; beyond them stand others, null if none was tried. */
export interface UnitRange {
  readonly fromBytes: number
  readonly toBytes: number
  readonly below: Neighbour | null
  readonly above: Neighbour | null
}

/** Asks for who leads at a unit, by yielding it, and is told; once for each unit at most. */
type Search<T> = Generator<number, T, string | null>

/** `units` ascending, `at` one of them, where `leader` leads. */
export function* unitRange(units: readonly number[], at: number, leader: string): Search<UnitRange> {
  const upwards = units.filter(unit => unit > at)
  const downwards = units.filter(unit => unit < at).reverse()
  const [toBytes, above] = yield* boundary(upwards, at, leader)
  const [fromBytes, below] = yield* boundary(downwards, at, leader)
  return { fromBytes, toBytes, below, above }
}

/** `in units of 4K to 16K; 32K undecided`. */
export function unitRangeText({ fromBytes, toBytes, below, above }: UnitRange): string {
  const [from, to] = [fromBytes, toBytes].map(formatSize)
  const range = from === to ? `units of ${to}` : `units of ${from} to ${to}`
  const beyond = [below, above].flatMap(neighbour => (neighbour === null ? [] : [neighbourText(neighbour)]))
  return `in ${range}${beyond.map(text => `; ${text}`).join('')}`
}

function neighbourText({ unitBytes, leader }: Neighbour): string {
  return leader === null ? `${formatSize(unitBytes)} undecided` : `in ${formatSize(unitBytes)} ${leader} wins`
}

/** The last of the units, which lead away from `at`, for which the leader stays, and the one after it. */
function* boundary(units: readonly number[], at: number, leader: string): Search<readonly [number, Neighbour | null]> {
  let stays = -1
  let other = units.length
  let neighbour: Neighbour | null = null
  // The farthest first: then most verdicts are known after one run.
  for (let tried = units.length - 1; tried > stays; tried = Math.floor((stays + other) / 2)) {
    const found = yield units[tried]!
    if (found === leader) stays = tried
    else {
      other = tried
      neighbour = { unitBytes: units[tried]!, leader: found }
    }
  }
  return [stays < 0 ? at : units[stays]!, neighbour]
}
