// The gate's report: what changed, how much was compared, and the verdict in the last line.

import { exitCodeOf, type GateResult } from '../engine/gate/compare.ts'
import type { Explanation } from '../engine/gate/explain.ts'
import { effectOf, type Verdict } from '../engine/gate/verdict.ts'
import { changeOf, explanationLines, placeOf, titleOf, valuesOf } from './explanation.ts'
import { changeText, hint, kindText, sentence, summaryLine, valuesText, valueText } from './gate-words.ts'
import { WIDTH, wrapped } from './lines.ts'
import { escaped, table } from './markdown.ts'
import { counted } from './numbers.ts'

/** Changes when a reader of the old reports would misread the new ones. */
const GATE_SCHEMA = 'remapbench-gate-1'
/** A step summary may take 1 MiB; a row takes up to some 300 bytes. */
const MOST_ROWS = 1000

export const GATE_FORMATS = ['text', 'markdown', 'json'] as const
export type GateFormat = (typeof GATE_FORMATS)[number]

/** The whole report, ending in a newline. `last` replaces the verdict of the last line, and the advice before it. */
export function renderGate(result: GateResult, format: GateFormat, last?: string): string {
  if (format === 'json') return gateJson(result)
  const advice = last === undefined ? hint(result) : ''
  const render = format === 'markdown' ? gateMarkdown : gateText
  return render(result, last ?? summaryLine(result), advice)
}

function gateText(result: GateResult, last: string, advice: string): string {
  const lines = [
    ...sections(result).flatMap(([title, verdicts]) => [...wrapped(title, '  '), ...verdictLines(verdicts), '']),
    ...explanationLines(result.explanations),
    comparedLine(result),
    ...(advice === '' ? [] : [advice]),
    last,
  ]
  return `${lines.join('\n')}\n`
}

/** The verdicts under the lane they are about, in their order. */
function sections({ verdicts }: GateResult): readonly (readonly [title: string, verdicts: readonly Verdict[]])[] {
  const found = new Map<string, Verdict[]>()
  for (const verdict of verdicts) {
    const isAssertion = verdict.kind.startsWith('assertion-')
    const title = isAssertion ? 'assertions' : (verdict.lane ?? 'files')
    const there = found.get(title)
    if (there) there.push(verdict)
    else found.set(title, [verdict])
  }
  return [...found]
}

function verdictLines(verdicts: readonly Verdict[]): string[] {
  const numeric = verdicts.filter(verdict => changeText(verdict) !== '')
  const widths = [
    Math.max(0, ...numeric.map(({ metric }) => metric!.length)),
    Math.max(0, ...numeric.map(verdict => valuesText(verdict).length)),
    Math.max(0, ...numeric.map(verdict => changeText(verdict).length)),
  ]
  return verdicts.flatMap(verdict => {
    if (changeText(verdict) === '') {
      const { lane, metric, kind } = verdict
      const subject = kind.startsWith('assertion-') && lane !== null ? `${metric} in ${lane}` : metric
      return wrapped([subject, sentence(verdict)].filter(part => part !== null).join(': '), '    ', '  ')
    }
    const what = [kindText(verdict), verdict.why].filter(part => part !== '').join(': ')
    const cells = [
      verdict.metric!.padEnd(widths[0]!),
      valuesText(verdict).padStart(widths[1]!),
      changeText(verdict).padStart(widths[2]!),
    ]
    return withinWidth(`  ${cells.join('  ')}`, what)
  })
}

/** A rule that allows something may be long: what does not fit beside the numbers goes below them. */
function withinWidth(numbers: string, what: string): string[] {
  const line = `${numbers}  ${what}`
  if (line.length <= WIDTH) return [line]
  const beside = numbers.length <= WIDTH ? [numbers] : wrapped(numbers.trim(), '    ', '  ')
  return [...beside, ...wrapped(what, '    ', '    ')]
}

function comparedLine({ lanes, compared }: GateResult): string {
  const both = lanes.filter(lane => lane.compared > 0).length
  return `Compared: ${counted(compared, 'count', 'counts')} of ${counted(both, 'lane', 'lanes')}.`
}

function gateMarkdown(result: GateResult, last: string, advice: string): string {
  const shown = result.verdicts.slice(0, MOST_ROWS)
  const body = shown.map(verdict => {
    const { lane, metric, baseline, current, why } = verdict
    const hasValues = baseline !== null || current !== null
    return [
      escaped(lane ?? ''),
      escaped(metric ?? ''),
      ...[baseline, current].map(value => (hasValues ? escaped(valueText(verdict, value)) : '')),
      escaped(changeText(verdict)),
      escaped([kindText(verdict), why].filter(part => part !== '').join(': ')),
    ]
  })
  const more = result.verdicts.length - shown.length
  const sections = [
    `### remapbench: ${escaped(last)}`,
    ...(body.length === 0 ? [] : [table(['lane', 'metric', 'baseline', 'current', 'change', 'verdict'], body, 2, 1)]),
    ...(more === 0 ? [] : [`And ${more} more.`]),
    ...result.explanations.flatMap(explanationMarkdown),
    [comparedLine(result), ...(advice === '' ? [] : [escaped(advice)])].join(' '),
  ]
  return `${sections.join('\n\n')}\n`
}

function explanationMarkdown(explanation: Explanation): string[] {
  const parts = explanation.parts.slice(0, MOST_ROWS)
  const body = parts.map(part => [escaped(placeOf(part)), valuesOf(part), changeOf(part)])
  const title = `${escaped(titleOf(explanation))}.`
  return body.length === 0 ? [title] : [title, table(['part', 'baseline -> current', 'change'], body, 1, 0)]
}

function gateJson(result: GateResult): string {
  const { verdicts, lanes, compared, equal } = result
  const code = exitCodeOf(result)
  const report = {
    schema: GATE_SCHEMA,
    passed: code === 0,
    exit_code: code,
    lanes: lanes.map(({ name, compared, idle }) => ({ lane: name, counts_compared: compared, idle })),
    counts_compared: compared,
    counts_equal: equal,
    verdicts: verdicts.map(verdict => ({ verdict: verdict.kind, effect: effectOf(verdict), ...without(verdict) })),
    explanations: result.explanations,
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

function without({ lane, metric, baseline, current, why }: Verdict): Omit<Verdict, 'kind'> {
  return { lane, metric, baseline, current, why }
}
