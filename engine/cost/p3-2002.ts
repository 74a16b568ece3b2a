// What the kernel's work costs on a Pentium III, 800 MHz, Linux 2.5: fewer cycles than on a Pentium 4, and slower ones.
//
// System call, fault and memory latency were measured by lmbench on such machines and published; no figure was found
// for the rest, which is estimated (the kernel's own list work with the cycles guessed for the Pentium 4).
// No event is paid for twice, and a guess ranges over a factor of 1.5 either way: see p4-2002.ts. The measured fault contains its look-up, its pte and its reverse mapping.

import type { CostModel } from '../cost.ts'

/** guess: as on the Pentium 4. */
const LOOK_UP = 150
const PTE = 30
const RMAP = 60
const IN_FAULT = LOOK_UP + PTE + RMAP

export const p32002 = {
  name: 'p3-2002',
  summary: 'Pentium III, 800 MHz, Linux 2.5',
  machine: 'PIII 800 MHz',
  cyclesPerSecond: 800e6,
  items: [
    {
      counter: 'syscalls',
      cause: 'entries',
      low: 319,
      best: 319,
      high: 348,
      what: 'a system call by int 0x80, entry and return',
      source:
        'published: lmbench: 0.40 us at 797 MHz (P. Ciarrocchi, Sep 2002), 0.44 us at 790 MHz (A. Marathe, Jan 2003)',
    },
    {
      counter: 'pageFaults',
      cause: 'faults',
      low: 1993 - IN_FAULT,
      best: 2391 - IN_FAULT,
      high: 3555 - IN_FAULT,
      what: 'a page fault, entry, handler and return',
      source:
        'published: lmbench, whole us: 3 at 797 MHz (2.5.33), so 2.5 or more; 4 at 790 MHz (2.5.54), so up to 4.5; less its priced parts',
    },
    {
      counter: 'populateFaults',
      cause: 'faults',
      low: 680,
      best: 1200 - LOOK_UP - PTE,
      high: 1530,
      what: 'a fault inside a system call, handler alone',
      source: 'guess: half of a page fault, less its look-up and its pte',
    },
    {
      counter: 'vmaLookupLevels',
      cause: 'vma_work',
      low: 7,
      best: 30,
      high: 127,
      what: 'a node of the vma tree',
      source: 'guess: lmbench: 7 cycles from the second-level cache, 127 from memory; 30 is their geometric mean',
    },
    {
      counter: 'vmaAllocs',
      cause: 'vma_work',
      low: 400,
      best: 600,
      high: 900,
      what: 'allocating a vma and linking it into the tree and the lists',
      source: 'guess: as on the Pentium 4',
    },
    {
      counter: 'vmaFrees',
      cause: 'vma_work',
      low: 400,
      best: 600,
      high: 900,
      what: 'taking a vma out of the tree and the lists and freeing it',
      source: 'guess: as on the Pentium 4',
    },
    {
      counter: 'vmaSplits',
      cause: 'vma_work',
      low: 200,
      best: 300,
      high: 450,
      what: 'splitting a vma, its new half not included',
      source: 'guess: as on the Pentium 4',
    },
    {
      counter: 'tlbFullFlushes',
      cause: 'flushes',
      low: 100,
      best: 150,
      high: 225,
      what: 'reloading CR3, the misses that follow not included',
      source: 'guess: a shorter pipeline to drain than on the Pentium 4',
    },
    {
      counter: 'tlbPageInvalidations',
      cause: 'flushes',
      low: 80,
      best: 120,
      high: 180,
      what: 'an invlpg',
      source: 'guess: fitted: a flush and 64 refills then cost as much as 9 of them ("roughly 8": see p4-2002)',
    },
    {
      counter: 'ipiRounds',
      cause: 'flushes',
      low: 3500,
      best: 4000,
      high: 7000,
      what: 'a round of inter-processor interrupts for a flush, until all CPUs have answered',
      source: 'guess: 3000, and 500 for each other CPU: 1 to 8 of them',
    },
    {
      counter: 'tlbMisses',
      cause: 'refills',
      low: 10,
      best: 15,
      high: 23,
      what: 'a walk of the page table by the CPU',
      source: 'guess: page-table entries in the second-level cache',
    },
    {
      counter: 'ptesInstalled',
      cause: 'ptes',
      low: 60,
      best: PTE + RMAP,
      high: 135,
      what: 'setting a pte and noting it in the reverse map',
      source: 'guess: as on the Pentium 4',
    },
    {
      counter: 'ptesZapped',
      cause: 'ptes',
      low: 60,
      best: PTE + RMAP,
      high: 135,
      what: 'clearing a pte and its entry in the reverse map',
      source: 'guess: as on the Pentium 4',
    },
    {
      counter: 'pageCacheLookups',
      cause: 'ptes',
      low: 100,
      best: LOOK_UP,
      high: 225,
      what: 'a look-up in the page cache',
      source: 'guess: as on the Pentium 4',
    },
    {
      counter: 'bytesCopied',
      cause: 'copies',
      low: 0.6,
      best: 1.2,
      high: 1.8,
      what: 'copying a byte between file and memory',
      source: 'guess: as on the Pentium 4',
    },
    {
      counter: 'fileReads',
      cause: 'copies',
      low: 1700,
      best: 2500,
      high: 3800,
      what: 'zeroing a page that the file lacked, without the time of a disk',
      source: 'guess: as on the Pentium 4',
    },
    {
      counter: 'signalsHandled',
      cause: 'entries',
      low: 1600,
      best: 2400,
      high: 3600,
      what: 'delivering a signal, its return by a system call not included',
      source: 'guess: as much as a page fault',
    },
  ],
} as const satisfies CostModel
