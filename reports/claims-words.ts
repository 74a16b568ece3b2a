// What became of the mail's sentences, in words: verdicts, values, what would turn a verdict, the last line.

import { VERDICTS, type Verdict } from '../claims/claim.ts'
import type { Finding, FoundReversal } from '../claims/judge.ts'
import { counted } from './numbers.ts'

/** The command that makes a run's numbers, as a shell takes it. */
export function commandOf(options: string): string {
  return `npx remapbench run ${options} --format csv`
}

/** Prints the prices that formulas write as COLUMN@LIST. */
const PRICES_COMMAND = 'npx remapbench list costs --verbose'

/** Every command whose output a finding's formulas read, each with its name in them, empty for an only one. */
export function commandsOf({ runs, numbers }: Finding): readonly { readonly name: string; readonly command: string }[] {
  const commands = runs.map(({ name, options }) => ({ name, command: commandOf(options) }))
  const readsPrices = numbers.some(({ formula }) => formula.includes('@'))
  return readsPrices ? [...commands, { name: 'COLUMN@LIST', command: PRICES_COMMAND }] : commands
}

/** `holds if the limit is raised`, `undecided (would hold if it is)`. */
export function verdictText({ verdict, condition }: Finding): string {
  if (condition === null) return verdict
  return verdict === 'holds if' ? `holds if ${condition}` : `${verdict} (would hold if ${condition})`
}

/** Two decimals, grouped, or two digits of what is smaller: 131,072, 3,329.51, 3.46, 0.0023. */
export function valueText(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.01) return String(Number(value.toPrecision(2)))
  return value
    .toFixed(2)
    .replace(/\.00$/, '')
    .replace(/\d(?=(\d{3})+(\.|$))/g, '$&,')
}

/** `--unit: 128K; here it is 4K or 16K (the units that the mail names)`. */
export function reversalText({ what, at, range, source, inRange }: FoundReversal): string {
  const value = typeof at === 'number' ? valueText(at) : at
  return `${what}: ${value}; ${rangeText(range)}${inRange ? ', so that it could be' : ''} (${source})`
}

/** Each reversal of a tested claim in words, or that there is none. */
export function turnedByTexts({ verdict, reversals }: Finding): readonly string[] {
  if (verdict === 'untested') return []
  return reversals.length > 0 ? reversals.map(reversalText) : ['nothing that can be set here']
}

function rangeText(range: FoundReversal['range']): string {
  if (range === null) return 'what it can be is open'
  const [low, high] = range
  if (typeof low !== 'number' || typeof high !== 'number') return `here it is ${range.join(' or ')}`
  if (low === high) return `here it is ${valueText(low)}`
  return high >= Number.MAX_SAFE_INTEGER
    ? `here ${valueText(low)} or more`
    : `here ${valueText(low)} to ${valueText(high)}`
}

/** `holds: linux-2.6.20; does not hold: linux-4.0, linux-6.18`; empty if there are none. */
export function elsewhereText({ elsewhere }: Finding): string {
  const words = [...new Set(elsewhere.map(({ verdict }) => verdict))]
  return words
    .map(
      word => `${word}: ${elsewhere.flatMap(({ kernel, verdict }) => (verdict === word ? [kernel] : [])).join(', ')}`,
    )
    .join('; ')
}

/** How many findings there are of each verdict. */
export function tally(findings: readonly Finding[]): Readonly<Record<Verdict, number>> {
  const count = (word: Verdict) => findings.filter(({ verdict }) => verdict === word).length
  return Object.fromEntries(VERDICTS.map(word => [word, count(word)])) as Record<Verdict, number>
}

/** `20 claims: holds 8, holds if 5, ...`. */
export function summaryLine(findings: readonly Finding[]): string {
  const parts = Object.entries(tally(findings)).flatMap(([word, count]) => (count > 0 ? [`${word} ${count}`] : []))
  return `${counted(findings.length, 'claim', 'claims')}: ${parts.join(', ')}`
}
