// The help texts. They load nothing but the table of flags, fit 80 columns, and name no registered part: `list` does.

import { CERTIFY_FLAGS, CLAIMS_FLAGS, COMPARE_FLAGS, type Flag, type FlagGroup, RUN_FLAGS } from './flags.ts'

/** What `remapbench --help` prints: at most 24 lines. */
const HELP = `remapbench counts what remapping a buffer pool's window costs on modelled Linux
kernels: system calls, page faults, TLB flushes, vmas.

  remapbench [run] [options]       one trace through every strategy on every
                                   kernel; without options the main job: TPC-C,
                                   16 GiB file, 1 GiB window, 10 M accesses
  remapbench claims [ID...]        what became of the mail's sentences of 2002
  remapbench certify               the running kernel against its model
  remapbench compare CURRENT BASELINE
                                   the CI gate: fails if any count got worse
  remapbench list [kind]           the workloads, strategies, kernels, policies,
                                   cost models and report formats there are;
                                   --verbose: what each rests on
  remapbench completion            a completion script for bash, zsh or fish
  remapbench COMMAND --help        the options of a command
  remapbench --version

  remapbench --accesses 1M --touch unit
  remapbench --unit 4K --out results.csv --out results.md

Results go to stdout, notes and progress to stderr.
Exit codes: 0 done, 1 gate: worse, 2 usage, 3 bad input file, 4 gate: not
comparable, 5 this machine cannot do it, 70 a bug of ours, 130 interrupted.
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

const RUN_INTRO = `remapbench [run] [options]: one trace, every strategy on every kernel asked for
`

const RUN_END = `
Examples
  remapbench --workload zipf --param theta=0.8 --file 4G --processes 1,10,50
  remapbench --kernel host --file 4G --window 256M --accesses 200K --time 9
Sizes: 4K, 16KiB, 1G (powers of 1024). Counts: 10M, 1_000_000, 1e6. LIST: a,b,c.
Names and parameters: remapbench list --verbose.
`

const CLAIMS_INTRO = `remapbench claims [ID...] [options]

Each quantitative sentence of the mail that proposed remap_file_pages() (14
October 2002), or those of these IDs, run as an experiment: the command, the
numbers, a verdict, the source that decides, and what would turn the verdict.
The IDs: remapbench claims ends in a list of them, and a wrong ID lists them.
`

const CLAIMS_END = `
Verdicts: holds; holds if (with its condition); does not hold; undecided, where
what would turn the verdict lies within what is possible; untested.
Numbers are read as RUN:LANE.COLUMN in the CSV of the command that is printed,
RUN where there are several, LANE a strategy or kernel/strategy.

Examples
  remapbench claims
  remapbench claims remap-16k vmas-128k
  remapbench claims --format json --out claims.md

Exit code 0 whatever the verdicts are.
`

const CERTIFY_INTRO = `remapbench certify [options]

The same window operations on the running kernel, as real calls on real memory,
and in a model built from what is observed of that kernel: every counter equal,
or not. Needs Linux on x86-64 and the optional package koffi; tracepoints (root,
or CAP_PERFMON and CAP_DAC_READ_SEARCH) for all counters.
`

const CERTIFY_END = `
Counters that may not be read are left out, and said to be. Of runs that are
disturbed there are up to six; the prediction plays no part in accepting one.
--limit adds traces that run into the limit of vmas: what the kernel answers to
each operation, 0 or an errno, against what the model says.

Examples
  remapbench certify
  remapbench certify --traces 200 --seed 7 --out certificate.json

Exit codes: 0 all equal (within the bound that is stated), 1 not, 5 this machine
cannot do it.
`

const COMPARE_INTRO = `remapbench compare CURRENT BASELINE [options]

Two files of results, CSV or JSON (one may be -): every count of every lane must
be what it was, or better. What cannot be compared never passes.
`

const COMPARE_END = `
RULE   [LANE:]METRIC=[+-]N%   may grow (+), shrink (-) or do either by N percent
       [LANE:]METRIC<=N       any value up to N (or >=)
EXPR   A <= B (or >= < > ==), each a NUMBER, LANE.METRIC or NUMBER * LANE.METRIC
LANE   a strategy, or kernel/strategy; LANE and METRIC may be globs (* ?)
METRIC a column of the CSV, such as page_faults; modelled times only warn

Examples
  remapbench compare now.csv baseline.csv
  remapbench compare now.csv baseline.csv --update
  remapbench compare now.csv baseline.csv --allow 'linux-6.18/*:page_faults=+1%'
  remapbench compare now.csv baseline.csv --assert \\
    'remap-file-pages.vma_bytes_peak <= 0.01 * map-fixed.vma_bytes_peak'
  remapbench run --format csv | remapbench compare - baseline.csv --junit a.xml

In GitHub Actions: annotations, and a table in the step summary.
Exit codes: 0 passed, 1 worse or an assertion failed, 2 usage, 3 a file is
missing or malformed, 4 something could not be compared (goes before 1).
`

/** The help that goes with what was typed: a command's, `run`'s if there are only options, else the program's. */
export function helpOf(words: readonly string[]): string {
  const first = words.find(word => word !== '--help' && word !== '-h')
  if (first === 'run' || first?.startsWith('-')) return `${RUN_INTRO}\n${flagLines(RUN_FLAGS)}${RUN_END}`
  if (first === 'claims') return `${CLAIMS_INTRO}\n${flagLines(CLAIMS_FLAGS)}${CLAIMS_END}`
  if (first === 'certify') return `${CERTIFY_INTRO}\n${flagLines(CERTIFY_FLAGS)}${CERTIFY_END}`
  if (first === 'compare') return `${COMPARE_INTRO}\n${flagLines(COMPARE_FLAGS)}${COMPARE_END}`
  if (first === 'list') return LIST_HELP
  return first === 'completion' ? COMPLETION_HELP : HELP
}

function flagLines(groups: readonly FlagGroup[]): string {
  return groups.map(({ title, flags }) => `${title}\n${flags.map(flagLine).join('')}`).join('')
}

function flagLine(flag: Flag): string {
  const head = `  --${flag.name} ${flag.value}`.padEnd(26)
  const fallback = flag.default === '' ? '' : `[${flag.default}]`
  return `${head} ${[flag.help, fallback].filter(part => part !== '').join(' ')}\n`
}
