// Linux 3.10, x86-64, built for one CPU: remap_file_pages() writes file ptes and has the fault handler fill them.
//
// Measured: 3.10.30 with counters of its own, in a virtual machine (test/fixtures/oracle). Names in brackets are files of a
// 3.10 tree.

import { EOVERFLOW } from '../errors.ts'
import { CHOICE_OF_PAGES } from './linux-2.5.42-remap.ts'
import type { KernelModel, Rule } from './model.ts'

const MEASURED = 'measured on 3.10.30: npm run oracle'

/** How pages are found since 2.6.7. */
export const PRESSURE_BY_FILE: readonly Rule[] = [
  CHOICE_OF_PAGES,
  {
    what: 'it finds the entry of a page by the vmas of its file that map it',
    evidence: 'source',
    source: 'try_to_unmap_file, 2.6.11 mm/rmap.c',
    when: ['pressure'],
  },
  {
    what: 'for a page of a nonlinear vma it unmaps 32 neighbouring entries instead',
    evidence: 'source',
    source: 'try_to_unmap_cluster, 2.6.11 mm/rmap.c',
    when: ['pressure', 'remap-file-pages'],
  },
  {
    what: 'those are the ones around the page, used lately or not, and the other pages they map stay in memory',
    evidence: 'guess',
    source: "guess: the kernel's cursor goes through the vma by itself",
    when: ['pressure', 'remap-file-pages'],
  },
]

export const linux310 = {
  name: 'linux-3.10',
  summary: 'Linux 3.10, x86-64, one CPU: vmas merge, remap_file_pages() writes file ptes and faults them in',
  machine: 'x86-64, Linux 3.10, one CPU',
  basis: '3.10.30 measured with counters in the kernel; what its rows do not show was read in 3.10 trees',
  rules: [
    {
      what: 'a mapping merges with both neighbours whose file pages it continues',
      evidence: 'measured',
      source: MEASURED,
    },
    {
      what: 'one flush of the whole TLB for an over-mapping if a page was present, whatever the unit, else none (one CPU: no ranges)',
      evidence: 'measured',
      source: MEASURED,
    },
    { what: 'every page absent costs its own fault', evidence: 'measured', source: MEASURED },
    {
      what: 'page tables, of 2 MB each, stay when units smaller than that are mapped over',
      evidence: 'measured',
      source: MEASURED,
    },
    {
      what: 'a mapping is refused above 65,530 vmas, a hole in the middle of a vma at that number; nothing has changed then',
      evidence: 'measured',
      source: MEASURED,
      when: ['refusals'],
    },
    {
      what: 'remap_file_pages() leaves one vma, replaces each page by a file pte, invalidating those that were present, and faults all in inside the call',
      evidence: 'measured',
      source: MEASURED,
      when: ['remap-file-pages'],
    },
    {
      what: 'MAP_NONBLOCK writes file ptes alone: every page faults later, cached or not',
      evidence: 'measured',
      source: MEASURED,
      when: ['nonblock'],
    },
    {
      what: 'MAP_POPULATE faults the pages in inside the call',
      evidence: 'measured',
      source: MEASURED,
      when: ['populate'],
    },
    {
      what: 'on a file system that accounts dirty pages remap_file_pages() is emulated with linear vmas',
      evidence: 'measured',
      source: 'measured on ext2; sys_remap_file_pages, mm/fremap.c',
      when: ['disk', 'remap-file-pages'],
    },
    {
      what: 'a page of shmem is mapped writable by a read; its first write does not fault again',
      evidence: 'source',
      source: '__do_fault, mm/memory.c; vma_wants_writenotify, mm/mmap.c',
      when: ['writes'],
    },
    {
      what: 'a page of a file on disk is mapped read-only by a read; its first write faults and flushes nothing',
      evidence: 'source',
      source: 'vma_wants_writenotify, mm/mmap.c; ptep_set_access_flags, arch/x86/mm/pgtable.c',
      when: ['disk', 'writes'],
    },
    {
      what: 'so is a page of ramfs, whose mappings have a page_mkwrite',
      evidence: 'source',
      source: 'generic_file_vm_ops, mm/filemap.c',
      when: ['ramfs', 'writes'],
    },
    {
      what: 'a hole of the file is allocated by the fault that asks for it',
      evidence: 'source',
      source: 'shmem_getpage_gfp, mm/shmem.c',
      when: ['sparse', 'writes'],
    },
    {
      what: "pread() into absent memory of the process's own takes one fault a page inside the call; MADV_DONTNEED flushes once if a page was present",
      evidence: 'source',
      source: 'file_read_actor, mm/filemap.c; zap_page_range, mm/memory.c',
      when: ['copies'],
    },
    {
      what: 'MAP_LOCKED faults the pages in by reads inside the call, and remap_file_pages() populates locked pages even with MAP_NONBLOCK',
      evidence: 'measured',
      source: 'measured on 3.10.30: cases of mlocked windows',
      when: ['locked'],
    },
    {
      what: 'memory pressure clears an entry with a flush of its own, and leaves a file pte where the vma stands for another page',
      evidence: 'source',
      source:
        'try_to_unmap_one, try_to_unmap_cluster, mm/rmap.c; on 3.10.30 881 nonlinear pages were swapped out and read back',
      when: ['reclaim'],
    },
    ...PRESSURE_BY_FILE,
    {
      what: "loading another process's page tables empties the TLB",
      evidence: 'source',
      source: 'switch_mm, arch/x86/include/asm/mmu_context.h',
      when: ['processes'],
    },
    {
      what: 'reads, remaps and flushes on ramfs are those on shmem',
      evidence: 'measured',
      source: 'measured on ramfs; its rows are not in the fixture',
      when: ['ramfs'],
    },
  ],
  guesses: ['7 other vmas in the process, as in the measured one'],
  lacks: {
    sigbus: 'pages get the rights of their vma, so that a window without rights stays closed',
    threads: 'the 3.10 that was measured was built for one CPU, and how it flushes on several is not modelled',
  },
  uncounted: [
    'vmaLookups',
    'vmaLookupLevels',
    'vmaCacheHits',
    'mmapSemReads',
    'mmapSemWrites',
    'pageCacheLookups',
    'vmaLowmemBytes',
    'vmaLowmemBytesPeak',
    'pteChainBytesPeak',
    'lowmemBytesPeak',
    'lowmemVmaBytes',
    'lowmemPageTableBytes',
    'lowmemChainBytes',
    'lowmemFixedBytes',
    'lowmemAvailableBytes',
  ],
  cost: 'modern-core',
  vmaSlab: { objectBytes: 176, objectsPerSlab: 22, slabBytes: 4096 }, // measured: /proc/slabinfo
  pteChains: null, // object-based reverse mapping since 2.6.7
  lowmem: null, // all memory of x86-64 is alike
  memoryBytes: Number.POSITIVE_INFINITY, // 2^46 [MAX_PHYSMEM_BITS, arch/x86/include/asm/sparsemem.h]
  longBits: 64, // x86-64
  windowBase: 0x50000000, // as measured
  addressEnd: 2 ** 47 - 4096, // TASK_SIZE_MAX [arch/x86/include/asm/processor.h]
  otherVmas: 7, // measured
  othersBase: 0x400000, // guess: their number alone matters
  othersStride: 0x2000, // guess: never adjacent
  maxMapCount: 65530, // DEFAULT_MAX_MAP_COUNT [include/linux/mm.h]; measured
  limitAt: 'hole', // do_munmap [mm/mmap.c]; measured
  mergesFileVmas: 'before-allocating', // measured; vma_merge comes first [mmap_region, mm/mmap.c]
  cutsInPlace: false, // __split_vma [mm/mmap.c]
  countsLookups: false, // its look-ups were not executed
  unmapFlush: 'whole', // measured; flush_tlb_mm_range is __flush_tlb on one CPU [arch/x86/include/asm/tlbflush.h]
  onePageUnmapFlush: 'whole', // measured
  gatherPages: Number.MAX_SAFE_INTEGER, // tlb_fast_mode on one CPU [include/asm-generic/tlb.h]
  rangedFlush: null,
  onSeveralCpus: {}, // see lacks
  tablePages: 512, // measured: 4 KB of page tables for each 2 MB
  directoryPages: null,
  freesTables: 'regions', // free_pgd_range [mm/memory.c]
  dropsInOneGather: false, // zap_page_range for each vma [mm/memory.c]
  tablesBeforePages: true, // handle_mm_fault [mm/memory.c]
  faultAroundPages: 1, // measured; fault-around is of 3.15
  inheritsDirty: false, // since 6.16
  notesFirstWrite: ['disk', 'ramfs'], // vma_wants_writenotify [mm/mmap.c], filemap_page_mkwrite [mm/filemap.c]
  flushesFirstWrite: false, // ptep_set_access_flags [arch/x86/mm/pgtable.c]
  remap: 'file-ptes', // measured
  lockedPopulates: 'by-reads', // __mlock_vma_pages_range: no write faults on shared mappings [mm/mlock.c]
  populate: 'faults', // measured: ru_minflt counts them
  reclaim: 'file-vmas', // try_to_unmap_file [mm/rmap.c]
  filePteLimit: Number.POSITIVE_INFINITY, // 2^46 pages, PTE_FILE_MAX_BITS [arch/x86/include/asm/pgtable_64.h]
  emptyMmap: 'fails', // do_mmap_pgoff [mm/mmap.c]
  offsetWrapErrno: EOVERFLOW, // the same
} as const satisfies KernelModel
