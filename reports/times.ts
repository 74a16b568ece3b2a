// How long lanes on the running kernel took: a table of the run's own times, one of times by unit, and where one mechanism
// overtakes another.
//
// CPU time decides, since a shared machine's clock also measures its other users. Of two lanes one is faster if the middle
// halves of their rounds lie apart and their medians by a twentieth.

import type { Spread } from '../engine/spread.ts'
import type { Timing } from '../engine/timing.ts'
import { formatSize } from '../engine/units.ts'
import { names } from './lanes.ts'
import { tables, wrapped } from './lines.ts'
import { counted, grouped, NONE, twoDigits } from './numbers.ts'
import type { LaneTimes, ReportRow, Times } from './report.ts'

/** Less than this many times as long is no difference. */
const CLEARLY_LONGER = 1.05
/** Of fewer rounds the middle half says nothing. */
const LEAST_ROUNDS = 4

/** Those of which there are times, or why there are none. */
export function timedRows(rows: readonly ReportRow[]): readonly ReportRow[] {
  return rows.filter(row => row.times !== undefined)
}

/** Nanoseconds of CPU an access. */
export function cpuAnAccess({ cpu, accesses }: Times): Spread {
  return anAccess(cpu, accesses)
}

/** Whether there were rounds enough to tell anything apart. */
export function isTellable({ rounds }: Times): boolean {
  return rounds >= LEAST_ROUNDS
}

/** Whether it takes clearly less than the other. */
export function isFaster(a: Times, b: Times): boolean {
  const [one, other] = [cpuAnAccess(a), cpuAnAccess(b)]
  const isClear = one.high < other.low && other.median >= CLEARLY_LONGER * one.median
  return isClear && isTellable(a) && isTellable(b)
}

/** The tables and what follows from them; none if nothing was timed. */
export function timeLines(rows: readonly ReportRow[]): readonly string[] {
  const timed = timedRows(rows)
  const own = timed.filter(({ times }) => times!.own !== null)
  const atUnits = timed.filter(({ times }) => times!.atUnits.some(({ times }) => times !== null))
  return [...ownLines(own), ...harnessLines(own), ...unitLines(atUnits)]
}

function ownLines(rows: readonly ReportRow[]): readonly string[] {
  if (rows.length === 0) return []
  const { rounds } = rows[0]!.times!.own!
  const column = (head: string, kind: 'cpu' | 'wall') => ({
    head: [head],
    cells: rows.map(({ times }) => spreadText(anAccess(times!.own![kind], times!.own!.accesses), rounds)),
  })
  const what = rounds === 1 ? 'ns an access' : 'ns an access, median (middle half of the rounds)'
  return [
    '',
    ...wrapped(`Timed by turns in ${counted(rounds, 'round', 'rounds')}: ${what}`, '  '),
    ...tables(names(rows), [column('CPU', 'cpu'), column('by the clock', 'wall')]),
  ]
}

/** What the program itself adds to the calls and accesses. */
function harnessLines(rows: readonly ReportRow[]): readonly string[] {
  const shares = rows.flatMap(({ times }) => (times!.harness ? [overhead(times!.harness)] : []))
  if (shares.length === 0) return []
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map(share => Math.max(0, Math.round(100 * share)))
  const share = most === 0 ? 'nothing measurable' : `${least === most ? most : `${least} to ${most}`} % of CPU time`
  return wrapped(`The harness adds ${share} to a bare loop of the same calls.`, '  ')
}

function overhead({ sample, plain }: NonNullable<LaneTimes['harness']>): number {
  return sample.cpu.low / plain.cpu.low - 1 // rounds that something else slowed down say less
}

function unitLines(rows: readonly ReportRow[]): readonly string[] {
  if (rows.length === 0) return []
  const units = unitsOf(rows)
  const some = rows.flatMap(({ times }) => times!.atUnits.flatMap(({ times }) => times ?? []))
  const rounds = counted(some[0]!.rounds, 'round', 'rounds')
  const most = grouped(Math.max(...some.map(({ accesses }) => accesses)))
  return [
    '',
    ...wrapped(`ns of CPU an access, by unit: ${rounds} of at most ${most} accesses, after the window is full`, '  '),
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
    const only = runs.length === 1 ? runs[0]!.leader : null
    const where =
      runs.length === 1 ? `${nameOf(only, rows)} in every unit` : runs.map(run => runText(run, rows)).join('; ')
    sentences.push(`${who}: ${where}.`, ...breakEvens(runs, rows))
    if (!only) break
    rest = rest.filter(row => row !== only)
  }
  return sentences
}

/** Neighbouring units with one leader; null where nobody is faster than all others. */
interface Run {
  readonly leader: ReportRow | null
  readonly units: readonly number[]
}

function runsOf(rows: readonly ReportRow[]): readonly Run[] {
  return merged(unitsOf(rows).map((unitBytes, at) => ({ leader: leaderAt(rows, at), units: [unitBytes] })))
}

/** Neighbours with the same leader as one. */
function merged(runs: readonly Run[]): readonly Run[] {
  const done: { leader: ReportRow | null; units: number[] }[] = []
  for (const { leader, units } of runs) {
    const last = done.at(-1)
    if (last !== undefined && last.leader === leader) last.units.push(...units)
    else done.push({ leader, units: [...units] })
  }
  return done
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
  const decided = merged(runs.filter(({ leader }) => leader !== null))
  return decided.slice(1).flatMap((above, i) => {
    const below = decided[i]!
    const lanes = [below.leader!, above.leader!] as const
    const [last, first] = [below.units.at(-1)!, above.units[0]!]
    // Where one of them cannot run, that is why the other leads.
    if (lanes.some(lane => timesAt(lane, last) === null || timesAt(lane, first) === null)) return []
    const between = `between ${formatSize(last)} and ${formatSize(first)}`
    return [
      `Break-even of ${lanes.map(lane => nameOf(lane, rows)).join(' and ')} ${between}: ${growthText(lanes, rows)}.`,
    ]
  })
}

/** `from 4K to 2M the CPU time of a remap grows 160 times with pread-copy, 1.2 times with map-fixed`. */
function growthText(lanes: readonly [ReportRow, ReportRow], rows: readonly ReportRow[]): string {
  const common = unitsOf(rows).filter(unit => lanes.every(lane => timesAt(lane, unit) !== null))
  const [small, large] = [common[0]!, common.at(-1)!]
  const growth = lanes.map(lane => {
    const aRemap = (unitBytes: number) => {
      const { cpu, remaps } = timesAt(lane, unitBytes)!
      return cpu.median / remaps
    }
    return `${twoDigits(aRemap(large) / aRemap(small))} times with ${nameOf(lane, rows)}`
  })
  return `from ${formatSize(small)} to ${formatSize(large)} the CPU time of a remap grows ${growth.join(', ')}`
}

function timesAt(row: ReportRow, unitBytes: number): Times | null {
  return row.times!.atUnits.find(at => at.unitBytes === unitBytes)?.times ?? null
}

function unitsOf(rows: readonly ReportRow[]): readonly number[] {
  return rows[0]!.times!.atUnits.map(({ unitBytes }) => unitBytes)
}

function anAccess({ median, low, high }: Spread, accesses: number): Spread {
  return { median: median / accesses, low: low / accesses, high: high / accesses }
}

function spreadText({ median, low, high }: Spread, rounds: number): string {
  const [best, from, to] = [median, low, high].map(ns => grouped(Math.round(ns)))
  return rounds === 1 ? best! : `${best} (${from} - ${to})`
}

/** For programs: what describes how long lanes took, beside their results. */
export function timesForJson(rows: readonly ReportRow[]): readonly unknown[] {
  return timedRows(rows).map(({ result: { spec }, times }) => {
    const { own, why, harness, atUnits } = times!
    return {
      kernel: spec.kernel,
      strategy: spec.strategy,
      unit_bytes: spec.unitBytes,
      ...(why === '' ? {} : { failed: why }),
      ...(own === null ? {} : flat(own)),
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
