// The shorter runs by which lanes are timed at other units: enough accesses to tell them apart, after as many as fill the window.

import { HOST } from '../engine/native/host-model.ts'
import { planAll } from '../engine/native/lane-work.ts'
import { openPool } from './compose.ts'
import type { RunRequest } from './request.ts'
import { isFit, shortRun } from './units.ts'

/** Units at which lanes are timed, where they fit. */
const UNITS = [2 ** 12, 2 ** 14, 2 ** 16, 2 ** 18, 2 ** 20, 2 ** 21]
/** What is enough there: rounds, and accesses, fewer where each may copy more. */
const ROUNDS = 5
const MOST_ACCESSES = 20_000
const LEAST_ACCESSES = 1000
const UNIT_BYTES = 2 ** 28
/** Accesses for each slot that are tried in turn; a window that is not full after the last is filled by no run of ours. */
const FILLING = [2, 4, 8, 16]

/** One run for each unit at which the window gets full: before that, what takes time is filling it. */
export function unitRuns(request: RunRequest): readonly RunRequest[] {
  return UNITS.filter(unit => isFit(request, unit)).flatMap(unit => {
    const short = shortRun(request, HOST, unit)
    const warmup = fillingOf(short)
    if (warmup === null) return []
    const accesses = Math.min(short.accesses, MOST_ACCESSES, Math.max(UNIT_BYTES / unit, LEAST_ACCESSES))
    return [{ ...short, warmup, accesses, timedRounds: Math.min(request.timedRounds, ROUNDS) }]
  })
}

function fillingOf(request: RunRequest): number | null {
  const slots = request.windowBytes / request.unitBytes
  const enough = FILLING.find(times => {
    const { source, pool } = openPool(request)
    planAll(source, pool, 0, times * slots)
    return pool.isFull
  })
  return enough === undefined ? null : enough * slots
}
