// How the database makes file pages visible at a window address: which system calls, in which order.

import type { Kernel } from '../kernel/kernel.ts'

/** Calls return 0 or a negative errno. */
export interface RemapStrategy {
  /** The first mapping of the window: its pages 0..windowPages-1 to the file's first pages. */
  setup(windowPages: number): number
  /** Makes file pages pgoff.. visible at window pages vpn... */
  remap(vpn: number, pages: number, pgoff: number): number
}

export interface StrategyEntry {
  /** What the user types. */
  readonly name: string
  readonly summary: string
  create(kernel: Kernel): RemapStrategy
}
