// What mmap(MAP_FIXED) does after its checks: what is mapped there goes, one new mapping comes [mmap_region].

import type { Machine } from './machine.ts'
import { unmap } from './unmap.ts'

/** Maps pages vpn.. to file pages pgoff.. with VMA_ bits; false if the map count refuses a cut. */
export function mapRegion(m: Machine, vpn: number, pages: number, pgoff: number, flags: number): boolean {
  const { space, places } = m
  const first = places.of(vpn)
  const end = places.of(vpn + pages)
  // A unit in the place of a unit, by far the commonest case: no cut, and no page table goes.
  if (!m.model.countsLookups && pages < m.model.tablePages && space.isBetween(first, end)) {
    m.forgetLost(vpn, pages)
    m.zap(first, vpn, pages)
    m.gather.finish(vpn, pages)
    space.replace(first, end, pgoff | 0, flags)
    return true
  }
  const before = space.mapCount
  const found = space.walk(first)
  if (found >= 0 && found < end) {
    if (space.isolate(first, end) < 0) return false
    unmap(m, first, end)
    space.walk(first)
  }
  m.forgetLost(vpn, pages)
  space.link(first, end, pgoff | 0, flags)
  if (space.mapCount > before) m.noteLowmem()
  return true
}
