// Copying instead of mapping: pread() and pwrite() between the file and the process's own memory.
//
// A page of the window that is not there yet is faulted in by the kernel while it copies. The page of the file is asked for
// first and is dirty even if the copy fails: so it was measured on 6.18; 2.6.24 to 6.14 look at the window first, which is
// left out. Also left out: direct I/O, read-ahead.

import { EFAULT } from '../errors.ts'
import { PAGE_BYTES } from '../units.ts'
import { copyFault, copyFaults } from './fault.ts'
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
  if (m.mapsOnce) {
    // The file is complete, and a pool copies only where memory of its own is mapped.
    c.pageCacheLookups += inside
    c.bytesCopied += inside * PAGE_BYTES
    return copyFaults(m, vpn, inside)
  }
  for (let i = 0; i < inside; i++) {
    const page = pgoff + i
    // A hole of shmem is read as zeroes without a page being made for it [do_shmem_file_read].
    if (intoWindow === 0 || file.backing !== 'shmem' || file.has(page)) m.lookUp(page)
    else c.pageCacheLookups++
    if (intoWindow === 0) file.markDirty(page)
    if (copyFault(m, vpn + i, intoWindow) < 0) return -EFAULT
    c.bytesCopied += PAGE_BYTES
  }
  return 0
}
