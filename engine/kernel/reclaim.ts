// Memory pressure: what becomes of mapped pages that the kernel takes back [try_to_unmap, shrink_list].
//
// An entry that its vma can restore is cleared. One that maps another file page than its vma says is lost on the mail's
// kernel ("nonlinear mappings ... either have to be MAP_LOCKED or need a special SIGBUS handler"): the next fault maps the
// vma's page instead. Later kernels leave a file pte. Locked pages stay, and those of ramfs, which has nowhere to write them.
// A page leaves memory with its last mapping in the window. Which pages go is the caller's to say: the kernel's own choice is
// left out, and so are clusters of neighbours that 2.6 unmaps for one nonlinear page, and the swapping of anonymous memory.

import { VMA_LOCKED } from '../address-space.ts'
import type { Machine } from './machine.ts'

/** Unmaps the present pages of vpn.. that may go, each with a flush of its own, and drops them from the page cache. */
export function reclaimPages(m: Machine, vpn: number, pages: number): void {
  const { table, model } = m
  if (m.file.backing === 'ramfs') return
  const caller = m.enter('reclaim')
  for (let at = vpn; at < vpn + pages; at++) {
    if (!table.has(at)) continue
    const vma = m.vmaOver(at)
    if (vma < 0 || m.isAnonymous(vma) || (m.space.flagsOf(vma) & VMA_LOCKED) !== 0) continue
    const page = table.pageAt(at) >>> 0
    unmapPage(m, at, page)
    if (page === m.pgoffAt(vma, at)) continue
    if (model.remap === 'patch') {
      m.lost.set(at, page)
      m.faultsPlainly = false
    } else table.setFilePte(at, page | 0)
  }
  m.enter(caller)
}

function unmapPage(m: Machine, vpn: number, page: number): void {
  const { counters: c, table, chains, file } = m
  chains?.remove(page | 0)
  table.clear(vpn)
  c.ptesZapped++
  c.pagesReclaimed++
  c.tlbPageInvalidations++
  m.tlb.invalidatePage(vpn)
  if (!isMapped(m, page)) file.evict(page)
}

/** Whether any page of the window still maps the file page. */
function isMapped(m: Machine, page: number): boolean {
  if (m.mapsOnce) return false
  for (let vpn = 0; vpn < m.options.windowPages; vpn++)
    if (m.table.has(vpn) && m.table.pageAt(vpn) >>> 0 === page) return true
  return false
}
