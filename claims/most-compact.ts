// Bytes that a mapping takes for each page of the window: vmas, page tables, pte chains.
//
// In 2.5.42 a page that two ptes map has pte chains in lowmem beside them. One process maps each page once; of several, each
// with a window over half of the same file, many map the same pages.

import { PAGE_BYTES } from '../engine/units.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL } from './runs.ts'

const METHODS = '--strategy map-fixed,remap-file-pages,pread-copy,vmcache'
const SEVERAL = 2
const bytes = (run: string, strategy: string, columns: readonly string[], processes = 1) => {
  const lane = `${run}:${strategy}`
  return `( ${columns.map(column => `${lane}.${column}`).join(' + ')} ) / ( ${processes} * ${lane}.window_bytes ) * ${PAGE_BYTES}`
}
const ALL = ['vma_bytes_peak', 'page_table_bytes_peak', 'pte_chain_bytes_peak']

export const mostCompact = claim({
  id: 'most-compact',
  title: 'the most compact mapping: page tables and nothing else',
  quote:
    "remap_file_pages() is in essence using the pagetables as the only mapping information - and it's thus the most memory-compact mapping method possible.",
  runs: {
    one: `--workload uniform --file 256M --window 16M --accesses 50000 ${METHODS}`,
    several: `--workload uniform --file 32M --window 16M --touch unit --accesses 50000 --processes ${SEVERAL} ${METHODS}`,
  },
  kernel: MAIL_KERNEL,
  numbers: {
    remap: ['bytes for each page of the window, remap-file-pages, one process', bytes('one', 'remap-file-pages', ALL)],
    mapFixed: ['map-fixed, units of 16K', bytes('one', 'map-fixed', ALL)],
    pread: ['pread-copy', bytes('one', 'pread-copy', ALL)],
    vmcache: ['vmcache', bytes('one', 'vmcache', ALL)],
    tables: ['of these in page tables, remap-file-pages', bytes('one', 'remap-file-pages', ['page_table_bytes_peak'])],
    shared: [
      `bytes for each page of the windows of ${SEVERAL} processes, remap-file-pages`,
      bytes('several', 'remap-file-pages', ALL, SEVERAL),
    ],
    sharedMapped: ['map-fixed', bytes('several', 'map-fixed', ALL, SEVERAL)],
    sharedRead: ['pread-copy, without the memory of its copies', bytes('several', 'pread-copy', ALL, SEVERAL)],
    chains: [
      'of these in pte chains, remap-file-pages',
      bytes('several', 'remap-file-pages', ['pte_chain_bytes_peak'], SEVERAL),
    ],
  },
  judge: ({ remap, mapFixed, pread, vmcache, tables, shared, sharedRead, chains }) => {
    if (Math.min(mapFixed, pread, vmcache) < remap) {
      return { verdict: 'does not hold', why: 'Another method takes less.', reversals: [] }
    }
    if (shared <= sharedRead) {
      return { verdict: 'holds', why: 'No other method takes less, however many processes there are.', reversals: [] }
    }
    return {
      verdict: 'holds if',
      condition: 'each page is mapped by one process',
      why: `None of the others takes less then. But if two processes map the same page, each has its reference in a pte chain, in lowmem: with windows over half of the file ${chains.toFixed(0)} bytes for each page beside a pte of ${tables.toFixed(0)}. Copies have none, but take the memory of the pages again.`,
      reversals: [
        {
          what: 'processes that map the same page (--processes)',
          at: SEVERAL,
          range: null,
          source: 'the mail does not say; databases have many',
        },
      ],
    }
  },
  source: 'page_add_rmap, NRPTE, 2.5.42 mm/rmap.c; pte_addr_t, include/asm-i386/pgtable.h',
})
