// remap_file_pages() since 4.0: no nonlinear vmas any more, but mmap(MAP_FIXED|MAP_POPULATE) in its place, with its cost,
// its limit and its merging [mm/mmap.c, remap_file_pages]. 4.0 to 4.4 took only ranges inside one vma. Measured on 6.18.

import type { Machine } from './machine.ts'

/** The vma that such a call begins in, -1 if the range is not mapped as it asks for. */
export function emulatedVma(m: Machine, vpn: number, pages: number): number {
  const vma = m.vmaAt(vpn)
  return vma >= 0 && m.isShared(vma) && reaches(m, vma, vpn + pages) ? vma : -1
}

/** Whether the call has nothing to do: 4.0 to 4.4 looked, later kernels map all the same. */
export function isLinearAlready(m: Machine, vma: number, vpn: number, pgoff: number): boolean {
  return m.model.remap === 'emulated-in-one-vma' && pgoff === m.pgoffAt(vma, vpn)
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
