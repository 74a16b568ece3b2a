// How many pages a kernel's slab cache takes for its objects (mm/slab.c of 2.4 to 2.6.10: kmem_cache_create and
// kmem_cache_estimate). Objects are counted as packed; fragmentation (a slab stays until its last object goes) is left out.

import { PAGE_BYTES } from './units.ts'

/** sizeof(slab_t) and of a bufctl index, which stand in front of the objects on the slab; 2.5.42 mm/slab.c, i386. */
const SLAB_HEADER_BYTES = 24
const BUFCTL_BYTES = 4
/** slab_break_gfp_order with more than 32 MB of memory; 2.5.42 mm/slab.c. */
const BREAK_ORDER = 2

export interface SlabCache {
  /** Bytes one object takes, padding included. */
  readonly objectBytes: number
  readonly objectsPerSlab: number
  readonly slabBytes: number
}

/** The cache for objects of `structBytes`; `alignToLine` is SLAB_HWCACHE_ALIGN. Objects below 512 bytes only. */
export function slabCache(structBytes: number, cacheLineBytes: number, alignToLine: boolean): SlabCache {
  let align = alignToLine ? cacheLineBytes : 4
  while (alignToLine && structBytes < align / 2) align /= 2
  const objectBytes = roundUp(structBytes, align)
  for (let order = 0; ; order++) {
    const slabBytes = PAGE_BYTES << order
    let objects = 0
    let used = 0
    for (let n = 1; ; n++) {
      const bytes = n * objectBytes + roundUp(SLAB_HEADER_BYTES + BUFCTL_BYTES * n, cacheLineBytes)
      if (bytes > slabBytes) break
      objects = n
      used = bytes
    }
    if ((slabBytes - used) * 8 <= slabBytes || order === BREAK_ORDER)
      return { objectBytes, objectsPerSlab: objects, slabBytes }
  }
}

/** Bytes of the slabs that hold so many objects. */
export function slabsBytes(cache: SlabCache, objects: number): number {
  return Math.ceil(objects / cache.objectsPerSlab) * cache.slabBytes
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to
}
