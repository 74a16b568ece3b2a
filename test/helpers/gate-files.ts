// Files of results for the tests of the gate: the golden ones, real runs, and changes made to them by hand.

import { readFileSync } from 'node:fs'
import { type ReportRow, type RunOptions, run } from '../../bin/api.ts'
import { parseAllow } from '../../engine/gate/allow.ts'
import { parseAssertion } from '../../engine/gate/assertion.ts'
import { type GateResult, gate } from '../../engine/gate/compare.ts'
import type { ResultTable } from '../../engine/gate/table.ts'
import { ALLOWED_METRICS, ASSERTED_METRICS, GATE_COLUMNS } from '../../reports/gate-columns.ts'
import { parseResults } from '../../reports/results-file.ts'

/** A golden file as text. */
export function golden(name: string): string {
  return readFileSync(new URL(`../../../test/golden/${name}`, import.meta.url), 'utf8')
}

export function tableOf(text: string | Uint8Array, name = 'x'): ResultTable {
  return parseResults(typeof text === 'string' ? new TextEncoder().encode(text) : text, name).table
}

export interface Rules {
  readonly allow?: readonly string[]
  readonly assert?: readonly string[]
  readonly explain?: readonly string[]
}

/** The gate on two texts, with rules as they are typed. */
export function gateOf(
  current: string,
  baseline: string,
  { allow = [], assert = [], explain = [] }: Rules = {},
): GateResult {
  return gate(tableOf(current), tableOf(baseline), {
    columns: GATE_COLUMNS,
    allow: allow.map(text => parseAllow(text, ALLOWED_METRICS)),
    assertions: assert.map(text => parseAssertion(text, ASSERTED_METRICS)),
    explain,
  })
}

/** `kind lane-strategy metric` of each verdict, for short expectations. */
export function found({ verdicts }: GateResult): string[] {
  return verdicts.map(({ kind, lane, metric }) =>
    [kind, lane?.split('/')[1], metric].filter(part => part !== undefined && part !== null).join(' '),
  )
}

/** A CSV without quoted cells with some cells of one row replaced; row 0 is the first lane. */
export function edited(csv: string, row: number, cells: Readonly<Record<string, string | number>>): string {
  const lines = csv.trimEnd().split('\n')
  const head = lines[0]!.split(',')
  const fields = lines[row + 1]!.split(',')
  for (const [name, value] of Object.entries(cells)) {
    if (!head.includes(name)) throw new RangeError(name)
    fields[head.indexOf(name)] = String(value)
  }
  lines[row + 1] = fields.join(',')
  return `${lines.join('\n')}\n`
}

/** A CSV without quoted cells with its columns rearranged: those named, in that order. */
export function withColumns(csv: string, names: readonly string[]): string {
  const lines = csv.trimEnd().split('\n')
  const head = lines[0]!.split(',')
  return lines.map(line => `${names.map(name => line.split(',')[head.indexOf(name)]).join(',')}\n`).join('')
}

export function headOf(csv: string): string[] {
  return csv.slice(0, csv.indexOf('\n')).split(',')
}

/** Small runs of different pools and kernels; all lanes have different specifications. */
export async function realRuns(count: number): Promise<readonly ReportRow[]> {
  const kernels = ['linux-2.4', 'linux-2.5.42-remap', 'linux-2.6.20', 'linux-3.10', 'linux-4.0', 'linux-6.18']
  const rows: ReportRow[] = []
  for (let i = 0; i < count; i++) {
    const options: RunOptions = {
      file: '8M',
      window: '1M',
      accesses: 2000 + i,
      warmup: 500 * (i % 3),
      unit: i % 2 === 0 ? '4K' : '16K',
      touch: i % 4 === 0 ? 'unit' : 'page',
      policy: i % 3 === 0 ? 'lru' : 'clock',
      maxMapCount: i % 5 === 0 ? 90 : 'lifted',
      kernel: kernels.slice(i % 3, (i % 3) + 1 + (i % 4)),
      strategy: ['map-fixed', 'remap-file-pages', ...(i % 2 === 0 ? ['pread-copy'] : [])],
      tlb: i % 7 === 0 ? 'none' : 64,
      workload: 'zipf',
      seed: i,
    }
    rows.push(...(await run(options)))
  }
  return rows
}
