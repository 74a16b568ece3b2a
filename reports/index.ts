// The list of report formats. Adding one is a file and a line here.

import { csv } from './csv.ts'
import { json } from './json.ts'
import { markdown } from './markdown.ts'
import type { ReportFormat } from './report.ts'
import { text } from './text.ts'

export const FORMATS: readonly ReportFormat[] = [text, csv, markdown, json]
