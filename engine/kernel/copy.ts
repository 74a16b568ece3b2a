// Copying instead of mapping: pread() and pwrite() between the file and the process's own memory.
//
// A page of the window that is not there yet is faulted in by the kernel while it copies. Left out: direct I/O, read-ahead.

import { EFAULT } from '../errors.ts'
import { PAGE_BYTES } from '../units.ts'
import { populate } from './fault.ts'
import type { Machine } from './machine.ts'

/** pread(): file pages up to its end are copied into the window; 0 or a negative errno. */
export function readPages(m: Machine, vpn: number, pages: number, pgoff: number): number {
  return copyPages(m, vpn, pages, pgoff, 1)
}

/** pwrite(): window pages are copied to the file, up to its end: the database's file does not grow. */
export function writePages(m: Machine, vpn: number, pages: number, pgoff: number): number {
  m.counters.writebacks++
  return copyPages(m, vpn, pages, pgoff, 0)
}

function copyPages(m: Machine, vpn: number, pages: number, pgoff: number, intoWindow: number): number {
  const { counters: c, file } = m
  const inside = Math.max(Math.min(pages, file.pages - pgoff), 0)
  c.syscalls++
  for (let i = 0; i < inside; i++) {
    // A hole of shmem is read as zeroes without a page being made for it [do_shmem_file_read].
    if (intoWindow === 0 || file.backing !== 'shmem' || file.has(pgoff + i)) m.lookUp(pgoff + i)
    else c.pageCacheLookups++
    if (populate(m, vpn + i, 1, intoWindow) < 0) return -EFAULT
    if (intoWindow === 0) file.markDirty(pgoff + i)
    c.bytesCopied += PAGE_BYTES
  }
  return 0
}
