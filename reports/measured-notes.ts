// What a reader must know of counts taken from the running kernel: what could not be counted, and what disturbed them.

import { groupsOf, namesOf } from './lanes.ts'
import { counted, grouped } from './numbers.ts'
import type { ReportRow } from './report.ts'

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
  const disturbed = some.filter(({ result }) => result.measured!.accepted === 'disturbed')
  return [
    ...[...partly].map(
      ([why, lanes]) => `Not all of ${namesOf(lanes, rows)} could be counted: ${why}. The rest is empty.`,
    ),
    ...some.flatMap(row => {
      const why = row.times?.why
      return why ? [`${namesOf([row], rows)} could not be timed: ${why}.`] : []
    }),
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
