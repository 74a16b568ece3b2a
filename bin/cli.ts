// The command line: what was typed, as a command and its values. yargs splits the words; the messages are ours, because its
// own know neither the nearest option nor the exit codes.

import type { Argv } from 'yargs'
import { UsageError } from '../engine/errors.ts'
import { didYouMean } from '../engine/suggest.ts'
import { CERTIFY_FLAGS, CLAIMS_FLAGS, COMPARE_FLAGS, type Flag, type FlagGroup, RUN_FLAGS } from './flags.ts'

/** What was typed after a command: every option a text, repeatable ones a list. */
export interface Arguments {
  readonly values: Readonly<Record<string, string>>
  readonly lists: Readonly<Record<string, readonly string[]>>
  readonly switches: ReadonlySet<string>
}

export type Invocation =
  | { readonly command: 'run'; readonly args: Arguments }
  | { readonly command: 'claims'; readonly ids: readonly string[]; readonly args: Arguments }
  | { readonly command: 'certify'; readonly args: Arguments }
  | { readonly command: 'compare'; readonly current: string; readonly baseline: string; readonly args: Arguments }
  | { readonly command: 'list'; readonly kind: string | undefined; readonly verbose: boolean }
  /** yargs has answered already: a completion. */
  | { readonly command: 'none' }

export const COMMANDS = ['run', 'claims', 'certify', 'compare', 'list', 'completion'] as const

/** Stands for `-`, which yargs takes for the beginning of an option where a file is meant. */
const DASH = '\u0000-'

const LIST_SWITCHES = ['verbose']
/** Understood everywhere: remapbench.ts answers them before anything is parsed. */
const EVERYWHERE = ['help', 'version']
const FLAGS = flagsOf(RUN_FLAGS)
const CLAIM_FLAGS = flagsOf(CLAIMS_FLAGS)
const CERTIFICATE_FLAGS = flagsOf(CERTIFY_FLAGS)
const GATE_FLAGS = flagsOf(COMPARE_FLAGS)
/** Commands with options of their own; without a command they are run's. */
const FLAGS_OF: Readonly<Record<string, readonly Flag[]>> = {
  claims: CLAIM_FLAGS,
  certify: CERTIFICATE_FLAGS,
  compare: GATE_FLAGS,
}

/** Throws a UsageError for anything that is not understood. */
export async function parse(argv: readonly string[]): Promise<Invocation> {
  const stray = argv.indexOf('--') < 0 ? undefined : argv[argv.indexOf('--') + 1]
  if (stray !== undefined) throw unexpected(stray, argv) // yargs would let it pass
  const flags = flagsFor(argv[0])
  const valued = argv.find(word => flags.some(flag => flag.value === '' && word.startsWith(`--${flag.name}=`)))
  if (valued !== undefined) throw new UsageError(`${valued}: ${valued.split('=', 1)[0]} takes no value`)
  const { default: yargs } = await import('yargs')
  let invocation: Invocation = { command: 'none' }
  const parser = yargs(argv.map(word => (word === '-' && argv[0] === 'compare' ? DASH : word)))
    .scriptName('remapbench')
    .detectLocale(false)
    .exitProcess(false)
    .help(false)
    .version(false)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    })
    .command(
      ['run', '$0'],
      'one comparison',
      y => withFlags(y, FLAGS),
      args => {
        invocation = { command: 'run', args: argumentsOf(args, FLAGS) }
      },
    )
    .command(
      'claims [ids..]',
      "the mail's sentences",
      y => withFlags(y.positional('ids', { type: 'string', array: true }), CLAIM_FLAGS),
      args => {
        invocation = {
          command: 'claims',
          ids: (args.ids as readonly string[] | undefined) ?? [],
          args: argumentsOf(args, CLAIM_FLAGS),
        }
      },
    )
    .command(
      'certify',
      'the running kernel against its model',
      y => withFlags(y, CERTIFICATE_FLAGS),
      args => {
        invocation = { command: 'certify', args: argumentsOf(args, CERTIFICATE_FLAGS) }
      },
    )
    .command(
      'compare <current> <baseline>',
      'the gate',
      y => {
        y.positional('current', { type: 'string' }).positional('baseline', { type: 'string' })
        return withFlags(y, GATE_FLAGS)
      },
      args => {
        const { current, baseline } = args as unknown as { readonly current: string; readonly baseline: string }
        if (current === '' || baseline === '') throw lacksFiles()
        const [first, second] = [current, baseline].map(undashed)
        invocation = { command: 'compare', current: first!, baseline: second!, args: argumentsOf(args, GATE_FLAGS) }
      },
    )
    .command(
      'list [kind]',
      'what there is',
      y => y.positional('kind', { type: 'string' }).option('verbose', { type: 'boolean' }),
      args => {
        invocation = { command: 'list', kind: args.kind, verbose: args.verbose === true }
      },
    )
    .completion('completion', 'a completion script')
    .strict()
    .fail((message, error) => {
      throw error === undefined || error.name === 'YError' ? explain(message, argv) : error
    })
  if (argv[0] === 'completion') {
    if (argv.length > 1) throw unexpected(argv[1], argv)
    parser.showCompletionScript()
  } else await parser.parseAsync()
  return invocation
}

function withFlags(parser: Argv, flags: readonly Flag[]): Argv {
  for (const flag of flags) {
    if (flag.value === '') parser.option(flag.name, { type: 'boolean', describe: flag.help })
    else parser.option(flag.name, { type: 'string', requiresArg: true, describe: flag.help })
  }
  return parser
}

function flagsFor(command: string | undefined): readonly Flag[] {
  return (command !== undefined && Object.hasOwn(FLAGS_OF, command) && FLAGS_OF[command]) || FLAGS
}

function undashed(typed: unknown): string {
  return typed === DASH ? '-' : String(typed)
}

function flagsOf(groups: readonly FlagGroup[]): readonly Flag[] {
  return groups.flatMap(group => group.flags)
}

/** yargs gives a list for an option that was typed several times. */
function argumentsOf(args: Readonly<Record<string, unknown>>, flags: readonly Flag[]): Arguments {
  const values: Record<string, string> = {}
  const lists: Record<string, readonly string[]> = {}
  const switches = new Set<string>()
  for (const { name, value, repeats } of flags) {
    const typed = args[name]
    if (typed === undefined) continue
    if ([typed].flat().includes('')) throw new UsageError(`--${name}: needs a value${exampleOf(name, flags)}`)
    if (value === '') {
      if (typed === true) switches.add(name)
    } else if (repeats) lists[name] = [typed].flat().map(undashed)
    else if (Array.isArray(typed))
      throw new UsageError(`--${name}: given ${typed.length} times (${typed.join(', ')}); once is meant`)
    else values[name] = undashed(typed)
  }
  return { values, lists, switches }
}

/** What yargs complains about, in our words. */
function explain(message: string, argv: readonly string[]): UsageError {
  const command = argv.find(word => !word.startsWith('-'))
  const flags = flagsFor(command)
  const lacking = /^Not enough arguments following: (\S+)/.exec(message)
  if (lacking) return new UsageError(`--${lacking[1]}: needs a value${exampleOf(lacking[1], flags)}`)
  if (message.startsWith('Not enough non-option arguments')) return lacksFiles()
  const unknown = /^Unknown (?:argument|command)s?: ([^,]*)/.exec(message)
  if (!unknown) return new UsageError(message.replaceAll('\n', ' '))
  const name = undashed(unknown[1])
  const typed = argv.find(word => word.startsWith('-') && word.replace(/^-+/, '').split('=', 1)[0] === name)
  if (typed !== undefined) {
    const names = command === 'list' ? LIST_SWITCHES : flags.map(flag => flag.name)
    const hint = didYouMean(name, [...names, ...EVERYWHERE])
    const help = `remapbench ${COMMANDS.find(name => name === command) ?? 'run'} --help`
    return new UsageError(
      `${typed.split('=', 1)[0]}: unknown option${hint.replace('mean ', 'mean --')} (${help} shows all)`,
    )
  }
  if (name === argv[0])
    return new UsageError(`${name}: unknown command; allowed: ${COMMANDS.join(', ')}${didYouMean(name, COMMANDS)}`)
  return unexpected(name, argv)
}

function unexpected(word: string, argv: readonly string[]): UsageError {
  return new UsageError(
    `${word}: unexpected (remapbench ${COMMANDS.find(name => name === argv[0]) ?? 'run'} --help shows what is allowed)`,
  )
}

function lacksFiles(): UsageError {
  return new UsageError('compare: needs two files of results, CURRENT and BASELINE (remapbench compare --help)')
}

function exampleOf(name: string, flags: readonly Flag[]): string {
  const flag = flags.find(flag => flag.name === name)
  return flag ? `: --${name} ${flag.default || flag.value}` : ''
}
