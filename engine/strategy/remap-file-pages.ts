// remap_file_pages() inside the one vma of the window: the call the mail of October 2002 proposes.
//
// It installs the pages at once. A database would also lock the window (remap-file-pages-locked), since such mappings do not
// survive being swapped out in 2.5.42: what memory pressure takes back is counted as wrong_pages.

import type { Kernel } from '../kernel/kernel.ts'
import type { RemapStrategy, StrategyEntry } from './strategy.ts'

export class RemapFilePages implements RemapStrategy {
  private readonly kernel: Kernel
  private readonly windowFlags: number
  private readonly flags: number

  /** `windowFlags`: of the first mapping of the window; `flags`: of every remap. */
  constructor(kernel: Kernel, windowFlags: number, flags: number) {
    this.kernel = kernel
    this.windowFlags = windowFlags
    this.flags = flags
  }

  setup(windowPages: number): number {
    return this.kernel.mmapFixed(0, windowPages, 0, this.windowFlags)
  }

  remap(vpn: number, pages: number, pgoff: number): number {
    return this.kernel.remapFilePages(vpn, pages, pgoff, this.flags)
  }
}

export const remapFilePages = {
  name: 'remap-file-pages',
  summary: 'remap_file_pages(): one vma, or mmap in disguise since 4.0; the pages are there when it returns',
  uses: ['remap-file-pages'],
  maps: 'window',
  create: kernel => new RemapFilePages(kernel, 0, 0),
} as const satisfies StrategyEntry
