// What the commands of claims print, made in this process: the rows of a run's CSV, and figures of the list of prices.

import assert from 'node:assert/strict'
import { parse } from 'csv-parse/sync'
import { render, run } from '../../bin/api.ts'
import { parse as parseWords } from '../../bin/cli.ts'
import { listCommand } from '../../bin/commands/list.ts'
import { optionsOf } from '../../bin/run-options.ts'
import type { Cells } from '../../claims/judge.ts'

export type Row = Readonly<Record<string, string>>

export const PRICES_COMMAND = 'npx remapbench list costs --verbose'
export const priceList = listCommand('costs', true)

/** The rows that a printed command makes, by the parser and the CSV of the program. */
export async function csvOf(command: string): Promise<readonly Row[]> {
  const words = command.split(' ')
  assert.deepEqual([...words.slice(0, 2), ...words.slice(-2)], ['npx', 'remapbench', '--format', 'csv'])
  const invocation = await parseWords(words.slice(2))
  assert.equal(invocation.command, 'run')
  return parse(render(await run(optionsOf(invocation.args)), 'csv'), { columns: true })
}

/** A row as claims read it. */
export function cellsOf(row: Row): Cells {
  const cell = (text: string) => (text === '' ? null : /^-?\d+$/.test(text) ? Number(text) : text)
  return new Map(Object.entries(row).map(([name, text]) => [name, cell(text)]))
}

/** A figure of `list costs --verbose`: the best of `tlb_misses: 30 (20 to 45) cycles`, its low or high; or the clock. */
export function listedPrice(column: string, list: string, bound: string | undefined): string {
  const section = priceList.slice(priceList.indexOf(`${list} `)).split(/\n(?! )/)[0]!
  if (column === 'ghz') {
    const [, amount, unit] = /, ([\d.]+) (MHz|GHz)/.exec(section)!
    return String(Number(amount) / (unit === 'MHz' ? 1000 : 1))
  }
  const [, best, low = best, high = best] = new RegExp(
    `^ +${column}(?: and \\w+)?: ([\\d.]+)(?: \\(([\\d.]+) to ([\\d.]+)\\))? cycles`,
    'm',
  ).exec(section)!
  return { low, high }[bound ?? ''] ?? best!
}
