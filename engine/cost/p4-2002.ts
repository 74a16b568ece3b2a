// What the kernel's work costs on the database server of the mail: Pentium 4 Xeon, 2.4 GHz, Linux 2.5.
//
// Cycles by measurement where somebody published one in those years; the rest are estimates that fit together (a flush
// and the refill of 64 entries cost about as much as eight single invalidations, Ingo Molnar's rule of thumb).
// No event is paid for twice: a fault's price leaves out its look-up and its pte, a split's its new vma, a flush's the
// misses that follow it, because those have counters, and prices, of their own. A guess that has no bounds of its own may be
// too low or too high by half: its range is its best figure by 1.5 either way.
// Left out: user code, the copying of arguments, mmap_sem, waiting for a disk, other CPUs.

import type { CostModel } from '../cost.ts'

/** guess: a look-up in the radix tree, all of its nodes in a cache. */
const LOOK_UP = 150
/** guess: reading, changing and writing a page-table entry. */
const PTE = 30
/** guess: page_add_rmap or page_remove_rmap of a page mapped once (a direct pointer, no chain to search). */
const RMAP = 60

export const p42002 = {
  name: 'p4-2002',
  summary: 'Pentium 4 Xeon, 2.4 GHz, Linux 2.5',
  machine: 'P4 2.4 GHz',
  cyclesPerSecond: 2.4e9,
  items: [
    {
      counter: 'syscalls',
      cause: 'entries',
      low: 1761,
      best: 1761,
      high: 1761,
      what: 'a system call by int 0x80, entry and return',
      source:
        'published: getppid() on a P4: 1761 cycles, Linus Torvalds, LKML 16 Dec 2002; its sysenter, 641, came with 2.5.53',
    },
    {
      counter: 'pageFaults',
      cause: 'faults',
      low: 2000,
      best: 3200 - LOOK_UP - PTE,
      high: 4500,
      what: 'a page fault, entry, handler and return',
      source: 'guess: 1700 for the trap and iret, 1500 for the handler, less its look-up and its pte',
    },
    {
      counter: 'populateFaults',
      cause: 'faults',
      low: 880,
      best: 1500 - LOOK_UP - PTE,
      high: 1980,
      what: 'a fault inside a system call, handler alone',
      source: 'guess: 1500 for the handler as in a page fault, less its look-up and its pte',
    },
    {
      counter: 'vmaLookupLevels',
      cause: 'vma_work',
      low: 15,
      best: 67,
      high: 300,
      what: 'a node of the vma tree',
      source: 'guess: 15 if the node is in a cache, 300 if it comes from memory; 67 is their geometric mean',
    },
    {
      counter: 'vmaAllocs',
      cause: 'vma_work',
      low: 400,
      best: 600,
      high: 900,
      what: 'allocating a vma and linking it into the tree and the lists',
      source: 'guess: half of 1200 for a whole life of a vma',
    },
    {
      counter: 'vmaFrees',
      cause: 'vma_work',
      low: 400,
      best: 600,
      high: 900,
      what: 'taking a vma out of the tree and the lists and freeing it',
      source: 'guess: the other half',
    },
    {
      counter: 'vmaSplits',
      cause: 'vma_work',
      low: 200,
      best: 300,
      high: 450,
      what: 'splitting a vma, its new half not included',
      source: 'guess: 900, less the 600 of the vma it allocates',
    },
    {
      counter: 'tlbFullFlushes',
      cause: 'flushes',
      low: 270,
      best: 400,
      high: 600,
      what: 'reloading CR3, the misses that follow not included',
      source: 'guess: fitted to a break-even of "roughly 8 pages" with invlpg (Ingo Molnar, LKML, 14 Oct 2002)',
    },
    {
      counter: 'tlbPageInvalidations',
      cause: 'flushes',
      low: 200,
      best: 300,
      high: 450,
      what: 'an invlpg',
      source: 'guess: near the 260 cycles Ingo Molnar measured on a CPU of 2015 (LKML 8 Jun 2015)',
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
      low: 20,
      best: 30,
      high: 45,
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
      source: 'guess: 30 and 60; the same whether a fault or a system call does it',
    },
    {
      counter: 'ptesZapped',
      cause: 'ptes',
      low: 60,
      best: PTE + RMAP,
      high: 135,
      what: 'clearing a pte and its entry in the reverse map',
      source: 'guess: 30 and 60',
    },
    {
      counter: 'pageCacheLookups',
      cause: 'ptes',
      low: 100,
      best: LOOK_UP,
      high: 225,
      what: 'a look-up in the page cache',
      source: 'guess: a radix tree of three to four levels, in a cache',
    },
    {
      counter: 'bytesCopied',
      cause: 'copies',
      low: 0.6,
      best: 1.2,
      high: 1.8,
      what: 'copying a byte between file and memory',
      source: 'guess: twice the bytes per cycle of zeroing, since they are read and written',
    },
    {
      counter: 'fileReads',
      cause: 'copies',
      low: 1700,
      best: 2500,
      high: 3800,
      what: 'zeroing a page that the file lacked, without the time of a disk',
      source: 'guess: 4096 bytes at 1.6 bytes per cycle',
    },
    {
      counter: 'signalsHandled',
      cause: 'entries',
      low: 2100,
      best: 3200,
      high: 4800,
      what: 'delivering a signal, its return by a system call not included',
      source: 'guess: as much as a page fault',
    },
  ],
} as const satisfies CostModel
