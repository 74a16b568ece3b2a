// Linux 6.18, x86-64: remap_file_pages() is mmap in disguise, faults map around themselves, flushes are ranges.
//
// Measured: 6.18 by tracepoints, argument cases by calling (test/fixtures/oracle). Names in brackets are files of 6.12 to
// 6.17.

import { EOVERFLOW } from '../errors.ts'
import { CHOICE_OF_PAGES } from './linux-2.5.42-remap.ts'
import { linux310 } from './linux-3.10.ts'
import type { KernelModel, Rule } from './model.ts'

const MEASURED = 'measured on 6.18: npm run oracle'

/** How pages are found by an interval tree of vmas. */
export const PRESSURE_BY_TREE: readonly Rule[] = [
  CHOICE_OF_PAGES,
  {
    what: 'it looks at the one vma and entry that map a page',
    evidence: 'guess',
    source: 'guess: no source read',
    when: ['pressure'],
  },
]

export const linux618 = {
  name: 'linux-6.18',
  summary: 'Linux 6.18, x86-64: remap_file_pages() is emulated by mmap; fault-around, ranged flushes',
  machine: 'x86-64, Linux 6.18',
  basis: '6.18 measured by tracepoints; what its rows do not show was read in 6.12 to 6.17',
  rules: [
    {
      what: 'a mapping merges with both neighbours whose file pages it continues',
      evidence: 'measured',
      source: MEASURED,
    },
    {
      what: 'a read fault maps what is cached of its aligned 64 KB, from the start of its vma on; a write fault one page',
      evidence: 'measured',
      source: `${MEASURED}; writes by tracepoints on the running kernel`,
    },
    {
      what: 'a ranged flush for each vma and page table with dirty pages of the file, one for all clean ones; more than 33 pages flush everything',
      evidence: 'measured',
      source: `${MEASURED}; tlb_single_page_flush_ceiling, arch/x86/mm/tlb.c`,
    },
    {
      what: 'what is read from a written file of shmem gets dirty entries',
      evidence: 'measured',
      source: `${MEASURED}; set_pte_range, mm/memory.c since 6.16`,
    },
    {
      what: 'a page table goes when a call covers its whole 2 MB, with a flush of its own if nothing is still waiting for one (dirty pages were flushed before)',
      evidence: 'measured',
      source: 'tracepoints on the running kernel, units of 2 MB',
    },
    {
      what: 'a mapping is refused above 65,530 vmas, a hole in the middle of a vma at that number; nothing has changed then',
      evidence: 'measured',
      source: `${MEASURED}; 340,000 operations at the limit on the running kernel`,
      when: ['refusals'],
    },
    {
      what: 'remap_file_pages() is mmap(MAP_FIXED|MAP_POPULATE) over one vma or several that adjoin',
      evidence: 'measured',
      source: MEASURED,
      when: ['remap-file-pages'],
    },
    {
      what: 'MAP_NONBLOCK leaves out the population',
      evidence: 'measured',
      source: MEASURED,
      when: ['nonblock'],
    },
    {
      what: 'MAP_POPULATE faults the pages in inside the call, fault-around included',
      evidence: 'measured',
      source: MEASURED,
      when: ['populate'],
    },
    {
      what: 'what is read from a file on disk is mapped read-only and clean: one flush for a call; a first write faults again',
      evidence: 'measured',
      source: 'measured on ext4 for reads',
      when: ['disk'],
    },
    {
      what: 'a first write to a page of a file on disk faults and flushes nothing',
      evidence: 'source',
      source: 'vma_wants_writenotify, mm/mmap.c; ptep_set_access_flags, arch/x86/mm/pgtable.c',
      when: ['disk', 'writes'],
    },
    {
      what: 'pages of ramfs are mapped read-only by reads, too: its mappings have a page_mkwrite',
      evidence: 'source',
      source: 'generic_file_vm_ops, mm/filemap.c',
      when: ['ramfs'],
    },
    {
      what: 'a hole of the file is allocated, clean, by the fault that asks for it; faults around skip holes',
      evidence: 'measured',
      source: `${MEASURED}, sparse files; shmem_get_folio_gfp, mm/shmem.c`,
      when: ['sparse'],
    },
    {
      what: "pread() into absent memory of the process's own takes one fault a page inside the call; MADV_DONTNEED flushes one range",
      evidence: 'measured',
      source: 'tracepoints on the running kernel: vmcache and pread runs',
      when: ['copies'],
    },
    {
      what: 'another CPU that runs the process gets one round of IPIs for each flush, ranged or whole',
      evidence: 'measured',
      source: 'tracepoints on the running kernel: one remote flush sent for each flush',
      when: ['threads'],
    },
    {
      what: "loading another process's page tables empties the TLB, as on a CPU without PCIDs",
      evidence: 'guess',
      source: 'guess: with PCIDs the translations of the last six processes stay [arch/x86/mm/tlb.c]',
      when: ['processes'],
    },
    {
      what: 'MAP_LOCKED faults the pages in by reads inside the call, fault-around included',
      evidence: 'measured',
      source: 'measured on 6.18: cases of mlocked windows, one fault for 16K',
      when: ['locked'],
    },
    {
      what: 'memory pressure clears an entry; the next fault finds the page by its vma',
      evidence: 'source',
      source: 'try_to_unmap_one, mm/rmap.c; flushes that are deferred over several pages are counted singly',
      when: ['reclaim'],
    },
    ...PRESSURE_BY_TREE,
  ],
  guesses: [
    '9 other vmas in the process, as in the measured one',
    "the file's pages are of 4 KB (no huge tmpfs pages)",
  ],
  lacks: {
    sigbus: linux310.lacks.sigbus,
  },
  uncounted: linux310.uncounted, // nothing of these was measured here either
  cost: 'modern-core',
  vmaSlab: { objectBytes: 192, objectsPerSlab: 21, slabBytes: 4096 }, // measured: /proc/slabinfo
  pteChains: null, // object-based reverse mapping
  lowmem: null, // all memory of x86-64 is alike
  memoryBytes: Number.POSITIVE_INFINITY, // 2^46 [MAX_PHYSMEM_BITS, arch/x86/include/asm/sparsemem.h]
  longBits: 64, // x86-64
  windowBase: 0x50000000, // as measured
  addressEnd: 2 ** 47 - 4096, // TASK_SIZE_MAX [arch/x86/include/asm/page_64_types.h]
  otherVmas: 9, // measured
  othersBase: 0x400000, // guess: their number alone matters
  othersStride: 0x2000, // guess: never adjacent
  maxMapCount: 65530, // DEFAULT_MAX_MAP_COUNT [include/linux/mm.h]; measured
  limitAt: 'hole', // vms_gather_munmap_vmas [mm/vma.c]; measured
  mergesFileVmas: 'before-allocating', // measured; vma_merge_new_range comes first [mm/vma.c]
  cutsInPlace: false, // __split_vma [mm/vma.c]
  countsLookups: false, // maple tree: its shape is not modelled
  unmapFlush: 'ranged', // measured
  onePageUnmapFlush: 'whole', // not read where flushes are ranged
  gatherPages: Number.MAX_SAFE_INTEGER, // not read where flushes are ranged
  rangedFlush: {
    ceilingPages: 33, // tlb_single_page_flush_ceiling [arch/x86/mm/tlb.c]; measured
    tableStride: 512, // PMD_SHIFT if no pte was cleared [tlb_get_unmap_shift, include/asm-generic/tlb.h]
  },
  onSeveralCpus: {}, // the same flushes
  tablePages: 512, // measured: 4 KB of page tables for each 2 MB
  directoryPages: null,
  freesTables: 'regions', // free_pgd_range [mm/memory.c]; measured: 2 MB units
  dropsInOneGather: true, // zap_page_range_single_batched, CONFIG_PT_RECLAIM [mm/memory.c]; measured
  tablesBeforePages: false, // finish_fault, filemap_map_pmd [mm/memory.c, mm/filemap.c]; measured
  faultAroundPages: 16, // fault_around_bytes 64 KB [mm/memory.c]; measured
  inheritsDirty: true, // set_pte_range, since 6.16 [mm/memory.c]; measured
  notesFirstWrite: ['disk', 'ramfs'], // vma_wants_writenotify [mm/mmap.c], filemap_page_mkwrite [mm/filemap.c]
  flushesFirstWrite: false, // ptep_set_access_flags [arch/x86/mm/pgtable.c]
  remap: 'emulated', // measured
  lockedPopulates: 'by-reads', // populate_vma_page_range [mm/gup.c]; measured: one fault for 16 pages
  populate: 'faults', // measured
  reclaim: 'file-vmas', // by an interval tree: no nonlinear vmas any more
  filePteLimit: Number.POSITIVE_INFINITY, // no file ptes
  emptyMmap: 'fails', // do_mmap [mm/mmap.c]
  offsetWrapErrno: EOVERFLOW, // the same
} as const satisfies KernelModel
