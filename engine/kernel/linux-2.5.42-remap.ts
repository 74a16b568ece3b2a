// Linux 2.5.42 with the patch of the mail of 14 October 2002 ("nonlinear mappings, prefaulting support, 2.5.42-F8"):
// i386 with PAE, one CPU, as a database server of that year: Pentium 4 Xeon, 16 GB of memory, page tables in highmem.
//
// Names in brackets are the files of v2.5.42.

import { EINVAL } from '../errors.ts'
import { slabCache } from '../slab.ts'
import type { KernelModel, Rule } from './model.ts'

const KB = 1024
/** Struct pages of the machine that the models of i386 with PAE stand for: 16 GB. */
export const PAGES_OF_16_GB = 2 ** 22
/** What is assumed about the process, however the kernel was built. */
export const PROCESS_GUESSES = [
  '20 other vmas in the process, all below the window; faults outside the window evict mm->mmap_cache only as --other-faults says',
  "a task_struct of 1.7 KB and an mm_struct of 0.4 KB in the process's lowmem",
]
const EXECUTED = 'executed step by step: npm run executed'

/** What every kernel is assumed to do under memory pressure. */
export const CHOICE_OF_PAGES: Rule = {
  what: 'memory pressure takes back the next 32 pages in address order that are present and not locked, used lately or not',
  evidence: 'guess',
  source: "SWAP_CLUSTER_MAX, 2.4.14 mm/vmscan.c; guess: the order of the kernel's own lists",
  when: ['pressure'],
}

/** How objects are packed in a build for so many bytes of L1 cache line, with so many bytes per reference to a pte. */
export function packedFor(cacheLineBytes: number, pteReferenceBytes: number) {
  const perChain = Math.floor((cacheLineBytes - 4) / pteReferenceBytes) // NRPTE [mm/rmap.c]: the rest is the next pointer
  return {
    // 68 bytes [include/linux/mm.h], summed field by field; SLAB_HWCACHE_ALIGN [kernel/fork.c]
    vmaSlab: slabCache(68, cacheLineBytes, true),
    pteChains: { perChain, slab: slabCache(perChain * pteReferenceBytes + 4, cacheLineBytes, false) },
  }
}

export const linux2542Remap = {
  name: 'linux-2.5.42-remap',
  summary: 'Linux 2.5.42 with the remap_file_pages() patch of October 2002, i386 PAE, Pentium 4',
  machine: 'i386 PAE, Linux 2.5.42 + the 2002 patch',
  basis:
    'the functions of 2.5.42 and of the mail, compiled and executed step by step (npm run executed); sizes and limits read in its source',
  rules: [
    {
      what: 'file vmas never merge, not even when a mapping becomes linear again',
      evidence: 'executed',
      source: EXECUTED,
    },
    {
      what: 'an over-mapping cuts, zaps and frees the old vmas, then links one new vma; the upper part of a cut is the new one',
      evidence: 'executed',
      source: EXECUTED,
    },
    {
      what: 'one flush of the whole TLB if a page was present or a page-directory slot was cleared, else none',
      evidence: 'executed',
      source: EXECUTED,
    },
    { what: 'every page absent costs its own fault', evidence: 'executed', source: EXECUTED },
    {
      what: 'a mapping is refused if there are more than 65,536 vmas, a cut if there are as many',
      evidence: 'executed',
      source: EXECUTED,
    },
    {
      what: 'look-ups walk the red-black tree or hit the one-entry cache mm->mmap_cache',
      evidence: 'executed',
      source: EXECUTED,
    },
    {
      what: 'a fault outside the window leaves its own vma in mm->mmap_cache',
      evidence: 'source',
      source: 'do_page_fault, arch/i386/mm/fault.c; find_vma, mm/mmap.c',
      when: ['other-faults'],
    },
    {
      what: 'remap_file_pages() installs each page and invalidates its translation, whether or not there was one',
      evidence: 'executed',
      source: EXECUTED,
      when: ['remap-file-pages'],
    },
    {
      what: 'MAP_NONBLOCK leaves what was mapped where the page is not cached (shmem) or fails there (page cache)',
      evidence: 'executed',
      source: EXECUTED,
      when: ['nonblock'],
    },
    {
      what: 'MAP_POPULATE calls remap_file_pages() after mapping and ignores its result',
      evidence: 'executed',
      source: EXECUTED,
      when: ['populate'],
    },
    {
      what: "pread() into absent memory of the process's own takes one fault a page inside the call; MADV_DONTNEED flushes as an unmapping does",
      evidence: 'guess',
      source: 'guess: not executed, no source read',
      when: ['copies'],
    },
    {
      what: 'other CPUs that run the process get a round of IPIs for each flush and each single invalidation; an unmapping flushes every 506 pages',
      evidence: 'source',
      source: 'flush_tlb_mm, flush_tlb_page, arch/i386/kernel/smp.c; the gather was executed',
      when: ['threads'],
    },
    {
      what: 'MAP_LOCKED faults the pages in by writes inside the call',
      evidence: 'source',
      source: 'make_pages_present, mm/memory.c',
      when: ['locked'],
    },
    {
      what: 'memory pressure clears an entry with a flush of its own; a page mapped out of line is lost, and the next fault maps the one that the vma stands for',
      evidence: 'source',
      source: 'try_to_unmap_one, mm/rmap.c; the mail: "either have to be MAP_LOCKED or need a special SIGBUS handler"',
      when: ['reclaim'],
    },
    CHOICE_OF_PAGES,
    {
      what: 'it calls find_vma for each entry of a page it takes back, which leaves that vma in mm->mmap_cache',
      evidence: 'source',
      source: 'try_to_unmap_one, mm/rmap.c',
      when: ['pressure'],
    },
    {
      what: "a page that k ptes map needs k references in chain objects once a second one maps it; loading another process's page directory empties the TLB",
      evidence: 'source',
      source: 'page_add_rmap, page_remove_rmap, mm/rmap.c; switch_mm, include/asm-i386/mmu_context.h',
      when: ['processes'],
    },
    {
      what: 'pages keep the rights they were installed with, in a window that has none',
      evidence: 'source',
      source: "sys_remap_file_pages, install_page, the mail's mm/fremap.c",
      when: ['sigbus'],
    },
  ],
  guesses: [...PROCESS_GUESSES, 'a machine of 16 GB, whose memory map takes 176 of 896 MB of lowmem'],
  lacks: {},
  uncounted: [],
  cost: 'p4-2002',
  // CONFIG_MPENTIUM4: X86_L1_CACHE_SHIFT 7 [arch/i386/config.in]; pte_addr_t of 8 bytes with HIGHMEM64G and HIGHPTE
  // [include/asm-i386/pgtable.h]
  ...packedFor(128, 8),
  lowmem: {
    // 8 KB thread_info and stack, 3 user pmd pages, 32 B pgd [include/asm-i386/thread_info.h, arch/i386/mm/pgtable.c];
    // guess: 1.7 KB task_struct and 0.4 KB mm_struct, no source found.
    fixedBytes: 8 * KB + 12 * KB + 32 + 1741 + 410,
    pageTables: false, // CONFIG_HIGHPTE; the mail speaks of "pagetables in highmem"
    // 176 MB: struct page of 44 bytes, 4 of them for pte_addr_t's second word [include/linux/mm.h], summed field by field
    memMapBytes: PAGES_OF_16_GB * 44,
  },
  memoryBytes: Number.POSITIVE_INFINITY, // 64 GB, but its lanes always took larger files: what they count is the same
  longBits: 32, // i386
  windowBase: 0x40000000, // TASK_UNMAPPED_BASE = TASK_SIZE / 3 [include/asm-i386/processor.h]
  addressEnd: 0xc0000000, // TASK_SIZE [include/asm-i386/page.h]
  otherVmas: 20, // guess: text, data, heap, stack and libraries of a database process
  othersBase: 0x08048000, // guess: all of them below the window, where i386 executables begin
  othersStride: 0x2000, // guess: never adjacent
  maxMapCount: 65536, // MAX_MAP_COUNT [include/linux/sched.h]
  limitAt: 'each-cut', // split_vma [mm/mmap.c]
  mergesFileVmas: 'never', // vma_merge is for anonymous memory only [mm/mmap.c]
  cutsInPlace: false, // split_vma [mm/mmap.c]
  countsLookups: true,
  unmapFlush: 'whole', // unmap_region ends in tlb_flush() = flush_tlb_mm() [mm/mmap.c, include/asm-i386/tlb.h]
  onePageUnmapFlush: 'whole', // the same
  gatherPages: Number.MAX_SAFE_INTEGER, // never fills: one CPU online, tlb_fast_mode() [include/asm-generic/tlb.h]
  rangedFlush: null,
  onSeveralCpus: { gatherPages: 506 }, // FREE_PTE_NR [include/asm-generic/tlb.h]; executed
  tablePages: 512, // PTRS_PER_PTE with PAE [include/asm-i386/pgtable-3level.h]: 2 MB
  directoryPages: 512 * 512, // one of four pgd slots: PTRS_PER_PMD page tables, 1 GB
  freesTables: 'directory-slots', // free_pgtables, clear_page_tables [mm/mmap.c, mm/memory.c]
  dropsInOneGather: false, // zap_page_range for each vma [mm/memory.c]
  tablesBeforePages: true, // handle_mm_fault [mm/memory.c]
  faultAroundPages: 1, // do_no_page maps one page [mm/memory.c]
  inheritsDirty: false, // mk_pte alone [mm/memory.c]
  notesFirstWrite: [], // since 2.6.19
  flushesFirstWrite: false, // no such fault
  remap: 'patch', // the mail's mm/fremap.c
  lockedPopulates: 'by-writes', // make_pages_present, VM_WRITE [mm/memory.c]
  populate: 'remap', // the mail's do_mmap_pgoff
  filePteLimit: Number.POSITIVE_INFINITY, // no file ptes
  reclaim: 'reverse-mappings', // try_to_unmap_one [mm/rmap.c]
  emptyMmap: 'succeeds', // returns the address [do_mmap_pgoff, mm/mmap.c]
  offsetWrapErrno: EINVAL, // [do_mmap_pgoff, mm/mmap.c]
} as const satisfies KernelModel
