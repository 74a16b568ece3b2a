// Page faults: of the user, and those that the kernel takes on the user's behalf when it populates or copies.
//
// Known from 2.5.42 executed, from 2.6.20, 3.10 and 6.18 measured (test/fixtures/oracle), and from source for what those do
// not show. Left out: faults elsewhere in the process, copy on write, pages that are locked or being read.

import { VMA_ANONYMOUS, VMA_GUARDED, VMA_LOCKED } from '../address-space.ts'
import { EFAULT, SIGBUS, SIGSEGV } from '../errors.ts'
import type { Machine } from './machine.ts'

/** An access to a page without a present entry; 0 or a negative signal [do_page_fault]. */
export function userFault(m: Machine, vpn: number, write: number): number {
  const caller = m.enter('fault')
  m.counters.pageFaults++
  m.counters.mmapSemReads++
  const vma = m.vmaAt(vpn)
  return m.leave(caller, vma < 0 ? -SIGSEGV : handleFault(m, vma, vpn, write))
}

/** A write through a read-only entry; 0 or -SIGSEGV [do_page_fault]. */
export function writeFault(m: Machine, vpn: number): number {
  const caller = m.enter('fault')
  m.counters.pageFaults++
  m.counters.mmapSemReads++
  const signal = makeWritable(m, vpn)
  if (signal === 0 && m.model.flushesFirstWrite) m.tlb.insert(vpn)
  return m.leave(caller, signal)
}

/**
 * Faults in the pages of a range that are not present, in order, inside a system call; stops at the first that fails.
 * Returns 0 or -EFAULT [get_user_pages].
 */
export function populate(m: Machine, vpn: number, pages: number, write: number): number {
  const caller = m.enter('populate')
  return m.leave(caller, populateRange(m, vpn, vpn + pages, write))
}

function populateRange(m: Machine, vpn: number, end: number, write: number): number {
  const { table, places, space, counters: c } = m
  for (let at = vpn; at < end; ) {
    const vma = m.vmaAt(at)
    if (vma < 0) return -EFAULT
    for (const to = Math.min(places.vpnOf(space.end[vma]), end); at < to; at++) {
      if (table.has(at)) continue
      if (handleFault(m, vma, at, write) < 0) return -EFAULT
      c.populateFaults++
    }
  }
  return 0
}

/** copyFault() of whole cells in one anonymous vma, counted together; 0. */
export function copyFaults(m: Machine, vpn: number, pages: number): number {
  const { table, counters: c } = m
  for (let at = vpn; at < vpn + pages; at += table.tablePages) m.ensureTable(at)
  m.ensureTable(vpn + pages - 1)
  const absent = pages - table.setCells(vpn, pages, vpn)
  if (m.model.countsLookups) for (let i = 0; i < absent; i++) m.vmaAt(vpn)
  c.mmapSemReads += absent
  c.populateFaults += absent
  c.ptesInstalled += absent
  return 0
}

/** An access of the kernel's own while it copies from or to the window; 0 or -EFAULT. */
export function copyFault(m: Machine, vpn: number, write: number): number {
  const { table, counters: c } = m
  if (!table.has(vpn)) {
    c.mmapSemReads++
    const vma = m.vmaAt(vpn)
    if (vma < 0 || handleFault(m, vma, vpn, write) < 0) return -EFAULT
    c.populateFaults++
  }
  if (write === 0) return 0
  if (table.isReadOnly(vpn)) {
    c.mmapSemReads++
    if (makeWritable(m, vpn) < 0) return -EFAULT
    c.populateFaults++
  }
  table.markDirty(vpn)
  return 0
}

/** A read-only entry becomes writable, or the vma forbids it [do_wp_page]. */
function makeWritable(m: Machine, vpn: number): number {
  const { counters: c, table, tlb, model } = m
  const vma = m.vmaAt(vpn)
  if (vma < 0 || !m.isWritable(vma)) return -SIGSEGV
  table.setReadOnly(vpn, false)
  if (model.flushesFirstWrite) {
    c.tlbPageInvalidations++
    tlb.invalidatePage(vpn)
  }
  return 0
}

/** Makes an entry present [handle_mm_fault]; 0 or a negative signal. */
function handleFault(m: Machine, vma: number, vpn: number, write: number): number {
  const isPlain = m.faultsPlainly && (m.space.flagsOf(vma) & ~VMA_LOCKED) === 0 && !m.table.hasFilePte(vpn)
  if (!isPlain) return handleOddFault(m, vma, vpn, write)
  const page = m.pgoffAt(vma, vpn)
  m.ensureTable(vpn) // before the page is asked for: a SIGBUS leaves its table behind
  if (page >= m.file.pages) return -SIGBUS
  m.lookUp(page)
  m.setPte(vpn, page)
  return 0
}

/** The same where a fault may map several pages, or leave entries that differ, or find out that it may not. */
function handleOddFault(m: Machine, vma: number, vpn: number, write: number): number {
  const { table, file, model } = m
  const flags = m.space.flagsOf(vma)
  if ((flags & VMA_GUARDED) !== 0 || (write !== 0 && !m.isWritable(vma))) return -SIGSEGV
  if (model.tablesBeforePages) m.ensureTable(vpn)
  if ((flags & VMA_ANONYMOUS) !== 0) {
    m.ensureTable(vpn)
    m.counters.ptesInstalled++
    table.set(vpn, m.pgoffAt(vma, vpn) | 0)
    return 0
  }
  const isNonlinear = table.hasFilePte(vpn)
  const page = isNonlinear ? table.pageAt(vpn) >>> 0 : m.pgoffAt(vma, vpn)
  if (write === 0 && model.faultAroundPages > 1) {
    faultAround(m, vma, vpn, page)
    if (table.has(vpn)) return 0
  }
  if (page >= file.pages) return -SIGBUS
  m.lookUp(page)
  m.ensureTable(vpn)
  m.setPte(vpn, page)
  if (m.lost.has(vpn)) m.counters.wrongPages++ // every time, until something is put there
  // Where file ptes are filled by the installing populate, even a write leaves the entry as a read would.
  if (m.marksPtes) markPte(m, vma, vpn, page, isNonlinear && model.remap === 'install' ? 0 : write)
  return 0
}

/**
 * A read fault maps what else of its aligned block is in the page cache, as far as vma and page table reach
 * [do_fault_around, filemap_map_pages]. Where the vma begins inside the block, the block begins with the vma.
 */
function faultAround(m: Machine, vma: number, vpn: number, page: number): void {
  const { places, space, table, file } = m
  const { faultAroundPages: around, tablePages } = m.model
  const inTable = (table.basePage + vpn) % tablePages
  const inVma = vpn - places.vpnOf(vma)
  const left = places.vpnOf(space.end[vma]) - vpn
  const from = Math.max(inTable - (inTable % around), inTable - inVma)
  const to = Math.min(from + around, tablePages, inTable + left)
  let hasTable = false
  for (let at = from; at < to; at++) {
    const neighbour = vpn + at - inTable
    const filePage = page + at - inTable
    if (filePage < file.pages && !table.has(neighbour) && file.has(filePage)) {
      if (!hasTable) m.ensureTable(vpn)
      hasTable = true
      m.setPte(neighbour, filePage)
      if (m.marksReads) markPte(m, vma, neighbour, filePage, 0)
    }
  }
}

/** The rights and the dirtiness that a fault gives the entry of a file page. */
function markPte(m: Machine, vma: number, vpn: number, page: number, write: number): void {
  const { table, file } = m
  if (write !== 0) {
    table.markDirty(vpn)
    file.markDirty(page) // a write fault does not wait for the entry to go [fault_dirty_shared_page]
  } else if (m.notesFirstWrite) table.setReadOnly(vpn, true)
  else if (m.inheritsDirty && m.isWritable(vma) && file.isDirty(page)) table.markDirty(vpn)
}
