// The certificate for people: every counter with what was predicted, what was measured and where that comes from; every
// strategy; and each run that differs, with its numbers.

import { type Certificate, columnOf, isCertified, isEqual, isLimitEqual, isRunEqual, totals } from './certificate.ts'
import { limitLines } from './certificate-limit.ts'
import { tables, wrapped } from './lines.ts'
import { sourceOf } from './measured-sources.ts'
import { counted, exactSize, grouped, NONE } from './numbers.ts'

/** Runs that differ are shown up to this many. */
const MOST_SHOWN = 10

export function certificateText(certificate: Certificate): string {
  const { kernel, level, why, file, fileBytes, windowBytes, seed, traces, runs, faultBound } = certificate
  const strategies = [...new Set(runs.map(run => run.strategy))]
  const bound = faultBound === 0 ? '' : ` Faults may be ${faultBound} more than predicted: those of Node itself.`
  const held = file === 'memfd' ? file : `${file} file`
  const setting = [
    `${exactSize(fileBytes)} ${held}`,
    `${exactSize(windowBytes)} window`,
    counted(traces, 'trace', 'traces'),
    counted(strategies.length, 'strategy', 'strategies'),
    `seed ${seed}`,
  ].join(', ')
  return `${[
    ...wrapped(`${kernel}: the model of this kernel against the kernel itself`, '  '),
    ...wrapped(setting, '  '),
    ...wrapped(`Level: ${level}${why === '' ? '' : `, because ${why}`}.${bound}`, '  '),
    ...wrapped(`Observed: ${observedOf(certificate)}.`, '  '),
    '',
    ...counterTable(certificate),
    '',
    ...strategyTable(certificate, strategies),
    '',
    ...limitLines(certificate),
    ...differences(certificate),
    ...wrapped(verdictOf(certificate), '  '),
  ].join('\n')}\n`
}

function counterTable(certificate: Certificate): string[] {
  const sums = totals(certificate)
  return tables(
    sums.map(sum => sum.column),
    [
      { head: ['predicted'], cells: sums.map(({ predicted }) => grouped(predicted)) },
      { head: ['measured'], cells: sums.map(({ measured }) => (measured === null ? NONE : grouped(measured))) },
      { head: ['equal runs'], cells: sums.map(({ equal, runs }) => (runs === 0 ? NONE : `${equal} of ${runs}`)) },
      {
        head: ['counted by'],
        cells: sums.map(sum => (sum.measured === null ? NONE : sourceOf(sum.column, certificate.level))),
      },
    ],
  )
}

function strategyTable(certificate: Certificate, strategies: readonly string[]): string[] {
  const of = (strategy: string) => certificate.runs.filter(run => run.strategy === strategy)
  const count = (head: string, holds: (run: Certificate['runs'][number]) => boolean) => ({
    head: [head],
    cells: strategies.map(strategy => grouped(of(strategy).filter(holds).length)),
  })
  return tables(strategies, [
    count('runs', () => true),
    count('equal', run => isRunEqual(run, certificate)),
    count('undisturbed', run => run.accepted === 'undisturbed'),
    count('repeated', run => run.accepted === 'repeated'),
    count('disturbed', run => run.accepted === 'disturbed'),
  ])
}

function differences(certificate: Certificate): string[] {
  const different = certificate.runs.filter(run => !isRunEqual(run, certificate))
  const lines = different.slice(0, MOST_SHOWN).flatMap(run => {
    const counters = run.counters.filter(counter => !isEqual(counter, certificate.faultBound))
    const values = counters.map(
      ({ name, predicted, measured }) =>
        `${columnOf(name)} ${grouped(predicted)} predicted, ${grouped(measured)} measured`,
    )
    const how = run.accepted === 'disturbed' ? ` (disturbed in all of ${run.tries} tries)` : ''
    return wrapped(`! ${run.strategy}, trace ${run.trace}: ${run.died ?? values.join('; ')}${how}`, '  ')
  })
  if (different.length > MOST_SHOWN) lines.push(`! and ${different.length - MOST_SHOWN} more`)
  return lines
}

function verdictOf(certificate: Certificate): string {
  const { runs, limit } = certificate
  const equal = runs.filter(run => isRunEqual(run, certificate)).length
  const verdict = isCertified(certificate) ? 'certified' : 'not certified'
  const limited =
    limit === null ? '' : `, ${limit.runs.filter(isLimitEqual).length} of ${limit.runs.length} at the limit`
  return `${grouped(equal)} of ${grouped(runs.length)} runs equal in every counter that could be measured${limited}: ${verdict}.`
}

function observedOf({ observed }: Certificate): string {
  return Object.entries(observed)
    .map(([name, value]) => `${name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)} ${value ?? 'unknown'}`)
    .join(', ')
}
