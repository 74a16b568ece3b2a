// How the database makes file pages visible at a window address: which system calls, in which order.

import type { Kernel } from '../kernel/kernel.ts'
import type { Circumstance } from '../kernel/model.ts'

/** Calls return 0 or a negative errno. */
export interface RemapStrategy {
  /** The first mapping of the window: its pages 0..windowPages-1 to the file's first pages. */
  setup(windowPages: number): number
  /** Makes file pages pgoff.. visible at window pages vpn... */
  remap(vpn: number, pages: number, pgoff: number): number
  /**
   * One user access to a page of the window; 0 or a negative signal. Absent where the kernel's page vpn is the window's:
   * present where blocks are found elsewhere than in their slots, or where the database itself keeps track of writes.
   */
  touch?(vpn: number, write: number): number
  /** The kernel's page behind a page of the window; absent where it is the same. */
  addressOf?(vpn: number): number
}

/** What a strategy is made for, in pages. */
export interface StrategySizes {
  readonly windowPages: number
  readonly filePages: number
}

export interface StrategyEntry {
  /** What the user types. */
  readonly name: string
  readonly summary: string
  /** What it needs a kernel to be able to do. */
  readonly uses: readonly Circumstance[]
  /** How many pages of addresses it maps: the window's, or the whole file's, which it then maps by one call for good. */
  readonly maps: 'window' | 'file'
  /** Its first mapping brings pages of the file in: until all slots were used, a page may be visible at two places. */
  readonly fillsWindow?: boolean
  create(kernel: Kernel, sizes: StrategySizes): RemapStrategy
}
