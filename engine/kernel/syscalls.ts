// Byte-level arguments of mmap() and remap_file_pages(): the checks and roundings of each era before the page-level
// mechanism. Cold: strategies call with whole pages and go to the mechanism directly.
//
// Addresses, lengths and their sums are unsigned longs: they wrap at 32 bits on i386. Left out: MAP_LOCKED, limits other
// than the map count, and file pages from 2^32 on: refused here, while 64-bit kernels map what will be a SIGBUS (up to 2^46
// in a pte of 3.10, 2^51 on 6.18).

import { VMA_ANONYMOUS, VMA_FILE_READ_ONLY, VMA_PRIVATE, VMA_READ_ONLY } from '../address-space.ts'
import { EINVAL, ENOMEM, ENOSYS } from '../errors.ts'
import { PAGE_BYTES } from '../units.ts'
import type { SimulatedKernel } from './simulated-kernel.ts'

export const PROT_READ = 1
export const PROT_WRITE = 2

/** What mmap() maps: the file, shared and writable, or something else that remap_file_pages() must refuse or respect. */
export type Mapping = 'shared' | 'read-only' | 'read-only-file' | 'private' | 'anonymous'

const VMA_FLAGS: Readonly<Record<Mapping, number>> = {
  shared: 0,
  'read-only': VMA_READ_ONLY,
  'read-only-file': VMA_READ_ONLY | VMA_FILE_READ_ONLY,
  private: VMA_PRIVATE,
  anonymous: VMA_ANONYMOUS,
}

/** mmap(address, length, PROT_READ|PROT_WRITE, MAP_FIXED|flags, file, pgoff) of a kind of mapping [do_mmap_pgoff]. */
export function mmapBytes(
  kernel: SimulatedKernel,
  address: number,
  length: number,
  pgoff: number,
  flags: number,
  mapping: Mapping = 'shared',
): number {
  const { addressEnd, windowBase, longBits, emptyMmap, offsetWrapErrno } = kernel.model
  const vpn = (address - windowBase) / PAGE_BYTES
  const pages = Math.ceil(length / PAGE_BYTES)
  const fits = length > 0 && length <= addressEnd
  const wraps = pgoff + pages >= 2 ** longBits
  if (fits && !wraps && Number.isInteger(vpn) && address + pages * PAGE_BYTES <= addressEnd) {
    return kernel.mmapAs(vpn, pages, pgoff, flags, VMA_FLAGS[mapping])
  }
  kernel.counters.syscalls++
  kernel.counters.mmapSemWrites++
  if (length === 0) return emptyMmap === 'succeeds' ? 0 : -EINVAL // before every other check
  if (!fits) return emptyMmap === 'succeeds' ? -EINVAL : -ENOMEM
  if (wraps) return -offsetWrapErrno
  if (kernel.refusesMapping()) return -ENOMEM
  return address + pages * PAGE_BYTES > addressEnd ? -ENOMEM : -EINVAL
}

/** remap_file_pages(start, size, prot, pgoff, flags) [sys_remap_file_pages]. */
export function remapBytes(
  kernel: SimulatedKernel,
  start: number,
  size: number,
  prot: number,
  pgoff: number,
  flags: number,
): number {
  kernel.counters.syscalls++
  if (kernel.model.remap === 'none') return -ENOSYS
  return kernel.model.remap === 'patch'
    ? remapRoundingUp(kernel, start, size, pgoff, flags)
    : remapRoundingDown(kernel, start, size, prot, pgoff, flags)
}

/**
 * The mail's: the end is computed from the raw arguments, then start and size are rounded up each for itself, so that a
 * start inside a page makes the populated range end one page later than the checked one. `prot` is not checked: here it
 * must be PROT_READ|PROT_WRITE, since any other than the vma's makes private copies in a shared window or faults for ever.
 */
function remapRoundingUp(kernel: SimulatedKernel, start: number, size: number, pgoff: number, flags: number): number {
  const end = (start + size) >>> 0
  const rounded = roundUp(start)
  const { windowBase } = kernel.model
  const vpn = (rounded - windowBase) / PAGE_BYTES
  if (end <= rounded) {
    kernel.counters.mmapSemReads++
    kernel.findVma(vpn)
    return -EINVAL
  }
  return kernel.remapRange(vpn, roundUp(size) / PAGE_BYTES, Math.ceil((end - windowBase) / PAGE_BYTES), pgoff, flags)
}

/** Since 2.5.66: no protection may be given, start and size are rounded down, and neither range may wrap. */
function remapRoundingDown(
  kernel: SimulatedKernel,
  start: number,
  size: number,
  prot: number,
  pgoff: number,
  flags: number,
): number {
  const { windowBase, longBits, remap } = kernel.model
  const first = start - (start % PAGE_BYTES)
  const pages = Math.floor(size / PAGE_BYTES)
  if (prot !== 0 || pages === 0 || first + pages * PAGE_BYTES >= 2 ** longBits) return -EINVAL
  if (pgoff + pages >= 2 ** longBits) return -EINVAL
  // What installs pages computed the end that is compared with the vma's before the rounding, 3.10 after [mm/fremap.c].
  const end = remap === 'install' ? start + size : first + pages * PAGE_BYTES
  const vpn = (first - windowBase) / PAGE_BYTES
  return kernel.remapRange(vpn, pages, Math.ceil((end - windowBase) / PAGE_BYTES), pgoff, flags)
}

/** PAGE_ALIGN: wraps to 0 in the last page of the 32-bit range. */
function roundUp(bytes: number): number {
  return (Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES) >>> 0
}
