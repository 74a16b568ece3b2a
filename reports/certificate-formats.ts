// The formats of `remapbench certify`. Adding one is a file and a line here.

import type { Certificate } from './certificate.ts'
import { certificateJson } from './certificate-json.ts'
import { certificateText } from './certificate-text.ts'
import type { Report } from './report.ts'

export interface CertificateFormat {
  /** What the user types. */
  readonly name: string
  /** With the dot; decides the format of an --out file. */
  readonly extension: string
  /** The whole text, ending in a newline; `meta` describes the run. */
  render(certificate: Certificate, meta: Report['meta']): string
}

export const CERTIFICATE_FORMATS: readonly CertificateFormat[] = [
  { name: 'text', extension: '.txt', render: certificateText },
  { name: 'json', extension: '.json', render: certificateJson },
]
