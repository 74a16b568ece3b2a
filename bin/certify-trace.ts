// Traces of the workloads for certify: what a pool asks of a small window, as rows.

import { planAll } from '../engine/native/lane-work.ts'
import type { RandomTrace } from '../engine/native/random-trace.ts'
import { OpsRows } from '../engine/ops-rows.ts'
import { formatSize, PAGE_BYTES } from '../engine/units.ts'
import { OP_KIND_BITS, OP_KIND_MASK, OP_REMAP } from '../engine/window-ops.ts'
import { openPool, workloadNames } from './compose.ts'
import { toRequest } from './request.ts'

/** Pages of the units, by turns: 4K, 16K, 64K, 2M. */
const UNITS = [1, 4, 16, 512] as const
/** Slots of the pool: few, so that units leave. */
const SLOTS = 32
/** Accesses of a trace; those of 2M units are fewer. */
const ACCESSES = 1000

/** The trace of this number of a seed; the workloads take turns. */
export function workloadTrace(seed: number, number: number, fileBytes: number): RandomTrace {
  const names = workloadNames()
  const workload = names[number % names.length]!
  const unitPages = UNITS[Math.floor(number / names.length) % UNITS.length]!
  const touch = number % 2 === 0 ? 'unit' : 'page'
  const accesses = touch === 'unit' ? ACCESSES * Math.min(unitPages, 16) : ACCESSES / Math.min(unitPages, 10)
  const { unitBytes, windowBytes } = { unitBytes: unitPages * PAGE_BYTES, windowBytes: SLOTS * unitPages * PAGE_BYTES }
  const request = toRequest({ workload, file: fileBytes, window: windowBytes, unit: unitBytes, touch, accesses, seed })
  const { source, pool } = openPool(request)
  const rows = new OpsRows()
  for (const { op, pgoff, length } of planAll(source, pool, 0, accesses).counted) {
    for (let i = 0; i < length; i++) {
      const kind = op[i] & OP_KIND_MASK
      const isRemap = kind === OP_REMAP
      rows.append(kind, op[i] >>> OP_KIND_BITS, isRemap ? unitPages : 1, isRemap ? pgoff[i] : 0)
    }
  }
  return { name: `${workload}, ${formatSize(unitBytes)} units, ${touch} touched`, rows }
}
