// npm run oracle -- FILE: the engine against measured kernels; the last line counts the equal rows.

import { TraceError } from '../../engine/errors.ts'
import { type RowResult, runOracle } from './oracle-suite.ts'

const path = process.argv[2]
if (path === undefined) {
  console.error('usage: npm run oracle -- FILE   (measured rows, in the format of test/fixtures/oracle/README.md)')
  process.exit(2)
}
try {
  const results = [...runOracle(path)]
  for (const { row, differences } of results) {
    for (const { column, model, measured } of differences) {
      console.log(`${row.key}: ${column} ${model}, measured ${measured}`)
    }
  }
  const equal = results.filter(({ differences }) => differences.length === 0)
  const noisy = equal.filter(({ noise }) => noise.length > 0)
  if (noisy.length > 0) console.log(`${noisy.length} rows within the known noise: ${noiseOf(noisy)}`)
  console.log(`equal ${equal.length} of ${results.length} rows`)
  process.exitCode = equal.length === results.length ? 0 : 1
} catch (error) {
  if (!(error instanceof TraceError)) throw error
  console.error(error.message)
  process.exitCode = 3
}

/** For each kernel and column, in how many rows and how far the measurement is off. */
function noiseOf(results: readonly RowResult[]): string {
  const groups = new Map<string, number[]>()
  for (const { row, noise } of results) {
    for (const { column, model, measured } of noise) {
      const name = `${row.kernel} ${column}`
      groups.set(name, [...(groups.get(name) ?? []), Number(measured) - Number(model)])
    }
  }
  return [...groups].map(([name, off]) => `${name} ${range(off)} in ${off.length}`).join('; ')
}

function range(values: readonly number[]): string {
  const signed = (value: number) => (value > 0 ? `+${value}` : `${value}`)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? signed(least) : `${signed(least)} to ${signed(most)}`
}
