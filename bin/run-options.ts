// What the command line says of a run, as the options of the library. The words of a claim's command go the same way.

import { UsageError } from '../engine/errors.ts'
import type { Arguments } from './cli.ts'
import type { OptionName, RunOptions } from './options.ts'

/** The options of the library from those of the command line; the values stay texts. */
export function optionsOf(args: Arguments): RunOptions {
  const options: Partial<Record<OptionName, unknown>> = {}
  const { format: _, ...plain } = args.values
  for (const [flag, value] of Object.entries(plain)) options[camelCase(flag) as OptionName] = value
  for (const name of ['strategy', 'kernel', 'explain'] as const) if (args.lists[name]) options[name] = args.lists[name]
  for (const name of ['breakdown', 'memfd', 'verify'] as const) if (args.switches.has(name)) options[name] = true
  if (args.lists.param) options.params = paramsOf(args.lists.param)
  return options as RunOptions
}

/** `max-map-count` is the option maxMapCount. */
function camelCase(flag: string): string {
  return flag.replace(/-[a-z]/g, letter => letter.slice(1).toUpperCase())
}

function paramsOf(assignments: readonly string[]): Record<string, string> {
  const params = new Map<string, string>()
  for (const assignment of assignments) {
    const [key, ...rest] = assignment.split('=')
    if (key === '' || rest.length === 0) throw new UsageError(`--param ${assignment}: must be KEY=VALUE`)
    if (params.has(key)) throw new UsageError(`--param ${assignment}: ${key} is given twice`)
    params.set(key, rest.join('='))
  }
  return Object.fromEntries(params)
}
