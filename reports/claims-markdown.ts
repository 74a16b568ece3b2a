// The claims as a document.

import type { Finding } from '../claims/judge.ts'
import { commandsOf, elsewhereText, summaryLine, turnedByTexts, valueText, verdictText } from './claims-words.ts'
import { escaped, table } from './markdown.ts'

export function claimsMarkdown(findings: readonly Finding[]): string {
  const overview = findings.map(({ id, title, verdict }) => [`[${id}](#${id})`, escaped(title), verdict])
  const sections = [
    '# What the mail of 14 October 2002 says',
    `${summaryLine(findings)}.`,
    table(['claim', 'about', 'verdict'], overview, 3),
    ...findings.flatMap(section),
  ]
  return `${sections.join('\n\n')}\n`
}

function section(finding: Finding): readonly string[] {
  const { id, quote, numbers, why, source, kernel } = finding
  const rows = numbers.map(({ label, value, formula }) => [escaped(label), valueText(value), `\`${formula}\``])
  const remarks = [
    ...(source === null ? [] : [`**Source:** ${escaped(source)}.`]),
    ...turnedByTexts(finding).map(text => `**Turned by** ${escaped(text)}.`),
    ...(kernel === null ? [] : [`**Kernel:** ${kernel}.`]),
    ...(elsewhereText(finding) === '' ? [] : [`**Elsewhere:** ${elsewhereText(finding)}.`]),
  ]
  const commands = commandsOf(finding).flatMap(({ name, command }) => [...(name === '' ? [] : [`# ${name}`]), command])
  return [
    `## ${id}`,
    `> ${escaped(quote)}`,
    `**${escaped(verdictText(finding))}.** ${escaped(why)}`,
    ...(rows.length === 0 ? [] : [table(['number', 'value', 'read as'], rows, 1, 1)]),
    ...(remarks.length === 0 ? [] : [remarks.map(remark => `- ${remark}`).join('\n')]),
    ...(commands.length === 0 ? [] : [['```', ...commands, '```'].join('\n')]),
  ]
}
