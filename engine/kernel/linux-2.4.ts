// Linux 2.4.20, i386 with PAE, one CPU, Pentium 4: the kernel databases ran on when the mail was written. It has no
// remap_file_pages(). Nothing of it was executed or measured here: the model rests on its source (mm/mmap.c, mm/memory.c,
// and include/asm-generic/tlb.h of that time).

import { CHOICE_OF_PAGES, linux2542Remap, PAGES_OF_16_GB } from './linux-2.5.42-remap.ts'
import type { KernelModel } from './model.ts'

const KB = 1024

export const linux24 = {
  ...linux2542Remap,
  name: 'linux-2.4',
  summary: 'Linux 2.4.20, i386 PAE, Pentium 4: no remap_file_pages()',
  machine: 'i386 PAE, Linux 2.4.20',
  basis: 'read in the source of 2.4.14 and 2.4.20; nothing of it was executed or measured',
  rules: [
    {
      what: 'file vmas never merge',
      evidence: 'source',
      source: 'do_mmap_pgoff, 2.4.14 and 2.4.20 mm/mmap.c: vma_merge() only without a file',
    },
    {
      what: 'an over-mapping shortens old vmas in place and allocates one spare object, which only a hole uses',
      evidence: 'source',
      source: 'do_munmap, unmap_fixup, 2.4.20 mm/mmap.c',
    },
    {
      what: 'the whole TLB is flushed once for each old vma in the range, even if none of its pages was present',
      evidence: 'source',
      source:
        'zap_page_range, 2.4.20 mm/memory.c; tlb_finish_mmu, 2.4.14 include/asm-generic/tlb.h, one user of the mm',
    },
    {
      what: 'every page absent costs its own fault',
      evidence: 'source',
      source: 'do_no_page, 2.4.14 mm/memory.c',
    },
    {
      what: 'a mapping is refused if there are more than 65,536 vmas, a hole in a vma if there are as many',
      evidence: 'source',
      source: 'do_mmap_pgoff, do_munmap, 2.4.20 mm/mmap.c; DEFAULT_MAX_MAP_COUNT, include/linux/sched.h',
    },
    {
      what: "pread() into absent memory of the process's own takes one fault a page inside the call; MADV_DONTNEED flushes once for each vma",
      evidence: 'source',
      source: 'file_read_actor, 2.4.20 mm/filemap.c; zap_page_range, mm/memory.c',
      when: ['copies'],
    },
    {
      what: 'other CPUs that run the process get a round of IPIs for each flush, of which there is one for 508 pages of each vma that were present',
      evidence: 'source',
      source: 'tlb_remove_page, tlb_finish_mmu with several users of the mm, 2.4.14 include/asm-generic/tlb.h',
      when: ['threads'],
    },
    {
      what: "loading another process's page directory empties the TLB",
      evidence: 'source',
      source: 'switch_mm, 2.4.14 include/asm-i386/mmu_context.h',
      when: ['processes'],
    },
    {
      what: 'memory pressure clears an entry with a flush of its own; the next fault finds the page by its vma',
      evidence: 'source',
      source: 'try_to_swap_out, 2.4.14 mm/vmscan.c',
      when: ['reclaim'],
    },
    CHOICE_OF_PAGES,
    {
      what: 'its sweep looks at one vma after the other, and at each entry of their page tables, until it has its pages',
      evidence: 'source',
      source: 'swap_out_mm, swap_out_vma, 2.4.14 mm/vmscan.c',
      when: ['pressure'],
    },
  ],
  guesses: [
    '20 other vmas in the process, all below the window',
    'a kernel built for Pentium 4: 128-byte cache lines pad vma objects',
    'a machine of 16 GB, whose memory map takes 192 of 896 MB of lowmem',
  ],
  lacks: {
    locked: 'Linux 2.4 ignores MAP_LOCKED',
    sigbus: 'Linux 2.4 has no remap_file_pages()',
    'remap-file-pages': 'Linux 2.4 has no remap_file_pages()',
    populate: 'Linux 2.4 has no MAP_POPULATE',
  },
  // The tree and its cache are 2.5.42's, but their use was not executed.
  uncounted: ['vmaLookups', 'vmaLookupLevels', 'vmaCacheHits', 'pteChainBytesPeak', 'lowmemChainBytes'],
  cost: null, // vma-tree nodes, its widest price, are not counted
  pteChains: null, // no reverse mapping before 2.5.27
  lowmem: {
    // 8 KB with task_struct and stack, 3 user pmd pages, 32 B pgd [2.4 include/linux/sched.h, include/asm-i386/pgalloc.h]
    // guess: 0.4 KB mm_struct, no source found.
    fixedBytes: 8 * KB + 12 * KB + 32 + 410,
    pageTables: true, // pte_alloc_one: __get_free_page(GFP_KERNEL) [2.4.14 include/asm-i386/pgalloc.h]
    memMapBytes: PAGES_OF_16_GB * 48, // 192 MB: struct page of late 2.4 [include/linux/mm.h], summed field by field
  },
  maxMapCount: 65536, // DEFAULT_MAX_MAP_COUNT [2.4.20 include/linux/sched.h]
  limitAt: 'hole', // do_munmap [2.4.20 mm/mmap.c]
  cutsInPlace: true, // unmap_fixup [2.4.20 mm/mmap.c]
  countsLookups: false, // its look-ups were not executed
  unmapFlush: 'whole-per-vma', // zap_page_range for each vma [2.4.20 mm/mmap.c, mm/memory.c]
  onSeveralCpus: { unmapFlush: 'whole-per-present-vma', gatherPages: 508 }, // FREE_PTE_NR [2.4.14 include/asm-generic/tlb.h]
  remap: 'none', // the call came with 2.5.46
  populate: 'none', // the flag came with 2.5.46
  reclaim: 'every-entry', // swap_out_mm [2.4.14 mm/vmscan.c]
  lockedPopulates: 'never', // MAP_LOCKED is not translated [do_mmap_pgoff, 2.4.20 mm/mmap.c]
} as const satisfies KernelModel
