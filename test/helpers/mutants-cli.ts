// npm run mutants -- [--count 200] [--seed 1] [--jobs 2] [--from 1]: breaks the kernel models one line at a time and says who noticed.
//
// Each mutant runs in a folder of its own: the committed gates first, then the tests, fast ones before slow ones, until one
// fails. Survivors are listed; whether they matter is for a person to say (CONTRIBUTING.md). Of those that no test could notice
// there is a list with reasons, test/helpers/equivalent-mutants.txt; others are drawn for them.

import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gatesOf } from './gates.ts'
import { draw, type Mutant, mutantsOf, namedIn, shown } from './mutants.ts'

const ROOT = new URL('../../../', import.meta.url)
const ROOT_PATH = fileURLToPath(ROOT)
const MOST_MS = 240_000
/** Those of the many tests of the command line that look at counts. */
const COUNTING = /^(contents|ops-run|oracle-ops|pressure|processes)\./

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    from: { type: 'string', default: '1' },
  },
})
const folder = join(ROOT_PATH, 'dist/engine/kernel')
const files = readdirSync(folder).filter(name => name.endsWith('.js') && name !== 'index.js')
const sources = new Map(files.map(name => [`engine/kernel/${name}`, readFileSync(join(folder, name), 'utf8')]))
const all = mutantsOf(sources)
const equivalent = namedIn(readFileSync(join(ROOT_PATH, 'test/helpers/equivalent-mutants.txt'), 'utf8'))
const first = Number(values.from)
const drawn = draw(all, Number(values.count), Number(values.seed), mutant => equivalent.has(shown(mutant))).slice(
  first - 1,
)
process.stdout.write(`${drawn.length} of ${all.length} mutants, seed ${values.seed}\n`)
const survivors: Mutant[] = []
const queue = [...drawn.entries()]
let soundness: Promise<string | null> | null = null
await Promise.all(Array.from({ length: Number(values.jobs) }, work))
process.stdout.write(`caught ${drawn.length - survivors.length} of ${drawn.length}\n`)
for (const mutant of survivors) process.stdout.write(`survived ${shown(mutant)}\n`)

async function work(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'remapbench-mutant-'))
  for (const name of readdirSync(ROOT_PATH)) if (name !== 'dist') symlinkSync(join(ROOT_PATH, name), join(home, name))
  cpSync(join(ROOT_PATH, 'dist'), join(home, 'dist'), { recursive: true })
  try {
    await requireSound(home)
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [i, mutant] = next
      const text = sources.get(mutant.file)!
      const lines = text.split('\n')
      lines[mutant.line] = mutant.after
      writeFileSync(join(home, 'dist', mutant.file), lines.join('\n'))
      const by = await noticedBy(home)
      writeFileSync(join(home, 'dist', mutant.file), text)
      if (by === null) survivors.push(mutant)
      process.stdout.write(`${first + i} ${by ?? 'SURVIVED'}: ${shown(mutant)}\n`)
    }
  } finally {
    rmSync(home, { recursive: true })
  }
}

/** Checks that fail without any mutation would catch every one. */
async function requireSound(home: string): Promise<void> {
  soundness ??= noticedBy(home)
  const failing = await soundness
  if (failing !== null) throw new Error(`${failing} fails without any mutation`)
}

/** The first check that fails, null if all pass. */
async function noticedBy(home: string): Promise<string | null> {
  const program = join(home, 'dist/bin/remapbench.js')
  for (const { name, options } of gatesOf(ROOT)) {
    const now = join(home, 'now.csv')
    const run = await passes(home, [program, ...options, '--out', now])
    const isEqual = run && (await passes(home, [program, 'compare', now, join(ROOT_PATH, `test/golden/${name}.csv`)]))
    rmSync(now, { force: true })
    if (!isEqual) return `gate ${name}`
  }
  for (const room of ['conformance', 'golden', 'engine', 'claims', 'bin']) {
    const tests = readdirSync(join(home, 'dist/test', room)).filter(name => name.endsWith('.test.js'))
    for (const test of tests.filter(name => room !== 'bin' || COUNTING.test(name)).sort()) {
      if (!(await passes(home, ['--test', join(home, 'dist/test', room, test)]))) return `${room}/${test}`
    }
  }
  return null
}

/** Whether node ends with 0; one that hangs does not. */
function passes(cwd: string, args: readonly string[]): Promise<boolean> {
  return new Promise(resolve => {
    // A group of its own: the runner's children hang with it and must go with it.
    const child = spawn(process.execPath, args, { cwd, stdio: 'ignore', detached: true })
    const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), MOST_MS)
    child.on('close', code => {
      clearTimeout(timer)
      resolve(code === 0)
    })
  })
}
