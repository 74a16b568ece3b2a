// mmap(MAP_SHARED|MAP_FIXED|MAP_POPULATE) over the slot: as map-fixed, but the kernel installs the pages inside the call.
//
// The flag came with the mail's patch (include/asm-i386/mman.h) and stayed. Its result is ignored by the kernel: a page
// that could not be installed faults when it is touched.

import { MAP_POPULATE } from '../kernel/kernel.ts'
import { MapFixed } from './map-fixed.ts'
import type { StrategyEntry } from './strategy.ts'

export const mapFixedPopulate = {
  name: 'map-fixed-populate',
  summary: 'mmap(MAP_FIXED|MAP_POPULATE): one vma per unit, a flush, the pages are there when it returns',
  uses: ['populate'],
  maps: 'window',
  create: kernel => new MapFixed(kernel, MAP_POPULATE),
} as const satisfies StrategyEntry
