// mmap(MAP_SHARED|MAP_FIXED) over the slot: what databases did before 2002, one vma per cache unit.
//
// The pages themselves arrive later, with faults.

import type { Kernel } from '../kernel/kernel.ts'
import type { RemapStrategy, StrategyEntry } from './strategy.ts'

export class MapFixed implements RemapStrategy {
  private readonly kernel: Kernel
  private readonly flags: number

  /** `flags`: of every remap; the first mapping of the window has none. */
  constructor(kernel: Kernel, flags: number) {
    this.kernel = kernel
    this.flags = flags
  }

  setup(windowPages: number): number {
    return this.kernel.mmapFixed(0, windowPages, 0, 0)
  }

  remap(vpn: number, pages: number, pgoff: number): number {
    return this.kernel.mmapFixed(vpn, pages, pgoff, this.flags)
  }
}

export const mapFixed = {
  name: 'map-fixed',
  summary: 'mmap(MAP_FIXED) over the slot: one vma per unit, a flush, and faults for its pages',
  uses: [],
  maps: 'window',
  create: kernel => new MapFixed(kernel, 0),
} as const satisfies StrategyEntry
