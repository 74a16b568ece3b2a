// `remapbench claims`: runs the experiments behind the mail's sentences and prints what became of each. Whatever the verdicts,
// the command has done its work: they are findings, not failures.

import { CLAIMS_FORMATS } from '../../reports/claims.ts'
import type { Arguments } from '../cli.ts'
import { formatNamed, formatOfFile } from '../compose.ts'
import { attempt, printable } from '../errors.ts'
import { experiments } from '../experiments.ts'
import { describeRun } from '../meta.ts'
import { openOutputs, saveOutputs } from '../output.ts'
import { finishBeforeSignals } from '../signals.ts'
import { withProgress } from '../ui.ts'

export async function claimsCommand(ids: readonly string[], args: Arguments): Promise<void> {
  const { stdout, stderr } = process
  const quiet = args.switches.has('quiet')
  // 1. Check everything.
  const format = formatNamed(args.values.format ?? 'text', CLAIMS_FORMATS)
  const files = (args.lists.out ?? []).map(path => ({ path, format: formatOfFile(path, CLAIMS_FORMATS) }))
  const work = await experiments(ids)
  const outputs = openOutputs(files.map(file => file.path))
  // 2. Run.
  const began = performance.now()
  const findings = await withProgress(work, !quiet && stderr.isTTY === true)
  const meta = describeRun(performance.now() - began)
  // 3. Files first: a reader of standard output may leave early.
  finishBeforeSignals()
  const failure = attempt(() =>
    saveOutputs(
      outputs,
      files.map(file => file.format.render(findings, meta)),
    ),
  )
  stdout.write(format.render(findings, meta))
  if (failure !== null) throw failure
  if (files.length > 0 && !quiet) stderr.write(`Wrote ${files.map(file => printable(file.path)).join(', ')}.\n`)
}
