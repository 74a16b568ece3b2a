// A strategy in a process that also faults outside the window (stack, heap, libraries), before a share of its remaps.
//
// Kernels with a one-entry cache of find_vma (mm->mmap_cache, 2.4 to 3.14) then have another vma in it. That is all: what
// those faults cost, and what they leave in the TLB, is not the window's. They come evenly, by Bresenham's rule.

import type { RemapStrategy } from './strategy.ts'

interface FaultingKernel {
  faultElsewhere(): void
}

/** Shares are counted in millionths: a percentage with four decimals is a whole number of them. */
const WHOLE = 1e6

/** The same strategy with faults elsewhere before `share` (0 to 1) of its remaps, also of those that are refused. */
export function withFaultsElsewhere(strategy: RemapStrategy, kernel: FaultingKernel, share: number): RemapStrategy {
  const step = Math.round(share * WHOLE)
  let due = 0
  return {
    setup: windowPages => strategy.setup(windowPages),
    remap(vpn, pages, pgoff) {
      due += step
      if (due >= WHOLE) {
        due -= WHOLE
        kernel.faultElsewhere()
      }
      return strategy.remap(vpn, pages, pgoff)
    },
    ...(strategy.touch && { touch: (vpn, write) => strategy.touch!(vpn, write) }),
    ...(strategy.addressOf && { addressOf: vpn => strategy.addressOf!(vpn) }),
  }
}
