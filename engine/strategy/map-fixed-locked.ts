// mmap(MAP_SHARED|MAP_FIXED|MAP_LOCKED) over the slot: the unit is faulted in by the call and is never taken back.
//
// It takes CAP_IPC_LOCK and a window below RLIMIT_MEMLOCK, which are taken for granted. Linux 2.4 ignores the flag.

import { MAP_LOCKED } from '../kernel/kernel.ts'
import { MapFixed } from './map-fixed.ts'
import type { StrategyEntry } from './strategy.ts'

export const mapFixedLocked = {
  name: 'map-fixed-locked',
  summary: 'mmap(MAP_FIXED|MAP_LOCKED): like map-fixed, with the pages faulted in by the call and kept',
  uses: ['locked'],
  maps: 'window',
  create: kernel => new MapFixed(kernel, MAP_LOCKED),
} as const satisfies StrategyEntry
