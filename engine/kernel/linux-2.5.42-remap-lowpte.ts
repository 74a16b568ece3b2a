// The same kernel built without CONFIG_HIGHPTE: page tables lie in lowmem, where the kernel reaches them at once, and a
// reference to a pte is an address of 4 bytes instead of 8.

import { linux2542Remap, PAGES_OF_16_GB, PROCESS_GUESSES, packedFor } from './linux-2.5.42-remap.ts'
import type { KernelModel } from './model.ts'

export const linux2542RemapLowpte = {
  ...linux2542Remap,
  name: 'linux-2.5.42-remap-lowpte',
  summary:
    'the same kernel built without CONFIG_HIGHPTE: page tables in lowmem, twice as many references in a pte chain',
  machine: 'i386 PAE without HIGHPTE, Linux 2.5.42 + the 2002 patch',
  rules: [
    ...linux2542Remap.rules,
    {
      what: 'page tables are taken from lowmem, and pte chains hold 31 references of 4 bytes',
      evidence: 'source',
      source: 'pte_alloc_one, arch/i386/mm/pgtable.c; pte_addr_t, include/asm-i386/pgtable.h; NRPTE, mm/rmap.c',
    },
  ],
  guesses: [...PROCESS_GUESSES, 'a machine of 16 GB, whose memory map takes 160 of 896 MB of lowmem'],
  ...packedFor(128, 4), // pte_addr_t is 8 bytes only with HIGHMEM64G and HIGHPTE [include/asm-i386/pgtable.h]
  lowmem: {
    ...linux2542Remap.lowmem,
    pageTables: true, // pte_alloc_one: __GFP_HIGHMEM only with CONFIG_HIGHPTE [arch/i386/mm/pgtable.c]
    memMapBytes: PAGES_OF_16_GB * 40, // 160 MB: struct page without the second word of pte_addr_t [include/linux/mm.h]
  },
} as const satisfies KernelModel
