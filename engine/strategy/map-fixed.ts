// mmap(MAP_SHARED|MAP_FIXED) over the slot: what databases did before 2002, one vma per cache unit.
//
// The pages themselves arrive later, one fault each.

import type { Kernel } from '../kernel/kernel.ts'
import type { RemapStrategy, StrategyEntry } from './strategy.ts'

class MapFixed implements RemapStrategy {
  private readonly kernel: Kernel

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  setup(windowPages: number): number {
    return this.kernel.mmapFixed(0, windowPages, 0, 0)
  }

  remap(vpn: number, pages: number, pgoff: number): number {
    return this.kernel.mmapFixed(vpn, pages, pgoff, 0)
  }
}

export const mapFixed = {
  name: 'map-fixed',
  summary: 'mmap(MAP_FIXED) over the slot: one vma per unit, a flush, a fault per page',
  create: kernel => new MapFixed(kernel),
} as const satisfies StrategyEntry
