// Runs what claims ask for: each distinct run once, through the same parser and composition as the command line, so that the
// command that is printed is the one that ran.

import type { Claim } from '../claims/claim.ts'
import { CLAIMS } from '../claims/index.ts'
import { type Cells, type Finding, findingOf, isTested } from '../claims/judge.ts'
import { assert, UsageError } from '../engine/errors.ts'
import { didYouMean } from '../engine/suggest.ts'
import { COLUMNS } from '../reports/columns.ts'
import { parse } from './cli.ts'
import { type Comparison, compose } from './compose.ts'
import { toRequest } from './request.ts'
import { optionsOf } from './run-options.ts'

export interface Experiments {
  /** What the progress counts up to. */
  readonly steps: number
  /** Runs everything; `onProgress` is told the steps done. Call it once. */
  run(onProgress: (steps: number) => void): readonly Finding[]
}

/** The claims of these ids, all if there are none, ready to run. Throws a UsageError for an unknown id. */
export async function experiments(ids: readonly string[], claims: readonly Claim[] = CLAIMS): Promise<Experiments> {
  const chosen = ids.length === 0 ? claims : ids.map(id => claimOf(id, claims))
  const twice = ids.find((id, i) => ids.indexOf(id) < i)
  if (twice !== undefined) throw new UsageError(`claims ${twice}: given twice`)
  const runs = new Map<string, Comparison>()
  for (const options of chosen.flatMap(claim => (isTested(claim) ? Object.values(claim.runs) : []))) {
    if (!runs.has(options)) runs.set(options, await comparisonOf(options))
  }
  return {
    steps: [...runs.values()].reduce((sum, { steps }) => sum + steps, 0),
    run: onProgress => {
      const results = new Map<string, readonly Cells[]>()
      let done = 0
      for (const [options, comparison] of runs) {
        const rows = comparison.run(steps => onProgress(done + steps))
        results.set(
          options,
          rows.map(row => new Map(COLUMNS.map(column => [column.name, column.value(row)]))),
        )
        done += comparison.steps
      }
      return chosen.map(claim => findingOf(claim, options => results.get(options)!))
    },
  }
}

async function comparisonOf(options: string): Promise<Comparison> {
  const invocation = await parse(['run', ...options.split(' ')])
  assert(invocation.command === 'run', `${options}: not the options of a run`)
  return compose(toRequest(optionsOf(invocation.args)))
}

function claimOf(id: string, claims: readonly Claim[]): Claim {
  const found = claims.find(claim => claim.id === id)
  if (found) return found
  const ids = claims.map(claim => claim.id)
  throw new UsageError(`claims ${id}: unknown; allowed: ${ids.join(', ')}${didYouMean(id, ids)}`)
}
