// remap_file_pages() with pageable nonlinear vmas: 2.6.0 to 2.6.22, which installs the pages itself, and 2.6.23 to 3.19,
// which writes file ptes and lets the fault handler fill them. Measured on 2.6.20 and 3.10 (test/fixtures/oracle).
//
// A vma becomes nonlinear with the first remap that is not linear, and stays so; it never joins a linear one.

import { VMA_LOCKED, VMA_NONLINEAR } from '../address-space.ts'
import { EINVAL } from '../errors.ts'
import { populate } from './fault.ts'
import { MAP_NONBLOCK } from './kernel.ts'
import type { Machine } from './machine.ts'
import { mapRegion } from './map.ts'

/** Page numbers are 32 bits wide here; on 64-bit kernels a pte could name later pages, too. */
const FILE_PAGES = 2 ** 32

/** 2.6.0 to 2.6.22 [sys_remap_file_pages, shmem_populate, filemap_populate]. `end`: page after the checked range. */
export function remapInstalling(
  m: Machine,
  vpn: number,
  pages: number,
  end: number,
  pgoff: number,
  flags: number,
): number {
  const { counters: c, file } = m
  const vma = remappable(m, vpn, end, pages, pgoff)
  if (vma < 0) return -EINVAL
  if (pgoff !== m.pgoffAt(vma, vpn)) makeNonlinear(m, vma) // before the end of the file is looked at
  if (pgoff + pages > file.pages) return -EINVAL
  const isNonlinear = (m.space.flagsOf(vma) & VMA_NONLINEAR) !== 0
  for (let i = 0; i < pages; i++) {
    const page = pgoff + i
    if ((flags & MAP_NONBLOCK) !== 0 && !file.has(page)) {
      c.pageCacheLookups++
      if (isNonlinear) setFilePte(m, vpn + i, page) // else its fault finds the page by the vma
    } else {
      m.lookUp(page)
      m.ensureTable(vpn + i)
      zapPage(m, vpn + i)
      m.setPte(vpn + i, page)
      if (m.notesFirstWrite) m.table.setReadOnly(vpn + i, true)
    }
  }
  return 0
}

/** 2.6.23 to 3.19 [sys_remap_file_pages, generic_file_remap_pages, mm_populate]. */
export function remapByFilePtes(
  m: Machine,
  vpn: number,
  pages: number,
  end: number,
  pgoff: number,
  flags: number,
): number {
  const vma = remappable(m, vpn, end, pages, pgoff)
  if (vma < 0) return -EINVAL
  const isNonlinear = (m.space.flagsOf(vma) & VMA_NONLINEAR) !== 0
  if (isNonlinear || pgoff !== m.pgoffAt(vma, vpn)) {
    if (m.file.backing === 'disk') {
      // Dirty pages must be found by their vmas, so such files get linear vmas instead; mmap's own checks are passed over.
      if (!mapRegion(m, vpn, pages, pgoff, m.space.flagsOf(vma))) return m.refuse()
      m.noteStockRefusal()
    } else {
      makeNonlinear(m, vma)
      for (let i = 0; i < pages; i++) setFilePte(m, vpn + i, pgoff + i)
    }
  }
  if ((flags & MAP_NONBLOCK) === 0 || (m.space.flagsOf(m.vmaOver(vpn)) & VMA_LOCKED) !== 0) populate(m, vpn, pages, 0)
  return 0
}

/** The vma of the window that holds vpn..end-1 and may be remapped to these file pages, -1 if none. */
function remappable(m: Machine, vpn: number, end: number, pages: number, pgoff: number): number {
  if (pgoff + pages >= Math.min(m.model.filePteLimit, FILE_PAGES)) return -1
  const vma = m.vmaAt(vpn)
  return vma >= 0 && m.isShared(vma) && end <= m.places.vpnOf(m.space.end[vma]) ? vma : -1
}

function makeNonlinear(m: Machine, vma: number): void {
  m.linear = false
  m.space.setFlags(vma, m.space.flagsOf(vma) | VMA_NONLINEAR)
}

/** [install_file_pte] */
function setFilePte(m: Machine, vpn: number, page: number): void {
  m.ensureTable(vpn)
  zapPage(m, vpn)
  m.table.setFilePte(vpn, page | 0)
}

/** Clears a present entry and its translation [zap_pte, ptep_clear_flush]; nothing to flush where there was none. */
function zapPage(m: Machine, vpn: number): void {
  const { counters: c, table } = m
  if (!table.has(vpn)) return
  table.clear(vpn)
  c.ptesZapped++
  c.tlbPageInvalidations++
  m.tlb.invalidatePage(vpn)
}
