// The whole file mapped once: what 64-bit addresses made possible, and how LMDB reads its file.
//
// A remap makes no call: it only notes where the pages of the slot are found. The database still decides what it keeps,
// but its decisions reach no one: no page is ever unmapped, and dirty pages are the kernel's to write.
// Left out: madvise() hints about what the database has given up.

import { EINVAL } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RemapStrategy, StrategyEntry, StrategySizes } from './strategy.ts'

class Linear implements RemapStrategy {
  private readonly kernel: Kernel
  private readonly filePages: number
  /** Window page -> file page, which is also the kernel's page. */
  private readonly pageOf: Int32Array

  constructor(kernel: Kernel, { windowPages, filePages }: StrategySizes) {
    this.kernel = kernel
    this.filePages = filePages
    this.pageOf = Int32Array.from({ length: windowPages }, (_, vpn) => vpn)
  }

  setup(): number {
    return this.kernel.mmapFixed(0, this.filePages, 0, 0)
  }

  remap(vpn: number, pages: number, pgoff: number): number {
    const { pageOf } = this
    if (pgoff + pages > this.filePages) return -EINVAL
    for (let i = 0; i < pages; i++) pageOf[vpn + i] = pgoff + i
    return 0
  }

  touch(vpn: number, write: number): number {
    return this.kernel.touch(this.pageOf[vpn], write)
  }

  addressOf(vpn: number): number {
    return this.pageOf[vpn]
  }
}

export const linear = {
  name: 'linear',
  summary: 'the whole file mapped once: no call per remap, a fault at the first touch of a page',
  uses: [],
  maps: 'file',
  create: (kernel, sizes) => new Linear(kernel, sizes),
} as const satisfies StrategyEntry
