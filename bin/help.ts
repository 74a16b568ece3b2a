// The help texts. They load nothing but the table of flags, fit 80 columns, and name no registered part: `list` does.

import { type Flag, RUN_FLAGS } from './flags.ts'

/** What `remapbench --help` prints: at most 24 lines. */
const HELP = `remapbench counts what remapping a buffer pool's window costs on modelled Linux
kernels: system calls, page faults, TLB flushes, vmas.

  remapbench [run] [options]       one trace through every strategy on every
                                   kernel; without options the main job: TPC-C,
                                   16 GiB file, 1 GiB window, 10 M accesses
  remapbench list [kind]           the workloads, strategies, kernels, policies,
                                   cost models and report formats there are;
                                   --verbose: what each rests on
  remapbench completion            a completion script for bash, zsh or fish
  remapbench COMMAND --help        the options of a command
  remapbench --version

  remapbench --accesses 1M --touch unit
  remapbench --unit 4K --out results.csv --out results.md

Results go to stdout, notes and progress to stderr.
Exit codes: 0 done, 2 usage, 3 bad input file, 5 this machine cannot do it,
70 a bug of ours, 130 interrupted.
`

const LIST_HELP = `remapbench list [kind] [--verbose]

Every registered part, one line each. Kinds: workloads, strategies, kernels,
policies, costs, formats (the singular will do).

  --verbose   what each rests on: sources, guesses, parameters

  remapbench list kernels --verbose
`

const COMPLETION_HELP = `remapbench completion

Prints a completion script for the shell in $SHELL (bash, zsh or fish).

  remapbench completion >> ~/.bashrc
`

const RUN_INTRO = `remapbench [run] [options]

One trace through every strategy on every kernel asked for; counts, not times.
`

const RUN_END = `
Examples
  remapbench --accesses 1M --touch unit --format markdown
  remapbench --workload zipf --param theta=0.8 --file 4G --unit 4K
  remapbench --max-map-count stock --out stock.csv --out stock.md
  remapbench --ops window.csv --file 128M --window 4M --format json

Sizes: 4K, 16KiB, 1G (powers of 1024). Counts: 10M, 1_000_000, 1e6. LIST: a,b,c.
Names and parameters: remapbench list --verbose.
`

/** The help that goes with what was typed: a command's, `run`'s if there are only options, else the program's. */
export function helpOf(words: readonly string[]): string {
  const first = words.find(word => word !== '--help' && word !== '-h')
  if (first === 'run' || first?.startsWith('-')) return runHelp()
  if (first === 'list') return LIST_HELP
  return first === 'completion' ? COMPLETION_HELP : HELP
}

function runHelp(): string {
  const groups = RUN_FLAGS.map(({ title, flags }) => `${title}\n${flags.map(flagLine).join('')}`)
  return `${RUN_INTRO}\n${groups.join('\n')}${RUN_END}`
}

function flagLine(flag: Flag): string {
  const head = `  --${flag.name} ${flag.value}`.padEnd(26)
  const fallback = flag.default === '' ? '' : `[${flag.default}]`
  return `${head} ${[flag.help, fallback].filter(part => part !== '').join(' ')}\n`
}
