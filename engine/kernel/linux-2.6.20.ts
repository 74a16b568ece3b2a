// Linux 2.6.20, i386 without PAE, one CPU: vmas merge, nonlinear mappings survive being swapped out as file ptes.
//
// Measured: a 2.6.20 kernel in an emulator that counted page faults, invlpg and CR3 writes (test/fixtures/oracle). Names in
// brackets are files of 2.6.18 to 2.6.22, which frame it.

import { EOVERFLOW } from '../errors.ts'
import { PRESSURE_BY_FILE } from './linux-3.10.ts'
import { linux310Pae } from './linux-3.10-pae.ts'
import type { KernelModel } from './model.ts'

const KB = 1024
const MEASURED = 'measured on 2.6.20, i386: npm run oracle'

export const linux2620 = {
  name: 'linux-2.6.20',
  summary: 'Linux 2.6.20, i386 without PAE: vmas merge, remap_file_pages() installs pages and keeps them as file ptes',
  machine: 'i386, Linux 2.6.20',
  basis: 'a 2.6.20 kernel measured in an emulator; what its rows do not show was read in 2.6.18 to 2.6.24',
  rules: [
    {
      what: 'a mapping merges with both neighbours whose file pages it continues',
      evidence: 'measured',
      source: MEASURED,
    },
    {
      what: 'one flush of the whole TLB for an over-mapping if a page was present, whatever the unit, else none',
      evidence: 'measured',
      source: MEASURED,
    },
    { what: 'every page absent costs its own fault', evidence: 'measured', source: MEASURED },
    {
      what: 'page tables, of 4 MB each, stay when units smaller than that are mapped over',
      evidence: 'measured',
      source: MEASURED,
    },
    {
      what: 'a mapping is refused above 65,536 vmas, each cut at that number; a refused second cut leaves the first',
      evidence: 'measured',
      source: `${MEASURED}; do_munmap, split_vma, mm/mmap.c`,
      when: ['refusals'],
    },
    {
      what: 'remap_file_pages() leaves one vma, installs each page, and invalidates those that were present before',
      evidence: 'measured',
      source: MEASURED,
      when: ['remap-file-pages'],
    },
    {
      what: 'MAP_NONBLOCK installs the pages that are cached; the others become file ptes and fault later',
      evidence: 'measured',
      source: `${MEASURED} for cached pages; install_file_pte, mm/fremap.c for the others`,
      when: ['nonblock'],
    },
    {
      what: "MAP_POPULATE installs the pages without faults, by the kernel's own remap_file_pages()",
      evidence: 'measured',
      source: MEASURED,
      when: ['populate'],
    },
    {
      what: 'a page of shmem is mapped writable by a read; its first write does not fault again',
      evidence: 'source',
      source: 'do_no_page, mm/memory.c; vma_wants_writenotify, mm/mmap.c',
      when: ['writes'],
    },
    {
      what: 'a page of a file on disk is mapped read-only by a read; its first write faults and invalidates it',
      evidence: 'source',
      source: 'vma_wants_writenotify, mm/mmap.c; do_wp_page, mm/memory.c; ptep_set_access_flags, asm-i386/pgtable.h',
      when: ['disk', 'writes'],
    },
    {
      what: 'a hole of the file is allocated by the fault or population that asks for it',
      evidence: 'source',
      source: 'shmem_getpage, mm/shmem.c',
      when: ['sparse'],
    },
    {
      what: "pread() into absent memory of the process's own takes one fault a page inside the call; MADV_DONTNEED flushes once if a page was present",
      evidence: 'source',
      source: 'file_read_actor, mm/filemap.c; zap_page_range, mm/memory.c',
      when: ['copies'],
    },
    {
      what: 'other CPUs that run the process get a round of IPIs for each flush and each single invalidation; an unmapping flushes every 506 pages',
      evidence: 'source',
      source: 'FREE_PTE_NR, include/asm-generic/tlb.h; flush_tlb_page, arch/i386/kernel/smp.c',
      when: ['threads'],
    },
    {
      what: "loading another process's page directory empties the TLB",
      evidence: 'source',
      source: 'switch_mm, include/asm-i386/mmu_context.h',
      when: ['processes'],
    },
    {
      what: 'MAP_LOCKED faults the pages in by writes inside the call',
      evidence: 'source',
      source: 'make_pages_present, mm/memory.c',
      when: ['locked'],
    },
    {
      what: 'memory pressure clears an entry with a flush of its own, and leaves a file pte where the vma stands for another page',
      evidence: 'source',
      source: 'try_to_unmap_cluster, mm/rmap.c',
      when: ['reclaim'],
    },
    ...PRESSURE_BY_FILE,
    {
      what: 'reads, remaps and flushes on a file on disk are those on shmem',
      evidence: 'measured',
      source: 'measured on ext2; its rows are not in the fixture',
      when: ['disk'],
    },
    {
      what: 'reads, remaps and flushes on ramfs are those on shmem',
      evidence: 'measured',
      source: 'measured on ramfs; its rows are not in the fixture',
      when: ['ramfs'],
    },
  ],
  guesses: [
    '6 other vmas in the process, as in the measured one',
    "12 KB of stack and page directory, 1.7 KB of task_struct and 0.4 KB of mm_struct in the process's lowmem",
    'a machine of 4 GB, whose memory map takes 32 of 896 MB of lowmem',
  ],
  lacks: {
    sigbus: linux310Pae.lacks.sigbus,
  },
  uncounted: linux310Pae.uncounted, // nothing of these was measured here either
  cost: null, // vma-tree nodes are not counted, and prices of its time would leave them out
  vmaSlab: { objectBytes: 84, objectsPerSlab: 46, slabBytes: 4096 }, // measured: /proc/slabinfo
  pteChains: null, // object-based reverse mapping since 2.6.7
  lowmem: {
    // guess: 8 KB stack and one page of page directory as on i386 of that time; task and mm structs as of 2.5.42
    fixedBytes: 8 * KB + 4 * KB + 1741 + 410,
    pageTables: true, // built without HIGHPTE: guess
    memMapBytes: 2 ** 20 * 32, // guess: a machine of 4 GB; struct page of 32 bytes since 2.6.7 [commit 369bfc8a]
  },
  memoryBytes: Number.POSITIVE_INFINITY, // 4 GB, but its lanes always took larger files: what they count is the same
  longBits: 32, // i386
  windowBase: 0x50000000, // as measured
  addressEnd: 0xc0000000, // TASK_SIZE [include/asm-i386/processor.h]
  otherVmas: 6, // measured
  othersBase: 0x08048000, // guess: their number alone matters
  othersStride: 0x2000, // guess: never adjacent
  maxMapCount: 65536, // sysctl_max_map_count, measured
  limitAt: 'each-cut', // split_vma [mm/mmap.c]; measured: an extra vma is left behind
  mergesFileVmas: 'after-allocating', // measured; the object is made first [do_mmap_pgoff, mm/mmap.c]
  cutsInPlace: false, // split_vma [mm/mmap.c]
  countsLookups: false, // its look-ups were not executed
  unmapFlush: 'whole', // measured: CR3 writes
  onePageUnmapFlush: 'whole', // measured: units of 4K
  gatherPages: 1024, // ZAP_BLOCK_SIZE without CONFIG_PREEMPT [mm/memory.c, 2.6.19]
  rangedFlush: null,
  onSeveralCpus: { gatherPages: 506 }, // FREE_PTE_NR [include/asm-generic/tlb.h]
  tablePages: 1024, // measured: 4 KB of page tables for each 4 MB
  directoryPages: null,
  freesTables: 'regions', // free_pgd_range since 2.6.12 [mm/memory.c]
  dropsInOneGather: false, // zap_page_range for each vma [mm/memory.c]
  tablesBeforePages: true, // __handle_mm_fault [mm/memory.c]
  faultAroundPages: 1, // measured
  inheritsDirty: false, // since 6.16
  notesFirstWrite: ['disk'], // vma_wants_writenotify, 2.6.19 [mm/mmap.c]
  flushesFirstWrite: true, // ptep_set_access_flags [2.6.18 include/asm-i386/pgtable.h]
  remap: 'install', // measured
  lockedPopulates: 'by-writes', // make_pages_present, VM_WRITE [mm/memory.c]
  populate: 'remap', // measured: no faults are counted
  reclaim: 'file-vmas', // try_to_unmap_file [2.6.11 mm/rmap.c]
  filePteLimit: 2 ** 29, // PTE_FILE_MAX_BITS [include/asm-i386/pgtable-2level.h]; measured
  emptyMmap: 'fails', // do_mmap_pgoff [2.6.19 mm/mmap.c]
  offsetWrapErrno: EOVERFLOW, // the same
} as const satisfies KernelModel
