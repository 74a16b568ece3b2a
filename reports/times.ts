// How long lanes on the running kernel took: a table of the run's own times, one of times by unit, and where one mechanism
// overtakes another.
//
// CPU time decides, since a shared machine's clock also measures its other users. Of two lanes one is faster if the middle
// halves of their rounds lie apart and their medians by a twentieth.

import type { Spread, Timing } from '../engine/timing.ts'
import { formatSize } from '../engine/units.ts'
import { names } from './lanes.ts'
import { tables, wrapped } from './lines.ts'
import { counted, grouped, NONE, twoDigits } from './numbers.ts'
import type { LaneTimes, ReportRow, Times } from './report.ts'

/** Less than this many times as long is no difference. */
const CLEARLY_LONGER = 1.05

/** Those of which there are times, or why there are none. */
export function timedRows(rows: readonly ReportRow[]): readonly ReportRow[] {
  return rows.filter(row => row.times !== undefined)
}

/** Nanoseconds of CPU an access. */
export function cpuAnAccess({ cpu, accesses }: Times): Spread {
  return anAccess(cpu, accesses)
}

/** Whether it takes clearly less than the other. */
export function isFaster(a: Times, b: Times): boolean {
  const [one, other] = [cpuAnAccess(a), cpuAnAccess(b)]
  return one.high < other.low && other.median >= CLEARLY_LONGER * one.median
}

/** The tables and what follows from them; none if nothing was timed. */
export function timeLines(rows: readonly ReportRow[]): readonly string[] {
  const timed = timedRows(rows).filter(row => row.times!.own !== null)
  if (timed.length === 0) return []
  const { rounds } = timed[0]!.times!.own!
  const column = (head: string, kind: 'cpu' | 'wall') => ({
    head: [head],
    cells: timed.map(({ times }) => spreadText(anAccess(times!.own![kind], times!.own!.accesses))),
  })
  return [
    '',
    ...wrapped(
      `Timed by turns in ${counted(rounds, 'round', 'rounds')}: ns an access, median (middle half of the rounds)`,
      '  ',
    ),
    ...tables(names(timed), [column('CPU', 'cpu'), column('by the clock', 'wall')]),
    ...harnessLines(timed),
    ...unitLines(timed),
  ]
}

/** What the program itself adds to the calls and accesses. */
function harnessLines(rows: readonly ReportRow[]): readonly string[] {
  const shares = rows.flatMap(({ times }) => (times!.harness === null ? [] : [overhead(times!.harness)]))
  if (shares.length === 0) return []
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map(share => (100 * share).toFixed(0))
  const range = least === most ? least : `${least} to ${most}`
  return wrapped(`The harness adds ${range} % of CPU time to a bare loop of the same calls.`, '  ')
}

function overhead({ sample, plain }: NonNullable<LaneTimes['harness']>): number {
  return sample.cpu.low / plain.cpu.low - 1 // rounds that something else slowed down say less
}

function unitLines(rows: readonly ReportRow[]): readonly string[] {
  const units = unitsOf(rows)
  if (units.length === 0) return []
  return [
    '',
    'ns of CPU an access, by unit',
    ...tables(
      names(rows),
      units.map((unitBytes, i) => ({
        head: [formatSize(unitBytes)],
        cells: rows.map(row => {
          const { times } = row.times!.atUnits[i]!
          return times === null ? NONE : grouped(Math.round(cpuAnAccess(times).median))
        }),
      })),
    ),
    ...leadersText(rows).flatMap(sentence => wrapped(sentence, '  ')),
  ]
}

/** Who takes least at which unit; if one does everywhere, also who would without it. */
function leadersText(rows: readonly ReportRow[]): readonly string[] {
  const sentences: string[] = []
  for (let rest = rows; rest.length > 1; ) {
    const runs = runsOf(rest)
    const who = sentences.length === 0 ? 'Least CPU' : 'Of the others'
    const where =
      runs.length === 1
        ? `${nameOf(runs[0]!.leader, rows)} in every unit`
        : runs.map(run => runText(run, rows)).join('; ')
    sentences.push(`${who}: ${where}.`, ...breakEvens(runs, rows))
    if (runs.length > 1 || runs[0]!.leader === null) break
    rest = rest.filter(row => row !== runs[0]!.leader)
  }
  return sentences
}

/** Neighbouring units with one leader; null where nobody is faster than all others. */
interface Run {
  readonly leader: ReportRow | null
  readonly units: readonly number[]
}

function runsOf(rows: readonly ReportRow[]): readonly Run[] {
  const runs: { leader: ReportRow | null; units: number[] }[] = []
  unitsOf(rows).forEach((unitBytes, at) => {
    const leader = leaderAt(rows, at)
    if (runs.length > 0 && runs.at(-1)!.leader === leader) runs.at(-1)!.units.push(unitBytes)
    else runs.push({ leader, units: [unitBytes] })
  })
  return runs
}

/** The lane that is faster than all others that can run at this unit. */
function leaderAt(rows: readonly ReportRow[], at: number): ReportRow | null {
  const able = rows.filter(row => row.times!.atUnits[at]!.times !== null)
  const timesOf = (row: ReportRow) => row.times!.atUnits[at]!.times!
  return able.find(row => able.every(other => other === row || isFaster(timesOf(row), timesOf(other)))) ?? null
}

function runText({ leader, units }: Run, rows: readonly ReportRow[]): string {
  const [from, to] = [units[0]!, units.at(-1)!].map(formatSize)
  return `${nameOf(leader, rows)} in ${from === to ? from : `${from} to ${to}`}`
}

function nameOf(leader: ReportRow | null, rows: readonly ReportRow[]): string {
  return leader === null ? 'undecided' : names(rows)[rows.indexOf(leader)]!
}

/** Between which units leaders change places, and why: what grows with the unit, and what does not. */
function breakEvens(runs: readonly Run[], rows: readonly ReportRow[]): readonly string[] {
  const decided = runs.filter(({ leader }) => leader !== null)
  return decided.slice(1).map((above, i) => {
    const below = decided[i]!
    const lanes = [below.leader!, above.leader!] as const
    const [from, to] = [below.units.at(-1)!, above.units[0]!].map(formatSize)
    const between = `Break-even of ${lanes.map(lane => nameOf(lane, rows)).join(' and ')} between ${from} and ${to}`
    return `${between}: ${growthText(lanes, rows)}.`
  })
}

/** `from 4K to 2M a remap gets 1.2 times as dear with map-fixed, 160 times with pread-copy`. */
function growthText(lanes: readonly [ReportRow, ReportRow], rows: readonly ReportRow[]): string {
  const common = unitsOf(rows).filter((_, at) => lanes.every(lane => lane.times!.atUnits[at]!.times !== null))
  const [small, large] = [common[0]!, common.at(-1)!]
  const growth = lanes.map(lane => {
    const aRemap = (unitBytes: number) => {
      const { cpu, remaps } = lane.times!.atUnits.find(at => at.unitBytes === unitBytes)!.times!
      return cpu.median / remaps
    }
    return `${twoDigits(aRemap(large) / aRemap(small))} times with ${nameOf(lane, rows)}`
  })
  return `from ${formatSize(small)} to ${formatSize(large)} the CPU time of a remap grows ${growth.join(', ')}`
}

function unitsOf(rows: readonly ReportRow[]): readonly number[] {
  return rows[0]!.times!.atUnits.map(({ unitBytes }) => unitBytes)
}

function anAccess({ median, low, high }: Spread, accesses: number): Spread {
  return { median: median / accesses, low: low / accesses, high: high / accesses }
}

function spreadText({ median, low, high }: Spread): string {
  const [best, from, to] = [median, low, high].map(ns => grouped(Math.round(ns)))
  return `${best} (${from} - ${to})`
}

/** For programs: what describes how long lanes took, beside their results. */
export function timesForJson(rows: readonly ReportRow[]): readonly unknown[] {
  return timedRows(rows).map(({ result: { spec }, times }) => {
    const { own, why, harness, atUnits } = times!
    return {
      kernel: spec.kernel,
      strategy: spec.strategy,
      unit_bytes: spec.unitBytes,
      ...(own === null ? { failed: why } : flat(own)),
      ...(harness === null ? {} : { harness: { sample: flat(harness.sample), plain_loop: flat(harness.plain) } }),
      units: atUnits.map(({ unitBytes, times }) => ({ unit_bytes: unitBytes, ...(times === null ? {} : flat(times)) })),
    }
  })
}

function flat(times: Times) {
  const { rounds, accesses, remaps } = times
  return { rounds, accesses, remaps, cpu_ns: nanoseconds(times, 'cpu'), wall_ns: nanoseconds(times, 'wall') }
}

/** Of a round. */
function nanoseconds(times: Timing, kind: 'cpu' | 'wall') {
  const { median, low, high } = times[kind]
  return { median: Math.round(median), low_quartile: Math.round(low), high_quartile: Math.round(high) }
}
