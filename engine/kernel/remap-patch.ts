// remap_file_pages() of the mail of 14 October 2002 [sys_remap_file_pages, shmem_populate, filemap_populate, install_page],
// checked against its execution step by step (test/engine/executed.test.ts).

import { EFAULT, EINVAL, ENOMEM } from '../errors.ts'
import type { PteChains } from '../pte-chains.ts'
import { MAP_NONBLOCK } from './kernel.ts'
import type { Machine } from './machine.ts'

/**
 * The body after its rounding: `pages` pages from vpn on are populated if vpn..end-1 lies inside one vma of the window.
 * With odd arguments the two ranges differ (syscalls.ts).
 */
export function remapPatch(m: Machine, vpn: number, pages: number, end: number, pgoff: number, flags: number): number {
  m.counters.mmapSemReads++
  m.linear = false
  const vma = m.vmaAt(vpn)
  if (vma < 0 || !m.isShared(vma) || end > m.places.vpnOf(m.space.end[vma])) return -EINVAL
  if (m.mapsOnce && pgoff + pages <= m.file.pages) return installCells(m, vpn, pages, pgoff)
  const nonblock = (flags & MAP_NONBLOCK) !== 0
  return m.file.backing === 'shmem'
    ? populateShmem(m, vpn, pages, pgoff, nonblock)
    : populatePageCache(m, vpn, pages, pgoff, nonblock)
}

/** [shmem_populate]: pages up to the end of the file stay populated when the range passes it. */
function populateShmem(m: Machine, vpn: number, pages: number, pgoff: number, nonblock: boolean): number {
  const { file } = m
  const inside = Math.max(Math.min(pages, file.pages - pgoff), 0)
  for (let i = 0; i < inside; i++) {
    if (nonblock && !file.has(pgoff + i))
      m.counters.pageCacheLookups++ // the old pte stays
    else {
      m.lookUp(pgoff + i)
      installPage(m, vpn + i, pgoff + i)
    }
  }
  return inside < pages ? -EFAULT : 0
}

/** [filemap_populate]: the whole range is compared with the file's size first, in 32 bits, which can wrap. */
function populatePageCache(m: Machine, vpn: number, pages: number, pgoff: number, nonblock: boolean): number {
  const { file } = m
  for (let i = 0; i < pages; i++) {
    const page = (pgoff + i) >>> 0
    if ((page + pages - i) >>> 0 > file.pages) return -EINVAL
    if (nonblock && !file.has(page)) {
      m.counters.pageCacheLookups++
      return -ENOMEM // the bug of the patch that its author acknowledged
    }
    m.lookUp(page)
    installPage(m, vpn + i, page)
  }
  return 0
}

/** lookUp and installPage for consecutive present pages, counted together; 0. */
function installCells(m: Machine, vpn: number, pages: number, page: number): number {
  const { counters: c, table, tlb } = m
  for (let at = vpn; at < vpn + pages; at += table.tablePages) m.ensureTable(at)
  m.ensureTable(vpn + pages - 1)
  if (m.chains !== null) rechain(m, m.chains, vpn, pages, page)
  for (let at = vpn; at < vpn + pages; at++) tlb.invalidatePage(at)
  c.pageCacheLookups += pages
  c.ptesInstalled += pages
  c.ptesZapped += table.setCells(vpn, pages, page)
  c.tlbPageInvalidations += pages
  return 0
}

/** The reverse mappings of pages that go, and of those that come in their place, one after the other. */
function rechain(m: Machine, chains: PteChains, vpn: number, pages: number, page: number): void {
  const { table } = m
  for (let i = 0; i < pages; i++) {
    if (table.has(vpn + i)) chains.remove(table.pageAt(vpn + i))
    m.chain(chains, page + i)
  }
}

/** Replaces a pte and invalidates its translation, whether or not there was one [install_page]. */
function installPage(m: Machine, vpn: number, page: number): void {
  const { counters: c, table, chains } = m
  m.ensureTable(vpn)
  m.forgetLost(vpn, 1)
  if (chains && table.has(vpn)) chains.remove(table.pageAt(vpn))
  if (m.setPte(vpn, page)) c.ptesZapped++
  c.tlbPageInvalidations++
  m.tlb.invalidatePage(vpn)
}
