// `remapbench run`: options to request, request to results, results to files and standard output, in this order. Everything
// that can be wrong with what the user typed is found before the run begins.

import { arch, cpus, platform } from 'node:os'
import { UsageError } from '../../engine/errors.ts'
import type { Report } from '../../reports/report.ts'
import type { Arguments } from '../cli.ts'
import { compose, reportFormat, reportFormatOfFile } from '../compose.ts'
import { printable } from '../errors.ts'
import { openOutputs, saveOutputs } from '../output.ts'
import { type OptionName, type RunOptions, toRequest } from '../request.ts'
import { finishBeforeSignals } from '../signals.ts'
import { paint, progress, wantsColour } from '../ui.ts'
import { withUnits } from '../units.ts'
import { readVersion } from '../version.ts'

export async function runCommand(args: Arguments): Promise<void> {
  const { stdout, stderr, env } = process
  const quiet = args.switches.has('quiet')
  // 1. Check everything.
  const format = reportFormat(args.values.format ?? (stdout.isTTY ? 'text' : 'csv'))
  const files = (args.lists.out ?? []).map(path => ({ path, format: reportFormatOfFile(path) }))
  // Only CSV has no place for a verdict.
  const hasVerdict = [format, ...files.map(file => file.format)].some(({ name }) => name !== 'csv')
  const request = toRequest({ ...optionsOf(args), units: hasVerdict })
  const comparison = compose(request)
  const outputs = openOutputs(files.map(file => file.path))
  // 2. Run.
  const began = performance.now()
  const counted = await withProgress(comparison, !quiet && stderr.isTTY === true)
  const rows = request.findsUnits ? withUnits(request, counted) : counted
  const report = { rows, meta: describeRun(performance.now() - began) }
  // 3. Files first: a reader of standard output may leave early, and a file that fails must not cost the results.
  const texts = files.map(file => file.format.render(report))
  finishBeforeSignals()
  const failure = attempt(() => saveOutputs(outputs, texts))
  // 4. Results alone to standard output; the note joins them only in the text that people read.
  const isText = format.name === 'text'
  const text = format.render(report)
  const color = isText && wantsColour({ noColor: args.switches.has('no-color'), env, isTTY: stdout.isTTY === true })
  stdout.write(color ? await paint(text) : text)
  if (failure !== null) throw failure
  if (files.length === 0 || quiet) return
  const note = `Wrote ${files.map(file => printable(file.path)).join(', ')}.\n`
  if (isText) stdout.write(note)
  else stderr.write(note)
}

/** The options of the library from those of the command line; the values stay texts. */
export function optionsOf(args: Arguments): RunOptions {
  const options: Partial<Record<OptionName, unknown>> = {}
  const { format: _, ...plain } = args.values
  for (const [flag, value] of Object.entries(plain)) options[camelCase(flag) as OptionName] = value
  for (const name of ['strategy', 'kernel', 'explain'] as const) if (args.lists[name]) options[name] = args.lists[name]
  if (args.switches.has('breakdown')) options.breakdown = true
  if (args.lists.param) options.params = paramsOf(args.lists.param)
  return options as RunOptions
}

/** `max-map-count` is the option maxMapCount. */
function camelCase(flag: string): string {
  return flag.replace(/-[a-z]/g, letter => letter.slice(1).toUpperCase())
}

function paramsOf(assignments: readonly string[]): Record<string, string> {
  const params = new Map<string, string>()
  for (const assignment of assignments) {
    const [key, ...rest] = assignment.split('=')
    if (key === '' || rest.length === 0) throw new UsageError(`--param ${assignment}: must be KEY=VALUE`)
    if (params.has(key)) throw new UsageError(`--param ${assignment}: ${key} is given twice`)
    params.set(key, rest.join('='))
  }
  return Object.fromEntries(params)
}

/** Does the work, with a progress bar on stderr if that is `visible` and it takes a while. */
export async function withProgress<T>(
  work: { readonly steps: number; run(onProgress: (steps: number) => void): T },
  visible: boolean,
): Promise<T> {
  if (!visible) return work.run(() => {})
  const bar = await progress(work.steps, process.stderr, () => performance.now())
  try {
    return work.run(steps => bar.update(steps))
  } finally {
    bar.stop()
  }
}

/** What describes a run and not its results. */
export function describeRun(wallMs: number): Report['meta'] {
  return {
    version: readVersion(),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    wall_ms: Math.round(wallMs),
  }
}

/** The error of some work, null if there is none. */
export function attempt(work: () => void): unknown {
  try {
    work()
    return null
  } catch (error) {
    return error
  }
}
