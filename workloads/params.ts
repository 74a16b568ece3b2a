// Checks what the user gave as --param against a workload's definitions and fills in the defaults.

import { UsageError } from '../engine/errors.ts'
import { didYouMean } from '../engine/suggest.ts'
import type { ParamDef, ParamValues } from './workload.ts'

/**
 * Every parameter that has a value. One whose default depends on the file (null) and was not given is left out:
 * the workload fills it in. Throws a UsageError in one line.
 */
export function resolveParams(
  workload: string,
  defs: Readonly<Record<string, ParamDef>>,
  given: ParamValues,
): Record<string, number | string> {
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(defs, key)) throw new UsageError(unknownParam(workload, Object.keys(defs), key, given[key]!))
  }
  const values: Record<string, number | string> = {}
  for (const [key, def] of Object.entries(defs)) {
    const value = Object.hasOwn(given, key) ? given[key]! : def.default
    if (value === null) continue
    if (!isAllowed(def, value)) {
      const hint = def.kind === 'word' ? didYouMean(String(value), def.words) : ''
      throw new UsageError(`--param ${key}=${value}: must be ${allowed(def)}${hint}`)
    }
    values[key] = value
  }
  return values
}

/** The definition all workloads share that do not know by themselves which accesses write. */
export function writesParam(share: number): ParamDef {
  const help = 'share of the accesses that write; the pages are the same whatever it is'
  return { kind: 'number', default: share, min: 0, max: 1, integer: false, help }
}

function isAllowed(def: ParamDef, value: number | string): boolean {
  if (def.kind === 'word') return typeof value === 'string' && def.words.includes(value)
  if (typeof value !== 'number' || !(value >= def.min && value <= def.max)) return false
  return !def.integer || Number.isInteger(value)
}

function allowed(def: ParamDef): string {
  if (def.kind === 'number') return `${def.integer ? 'an integer' : 'a number'} from ${def.min} to ${def.max}`
  return def.words.length === 1 ? def.words[0]! : `${def.words.slice(0, -1).join(', ')} or ${def.words.at(-1)}`
}

function unknownParam(workload: string, names: readonly string[], key: string, value: number | string): string {
  const has = names.length === 0 ? 'no parameters' : `the parameters ${names.join(', ')}`
  return `--param ${key}=${value}: unknown parameter; ${workload} has ${has}${didYouMean(key, names)}`
}
