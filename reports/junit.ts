// JUnit XML, which most CI systems show: one test case for the files, for each lane and for each assertion.
//
// The attributes are those of the Ant task's schema that readers agree on. What is worse is a failure, what could not be
// compared an error, a lane that can run on neither side is skipped. No time, no host: the same results give the same bytes.

import type { GateResult } from '../engine/gate/compare.ts'
import { effectOf, type Verdict } from '../engine/gate/verdict.ts'
import { kindText, sentence } from './gate-words.ts'

interface TestCase {
  readonly name: string
  readonly verdicts: readonly Verdict[]
  readonly idle: string | null
}

export function junit(result: GateResult): string {
  const { verdicts, lanes } = result
  const isAssertion = (verdict: Verdict) => verdict.kind.startsWith('assertion-')
  const byLane = new Map<string | null, Verdict[]>([null, ...lanes.map(({ name }) => name)].map(name => [name, []]))
  for (const verdict of verdicts) if (!isAssertion(verdict)) byLane.get(verdict.lane)!.push(verdict)
  const cases: TestCase[] = [
    { name: 'files', verdicts: byLane.get(null)!, idle: null },
    ...lanes.map(({ name, idle }) => ({ name, verdicts: byLane.get(name)!, idle })),
    ...verdicts.filter(isAssertion).map(verdict => {
      const where = verdict.lane === null ? '' : ` in ${verdict.lane}`
      return { name: `${verdict.metric}${where}`, verdicts: [verdict], idle: null }
    }),
  ]
  const errors = cases.filter(isOpen).length
  const failures = cases.filter(test => !isOpen(test) && has(test, 'fails')).length
  const skipped = cases.filter(isSkipped).length
  const totals = `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="remapbench compare" ${totals} time="0">`,
    ...cases.map(caseXml),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function caseXml(test: TestCase): string {
  const head = `    <testcase classname="remapbench.compare" name="${escaped(test.name)}" time="0"`
  const lines = test.verdicts.map(verdict =>
    [verdict.metric, sentence(verdict)].filter(part => part !== null).join(': '),
  )
  const body = escaped(lines.join('\n')).replaceAll('&#10;', '\n')
  if (isOpen(test) || has(test, 'fails')) {
    const element = isOpen(test) ? 'error' : 'failure'
    const effect = isOpen(test) ? 'open' : 'fails'
    const kinds = [...new Set(test.verdicts.filter(verdict => effectOf(verdict) === effect).map(kindText))]
    const attributes = `message="${escaped(kinds.join(', '))}" type="${escaped(kinds[0] ?? '')}"`
    return `${head}>\n      <${element} ${attributes}>${body}</${element}>\n    </testcase>`
  }
  if (isSkipped(test)) return `${head}>\n      <skipped message="${escaped(test.idle ?? '')}"/>\n    </testcase>`
  if (lines.length > 0) return `${head}>\n      <system-out>${body}</system-out>\n    </testcase>`
  return `${head}/>`
}

function isOpen(test: TestCase): boolean {
  return has(test, 'open')
}

function isSkipped(test: TestCase): boolean {
  return test.idle !== null && !isOpen(test) && !has(test, 'fails')
}

function has({ verdicts }: TestCase, effect: ReturnType<typeof effectOf>): boolean {
  return verdicts.some(verdict => effectOf(verdict) === effect)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** For text and attributes. What XML 1.0 cannot hold at all becomes a replacement character. */
function escaped(text: string): string {
  return Array.from(text, char => {
    const code = char.codePointAt(0)!
    const isRefused =
      (code < 32 && !(char in ENTITIES)) || (code >= 0xd800 && code < 0xe000) || (code & 0xfffe) === 0xfffe
    return isRefused ? '\ufffd' : (ENTITIES[char] ?? char)
  }).join('')
}
