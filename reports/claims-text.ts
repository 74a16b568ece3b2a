// The claims for the screen: each with its verdict first, then the sentence, the numbers and how they are read, and the
// command that makes them. Lanes of the kernel that decides go without its name.

import type { Finding } from '../claims/judge.ts'
import { commandsOf, elsewhereText, summaryLine, turnedByTexts, valueText, verdictText } from './claims-words.ts'
import { WIDTH, wrapped } from './lines.ts'

const INDENT = '  '
const LABEL = 14
const FORMULA = LABEL + 2
/** Where verdicts stand in the overview, behind the ids. */
const ID = 26

export function claimsText(findings: readonly Finding[]): string {
  const overview = findings.length > 1 ? [...findings.flatMap(verdictLines), ''] : []
  return `${[...findings.flatMap(finding => [...lines(finding), '']), ...overview, summaryLine(findings)].join('\n')}\n`
}

function verdictLines(finding: Finding): readonly string[] {
  return entry(finding.id, verdictText(finding), ID)
}

function lines(finding: Finding): readonly string[] {
  const { id, title, quote, kernel, numbers, why, source } = finding
  return [
    ...wrapped(`${id}: ${title}`, INDENT),
    ...entry('Verdict', verdictText(finding)),
    ...entry('The mail', `"${quote}"`),
    ...numbers.flatMap(({ label, value, formula }, i) => [
      ...entry(i === 0 ? 'Numbers' : '', `${valueText(value)}  ${label}`),
      ...entry('', `= ${formula.replaceAll(`${kernel}/`, '')}`, FORMULA),
    ]),
    ...entry('Why', why),
    ...(source === null ? [] : entry('Source', source)),
    ...turnedByTexts(finding).flatMap((text, i) => entry(i === 0 ? 'Turned by' : '', text)),
    ...(kernel === null ? [] : entry('Kernel', `${kernel}, whose rows the numbers are read from`)),
    ...(elsewhereText(finding) === '' ? [] : entry('Elsewhere', elsewhereText(finding))),
    ...commandsOf(finding).flatMap(({ name, command }) => commandLines(name, command)),
  ]
}

/** A label and, from column `margin` on, a text beside it that goes on below itself. */
function entry(label: string, text: string, margin = LABEL): readonly string[] {
  return wrappedTo(text, WIDTH - margin).map((line, i) => (INDENT + (i === 0 ? label : '')).padEnd(margin) + line)
}

/** As a shell takes it: a line that goes on ends in a backslash. */
function commandLines(name: string, command: string): readonly string[] {
  const broken = wrappedTo(command, WIDTH - 6)
  const text = broken.map((line, i) => `${i === 0 ? '  ' : '    '}${line}${i < broken.length - 1 ? ' \\' : ''}`)
  return name === '' ? text : [`  # ${name}`, ...text]
}

function wrappedTo(text: string, width: number): readonly string[] {
  const result: string[] = []
  for (const word of text.split(' ')) {
    const last = result.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) result[result.length - 1] = `${last} ${word}`
    else result.push(word)
  }
  return result
}
