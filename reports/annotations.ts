// Workflow commands of GitHub Actions: what failed and what is to be minded, at the top of the run's page.
//
// GitHub shows ten of a kind for a step; the tenth then says how many there are more.
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions

import type { GateResult } from '../engine/gate/compare.ts'
import { type Effect, effectOf, type Verdict } from '../engine/gate/verdict.ts'
import { sentence } from './gate-words.ts'

const MOST = 10

/** A line for each verdict that fails or warns. */
export function annotations({ verdicts }: GateResult): string {
  const of = (...effects: readonly Effect[]) => verdicts.filter(verdict => effects.includes(effectOf(verdict)))
  return commands('error', of('fails', 'open')) + commands('warning', of('warns'))
}

export function annotation(level: 'error' | 'warning', title: string, message: string): string {
  return `::${level} title=${property(title)}::${data(message)}\n`
}

function commands(level: 'error' | 'warning', verdicts: readonly Verdict[]): string {
  const shown = verdicts.length > MOST ? verdicts.slice(0, MOST - 1) : verdicts
  const lines = shown.map(verdict => {
    const title = [verdict.lane, verdict.metric].filter(part => part !== null).join(' ')
    return annotation(level, title === '' ? 'remapbench compare' : title, sentence(verdict))
  })
  const more = verdicts.length - shown.length
  return lines.join('') + (more > 0 ? annotation(level, 'remapbench compare', `and ${more} more`) : '')
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
