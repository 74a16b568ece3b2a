// The price list of the machine this runs on, measured when somebody asks for it: a few seconds in a process of its own.
//
// Measured once for all runs of a process, so that their times can be compared.

import { closeSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { modernCore } from '../engine/cost/modern-core.ts'
import type { CostModel } from '../engine/cost.ts'
import { HOST } from '../engine/native/host-model.ts'
import { hostPrices } from '../engine/native/price-list.ts'
import { FILE_PAGES } from '../engine/native/price-sections.ts'
import type { HostFile } from '../engine/run.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import { EnvironmentError } from './errors.ts'
import { machineHindrance, memoryHindrance } from './host-guard.ts'
import { createBackingFile, isDeath, perform } from './host-process.ts'

/** Where cost models are listed: what it is before it was measured. */
export const HOST_COST = {
  name: HOST,
  summary: 'this machine, measured when asked for (some seconds); needs Linux 5.14 on x86-64 and koffi',
  details: [`prices, in ns, what ${modernCore.name} prices and one process on one CPU can measure`],
} as const

const ROUNDS = 9
/** A process that takes longer has hung; a busy machine takes ten times the usual. */
const LIMIT_MS = 300_000

let measured: CostModel | null = null

/** The list. Throws an EnvironmentError where it cannot be measured. */
export function hostCost(file: HostFile): CostModel {
  measured ??= measure(file)
  return measured
}

function measure(file: HostFile): CostModel {
  const hindrance = machineHindrance() ?? memoryHindrance(FILE_PAGES * PAGE_BYTES, file)
  if (hindrance !== null) throw new EnvironmentError(`--cost ${HOST}: ${hindrance.why}`)
  const descriptor = createBackingFile(FILE_PAGES, 1, file)
  try {
    const answer = perform({ kind: 'prices', rounds: ROUNDS }, descriptor, LIMIT_MS)
    if (isDeath(answer)) throw new EnvironmentError(`--cost ${HOST}: ${answer.why}`)
    return hostPrices(answer, `${cpus()[0]?.model.trim() ?? 'x86-64'}, Linux ${release()}, in ${ROUNDS} rounds`)
  } finally {
    closeSync(descriptor)
  }
}
