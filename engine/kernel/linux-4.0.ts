// Linux 4.0, x86-64, several CPUs: the first kernel without nonlinear mappings. Its emulation takes only ranges inside one
// vma, a regression that 4.5 mended. Nothing of it was measured here: the model rests on its source (mm/mmap.c,
// mm/memory.c, include/asm-generic/tlb.h).

import { linux618, PRESSURE_BY_TREE } from './linux-6.18.ts'
import type { KernelModel } from './model.ts'

export const linux40 = {
  ...linux618,
  name: 'linux-4.0',
  summary: 'Linux 4.0, x86-64: remap_file_pages() emulated by mmap for the first time, inside one vma only',
  machine: 'x86-64, Linux 4.0',
  basis: 'read in the source of 3.19 and 4.0; nothing of it was executed or measured',
  rules: [
    {
      what: 'a mapping merges with both neighbours whose file pages it continues',
      evidence: 'source',
      source: 'vma_merge, 3.19 mm/mmap.c',
    },
    {
      what: 'a read fault maps what is cached of its aligned 64 KB, from the start of its vma on; a write fault one page',
      evidence: 'source',
      source: 'do_fault_around, 4.0 mm/memory.c; filemap_map_pages, 3.19 mm/filemap.c',
    },
    {
      what: 'a ranged flush after each page table with pages written through it, one for all others; more than 33 pages flush everything',
      evidence: 'source',
      source: 'zap_pte_range, 4.0 mm/memory.c; flush_tlb_mm_range, 3.19 arch/x86/mm/tlb.c',
    },
    {
      what: 'what is read gets clean entries',
      evidence: 'source',
      source: 'do_set_pte, 4.0 mm/memory.c',
    },
    {
      what: 'a page table goes when its 2 MB lie in no vma, within the range that is flushed',
      evidence: 'source',
      source: 'free_pgd_range, 3.19 mm/memory.c; pte_free_tlb, include/asm-generic/tlb.h',
    },
    {
      what: 'a mapping is refused above 65,530 vmas, a hole in the middle of a vma at that number; nothing has changed then',
      evidence: 'source',
      source: 'do_mmap_pgoff, do_munmap, 3.19 and 4.0 mm/mmap.c',
      when: ['refusals'],
    },
    {
      what: 'remap_file_pages() is mmap(MAP_FIXED|MAP_POPULATE) if the range lies in one vma; nothing if it is linear already',
      evidence: 'source',
      source: 'remap_file_pages, 4.0 mm/mmap.c',
      when: ['remap-file-pages'],
    },
    {
      what: 'MAP_NONBLOCK leaves out the population',
      evidence: 'source',
      source: 'do_mmap_pgoff, 4.0 mm/mmap.c',
      when: ['nonblock'],
    },
    {
      what: 'MAP_POPULATE faults the pages in inside the call, fault-around included',
      evidence: 'source',
      source: 'mm_populate, 4.0 mm/mmap.c',
      when: ['populate'],
    },
    {
      what: 'pages of files on disk and of ramfs are mapped read-only by reads; a first write faults and flushes nothing',
      evidence: 'source',
      source: 'vma_wants_writenotify, mm/mmap.c; ptep_set_access_flags, arch/x86/mm/pgtable.c; both of 3.10',
      when: ['writes'],
    },
    {
      what: "pread() into absent memory of the process's own takes one fault a page inside the call; MADV_DONTNEED flushes one range",
      evidence: 'source',
      source: 'file_read_actor, 3.10 mm/filemap.c; zap_page_range, 4.0 mm/memory.c',
      when: ['copies'],
    },
    {
      what: 'another CPU that runs the process gets one round of IPIs for each flush, ranged or whole',
      evidence: 'source',
      source: 'flush_tlb_mm_range, 3.19 arch/x86/mm/tlb.c',
      when: ['threads'],
    },
    {
      what: "loading another process's page tables empties the TLB",
      evidence: 'source',
      source: 'switch_mm, 3.19 arch/x86/include/asm/mmu_context.h',
      when: ['processes'],
    },
    {
      what: 'MAP_LOCKED faults the pages in by reads inside the call, fault-around included',
      evidence: 'source',
      source: '__mm_populate, 4.0 mm/gup.c',
      when: ['locked'],
    },
    {
      what: 'memory pressure clears an entry; the next fault finds the page by its vma',
      evidence: 'source',
      source: 'try_to_unmap_one, 4.0 mm/rmap.c; flushes that are deferred over several pages are counted singly',
      when: ['reclaim'],
    },
    ...PRESSURE_BY_TREE,
  ],
  guesses: ['7 other vmas in the process, as measured on 3.10', 'a kernel without NUMA: 176 bytes for a vma'],
  vmaSlab: { objectBytes: 176, objectsPerSlab: 23, slabBytes: 4096 }, // 3.19 include/linux/mm_types.h; SLUB: 4096 / 176
  otherVmas: 7, // guess: as measured on 3.10
  rangedFlush: { ...linux618.rangedFlush, tableStride: 1 }, // __tlb_adjust_range knows pages only [include/asm-generic/tlb.h]
  dropsInOneGather: false, // zap_page_range for each vma [mm/memory.c]
  tablesBeforePages: true, // __handle_mm_fault; postponed since 4.8 [mm/memory.c]
  inheritsDirty: false, // do_set_pte: dirty by writes alone [mm/memory.c]
  remap: 'emulated-in-one-vma', // remap_file_pages [4.0 mm/mmap.c]
} as const satisfies KernelModel
