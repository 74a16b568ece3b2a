// What this machine permits of the tests that measure it: a reason to skip, or none.

import { closeSync } from 'node:fs'
import { machineHindrance, memoryHindrance } from '../../bin/host-guard.ts'
import { createBackingFile, isDeath, perform } from '../../bin/host-process.ts'
import { CALIBRATION_PAGES } from '../../engine/native/calibrate.ts'

/** Bytes of the files that tests make. */
export const TEST_FILE_BYTES = 2 ** 27

/** `false` if the running kernel can be measured, else why not: the `skip` of a test. */
export const cannotMeasure: string | false =
  (machineHindrance() ?? memoryHindrance(TEST_FILE_BYTES, '/dev/shm'))?.why ?? false

/** `false` if all counters can be had. */
export const cannotCountAll: string | false = cannotMeasure === false ? lacksTracepoints() : cannotMeasure

function lacksTracepoints(): string | false {
  const descriptor = createBackingFile(CALIBRATION_PAGES, 1)
  const answer = perform({ kind: 'calibrate' }, descriptor, 30_000)
  closeSync(descriptor)
  if (isDeath(answer)) return answer.why
  return answer.level === 'full' ? false : answer.why
}
