// npm run bench: the speed of the simulator itself, in accesses per CPU second, each case in a process of its own.
//
// `npm run bench -- lanes` measures every strategy on every kernel instead.
//
// Times on shared machines are noisy: read the ratios to the plain LRU loop of the same run. tinybench drives the rounds;
// a sample is the round's CPU time, and the table shows the best and the median round.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Bench } from 'tinybench'
import { CASES, LANES } from './cases.ts'

const ROUNDS = 8
const WARMUP_ROUNDS = 2
const YARDSTICK = 'plain LRU loop'

interface Sample {
  readonly bestNs: number
  readonly medianNs: number
}

/** One case, in this process: nanoseconds of CPU per access. */
function measure(name: string): Sample {
  const round = (CASES[name] ?? LANES[name])!()
  let accesses = 0
  const bench = new Bench({ time: 0, iterations: ROUNDS, warmupTime: 0, warmupIterations: WARMUP_ROUNDS })
  bench.add(
    name,
    () => {
      const start = process.cpuUsage()
      accesses = round()
      const used = process.cpuUsage(start)
      return { overriddenDuration: (used.user + used.system) / 1000 }
    },
    { async: false },
  )
  bench.runSync()
  const result = bench.tasks[0]!.result
  if (result.state !== 'completed') throw new Error(`${name}: ${result.state}`)
  return { bestNs: (result.latency.min * 1e6) / accesses, medianNs: (result.latency.p50 * 1e6) / accesses }
}

const only = process.argv[2]
if (only !== undefined && only !== 'lanes') {
  console.log(JSON.stringify(measure(only)))
} else {
  let yardstick = Number.NaN
  console.log(`Node ${process.version}, ${ROUNDS} rounds a case, 4M accesses a round, seed 1\n`)
  const names = only === 'lanes' ? [YARDSTICK, ...Object.keys(LANES)] : Object.keys(CASES)
  const width = Math.max(24, ...names.map(name => name.length))
  console.log(`${'case'.padEnd(width)} M accesses/CPU s   ns/access best (median)   times plain LRU`)
  for (const name of names) {
    const child = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], { encoding: 'utf8' })
    const { bestNs, medianNs } = JSON.parse(child) as Sample
    if (name === YARDSTICK) yardstick = bestNs
    const columns = [
      (1000 / bestNs).toFixed(1).padStart(16),
      `${bestNs.toFixed(1)} (${medianNs.toFixed(1)})`.padStart(25),
      (bestNs / yardstick).toFixed(1).padStart(17),
    ]
    console.log(`${name.padEnd(width)} ${columns.join(' ')}`)
  }
}
