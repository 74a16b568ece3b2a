// Linux 2.5.42 with the patch of the mail of 14 October 2002 ("nonlinear mappings, prefaulting support, 2.5.42-F8"):
// i386 with PAE, one CPU, as a database server of that year: Pentium 4 Xeon, 16 GB of memory, page tables in highmem.
//
// The steps are in simulated-kernel.ts; these are the numbers it reads. Names in brackets are the files of v2.5.42.

import type { KernelModel } from './kernel.ts'

const KB = 1024

export const linux2542Remap = {
  name: 'linux-2.5.42-remap',
  summary: 'Linux 2.5.42 with the remap_file_pages() patch of October 2002, i386 PAE, Pentium 4',
  basis:
    'the functions of 2.5.42 and of the mail, compiled and executed step by step (npm run executed); sizes and limits read in its source',
  guesses: [
    '20 other vmas in the process, all below the window; no fault outside the window evicts mm->mmap_cache',
    'a task_struct of 1.7 KB and an mm_struct of 0.4 KB in the process’s lowmem',
  ],
  evidence: 'executed',
  machine: 'i386 PAE, Linux 2.5.42 + the 2002 patch',
  vmaStructBytes: 68, // [include/linux/mm.h], summed field by field; sizeof asserted when the code was executed
  cacheLineBytes: 128, // CONFIG_MPENTIUM4: X86_L1_CACHE_SHIFT 7 [arch/i386/config.in]
  pteReferenceBytes: 8, // pte_addr_t with HIGHMEM64G and HIGHPTE [include/asm-i386/pgtable.h]
  maxMapCount: 65536, // MAX_MAP_COUNT [include/linux/sched.h]
  tablePages: 512, // PTRS_PER_PTE with PAE [include/asm-i386/pgtable-3level.h]: 2 MB
  directoryPages: 512 * 512, // one of four pgd slots: PTRS_PER_PMD page tables, 1 GB
  pageTablesInHighmem: true, // CONFIG_HIGHPTE; the mail speaks of "pagetables in highmem"
  gatherPages: Number.MAX_SAFE_INTEGER, // never fills: one CPU online, tlb_fast_mode() [include/asm-generic/tlb.h]
  onePageUnmapFlush: 'whole', // unmap_region ends in tlb_flush() = flush_tlb_mm() [mm/mmap.c, include/asm-i386/tlb.h]
  // 8 KB thread_info and stack, 3 user pmd pages, 32 B pgd [include/asm-i386/thread_info.h, arch/i386/mm/pgtable.c];
  // guess: 1.7 KB task_struct and 0.4 KB mm_struct, no source found.
  fixedLowmemBytes: 8 * KB + 12 * KB + 32 + 1741 + 410,
  windowBase: 0x40000000, // TASK_UNMAPPED_BASE = TASK_SIZE / 3 [include/asm-i386/processor.h]
  addressEnd: 0xc0000000, // TASK_SIZE [include/asm-i386/page.h]
  otherVmas: 20, // guess: text, data, heap, stack and libraries of a database process
  othersBase: 0x08048000, // guess: all of them below the window, where i386 executables begin
  othersStride: 0x2000, // guess: never adjacent
  cost: 'p4-2002',
} as const satisfies KernelModel
