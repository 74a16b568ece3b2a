// Pages that memory pressure takes back: what becomes of them [try_to_unmap, shrink_list]. How the kernel comes to them by
// itself is in sweep.ts; here the caller says which go.
//
// An entry that its vma can restore is cleared. One that maps another file page than its vma says is lost on the mail's
// kernel ("nonlinear mappings ... either have to be MAP_LOCKED or need a special SIGBUS handler"): the next fault maps the
// vma's page instead. Later kernels leave a file pte. Locked pages stay, and those of ramfs, which has nowhere to write them.
// A page leaves memory with its last mapping in the window. Left out: the swapping of anonymous memory.

import { VMA_LOCKED } from '../address-space.ts'
import type { Machine } from './machine.ts'

/** Unmaps the present pages of vpn.. that may go, and drops them from the page cache. */
export function reclaimPages(m: Machine, vpn: number, pages: number): void {
  if (m.file.backing === 'ramfs') return
  const caller = m.enter('reclaim')
  for (let at = vpn; at < vpn + pages; at++) {
    if (!m.table.has(at)) continue
    const vma = m.vmaOver(at)
    if (vma < 0 || !mayGo(m, vma)) continue
    const page = unmapPage(m, vma, at)
    m.counters.pagesReclaimed++
    if (!isMapped(m, page)) m.file.evict(page)
  }
  m.enter(caller)
}

/** Whether pages of a vma may be taken back. */
export function mayGo(m: Machine, vma: number): boolean {
  return !m.isAnonymous(vma) && (m.space.flagsOf(vma) & VMA_LOCKED) === 0
}

/** Clears a present entry with a flush of its own; returns the file page it mapped. */
export function unmapPage(m: Machine, vma: number, vpn: number): number {
  const { counters: c, table, chains, model } = m
  const page = table.pageAt(vpn) >>> 0
  chains?.remove(page | 0)
  table.clear(vpn)
  c.ptesZapped++
  c.reclaimUnmaps++
  c.tlbPageInvalidations++
  m.tlb.invalidatePage(vpn)
  if (page === m.pgoffAt(vma, vpn)) return page
  if (model.remap === 'patch') {
    m.lost.set(vpn, page)
    m.faultsPlainly = false
  } else table.setFilePte(vpn, page | 0)
  return page
}

/** Whether any page of the window still maps the file page. */
function isMapped(m: Machine, page: number): boolean {
  if (m.mapsOnce) return false
  for (let vpn = 0; vpn < m.options.windowPages; vpn++)
    if (m.table.has(vpn) && m.table.pageAt(vpn) >>> 0 === page) return true
  return false
}
