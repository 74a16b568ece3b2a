// Taking mappings away: the vmas of a range with their pages and page tables (do_munmap), or the pages alone (madvise).

import { VMA_NONLINEAR } from '../address-space.ts'
import { ENOMEM } from '../errors.ts'
import { clearedSlots } from './free-pgtables.ts'
import type { Machine } from './machine.ts'

/** Zaps and detaches all vmas of places first..end-1, then flushes [unmap_region, free_pgtables, tlb_finish_mmu]. */
export function unmap(m: Machine, first: number, end: number): void {
  const { space, places, gather } = m
  // Only what vmas cover is zapped: a page mapped past a vma's end stays.
  for (let vma = space.ceil(first); vma >= 0 && vma < end; vma = space.ceil(space.end[vma])) {
    m.zap(vma, places.vpnOf(vma), places.pagesOf(vma, space.end[vma]))
  }
  space.detach(first, end)
  freePageTables(m, first, end)
  gather.finish(places.vpnOf(first), places.pagesOf(first, end))
}

/** Page tables that no vma needs any more, while the hole is open. */
function freePageTables(m: Machine, first: number, end: number): void {
  const { model, space, places, table, gather } = m
  const { lower, upper } = space
  const from = places.pageAt(first)
  const to = places.pageAt(end)
  const lowerEnd = places.pageAfter(lower, lower < 0 ? -1 : space.end[lower])
  const upperStart = places.pageAt(upper)
  if (model.freesTables === 'directory-slots') {
    const directoryPages = model.directoryPages!
    const cleared = clearedSlots(from, to, lowerEnd, upperStart, directoryPages)
    const freed = table.freeTables(cleared.start * directoryPages, cleared.end * directoryPages)
    gather.freedSlots(freed, cleared.end - cleared.start)
  } else freeRegions(m, from, to, lowerEnd, upperStart < 0 ? Number.POSITIVE_INFINITY : upperStart)
}

/** Frees the tables of regions that pages from..to-1 reach into and that lie in floor..ceiling-1 [free_pgd_range]. */
function freeRegions(m: Machine, from: number, to: number, floor: number, ceiling: number): void {
  const { table, gather } = m
  const { tablePages, basePage } = table
  for (let region = from - (from % tablePages); region < to; region += tablePages) {
    if (region >= floor && region + tablePages <= ceiling && table.freeTable(region))
      gather.freedTable(region - basePage)
  }
}

/**
 * madvise(MADV_DONTNEED): clears the pages of vpn.. that vmas cover; the vmas stay. -ENOMEM if some pages have none, but the
 * others are cleared all the same [madvise_dontneed, zap_page_range].
 */
export function dropPages(m: Machine, vpn: number, pages: number): number {
  const { space, places, gather, model } = m
  const end = vpn + pages
  let covered = 0
  for (let vma = space.find(places.of(vpn)); places.inWindow(vma); vma = space.ceil(space.end[vma])) {
    const from = Math.max(places.vpnOf(vma), vpn)
    const to = Math.min(places.vpnOf(space.end[vma]), end)
    if (from >= to) break
    covered += to - from
    if ((space.flagsOf(vma) & VMA_NONLINEAR) !== 0) dropNonlinear(m, vma, from, to)
    else if (model.dropsInOneGather) dropByTable(m, vma, from, to)
    else m.zap(vma, from, to - from)
    if (!model.dropsInOneGather) gather.finish(from, to - from)
  }
  gather.finish(vpn, pages)
  return covered < pages ? -ENOMEM : 0
}

/** A page table whose whole region is dropped goes before the next one is looked at [zap_pte_range, CONFIG_PT_RECLAIM]. */
function dropByTable(m: Machine, vma: number, from: number, end: number): void {
  const { tablePages, basePage } = m.table
  for (let at = from; at < end; ) {
    const to = Math.min(at + tablePages - ((basePage + at) % tablePages), end)
    m.zap(vma, at, to - at)
    freeRegions(m, basePage + at, basePage + to, basePage + at, basePage + to)
    at = to
  }
}

/** In a nonlinear vma an entry keeps naming its file page where the vma would name another [zap_pte_range]. */
function dropNonlinear(m: Machine, vma: number, from: number, end: number): void {
  const { table } = m
  for (let vpn = from; vpn < end; vpn++) {
    if (table.hasFilePte(vpn)) continue
    const page = table.has(vpn) ? table.pageAt(vpn) >>> 0 : -1
    m.zap(vma, vpn, 1)
    if (page >= 0 && page !== m.pgoffAt(vma, vpn)) table.setFilePte(vpn, page | 0)
  }
}
