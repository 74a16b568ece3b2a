// remap_file_pages() since 4.0: no nonlinear vmas any more, but mmap(MAP_FIXED|MAP_POPULATE) in its place, with its cost,
// its limit and its merging [mm/mmap.c, remap_file_pages]. 4.0 to 4.4 took only ranges inside one vma. Measured on 6.18.

import { EINVAL } from '../errors.ts'
import { MAP_NONBLOCK, MAP_POPULATE } from './kernel.ts'
import type { Machine } from './machine.ts'

/** Calls `map` as mmap would be called; 0 or a negative errno. */
export function remapEmulated(
  m: Machine,
  vpn: number,
  pages: number,
  pgoff: number,
  flags: number,
  map: (vpn: number, pages: number, pgoff: number, flags: number, vmaFlags: number) => number,
): number {
  const vma = m.vmaAt(vpn)
  if (vma < 0 || !m.isShared(vma) || !reaches(m, vma, vpn + pages)) return -EINVAL
  if (m.model.remap === 'emulated-in-one-vma' && pgoff === m.pgoffAt(vma, vpn)) return 0
  return map(vpn, pages, pgoff, (flags & MAP_NONBLOCK) | MAP_POPULATE, m.space.flagsOf(vma))
}

/** Whether the range from inside a vma up to `end` is covered: by it alone, or since 4.5 by adjacent ones of its kind. */
function reaches(m: Machine, first: number, end: number): boolean {
  const { space, places } = m
  let vma = first
  while (places.vpnOf(space.end[vma]) < end) {
    const next = space.ceil(space.end[vma])
    const isAdjacent = next === space.end[vma] && space.flagsOf(next) === space.flagsOf(first)
    if (m.model.remap === 'emulated-in-one-vma' || !isAdjacent) return false
    vma = next
  }
  return true
}
