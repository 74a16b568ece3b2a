// What a reader must know of counts taken from the running kernel: what could not be counted, and what disturbed them.

import { groupsOf, namesOf } from './lanes.ts'
import { counted, grouped } from './numbers.ts'
import type { ReportRow } from './report.ts'

const CALL = 'remap-file-pages'

/** That the window showed what it should, where somebody asked. */
export function verifiedNotes(rows: readonly ReportRow[]): readonly string[] {
  const seen = rows.filter(({ result }) => result.measured && result.measured.verifiedTouches !== null)
  const byTouches = groupsOf(seen, ({ result }) => grouped(result.measured!.verifiedTouches!))
  return [...byTouches].map(
    ([touches, lanes]) => `Verified: ${touches} touches of ${namesOf(lanes, rows)} each saw the right page.`,
  )
}

/** Sentences of warning; none where everything was counted and nothing disturbed it. */
export function measuredNotes(rows: readonly ReportRow[]): readonly string[] {
  const some = rows.filter(({ result: { measured } }) => measured !== undefined)
  const partly = groupsOf(
    some.filter(({ result }) => result.measured!.level === 'basic'),
    ({ result }) => result.measured!.why,
  )
  const untimed = groupsOf(
    some.filter(({ times }) => times && times.why !== ''),
    ({ times }) => times!.why,
  )
  const disturbed = some.filter(({ result }) => result.measured!.accepted === 'disturbed')
  return [
    ...[...partly].map(
      ([why, lanes]) => `Not all of ${namesOf(lanes, rows)} could be counted: ${why}. The rest is empty.`,
    ),
    ...emulated(some),
    ...undivided(some, rows),
    ...[...untimed].map(([why, lanes]) => `Not all of ${namesOf(lanes, rows)} was timed: ${why}.`),
    ...disturbed.map(row => {
      const { calls, faults, preemptions, tries, level } = row.result.measured!
      const left = [
        counted(calls, 'other call', 'other calls'),
        counted(faults, 'other fault', 'other faults'),
        counted(preemptions, 'loss of the CPU', 'losses of the CPU'),
      ]
      const how = level === 'basic' ? 'no two tries agreed' : left.join(', ')
      return (
        `${namesOf([row], rows)} was disturbed in ${counted(tries, 'try', 'tries')} (${how}): each may have added a flush, ` +
        'other counts are filtered.'
      )
    }),
  ]
}

/** Parts of counts were asked for, and models give them. */
function undivided(some: readonly ReportRow[], rows: readonly ReportRow[]): readonly string[] {
  const isDivided = rows.some(({ result: { breakdown, origins } }) => breakdown !== null || origins !== null)
  if (!isDivided || some.length === 0) return []
  return [`What the counts of ${namesOf(some, rows)} are made of is not measured: the models alone tell.`]
}

/** With the mail's call the window would have stayed one vma. */
function emulated(rows: readonly ReportRow[]): readonly string[] {
  const lanes = rows.filter(({ result: { spec, counts } }) => spec.strategy.startsWith(CALL) && counts.vmas! > 1)
  if (lanes.length === 0) return []
  const most = Math.max(...lanes.map(({ result }) => result.counts.vmas!))
  return [
    `The running kernel emulates remap_file_pages() by mappings, as kernels do since 4.0: ${grouped(most)} vmas at the end, not one.`,
  ]
}
