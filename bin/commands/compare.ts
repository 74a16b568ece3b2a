// `remapbench compare`: the gate. Two files of results in; a report, files for CI systems and an exit code out.
//
// The comparing is engine/gate's, the wording reports/'; here are files, standard streams and what GitHub Actions lays down.

import { appendFileSync, closeSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { TraceError, UsageError } from '../../engine/errors.ts'
import { parseAllow } from '../../engine/gate/allow.ts'
import { parseAssertion } from '../../engine/gate/assertion.ts'
import { exitCodeOf, type GateResult, type GateRules, gate, unfitForBaseline } from '../../engine/gate/compare.ts'
import { didYouMean, nearestOfAll } from '../../engine/suggest.ts'
import { annotation, annotations } from '../../reports/annotations.ts'
import { gab } from '../../reports/gab.ts'
import { GATE_FORMATS, type GateFormat, renderGate } from '../../reports/gate.ts'
import { ALLOWED_METRICS, ASSERTED_METRICS, GATE_COLUMNS } from '../../reports/gate-columns.ts'
import { equalText, summaryLine } from '../../reports/gate-words.ts'
import { junit } from '../../reports/junit.ts'
import { counted } from '../../reports/numbers.ts'
import { PART_METRICS } from '../../reports/results-breakdown.ts'
import { parseResults, type ResultsFile, renderResults } from '../../reports/results-file.ts'
import type { Arguments } from '../cli.ts'
import { printable, reasonOf } from '../errors.ts'
import { type OutputFile, openOutputs, saveOutputs } from '../output.ts'
import { finishBeforeSignals } from '../signals.ts'

const STDIN = '-'
const STDIN_NAME = 'standard input'
const EXIT_INCOMPARABLE = 4

/** What the user asked for, checked as far as it can be without reading anything. */
interface Request {
  readonly current: string
  readonly baseline: string
  readonly format: GateFormat
  readonly rules: GateRules
  readonly update: boolean
  /** Reports to write, and where. */
  readonly reports: readonly (readonly [option: string, path: string, render: (result: GateResult) => string])[]
  /** The step summary of GitHub Actions; null without one. */
  readonly summary: string | null
}

/** Returns the exit code: 0 passed, 1 something is worse, 4 something could not be compared. */
export async function compareCommand(current: string, baseline: string, args: Arguments): Promise<number> {
  try {
    return await compareFiles(requestOf(current, baseline, args))
  } catch (error) {
    const isOurs = error instanceof TraceError || error instanceof UsageError
    if (isOurs && onActions()) process.stdout.write(annotation('error', 'remapbench compare', printable(error.message)))
    throw error
  }
}

async function compareFiles(request: Request): Promise<number> {
  const { rules, update, reports } = request
  // 1. Everything that is to be written can be.
  const targets = update ? [...reports, ['BASELINE', request.baseline] as const] : reports
  const outputs = openOutputs(
    targets.map(([, path]) => path),
    targets.map(([option]) => option),
  )
  refuseInputs(outputs.slice(0, reports.length), request)
  if (request.summary !== null) openSummary(request.summary)
  // 2. Read and compare.
  const current = parseResults(await read('CURRENT', request.current), nameOf(request.current))
  const baseline = await readBaseline(request)
  const result = gate(current.table, (baseline ?? current).table, rules)
  // 3. Files first: a reader of standard output may leave early.
  const texts = reports.map(([, , render]) => render(result))
  if (update) return updateBaseline(request, current, baseline, result, outputs, texts)
  finishBeforeSignals()
  saveOutputs(outputs, texts)
  if (request.summary !== null) appendSummary(request.summary, result)
  // 4. The exit code before standard output, which may be closed by then.
  const code = exitCodeOf(result)
  process.exitCode = code
  print(result, request.format)
  return code
}

function requestOf(current: string, baseline: string, { values, lists, switches }: Arguments): Request {
  const format = values.format ?? 'text'
  const update = switches.has('update')
  if (!isFormat(format)) {
    const hint = didYouMean(format, GATE_FORMATS)
    throw new UsageError(`--format ${format}: unknown; allowed: ${GATE_FORMATS.join(', ')}${hint}`)
  }
  if (current === STDIN && baseline === STDIN)
    throw new UsageError('compare - -: only one of them can be standard input')
  if (update && baseline === STDIN) throw new UsageError('--update: BASELINE is standard input and cannot be written')
  if (update && values.junit !== undefined) {
    throw new UsageError(`--junit ${values.junit}: does not go with --update, which takes over what differs`)
  }
  const rules = {
    columns: GATE_COLUMNS,
    allow: (lists.allow ?? []).map(text => parseAllow(text, ALLOWED_METRICS)),
    assertions: (lists.assert ?? []).map(text => parseAssertion(text, ASSERTED_METRICS)),
    explain: (lists.explain ?? []).map(explained),
  }
  const reports: Request['reports'] = [
    ...(values.junit === undefined ? [] : [['--junit', values.junit, junit] as const]),
    ...(values.gab === undefined ? [] : [['--gab', values.gab, gab] as const]),
  ]
  const summary = update ? null : process.env.GITHUB_STEP_SUMMARY || null
  return { current, baseline, format, rules, update, reports, summary }
}

/** A count that has parts. */
function explained(name: string): string {
  if (PART_METRICS.includes(name)) return name
  const option = `--explain ${name}`
  if (ASSERTED_METRICS.includes(name))
    throw new UsageError(`${option}: only counts have parts; levels and peaks have none`)
  throw new UsageError(`${option}: no such count${nearestOfAll(name, PART_METRICS)}`)
}

function isFormat(name: string): name is GateFormat {
  return GATE_FORMATS.some(format => format === name)
}

async function read(what: 'CURRENT' | 'BASELINE', path: string): Promise<Uint8Array> {
  try {
    if (path !== STDIN) return readFileSync(path)
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const hint = isMissing && what === 'BASELINE' ? '; --update writes it' : ''
    throw new TraceError(`${what} ${nameOf(path)}: ${reasonOf(error)}${hint}`)
  }
}

/** null if there is none and --update is to make one. */
async function readBaseline({ baseline, update }: Request): Promise<ResultsFile | null> {
  if (!update) return parseResults(await read('BASELINE', baseline), nameOf(baseline))
  let bytes: Uint8Array
  try {
    bytes = readFileSync(baseline)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new TraceError(`BASELINE ${baseline}: ${reasonOf(error)}`)
  }
  return bytes.length === 0 ? null : parseResults(bytes, baseline) // another file is not overwritten by mistake
}

/** Makes CURRENT the baseline, if it may be one and keeps to what is asserted of it. */
function updateBaseline(
  request: Request,
  current: ResultsFile,
  old: ResultsFile | null,
  result: GateResult,
  outputs: readonly OutputFile[],
  texts: readonly string[],
): number {
  const unfit = unfitForBaseline(current.table, GATE_COLUMNS)
  if (unfit !== null) {
    process.stderr.write(
      `${printable(`remapbench: ${nameOf(request.current)} cannot become the baseline: ${unfit}`)}\n`,
    )
    return EXIT_INCOMPARABLE
  }
  const broken = result.verdicts.filter(({ kind }) => kind === 'assertion-failed' || kind === 'assertion-open')
  if (broken.length > 0) {
    const asserted = { ...result, verdicts: broken }
    process.exitCode = exitCodeOf(asserted)
    print(asserted, request.format, `${summaryLine(asserted)}; the baseline is as it was`)
    return exitCodeOf(asserted)
  }
  const format = old?.format ?? formatOf(request.baseline)
  const text = renderResults(current.table, format)
  finishBeforeSignals()
  saveOutputs(outputs, [...texts, text])
  const lanes = counted(current.table.rows.length, 'lane', 'lanes')
  const changed = result.verdicts.filter(({ kind }) => kind !== 'assertion-holds').length
  let last = `baseline updated: ${lanes}, ${counted(changed, 'difference', 'differences')} taken over`
  if (old === null) last = `baseline written: ${lanes}`
  else if (changed === 0) last = `baseline unchanged: ${equalText(result)}`
  printReport(result, request.format, last)
  return 0
}

function formatOf(path: string): ResultsFile['format'] {
  const extension = /\.(csv|json)$/i.exec(path)?.[1]?.toLowerCase()
  if (extension === 'csv' || extension === 'json') return extension
  throw new UsageError(`BASELINE ${path}: its format is unknown; allowed for a new one: .csv .json`)
}

/** Reports that would replace what they are made from. */
function refuseInputs(outputs: readonly OutputFile[], { current, baseline }: Request): void {
  for (const input of [current, baseline]) {
    const target = input === STDIN ? null : realPath(input)
    const clash = outputs.find(output => output.target === target)
    if (clash) throw new UsageError(`${clash.option} ${clash.path}: is one of the files to compare`)
  }
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null // not there: reading it will say so
  }
}

/** Annotations first, on the stream that no program reads; the verdict last. */
function print(result: GateResult, format: GateFormat, last?: string): void {
  if (onActions()) (format === 'text' ? process.stdout : process.stderr).write(annotations(result))
  printReport(result, format, last)
}

/** What an update has accepted is annotated nowhere. */
function printReport(result: GateResult, format: GateFormat, last?: string): void {
  const report = renderGate(result, format, last)
  process.stdout.write(format === 'json' ? report : report.split('\n').map(printable).join('\n'))
  if (format === 'json' && last !== undefined) process.stderr.write(`${last}\n`)
}

function onActions(): boolean {
  return process.env.GITHUB_ACTIONS === 'true'
}

function openSummary(path: string): void {
  try {
    closeSync(openSync(path, 'a'))
  } catch (error) {
    throw new UsageError(`GITHUB_STEP_SUMMARY ${path}: cannot be written: ${reasonOf(error)}`)
  }
}

function appendSummary(path: string, result: GateResult): void {
  try {
    appendFileSync(path, `${renderGate(result, 'markdown')}\n`)
  } catch (error) {
    throw new UsageError(`GITHUB_STEP_SUMMARY ${path}: cannot be written: ${reasonOf(error)}`)
  }
}

function nameOf(path: string): string {
  return path === STDIN ? STDIN_NAME : path
}
