// What mmap(MAP_FIXED) does after its checks: what is mapped there goes, one new mapping comes [mmap_region].

import type { Machine } from './machine.ts'
import { unmap } from './unmap.ts'

/** Maps pages vpn.. to file pages pgoff.. with VMA_ bits; false if the map count refuses a cut. */
export function mapRegion(m: Machine, vpn: number, pages: number, pgoff: number, flags: number): boolean {
  const { space, places } = m
  const first = places.of(vpn)
  const end = places.of(vpn + pages)
  // A unit in the place of a unit, by far the commonest case: no cut, and no page table goes.
  if (m.breakdown === null && !m.model.countsLookups && pages < m.model.tablePages && space.isBetween(first, end)) {
    m.zap(first, vpn, pages)
    m.gather.finish(vpn, pages)
    space.replace(first, end, pgoff | 0, flags)
    return true
  }
  const caller = m.enter('cut')
  return m.leave(caller, mapOver(m, first, end, vpn, pages, pgoff, flags)) === 0
}

/** The general case, over places first..end-1; 0 or -ENOMEM. */
function mapOver(
  m: Machine,
  first: number,
  end: number,
  vpn: number,
  pages: number,
  pgoff: number,
  flags: number,
): number {
  const { space } = m
  const before = space.mapCount
  const found = space.walk(first)
  if (found >= 0 && found < end) {
    const error = space.isolate(first, end)
    if (error < 0) return error
    m.enter('unmap')
    unmap(m, first, end)
    m.enter('link')
    space.walk(first)
  }
  m.enter('link')
  m.forgetLost(vpn, pages)
  space.link(first, end, pgoff | 0, flags)
  if (space.mapCount > before) m.noteLowmem()
  return 0
}
