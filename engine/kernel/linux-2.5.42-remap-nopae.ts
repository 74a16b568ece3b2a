// The same kernel built for 4 GB of memory (CONFIG_HIGHMEM4G instead of HIGHMEM64G, HIGHPTE kept): two levels of page tables.
// A file of memory alone is then at most 4 GB; beyond that its pages would be swapped, which is not modelled.

import { linux2542Remap, PROCESS_GUESSES, packedFor } from './linux-2.5.42-remap.ts'
import type { KernelModel } from './model.ts'

const KB = 1024

export const linux2542RemapNopae = {
  ...linux2542Remap,
  name: 'linux-2.5.42-remap-nopae',
  summary: 'the same kernel built without PAE: two levels of page tables, at most 4 GB of memory',
  machine: 'i386 without PAE, Linux 2.5.42 + the 2002 patch',
  rules: [
    ...linux2542Remap.rules,
    {
      what: 'a page table maps 4 MB and goes with its own slot of the page directory',
      evidence: 'source',
      source:
        'PTRS_PER_PTE, include/asm-i386/pgtable-2level.h; clear_page_tables, mm/memory.c: executed with PAE alone',
    },
  ],
  guesses: [...PROCESS_GUESSES, 'a machine of 4 GB, whose memory map takes 40 of 896 MB of lowmem'],
  ...packedFor(128, 4), // pte_addr_t is 8 bytes only with HIGHMEM64G and HIGHPTE [include/asm-i386/pgtable.h]
  lowmem: {
    // 8 KB thread_info and stack, one page of page directory [include/asm-i386/thread_info.h, arch/i386/mm/pgtable.c];
    // guess: 1.7 KB task_struct and 0.4 KB mm_struct, no source found.
    fixedBytes: 8 * KB + 4 * KB + 1741 + 410,
    pageTables: false, // CONFIG_HIGHPTE
    memMapBytes: 2 ** 20 * 40, // 40 MB: struct page of 40 bytes for each page of 4 GB [include/linux/mm.h]
  },
  memoryBytes: 2 ** 32, // CONFIG_HIGHMEM4G [arch/i386/config.in]
  tablePages: 1024, // PTRS_PER_PTE [include/asm-i386/pgtable-2level.h]: 4 MB
  directoryPages: 1024, // one pgd slot is one page table
} as const satisfies KernelModel
