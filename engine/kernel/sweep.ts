// Memory pressure with the kernel's own choice of pages: how it comes to an entry, and what it looks at on the way.
//
// A hand goes round the window in address order and takes the next present pages that may go. So does 2.4, whose sweep over a
// process looks at vma after vma, entry after entry [swap_out_mm, swap_out_vma, 2.4.14 mm/vmscan.c]. Later kernels go by lists
// of pages, in an order that is left out: the same hand stands for it. From a page 2.5.42 follows its reverse mappings, with
// a find_vma for each [try_to_unmap_one, mm/rmap.c]; later kernels find the vmas that map it by its file [try_to_unmap_file].
// For a page of a nonlinear vma, which cannot be found so, they unmap a cluster of neighbours [try_to_unmap_cluster, 2.6.11
// mm/rmap.c]: at a cursor of the vma, which the hand stands for, too. Neighbours stay in memory.
// Left out: whether an entry was used lately, vmas that cover a page without showing it, tries at locked pages, the rest of
// the process.

import { VMA_NONLINEAR } from '../address-space.ts'
import { assert } from '../errors.ts'
import type { Machine } from './machine.ts'
import { mayGo, unmapPage } from './reclaim.ts'

/** Pages that one sweep is after: SWAP_CLUSTER_MAX [2.4.14 mm/vmscan.c]; guess: the same on later kernels. */
const SWEEP_PAGES = 32
/** Entries of a cluster: CLUSTER_SIZE [2.6.11 mm/rmap.c]. */
const CLUSTER_PAGES = 32

const FILTER_SIZE = 4096

/** What one sweep still wants, and the file pages it took. */
interface Sweep {
  left: number
  readonly taken: Set<number>
}

/** Takes back the next pages from window page `hand` on, in one round at most; returns where the next sweep begins. */
export function sweepWindow(m: Machine, hand: number): number {
  assert(!m.mapsOnce, 'pages that are taken back are not all there any more')
  if (m.file.backing === 'ramfs') return hand
  const { windowPages } = m.options
  const sweep = { left: SWEEP_PAGES, taken: new Set<number>() }
  let stop = sweepRange(m, sweep, hand, windowPages)
  if (sweep.left > 0) stop = sweepRange(m, sweep, 0, hand)
  evictUnmapped(m, sweep.taken)
  return stop % windowPages
}

/** Goes over the vmas of window pages from..to-1 until nothing is left to take; returns where it stopped. */
function sweepRange(m: Machine, sweep: Sweep, from: number, to: number): number {
  const { space, places, table, counters: c } = m
  const looksAtAll = m.model.reclaim === 'every-entry'
  let vma = m.vmaOver(from)
  if (vma < 0) vma = space.ceil(places.of(from))
  for (; places.inWindow(vma) && places.vpnOf(vma) < to; vma = space.ceil(space.end[vma])) {
    const first = Math.max(places.vpnOf(vma), from)
    const end = Math.min(places.vpnOf(space.end[vma]), to)
    const stop = mayGo(m, vma) ? takeFrom(m, sweep, vma, first, end) : end
    if (looksAtAll) {
      c.reclaimVmas++
      c.reclaimPtes += table.entriesIn(first, stop - first)
    }
    if (sweep.left === 0) return stop
  }
  return to
}

/** Takes back present pages of one vma; returns where it stopped. */
function takeFrom(m: Machine, sweep: Sweep, vma: number, first: number, end: number): number {
  const { table } = m
  for (let at = table.firstPresent(first, end - first); at >= 0; at = table.firstPresent(at + 1, end - at - 1)) {
    sweep.taken.add(table.pageAt(at) >>> 0)
    takePage(m, vma, at)
    if (--sweep.left === 0) return at + 1
  }
  return end
}

function takePage(m: Machine, vma: number, vpn: number): void {
  const { counters: c, model } = m
  c.pagesReclaimed++
  if (model.reclaim !== 'every-entry') c.reclaimVmas++
  if ((m.space.flagsOf(vma) & VMA_NONLINEAR) !== 0) unmapCluster(m, vma, vpn)
  else {
    if (model.reclaim !== 'every-entry') c.reclaimPtes++
    if (model.reclaim === 'reverse-mappings') m.vmaAt(vpn)
    unmapPage(m, vma, vpn)
  }
}

/** Unmaps the cluster of entries around a page, as far as the vma reaches. */
function unmapCluster(m: Machine, vma: number, vpn: number): void {
  const { table, places } = m
  const cluster = vpn - (vpn % CLUSTER_PAGES) // windows begin at a multiple of it
  const first = Math.max(cluster, places.vpnOf(vma))
  const end = Math.min(cluster + CLUSTER_PAGES, places.vpnOf(m.space.end[vma]))
  m.counters.reclaimPtes += end - first
  for (let at = first; at < end; at++) if (table.has(at)) unmapPage(m, vma, at)
}

/** Drops those of the pages from memory that no page of the window maps any more. */
function evictUnmapped(m: Machine, pages: Set<number>): void {
  const { table } = m
  const { windowPages } = m.options
  // A set is slow to ask for each page of a large window; few pages share a bit with one of these.
  const maybe = new Uint8Array(FILTER_SIZE)
  for (const page of pages) maybe[page % FILTER_SIZE] = 1
  for (let at = table.firstPresent(0, windowPages); at >= 0; at = table.firstPresent(at + 1, windowPages - at - 1)) {
    const page = table.pageAt(at) >>> 0
    if (maybe[page % FILTER_SIZE] === 1) pages.delete(page)
  }
  for (const page of pages) m.file.evict(page)
}
