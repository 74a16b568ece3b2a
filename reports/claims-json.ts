// The claims for programs. `command` makes all of a claim's numbers when a shell runs it: its formulas are over the CSV of
// `runs` and, if they name prices, over what the last part of it prints.

import type { Finding } from '../claims/judge.ts'
import { commandOf, commandsOf, tally } from './claims-words.ts'
import type { Report } from './report.ts'

/** Changes when a reader of the old files would misread the new ones; a new key does not change it. */
const CLAIMS_SCHEMA = 'remapbench-claims-1'

export function claimsJson(findings: readonly Finding[], meta: Report['meta']): string {
  const claims = findings.map(finding => ({
    id: finding.id,
    title: finding.title,
    quote: finding.quote,
    command: commandLine(commandsOf(finding)),
    runs: finding.runs.map(({ name, options }) => ({ name, command: commandOf(options) })),
    numbers: finding.numbers,
    verdict: finding.verdict,
    condition: finding.condition,
    why: finding.why,
    source: finding.source,
    turned_by: finding.reversals.map(({ inRange, ...reversal }) => ({ ...reversal, in_range: inRange })),
    kernel: finding.kernel,
    other_kernels: finding.elsewhere,
  }))
  return `${JSON.stringify({ schema: CLAIMS_SCHEMA, claims, verdicts: tally(findings), meta }, null, 2)}\n`
}

function commandLine(commands: ReturnType<typeof commandsOf>): string | null {
  return commands.length === 0 ? null : commands.map(({ command }) => command).join(' && ')
}
