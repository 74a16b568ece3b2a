// One kernel version, build and machine as numbers. Data only: simulated-kernel.ts is the mechanism that reads it.
//
// Every number has its source beside it in the model's own file; every rule says what it rests on.

import type { Backing } from '../backing-file.ts'
import type { CounterName } from '../counters.ts'
import type { SlabCache } from '../slab.ts'

/** What counts rest on, strongest first: kernel code that ran, a real kernel that was measured, source that was read. */
export type Evidence = 'executed' | 'measured' | 'source' | 'guess'
export const EVIDENCE: readonly Evidence[] = ['executed', 'measured', 'source', 'guess']

/** What a lane may do besides mapping, reading and remapping a written shmem file; decides which rules took part. */
export type Circumstance =
  | 'writes'
  | 'remap-file-pages'
  | 'nonblock'
  | 'populate'
  | 'copies' // pread, pwrite and madvise on anonymous memory
  | 'sparse'
  | 'ramfs'
  | 'disk'
  | 'locked' // MAP_LOCKED
  | 'sigbus' // a signal handler that puts lost pages back
  | 'reclaim' // pages taken back under memory pressure
  | 'pressure' // the same, by the kernel's own choice
  | 'other-faults' // of the process, outside the window
  | 'threads' // several CPUs run the process
  | 'processes' // several processes share the file and the CPUs
  | 'refusals' // the map count refused something

/** Something this kernel does, in a sentence, and how that is known. */
export interface Rule {
  readonly what: string
  readonly evidence: Evidence
  /** Where it was read, measured or executed. */
  readonly source: string
  /** Takes part only in lanes with all of these; in every lane if absent. */
  readonly when?: readonly Circumstance[]
}

export interface KernelModel {
  /** Named by the release it describes; what the user types. */
  readonly name: string
  readonly summary: string
  /** The machine in one phrase, for report headings. */
  readonly machine: string
  /** What the model rests on, in a sentence or two. */
  readonly basis: string
  readonly rules: readonly Rule[]
  /** What is assumed about the process and the machine around it; printed with the reports. */
  readonly guesses: readonly string[]
  /** What this kernel cannot do, with the reason. */
  readonly lacks: Readonly<Partial<Record<Circumstance, string>>>
  /** Counters that nothing is known of on this kernel, or that it has not: empty in the reports. */
  readonly uncounted: readonly CounterName[]
  /** Name of the cost model that prices this kernel's counters unless the user names another; null for none. */
  readonly cost: string | null

  // Memory that structures take.
  /** How vm_area_struct objects are packed. */
  readonly vmaSlab: SlabCache
  /** Reverse mappings by pte chains: references in a chain object, and how objects are packed; null where there are none. */
  readonly pteChains: { readonly perChain: number; readonly slab: SlabCache } | null
  /**
   * Null where all memory is alike. Bytes per process beside vmas, chains and last-level page tables; whether those are in
   * lowmem; and what the machine's memory map (a struct page for each page there is) takes of the zone.
   */
  readonly lowmem: { readonly fixedBytes: number; readonly pageTables: boolean; readonly memMapBytes: number } | null
  /** Most memory the kernel can use, which a file of memory alone (shmem, ramfs) may not exceed; Infinity: not looked at. */
  readonly memoryBytes: number

  // Addresses.
  /** Width of an unsigned long: where sums of addresses and of file pages wrap. */
  readonly longBits: 32 | 64
  /** First address of the window and end of a process's addresses, in bytes. */
  readonly windowBase: number
  readonly addressEnd: number
  /** Vmas of the rest of the process, and where they lie: one page each, from othersBase on, othersStride apart. */
  readonly otherVmas: number
  readonly othersBase: number
  readonly othersStride: number

  // Vmas.
  readonly maxMapCount: number
  /** When an over-mapping is refused at the limit: at each cut, or only if it makes a hole in the middle of a vma. */
  readonly limitAt: 'each-cut' | 'hole'
  /** Whether a new file mapping joins neighbours that it continues: never, after its object was made, or before. */
  readonly mergesFileVmas: 'never' | 'after-allocating' | 'before-allocating'
  /** How 2.4 cuts vmas: shortens them in place, with one spare object for a hole. Later kernels split. */
  readonly cutsInPlace: boolean
  /** Whether look-ups of vmas are counted, in nodes of the kernel's red-black tree. */
  readonly countsLookups: boolean

  // Unmapping.
  /**
   * The whole TLB for each vma, even if nothing was present, or only if something was; once for all of them, if something
   * was; or ranges, see rangedFlush.
   */
  readonly unmapFlush: 'whole-per-vma' | 'whole-per-present-vma' | 'whole' | 'ranged'
  /** How an over-mapping of exactly one present page flushes: the whole TLB, or that page. With unmapFlush 'whole' only. */
  readonly onePageUnmapFlush: 'whole' | 'page'
  /** Freed pages after which an unmapping flushes and goes on; MAX_SAFE_INTEGER where it gathers all. Not 'ranged'. */
  readonly gatherPages: number
  /**
   * Pages over which a range flushes the whole TLB, and pages that one step of a flush for freed page tables alone covers;
   * null but for 'ranged'.
   */
  readonly rangedFlush: { readonly ceilingPages: number; readonly tableStride: number } | null

  /** What differs where several CPUs run the process: each flush and each invalidation is then a round of IPIs, too. */
  readonly onSeveralCpus: Readonly<Partial<Pick<KernelModel, 'unmapFlush' | 'gatherPages'>>>

  // Page tables.
  /** Pages one page-table page maps. */
  readonly tablePages: number
  /** Pages one page-directory slot maps; null but for 'directory-slots'. */
  readonly directoryPages: number | null
  /** Which page tables an unmapping frees: those of whole directory slots without a vma, or every one without a vma. */
  readonly freesTables: 'directory-slots' | 'regions'
  /** Whether MADV_DONTNEED gathers over several vmas and frees the page tables of regions that a vma's piece covers. */
  readonly dropsInOneGather: boolean

  // Faults.
  /** Whether a fault allocates its page table before it asks for the page, so that a SIGBUS leaves the table behind. */
  readonly tablesBeforePages: boolean
  /** Pages a read fault looks at to map what is in the page cache: 1 for none but its own, else a power of two. */
  readonly faultAroundPages: number
  /** Whether a read fault makes the pte dirty if it is writable and the file's page is dirty. */
  readonly inheritsDirty: boolean
  /** Files whose pages are mapped read-only until the first write, which faults. */
  readonly notesFirstWrite: readonly Backing[]
  /** Whether that fault invalidates the page's translation. */
  readonly flushesFirstWrite: boolean

  // Nonlinear mappings and population.
  /** remap_file_pages(): none; the mail's; installing pages (2.6.0 to 2.6.22); by file ptes (to 3.19); emulated by mmap. */
  readonly remap: 'none' | 'patch' | 'install' | 'file-ptes' | 'emulated-in-one-vma' | 'emulated'
  /** How MAP_POPULATE populates: not at all, by its own remap_file_pages(), or by the fault handler. */
  readonly populate: 'none' | 'remap' | 'faults'
  /** How MAP_LOCKED populates: the flag is ignored, or by write faults or by read faults inside the call. */
  readonly lockedPopulates: 'never' | 'by-writes' | 'by-reads'
  /** First file page that a pte cannot name; Infinity where no page below 2^32 is too large. */
  readonly filePteLimit: number

  // Memory pressure (sweep.ts).
  /** How it comes to an entry: by looking at all of them, by the reverse mappings of a page, or by the vmas of its file. */
  readonly reclaim: 'every-entry' | 'reverse-mappings' | 'file-vmas'

  // Arguments (syscalls.ts).
  /** What mmap() of no bytes does, and its error where the file's page numbers would wrap. */
  readonly emptyMmap: 'succeeds' | 'fails'
  readonly offsetWrapErrno: number
}

/** The weakest evidence among the rules that took part, given what the lane did. */
export function evidenceOf(model: KernelModel, did: ReadonlySet<Circumstance>): Evidence {
  const weakest = rulesOf(model, did).reduce((rank, rule) => Math.max(rank, EVIDENCE.indexOf(rule.evidence)), 0)
  return EVIDENCE[weakest]!
}

/** The rules that take part in a lane that did these things. */
export function rulesOf(model: KernelModel, did: ReadonlySet<Circumstance>): readonly Rule[] {
  return model.rules.filter(rule => (rule.when ?? []).every(circumstance => did.has(circumstance)))
}
