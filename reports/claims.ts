// The formats of `remapbench claims`. Adding one is a file and a line here.

import type { Finding } from '../claims/judge.ts'
import { claimsJson } from './claims-json.ts'
import { claimsMarkdown } from './claims-markdown.ts'
import { claimsText } from './claims-text.ts'
import type { Report } from './report.ts'

export interface ClaimsFormat {
  /** What the user types. */
  readonly name: string
  /** With the dot; decides the format of an --out file. */
  readonly extension: string
  /** The whole text, ending in a newline; `meta` describes the run. */
  render(findings: readonly Finding[], meta: Report['meta']): string
}

export const CLAIMS_FORMATS: readonly ClaimsFormat[] = [
  { name: 'text', extension: '.txt', render: claimsText },
  { name: 'markdown', extension: '.md', render: claimsMarkdown },
  { name: 'json', extension: '.json', render: claimsJson },
]
