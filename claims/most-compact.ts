// Bytes that a mapping takes for each page of the window: vmas, page tables, pte chains.
//
// In 2.5.42 a page that two ptes map has pte chains in lowmem beside them. One process maps each page once; what a second
// process adds is computed from the sizes of the kernel model.

import { linux2542Remap } from '../engine/kernel/linux-2.5.42-remap.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL } from './runs.ts'

const { pteChains } = linux2542Remap
/** Of lowmem for each mapping, in chains that are full. */
const CHAIN_BYTES = pteChains.slab.slabBytes / pteChains.slab.objectsPerSlab / pteChains.perChain
const STRATEGIES = ['map-fixed', 'remap-file-pages', 'pread-copy', 'vmcache']
const bytes = (lane: string) =>
  `( ${lane}.vma_bytes_peak + ${lane}.page_table_bytes_peak + ${lane}.pte_chain_bytes_peak ) / ${lane}.window_bytes * ${PAGE_BYTES}`

export const mostCompact = claim({
  id: 'most-compact',
  title: 'the most compact mapping: page tables and nothing else',
  quote:
    "remap_file_pages() is in essence using the pagetables as the only mapping information - and it's thus the most memory-compact mapping method possible.",
  runs: { '': `--workload uniform --file 256M --window 16M --accesses 50000 --strategy ${STRATEGIES.join()}` },
  kernel: MAIL_KERNEL,
  numbers: {
    remap: ['bytes for each page of the window, remap-file-pages', bytes('remap-file-pages')],
    mapFixed: ['map-fixed, units of 16K', bytes('map-fixed')],
    pread: ['pread-copy', bytes('pread-copy')],
    vmcache: ['vmcache', bytes('vmcache')],
    pte: [
      'of these in page tables, remap-file-pages',
      `remap-file-pages.page_table_bytes_peak / remap-file-pages.window_bytes * ${PAGE_BYTES}`,
    ],
  },
  judge: ({ remap, mapFixed, pread, vmcache, pte }) => {
    if (Math.min(mapFixed, pread, vmcache) < remap) {
      return { verdict: 'does not hold', why: 'Another method takes less.', reversals: [] }
    }
    return {
      verdict: 'holds if',
      condition: 'each page is mapped by one process',
      why: `None of the others takes less. But from the second process on every mapping has its reference in a pte chain, in lowmem: ${CHAIN_BYTES.toFixed(1)} bytes beside a pte of ${pte.toFixed(0)}, with mmap() and with remap_file_pages() alike.`,
      reversals: [
        {
          what: 'processes that map the same page',
          at: 2,
          range: null,
          source: 'the run has one; databases have many',
        },
      ],
    }
  },
  source: 'page_add_rmap, NRPTE, 2.5.42 mm/rmap.c; pte_addr_t, include/asm-i386/pgtable.h',
})
