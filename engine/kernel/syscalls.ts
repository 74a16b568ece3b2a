// Byte-level arguments of mmap() and remap_file_pages() in 2.5.42 and the mail: the checks and roundings before the
// page-level mechanism. Cold: strategies call with whole pages and go to the mechanism directly.
//
// Addresses, lengths and sums are unsigned 32-bit, as on i386.

import { EINVAL, ENOMEM } from '../errors.ts'
import { PAGE_BYTES } from '../units.ts'
import type { SimulatedKernel } from './simulated-kernel.ts'

/** mmap(address, length, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED|flags, file, pgoff) [do_mmap_pgoff]. */
export function mmapBytes(
  kernel: SimulatedKernel,
  address: number,
  length: number,
  pgoff: number,
  flags: number,
): number {
  const { addressEnd, windowBase } = kernel.model
  const vpn = (address - windowBase) / PAGE_BYTES
  const pages = Math.ceil(length / PAGE_BYTES)
  const mapsSomething = length > 0 && length <= addressEnd && pgoff + pages < 2 ** 32
  if (mapsSomething && Number.isInteger(vpn) && address + pages * PAGE_BYTES <= addressEnd) {
    return kernel.mmapFixed(vpn, pages, pgoff, flags)
  }
  kernel.counters.syscalls++
  kernel.counters.mmapSemWrites++
  if (length === 0) return 0 // success, before every other check
  if (!mapsSomething) return -EINVAL
  if (kernel.refusesMapping()) return -ENOMEM
  return address + pages * PAGE_BYTES > addressEnd ? -ENOMEM : -EINVAL
}

/** remap_file_pages(start, size, PROT_READ|PROT_WRITE, pgoff, flags) of the mail [sys_remap_file_pages]. */
export function remapBytes(kernel: SimulatedKernel, start: number, size: number, pgoff: number, flags: number): number {
  kernel.counters.syscalls++
  // The end is computed from the raw arguments, then start and size are rounded up each for itself: a start inside a page
  // makes the populated range end one page later than the checked one.
  const end = (start + size) >>> 0
  const rounded = roundUp(start)
  const { windowBase } = kernel.model
  if (end <= rounded) {
    kernel.counters.mmapSemReads++
    kernel.findVma((rounded - windowBase) / PAGE_BYTES)
    return -EINVAL
  }
  const vpn = (rounded - windowBase) / PAGE_BYTES
  return kernel.remapRange(vpn, roundUp(size) / PAGE_BYTES, Math.ceil((end - windowBase) / PAGE_BYTES), pgoff, flags)
}

/** PAGE_ALIGN: wraps to 0 in the last page of the 32-bit range. */
function roundUp(bytes: number): number {
  return (Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES) >>> 0
}
