// The breakdown of a lane in a file of results, read back: parts, each with its relation, its step and counts.

import { STEP_NAMES } from '../engine/breakdown.ts'
import { COUNTER_NAMES, COUNTERS } from '../engine/counters.ts'
import { TraceError } from '../engine/errors.ts'
import type { ResultPart } from '../engine/gate/table.ts'
import type { JsonValue } from './json-text.ts'

const PLACE = ['relation', 'step']

/** Columns of counts that have parts. */
export const PART_METRICS: readonly string[] = COUNTER_NAMES.flatMap(name =>
  COUNTERS[name].kind === 'count' ? [COUNTERS[name].column] : [],
)

/** `file` is what messages call it. Throws a TraceError that names the line. */
export function partsOf(value: JsonValue, file: string): readonly ResultPart[] {
  if (value.kind !== 'list') throw new TraceError(`${file}:${value.line}: breakdown must be a list of parts`)
  const seen = new Set<string>()
  return value.items.map(item => {
    const part = partOf(item, file)
    const place = JSON.stringify([part.relation, part.step])
    if (seen.has(place)) throw new TraceError(`${file}:${item.line}: the part ${place} is there twice`)
    seen.add(place)
    return part
  })
}

function partOf(item: JsonValue, file: string): ResultPart {
  if (item.kind !== 'object') throw new TraceError(`${file}:${item.line}: a part must be an object`)
  const fail = (key: string, value: JsonValue | undefined, problem: string): never => {
    throw new TraceError(`${file}:${(value ?? item).line}: ${key} of a part: ${problem}`)
  }
  const relation = item.members.get('relation')
  const isNone = relation?.kind === 'word' && relation.value === null
  if (relation?.kind !== 'text' && !isNone) fail('relation', relation, 'must be a text or null')
  const step = item.members.get('step')
  const known = STEP_NAMES.find(name => step?.kind === 'text' && step.text === name)
  if (known === undefined) fail('step', step, `must be one of ${STEP_NAMES.join(', ')}`)
  const counts = new Map<string, number>()
  for (const [key, value] of item.members) {
    if (PLACE.includes(key)) continue
    if (!PART_METRICS.includes(key)) fail(JSON.stringify(key), value, 'is no count')
    const count = value.kind === 'number' && /^\d+$/.test(value.text) ? Number(value.text) : Number.NaN
    if (!Number.isSafeInteger(count)) fail(key, value, 'must be a whole number, 0 to 2^53-1')
    counts.set(key, count)
  }
  return { relation: relation?.kind === 'text' ? relation.text : null, step: known!, counts }
}
