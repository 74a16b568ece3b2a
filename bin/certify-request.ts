// What certify was asked for, as checked numbers: its options mean what they mean for run.

import { UsageError } from '../engine/errors.ts'
import { parseCount } from '../engine/units.ts'
import type { CertifyRequest } from './certify.ts'
import type { Arguments } from './cli.ts'
import { strategiesNamed } from './compose.ts'
import { CERTIFY_FLAGS } from './flags.ts'
import { toRequest } from './request.ts'

const MOST_TRACES = 100_000
/** What is tried by default: no locked windows, which need privilege, and no handlers for signals. */
const STRATEGIES = [
  'map-fixed',
  'map-fixed-populate',
  'remap-file-pages',
  'remap-file-pages-nonblock',
  'pread-copy',
  'linear',
  'vmcache',
]

/** Throws a UsageError naming the option. */
export function toCertifyRequest({ values, lists, switches }: Arguments): CertifyRequest {
  const { file, window, seed, traces } = { ...defaults(), ...values }
  const checked = toRequest({ file, window, unit: '4K', seed })
  const count = parseCount(traces)
  if (!(count >= 1 && count <= MOST_TRACES)) {
    throw new UsageError(`--traces ${traces}: must be a whole number from 1 to ${MOST_TRACES.toLocaleString('en-US')}`)
  }
  const { fileBytes, windowBytes } = checked
  return {
    fileBytes,
    windowBytes,
    seed: checked.seed,
    traces: count,
    strategies: strategiesNamed(lists.strategy ?? STRATEGIES),
    limit: switches.has('limit'),
    hostFile: switches.has('memfd') ? 'memfd' : '/dev/shm',
  }
}

type Name = 'file' | 'window' | 'seed' | 'traces'

function defaults(): Record<Name, string> {
  const flags = CERTIFY_FLAGS.flatMap(group => group.flags)
  return Object.fromEntries(flags.map(flag => [flag.name, flag.default])) as Record<Name, string>
}
