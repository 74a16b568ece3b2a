// What happened at the limit of vmas, for people: one line for each trace, and what became of each operation in sum.

import { type Certificate, isLimitEqual, type LimitedAnswers } from './certificate.ts'
import { tables, wrapped } from './lines.ts'
import { grouped, NONE } from './numbers.ts'

/** Lines that end in an empty one; none if nobody asked. */
export function limitLines({ limit }: Certificate): string[] {
  if (limit === null) return []
  const { mapLimit, runs } = limit
  const cells = (cell: (answers: LimitedAnswers) => number | null) =>
    runs.map(({ answers }) => (answers === null ? NONE : grouped(cell(answers))))
  const operations = runs.reduce((sum, { answers }) => sum + (answers?.operations ?? 0), 0)
  const equal = runs.filter(isLimitEqual).length
  const summary = `At the limit of ${grouped(mapLimit)} vmas (vm.max_map_count): ${grouped(operations)} operations, each granted or refused, equal in ${equal} of ${runs.length} traces.`
  return [
    ...wrapped(summary, '  '),
    ...tables(
      runs.map(({ strategy, trace }) => `${strategy}, ${trace}`),
      [
        { head: ['', 'operations'], cells: cells(answers => answers.operations) },
        { head: ['refused,', 'predicted'], cells: cells(answers => answers.refusedPredicted) },
        { head: ['', 'measured'], cells: cells(answers => answers.refusedMeasured) },
        { head: ['', 'different'], cells: cells(answers => answers.mismatches) },
        { head: ['first at,', 'predicted'], cells: cells(answers => answers.firstRefusedPredicted) },
        { head: ['', 'measured'], cells: cells(answers => answers.firstRefusedMeasured) },
      ],
      2,
    ),
    ...runs.flatMap(({ strategy, trace, died, answers }) => {
      const different = answers?.firstMismatch ?? null
      const what = died ?? (different === null ? null : `the first that differs is operation ${grouped(different)}`)
      return what === null ? [] : wrapped(`! ${strategy}, ${trace}: ${what}`, '  ')
    }),
    '',
  ]
}
