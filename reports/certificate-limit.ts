// What happened at the limit of vmas, for people: one line for each trace, and what became of each operation in sum.

import { type Certificate, isLimitEqual, type LimitedAnswers, type LimitedRun } from './certificate.ts'
import { tables, wrapped } from './lines.ts'
import { grouped, NONE } from './numbers.ts'

/** Lines that end in an empty one; none if nobody asked. */
export function limitLines({ limit }: Certificate): string[] {
  if (limit === null) return []
  const { mapLimit, runs } = limit
  const operations = runs.reduce((sum, { answers }) => sum + (answers?.operations ?? 0), 0)
  const equal = runs.filter(isLimitEqual).length
  const summary = `At the limit of ${grouped(mapLimit)} vmas (vm.max_map_count): ${grouped(operations)} operations, each granted or refused, equal in ${equal} of ${runs.length} traces.`
  const strategies = [...new Set(runs.map(run => run.strategy))]
  return [
    ...wrapped(summary, '  '),
    ...strategies.flatMap(strategy => [strategy, ...table(runs.filter(run => run.strategy === strategy))]),
    ...runs.flatMap(({ strategy, trace, died, answers }) => {
      const different = answers?.firstMismatch ?? null
      const what = died ?? (different === null ? null : `the first that differs is operation ${grouped(different)}`)
      return what === null ? [] : wrapped(`! ${strategy}, ${trace}: ${what}`, '  ')
    }),
    '',
  ]
}

function table(runs: readonly LimitedRun[]): string[] {
  const column = (head: readonly string[], cell: (answers: LimitedAnswers) => number | null) => ({
    head,
    cells: runs.map(({ answers }) => (answers === null ? NONE : grouped(cell(answers)))),
  })
  return tables(
    runs.map(({ trace }) => `  ${trace}`),
    [
      column(['', 'operations'], answers => answers.operations),
      column(['refused,', 'predicted'], answers => answers.refusedPredicted),
      column(['', 'measured'], answers => answers.refusedMeasured),
      column(['', 'first at'], answers => answers.firstRefusedMeasured),
      column(['granted', 'later'], answers => answers.grantedLater),
      column(['', 'different'], answers => answers.mismatches),
    ],
    2,
  )
}
