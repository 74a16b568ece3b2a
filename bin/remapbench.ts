#!/usr/bin/env node
// The program: dispatches a command and maps how it ended to an exit code. The only process.exit is here.
//
// Everything heavy is imported by the command that needs it, so that --version and --help cost no more than Node itself.

import { describe, EXIT_USAGE, reasonOf } from './errors.ts'
import { helpOf } from './help.ts'
import { readVersion } from './version.ts'

// Standard output may go away (`| head`), which is no failure, or refuse (a full disk), which is.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') {
    process.stderr.write(`remapbench: standard output: ${reasonOf(error)}\n`)
    process.exit(EXIT_USAGE)
  }
  process.exit() // with 0, or with what a gate has found by then
})
process.stderr.on('error', () => {}) // nobody is left to be told

try {
  await main(process.argv.slice(2))
} catch (error) {
  const { text, code } = describe(error)
  process.stderr.write(text)
  process.exitCode = code
}

async function main(argv: readonly string[]): Promise<void> {
  const end = argv.indexOf('--')
  const options = end < 0 ? argv : argv.slice(0, end)
  if (!argv.includes('--get-yargs-completions')) {
    if (options.includes('--help') || options.includes('-h')) {
      process.stdout.write(helpOf(options))
      return
    }
    if (options.includes('--version')) {
      process.stdout.write(`${readVersion()}\n`)
      return
    }
  }
  const { parse } = await import('./cli.ts')
  const invocation = await parse(argv)
  if (invocation.command === 'run') {
    const { runCommand } = await import('./commands/run.ts')
    process.exitCode = await runCommand(invocation.args)
  } else if (invocation.command === 'claims') {
    const { claimsCommand } = await import('./commands/claims.ts')
    await claimsCommand(invocation.ids, invocation.args)
  } else if (invocation.command === 'certify') {
    const { certifyCommand } = await import('./commands/certify.ts')
    process.exitCode = await certifyCommand(invocation.args)
  } else if (invocation.command === 'compare') {
    const { compareCommand } = await import('./commands/compare.ts')
    const { current, baseline, args } = invocation
    process.exitCode = await compareCommand(current, baseline, args)
  } else if (invocation.command === 'list') {
    const { listCommand } = await import('./commands/list.ts')
    process.stdout.write(listCommand(invocation.kind, invocation.verbose))
  }
}
