// `remapbench certify`: the model of the running kernel against the kernel itself. What is missing on this machine is said before
// anything is made; a counter that differs is a failure, a counter that cannot be measured is said to be none.

import { isCertified } from '../../reports/certificate.ts'
import { CERTIFICATE_FORMATS } from '../../reports/certificate-formats.ts'
import { certification } from '../certify.ts'
import { toCertifyRequest } from '../certify-request.ts'
import type { Arguments } from '../cli.ts'
import { formatNamed, formatOfFile } from '../compose.ts'
import { attempt, EXIT_FAILED, printable } from '../errors.ts'
import { describeRun } from '../meta.ts'
import { openOutputs, saveOutputs } from '../output.ts'
import { finishBeforeSignals } from '../signals.ts'
import { withProgress } from '../ui.ts'

/** The exit code: 0 if all is equal. */
export async function certifyCommand(args: Arguments): Promise<number> {
  const { stdout, stderr } = process
  const quiet = args.switches.has('quiet')
  // 1. Check everything.
  const format = formatNamed(args.values.format ?? 'text', CERTIFICATE_FORMATS)
  const files = (args.lists.out ?? []).map(path => ({ path, format: formatOfFile(path, CERTIFICATE_FORMATS) }))
  const work = certification(toCertifyRequest(args))
  const outputs = openOutputs(files.map(file => file.path))
  // 2. Run.
  const began = performance.now()
  const certificate = await withProgress(work, !quiet && stderr.isTTY === true)
  const meta = describeRun(performance.now() - began)
  // 3. Files first: a reader of standard output may leave early.
  finishBeforeSignals()
  const failure = attempt(() =>
    saveOutputs(
      outputs,
      files.map(file => file.format.render(certificate, meta)),
    ),
  )
  stdout.write(format.render(certificate, meta))
  if (failure !== null) throw failure
  if (files.length > 0 && !quiet) stderr.write(`Wrote ${files.map(file => printable(file.path)).join(', ')}.\n`)
  return isCertified(certificate) ? 0 : EXIT_FAILED
}
