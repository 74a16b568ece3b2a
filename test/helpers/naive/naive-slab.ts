// Slab packing of small kernel objects for the naive model: mm/slab.c up to 2.6.x, kernel-spec 1.2.
//
// A slab is 1, 2 or 4 pages: its objects, and on the same slab a header of 24 bytes plus 4 bytes per object, rounded
// up to an L1 line. Counted as if packed: freed objects that keep a page alive are left out. Objects of 512 bytes and
// more are not modelled. Shares no code with the engine on purpose: it is the oracle the engine is compared with.

const PAGE_BYTES = 4096
const SLAB_HEADER_BYTES = 24 // slab_t, kernel-spec 1.2
const BUFCTL_BYTES = 4 // kernel-spec 1.2
const MAX_ORDER = 2 // slab_break_gfp_order with more than 32 MB of RAM, kernel-spec 1.2

export interface SlabLayout {
  objectBytes: number
  objectsPerSlab: number
  slabBytes: number
}

/** `hardwareAlign`: SLAB_HWCACHE_ALIGN, set for vmas, not for pte chains of 2.5.42. */
export function slabLayout(bytes: number, l1Bytes: number, hardwareAlign: boolean): SlabLayout {
  let align = 4
  if (hardwareAlign) {
    align = l1Bytes
    while (bytes < align / 2) align /= 2
  }
  const objectBytes = roundUp(bytes, align)
  if (objectBytes >= 512) throw new Error(`off-slab headers are not modelled: ${objectBytes} bytes`)
  for (let order = 0; ; order++) {
    const slabBytes = PAGE_BYTES << order
    let objects = 0
    while (used(objects + 1) <= slabBytes) objects++
    if ((slabBytes - used(objects)) * 8 <= slabBytes || order === MAX_ORDER) {
      return { objectBytes, objectsPerSlab: objects, slabBytes }
    }
  }

  function used(objects: number): number {
    return objects * objectBytes + roundUp(SLAB_HEADER_BYTES + BUFCTL_BYTES * objects, l1Bytes)
  }
}

/** Lowmem of `count` packed objects: whole slabs. */
export function slabBytes(count: number, layout: SlabLayout): number {
  return Math.ceil(count / layout.objectsPerSlab) * layout.slabBytes
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to
}
