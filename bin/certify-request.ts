// What certify was asked for, as checked numbers: its options mean what they mean for run.

import { UsageError } from '../engine/errors.ts'
import { CALIBRATION_PAGES } from '../engine/native/calibrate.ts'
import type { StrategyEntry } from '../engine/strategy/strategy.ts'
import { formatSize, PAGE_BYTES, parseCount } from '../engine/units.ts'
import type { CertifyRequest } from './certify.ts'
import type { Arguments } from './cli.ts'
import { strategiesNamed } from './compose.ts'
import { CERTIFY_FLAGS } from './flags.ts'
import { hostKernel } from './host-lanes.ts'
import { toRequest } from './request.ts'

const MOST_TRACES = 100_000
/** The kernel is observed on the beginning of the file. */
const LEAST_FILE_BYTES = CALIBRATION_PAGES * PAGE_BYTES
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
  if (fileBytes < LEAST_FILE_BYTES) {
    throw new UsageError(`--file ${file}: too small to observe the kernel on; at least ${formatSize(LEAST_FILE_BYTES)}`)
  }
  return {
    fileBytes,
    windowBytes,
    seed: checked.seed,
    traces: count,
    strategies: certifiable(lists.strategy ?? STRATEGIES),
    limit: switches.has('limit'),
    hostFile: switches.has('memfd') ? 'memfd' : '/dev/shm',
  }
}

/** The strategies of these names; of all, those the running kernel can be given. One that it cannot is a mistake. */
function certifiable(names: readonly string[]): readonly StrategyEntry[] {
  const { lacks } = hostKernel
  const lacking = ({ uses }: StrategyEntry) => uses.find(use => lacks[use] !== undefined)
  const strategies = strategiesNamed(names)
  if (names.join() === 'all') return strategies.filter(entry => lacking(entry) === undefined)
  const refused = strategies.find(entry => lacking(entry) !== undefined)
  if (refused === undefined) return strategies
  throw new UsageError(`--strategy ${refused.name} on ${hostKernel.name}: ${lacks[lacking(refused)!]}`)
}

type Name = 'file' | 'window' | 'seed' | 'traces'

function defaults(): Record<Name, string> {
  const flags = CERTIFY_FLAGS.flatMap(group => group.flags)
  return Object.fromEntries(flags.map(flag => [flag.name, flag.default])) as Record<Name, string>
}
