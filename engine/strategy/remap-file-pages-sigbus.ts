// remap_file_pages() in a window that nobody may access but through the pages it installed: what the mail of October 2002
// proposes where the window is not locked ("a special SIGBUS handler to reinstall mappings across swapping").
//
// The window is mapped with PROT_NONE and its pages are installed with rights of their own. A page that the kernel took back
// is then a signal instead of silently another page of the file; the handler installs it again, and the access is repeated.
// Pages that no remap asked for come the same way. Left out: the cost of delivering a signal beside its system call.

import { EFAULT, SIGSEGV } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RemapStrategy, StrategyEntry, StrategySizes } from './strategy.ts'

class RemapFilePagesSigbus implements RemapStrategy {
  private readonly kernel: Kernel
  private readonly filePages: number
  /** Window page -> file page, for the handler. */
  private readonly pageOf: Int32Array

  constructor(kernel: Kernel, { windowPages, filePages }: StrategySizes) {
    this.kernel = kernel
    this.filePages = filePages
    this.pageOf = Int32Array.from({ length: windowPages }, (_, vpn) => vpn)
  }

  setup(windowPages: number): number {
    return this.kernel.mmapGuarded(0, windowPages, 0)
  }

  remap(vpn: number, pages: number, pgoff: number): number {
    const error = this.kernel.remapFilePages(vpn, pages, pgoff, 0)
    // A call that runs past the end of the file has installed the pages before it (shmem; elsewhere it is -EINVAL).
    const installed = error === 0 ? pages : error === -EFAULT ? this.filePages - pgoff : 0
    for (let i = 0; i < installed; i++) this.pageOf[vpn + i] = pgoff + i
    return error
  }

  touch(vpn: number, write: number): number {
    const signal = this.kernel.touch(vpn, write)
    if (signal !== -SIGSEGV) return signal
    if (this.kernel.remapFilePages(vpn, 1, this.pageOf[vpn] >>> 0, 0) < 0) return signal
    this.kernel.returnFromSignal()
    return this.kernel.touch(vpn, write)
  }
}

export const remapFilePagesSigbus = {
  name: 'remap-file-pages-sigbus',
  summary: 'remap_file_pages() in a PROT_NONE window: a page taken back is a signal, whose handler installs it again',
  uses: ['remap-file-pages', 'sigbus'],
  maps: 'window',
  create: (kernel, sizes) => new RemapFilePagesSigbus(kernel, sizes),
} as const satisfies StrategyEntry
