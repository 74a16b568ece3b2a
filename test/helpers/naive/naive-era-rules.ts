// What differs between the kernels of the naive model from 2.4.20 to 6.18, one table of plain words; what they share is
// in naive-era.ts.
//
// Stands for Linux 2.4.20 (i386), 2.6.20 (i386, two levels), 3.10 (i386 PAE and x86-64, UP), 4.0 and 6.18 (x86-64, SMP
// with one thread). Written from the kernels' rules and the measured rows, not from the engine, and shares no code with
// it on purpose: it is the oracle the engine is compared with. 2.5.42 with the mail's patch is naive-kernel.ts.

export type Era = 'v24' | 'v267' | 'v2623' | 'v40' | 'v61'

export interface EraRules {
  /** Vmas of the file that continue each other are joined. Anonymous ones are, in every era. */
  mergesFileVmas: boolean
  /** The object of a new file vma is allocated before its neighbours are asked, and freed if one of them takes over. */
  allocatesBeforeMerge: boolean
  /** 2.4: a vma is shortened where it stands, and only a hole needs a second object, a spare allocated beforehand. */
  shortensInPlace: boolean
  /** At the limit every cut of a vma is refused, or only a hole, which needs two. */
  limitRefuses: 'every-cut' | 'holes'
  remap: 'none' | 'installs-pages' | 'file-ptes' | 'emulated-in-one-vma' | 'emulated'
  /** What MAP_POPULATE does. */
  populate: 'nothing' | 'remaps' | 'faults'
  /** Flush of an unmapping: after every vma, once if anything was there, or over the span of what was there. */
  flush: 'every-vma' | 'once' | 'ranged'
  /** Page tables are freed in whole slots of the page directory, or one by one. */
  freesTables: 'slots' | 'regions'
  /** Freed tables alone are flushed in steps of their regions: the span counts regions, not pages. */
  spanOfTablesInRegions: boolean
  /** A fault makes its page table before it asks for the page, which may not be there. */
  tableBeforePage: boolean
  /** Pages around a read fault that are mapped with it if the page cache has them; 1: only the page itself. */
  faultAroundPages: number
  /** Files whose pages are mapped read-only until they are written: dirty pages are accounted, or page_mkwrite is there. */
  firstWriteFaults: readonly ('shmem' | 'ramfs' | 'disk')[]
  /** Making such a page writable invalidates it in the TLB. */
  upgradeInvalidatesPage: boolean
  /** A fault in a file pte maps the page as a read would, so that a write may have to fault once more. */
  filePtesFilledAsReads: boolean
  /** A read fault makes the pte dirty if it is writable and the file page is dirty. */
  readFaultMayDirty: boolean
  /** MADV_DONTNEED gathers over all vmas of the call, and frees a page table whose region lies in one vma's part. */
  dontNeedGathersAll: boolean
  /** Present pages of one unmapping after which everything is flushed and the gathering begins anew. */
  zapBlockPages: number
  regionBytes: number
  /** What one slot of the page directory maps; of use to 'slots' only. */
  pgdBytes: number
}

const MB = 2 ** 20

const V24: EraRules = {
  mergesFileVmas: false,
  allocatesBeforeMerge: true,
  shortensInPlace: true,
  limitRefuses: 'holes',
  remap: 'none',
  populate: 'nothing',
  flush: 'every-vma',
  freesTables: 'slots',
  spanOfTablesInRegions: false,
  tableBeforePage: true,
  faultAroundPages: 1,
  firstWriteFaults: [],
  upgradeInvalidatesPage: false,
  filePtesFilledAsReads: false,
  readFaultMayDirty: false,
  dontNeedGathersAll: false,
  zapBlockPages: Infinity,
  regionBytes: 4 * MB,
  pgdBytes: 4 * MB,
}

const V267: EraRules = {
  ...V24,
  mergesFileVmas: true,
  shortensInPlace: false,
  limitRefuses: 'every-cut',
  remap: 'installs-pages',
  populate: 'remaps',
  flush: 'once',
  freesTables: 'regions',
  firstWriteFaults: ['disk'],
  upgradeInvalidatesPage: true,
  filePtesFilledAsReads: true, // do_file_page populates with vm_page_prot
  zapBlockPages: 1024, // ZAP_BLOCK_SIZE, mm/memory.c
}

const V2623: EraRules = {
  ...V267,
  allocatesBeforeMerge: false,
  limitRefuses: 'holes',
  remap: 'file-ptes',
  populate: 'faults',
  firstWriteFaults: ['disk', 'ramfs'], // generic_file_vm_ops has page_mkwrite
  upgradeInvalidatesPage: false,
  filePtesFilledAsReads: false,
  zapBlockPages: Infinity,
  regionBytes: 2 * MB,
  pgdBytes: 1024 * MB,
}

const V40: EraRules = { ...V2623, remap: 'emulated-in-one-vma', flush: 'ranged', faultAroundPages: 16 }

const V61: EraRules = {
  ...V40,
  remap: 'emulated',
  spanOfTablesInRegions: true,
  tableBeforePage: false,
  readFaultMayDirty: true,
  dontNeedGathersAll: true,
}

export const ERA_RULES: Readonly<Record<Era, EraRules>> = { v24: V24, v267: V267, v2623: V2623, v40: V40, v61: V61 }
