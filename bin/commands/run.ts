// `remapbench run`: options to request, request to results, results to files and standard output, in this order. Everything
// that can be wrong with what the user typed is found before the run begins.

import { UsageError } from '../../engine/errors.ts'
import { verifiedNotes } from '../../reports/measured-notes.ts'
import type { ReportFormat } from '../../reports/report.ts'
import type { Arguments } from '../cli.ts'
import { compose, reportFormat, reportFormatOfFile } from '../compose.ts'
import { attempt, EXIT_FAILED, printable } from '../errors.ts'
import { withFindings } from '../findings.ts'
import { wrongPageNotes } from '../host-lanes.ts'
import { describeRun } from '../meta.ts'
import { openOutputs, saveOutputs } from '../output.ts'
import { toRequest } from '../request.ts'
import { optionsOf } from '../run-options.ts'
import { holdSignal } from '../signals.ts'
import { paint, wantsColour, withProgress } from '../ui.ts'

/** The exit code: 0 unless --verify saw a wrong page. */
export async function runCommand(args: Arguments): Promise<number> {
  const { stdout, stderr, env } = process
  const quiet = args.switches.has('quiet')
  // 1. Check everything.
  const format = reportFormat(args.values.format ?? (stdout.isTTY ? 'text' : 'csv'))
  const files = (args.lists.out ?? []).map(path => ({ path, format: reportFormatOfFile(path) }))
  // Only CSV has no place for a verdict.
  const hasVerdict = [format, ...files.map(file => file.format)].some(({ name }) => name !== 'csv')
  const request = toRequest({ ...optionsOf(args), units: hasVerdict })
  requirePlace(args, [format, ...files.map(file => file.format)])
  const comparison = compose(request)
  const outputs = openOutputs(files.map(file => file.path))
  // 2. Run.
  const began = performance.now()
  const showsProgress = !quiet && stderr.isTTY === true
  const counted = await withProgress(comparison, showsProgress)
  // What is counted by now is not lost: a signal ends what remains to be found out, and waits for the report.
  const signal = holdSignal()
  const rows = await withFindings(request, counted, signal.hasCome, showsProgress)
  const report = { rows, meta: describeRun(performance.now() - began) }
  // 3. Files first: a reader of standard output may leave early, and a file that fails must not cost the results.
  const texts = files.map(file => file.format.render(report))
  const failure = attempt(() => saveOutputs(outputs, texts))
  // 4. Results alone to standard output; the note joins them only in the text that people read.
  const isText = format.name === 'text'
  const text = format.render(report)
  const color = isText && wantsColour({ noColor: args.switches.has('no-color'), env, isTTY: stdout.isTTY === true })
  stdout.write(color ? await paint(text) : text)
  if (failure !== null) throw failure
  if (files.length > 0 && !quiet) {
    const note = `Wrote ${files.map(file => printable(file.path)).join(', ')}.\n`
    if (isText) stdout.write(note)
    else stderr.write(note)
  }
  // 5. A wrong page is always said; that there was none, where no report has said it.
  const wrong = wrongPageNotes(rows)
  const right = hasVerdict || quiet ? [] : verifiedNotes(rows)
  for (const note of [...wrong, ...right]) stderr.write(`${note}\n`)
  signal.release()
  return wrong.length === 0 ? 0 : EXIT_FAILED
}

/** What somebody asks for must come out somewhere: tables of one row per lane have no place for it. */
function requirePlace(args: Arguments, formats: readonly ReportFormat[]): void {
  if (formats.some(({ name }) => name === 'text' || name === 'json')) return
  const names = formats.map(({ name }) => name).join(', ')
  const [explained] = args.lists.explain ?? []
  const { time } = args.values
  const option = args.switches.has('breakdown')
    ? '--breakdown'
    : explained !== undefined
      ? `--explain ${explained}`
      : time !== undefined
        ? `--time ${time}`
        : null
  if (option === null) return
  throw new UsageError(`${option}: ${names} has no place for it; allowed: --format text or json, or --out FILE.json`)
}
