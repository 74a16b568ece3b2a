// Everything a run counts, declared once: column, unit, kind and one sentence. Headers, merging and documents derive from it.
//
// Plain numbers, exact to 2^53. Counters are facts; what they cost in time is a cost model's opinion (cost.ts).

/** The counters of one lane. The hot path writes `c.pageFaults++`; levels and peaks are set by the kernel's `settle()`. */
export class CounterSet {
  windowHits = 0
  remaps = 0
  failedRemaps = 0
  failedAccesses = 0
  writes = 0
  writebacks = 0
  bytesCopied = 0
  syscalls = 0
  pageFaults = 0
  kernelEntries = 0
  populateFaults = 0
  fileReads = 0
  pagesReclaimed = 0
  reclaimUnmaps = 0
  reclaimVmas = 0
  reclaimPtes = 0
  wrongPages = 0
  signalsHandled = 0
  tlbHits = 0
  tlbMisses = 0
  tlbFullFlushes = 0
  tlbRangeFlushes = 0
  tlbRangePages = 0
  tlbPageInvalidations = 0
  ipiRounds = 0
  contextSwitches = 0
  ptesInstalled = 0
  ptesZapped = 0
  pageCacheLookups = 0
  mmapSemReads = 0
  mmapSemWrites = 0
  vmaLookups = 0
  vmaLookupLevels = 0
  vmaCacheHits = 0
  vmaAllocs = 0
  vmaFrees = 0
  vmaSplits = 0
  vmaMerges = 0
  vmas = 0
  vmasPeak = 0
  mapCountPeak = 0
  vmaBytes = 0
  vmaBytesPeak = 0
  vmaLowmemBytes = 0
  vmaLowmemBytesPeak = 0
  pageTableBytesPeak = 0
  pteChainBytesPeak = 0
  lowmemBytesPeak = 0
  lowmemVmaBytes = 0
  lowmemPageTableBytes = 0
  lowmemChainBytes = 0
  lowmemFixedBytes = 0
  lowmemAvailableBytes = 0
}

export type CounterName = keyof CounterSet

export type Direction = 'less' | 'more' | 'same' | 'either'

export interface CounterDef {
  /** The CSV column and JSON key. */
  readonly column: string
  readonly unit: 'events' | 'bytes' | 'vmas'
  /** A count accumulates, a level is the last value, a peak the highest since counting began. */
  readonly kind: 'count' | 'level' | 'peak'
  /**
   * Which way is better, for the gate; `same`: it describes the work asked for, and any change of it is a failure;
   * `either`: it tells how the work was done, and what a change is worth other counts say.
   */
  readonly better: Direction
  /** Of all processes on a kernel together: each has the same value, where others are summed over the processes. */
  readonly isShared?: boolean
  /** One sentence, printed in every report. */
  readonly help: string
}

/** In the order of the report columns. The compiler refuses a counter that has no description. */
export const COUNTERS: { readonly [K in CounterName]: CounterDef } = {
  windowHits: count('window_hits', 'more', 'accesses whose block was already visible in the window'),
  remaps: count('remaps', 'same', 'units moved into the window (misses of the buffer pool), refused ones not included'),
  failedRemaps: count('failed_remaps', 'less', 'remaps that were refused, by the kernel or for lying beyond the file'),
  failedAccesses: count(
    'failed_accesses',
    'less',
    'accesses that ended in SIGBUS (beyond the end of the file) or SIGSEGV (no mapping)',
  ),
  writes: count('writes', 'same', 'accesses that write'),
  writebacks: count('writebacks', 'less', 'dirty units the database copied back to the file itself'),
  bytesCopied: count('bytes_copied', 'less', 'bytes copied between file and window by read and write calls', 'bytes'),
  syscalls: count('syscalls', 'less', 'system calls made for the window'),
  pageFaults: count('page_faults', 'less', 'hardware page faults taken by user accesses'),
  kernelEntries: count('kernel_entries', 'less', 'system calls plus page faults'),
  populateFaults: count('populate_faults', 'less', 'faults resolved by the fault handler inside a system call'),
  fileReads: count('file_reads', 'less', 'pages read or allocated because the page cache lacked them'),
  pagesReclaimed: count(
    'pages_reclaimed',
    'less',
    'pages of the window that the kernel took back under memory pressure',
  ),
  reclaimUnmaps: count(
    'reclaim_unmaps',
    'less',
    'page-table entries that memory pressure cleared, those of neighbours of a page taken back included',
  ),
  reclaimVmas: count('reclaim_vmas', 'less', 'vmas of the window that memory pressure looked at to find its pages'),
  reclaimPtes: count('reclaim_ptes', 'less', 'page-table entries that memory pressure looked at to find its pages'),
  wrongPages: count(
    'wrong_pages',
    'less',
    'faults on pages taken back that mapped another page of the file than the database had put there',
  ),
  signalsHandled: count('signals_handled', 'less', 'signals whose handler put a page back and repeated the access'),
  tlbHits: count('tlb_hits', 'more', 'accesses whose translation the TLB held'),
  tlbMisses: count('tlb_misses', 'less', 'accesses whose translation the TLB lacked'),
  tlbFullFlushes: count('tlb_full_flushes', 'less', 'flushes of the whole user TLB'),
  tlbRangeFlushes: count(
    'tlb_range_flushes',
    'less',
    'ranged flushes, also of one page; their single invalidations are not counted again',
  ),
  tlbRangePages: count(
    'tlb_range_pages',
    'less',
    'single invalidations that ranged flushes are made of: every page of the span, holes included',
  ),
  tlbPageInvalidations: count('tlb_page_invalidations', 'less', 'invalidations of one page by page-level kernel code'),
  ipiRounds: count('ipi_rounds', 'less', 'rounds of inter-processor interrupts for flushes, however many CPUs answer'),
  contextSwitches: count(
    'context_switches',
    'same',
    'times a CPU went on with another process, which empties its TLB: not among the flushes',
  ),
  ptesInstalled: count('ptes_installed', 'less', 'page-table entries set'),
  ptesZapped: count('ptes_zapped', 'less', 'present page-table entries cleared or replaced'),
  pageCacheLookups: count(
    'page_cache_lookups',
    'less',
    'look-ups of a file page in the page cache by faults and population',
  ),
  mmapSemReads: count('mmap_sem_reads', 'less', 'times mmap_sem was taken for reading'),
  mmapSemWrites: count('mmap_sem_writes', 'less', 'times mmap_sem was taken for writing'),
  vmaLookups: count('vma_lookups', 'less', 'walks of the vma tree and probes of its cache, hits included'),
  vmaLookupLevels: count('vma_lookup_levels', 'less', 'tree nodes visited by the walks'),
  vmaCacheHits: count('vma_cache_hits', 'either', 'look-ups answered by the vma cache'),
  vmaAllocs: count('vma_allocs', 'less', 'vma objects allocated'),
  vmaFrees: count('vma_frees', 'less', 'vma objects freed'),
  vmaSplits: count('vma_splits', 'less', 'vmas split in two'),
  vmaMerges: count('vma_merges', 'either', 'vmas merged with a neighbour'),
  vmas: level('vmas', 'less', 'vmas of the window at the end', 'vmas'),
  vmasPeak: peak('vmas_peak', 'less', 'most vmas of the window at a time', 'vmas'),
  mapCountPeak: peak(
    'map_count_peak',
    'less',
    'most vmas of the process at a time: the number the limit is compared with',
    'vmas',
  ),
  vmaBytes: level('vma_bytes', 'less', 'vmas times the size of a vma object', 'bytes'),
  vmaBytesPeak: peak('vma_bytes_peak', 'less', 'vmas_peak times the size of a vma object', 'bytes'),
  vmaLowmemBytes: level(
    'vma_lowmem_bytes',
    'less',
    "slab pages in lowmem that hold the window's vmas, packed",
    'bytes',
  ),
  vmaLowmemBytesPeak: peak(
    'vma_lowmem_bytes_peak',
    'less',
    "most lowmem in slab pages of the window's vmas, packed, each process's by themselves",
    'bytes',
  ),
  pageTableBytesPeak: peak(
    'page_table_bytes_peak',
    'less',
    "most memory in the window's page-table pages (last level)",
    'bytes',
  ),
  pteChainBytesPeak: lowmem('pte_chain_bytes_peak', 'less', 'most memory in pte chain objects'),
  lowmemBytesPeak: lowmem(
    'lowmem_bytes_peak',
    'less',
    'most lowmem the processes caused: vmas, chains, page tables if they are in lowmem, and their fixed parts',
  ),
  lowmemVmaBytes: lowmem(
    'lowmem_vma_bytes',
    'less',
    'of lowmem_bytes_peak: slab pages of vmas, the other ones included; processes share pages, so that it may be less than vma_lowmem_bytes_peak',
  ),
  lowmemPageTableBytes: lowmem(
    'lowmem_page_table_bytes',
    'less',
    'of lowmem_bytes_peak: page-table pages; 0 where they are in highmem',
  ),
  lowmemChainBytes: lowmem('lowmem_chain_bytes', 'less', 'of lowmem_bytes_peak: slab pages of pte chains'),
  lowmemFixedBytes: lowmem(
    'lowmem_fixed_bytes',
    'less',
    'of lowmem_bytes_peak: what each process takes however it maps: stack, task, mm, page directories',
  ),
  lowmemAvailableBytes: {
    ...level('lowmem_available_bytes', 'more', 'lowmem that the memory map of the machine leaves', 'bytes'),
    isShared: true,
  },
}

export const COUNTER_NAMES = Object.keys(COUNTERS) as readonly CounterName[]

/** A copy, to compare with later. */
export function snapshot(counters: Readonly<CounterSet>): CounterSet {
  return Object.assign(new CounterSet(), counters)
}

/** What happened since `start`: counts subtract, levels and peaks are taken as they are (the kernel restarts peaks). */
export function since(start: Readonly<CounterSet>, end: Readonly<CounterSet>): CounterSet {
  const result = snapshot(end)
  for (const name of COUNTER_NAMES) {
    if (COUNTERS[name].kind === 'count') result[name] = end[name] - start[name]
  }
  return result
}

/** What several processes on one kernel counted: sums, but for what they share. Levels and peaks are summed likewise. */
export function together(sets: readonly Readonly<CounterSet>[]): CounterSet {
  const result = snapshot(sets[0]!)
  for (const name of COUNTER_NAMES) {
    if (!COUNTERS[name].isShared) result[name] = sets.reduce((sum, set) => sum + set[name], 0)
  }
  return result
}

function count(column: string, better: Direction, help: string, unit: CounterDef['unit'] = 'events'): CounterDef {
  return { column, unit, kind: 'count', better, help }
}

function level(column: string, better: Direction, help: string, unit: CounterDef['unit']): CounterDef {
  return { column, unit, kind: 'level', better, help }
}

function peak(column: string, better: Direction, help: string, unit: CounterDef['unit']): CounterDef {
  return { column, unit, kind: 'peak', better, help: `${help}; of several processes the sum of their peaks` }
}

/** The most lowmem at a time, or what something took of it at a time, exact for all processes together. */
function lowmem(column: string, better: Direction, help: string): CounterDef {
  return { column, unit: 'bytes', kind: 'peak', better, help, isShared: true }
}
