// Which page-directory slots an unmapping clears [free_pgtables, mm/mmap.c of 2.4 to 2.6.10].
//
// The hole reaches from the vma before it to the vma after it; only slots that lie wholly inside are cleared, with the
// kernel's own rounding and its 32-bit overflow handling.

/** One past the last page of a 32-bit address space. */
const ADDRESS_PAGES = 2 ** 20

/**
 * Slots start..end-1 (slot = page number / directoryPages) that are cleared when pages from..to-1 are unmapped.
 * `lowerEnd`: page after the last vma below the hole, `upperStart`: first page of the first vma above it; -1 for none.
 */
export function clearedSlots(
  from: number,
  to: number,
  lowerEnd: number,
  upperStart: number,
  directoryPages: number,
): { readonly start: number; readonly end: number } {
  // In bytes `last` is end + PGDIR_SIZE - 1: it stands in the last page of the slot, hence the missing byte in `first`.
  let first = from - (from % directoryPages)
  let last = (to + directoryPages - 1) % ADDRESS_PAGES
  if (upperStart >= 0 && last >= upperStart) last = upperStart
  if (lowerEnd > first) first = (lowerEnd + directoryPages - 1) % ADDRESS_PAGES
  const start = Math.floor(first / directoryPages)
  const end = last < first ? 0 : Math.floor(last / directoryPages)
  return { start, end: Math.max(start, end) }
}
