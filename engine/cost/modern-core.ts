// What the kernel's work costs on an x86-64 core of the years of Linux 3.10 to 6.18, at 3 GHz, without page-table isolation.
//
// Two kinds of figures: those that kernel developers published, of Intel cores from 2013 to 2015 on bare metal, and what we
// measured in November 2026 with a C program on an AMD EPYC (Zen 4, 3.67 GHz by counting dependent additions), Linux 6.18 with
// its default mitigations, in a guest with nested paging: null calls, faults, over-mappings, madvise, mprotect, pread and
// signals on a written memfd of 2 GB, the least of 15 rounds, in cycles. Where only that is known, older kernels on bare
// metal are guessed to take half: that is the low end. The high end is the dearest setting measured: random places of 1 GB, or
// 60,000 vmas in place of 64.
// No event is paid for twice: the handler of a fault is one price for faults of both kinds. Look-ups of vmas and of file
// pages are not counted on these kernels, so the prices of vmas, faults, entries and bytes contain them; on a kernel that
// counts them, they are not paid again.
// Left out: page-table isolation, waiting for locks and disks, user code, and the pages that a populating call finds already
// mapped by its own faults (some 450 cycles each by MADV_POPULATE_READ), which are not counted.

import type { CostModel } from '../cost.ts'

export const modernCore = {
  name: 'modern-core',
  summary: 'x86-64 core of 2013 to 2025, 3 GHz, Linux 3.10 to 6.18',
  machine: 'core at 3 GHz',
  cyclesPerSecond: 3e9,
  items: [
    {
      counter: 'syscalls',
      cause: 'entries',
      low: 150,
      best: 605,
      high: 630,
      what: 'a system call by syscall, entry and return',
      source: 'measured: getppid() in 605 to 633 cycles; 150 is a guess for kernels before the mitigations of 2018',
    },
    {
      counter: 'pageFaults',
      cause: 'faults',
      low: 1050,
      best: 1310,
      high: 1310,
      what: 'the trap of a page fault and the return from it',
      source:
        'measured: a write fault on a cached page, 3830, less 2520 for a page by MADV_POPULATE_WRITE; low: 1050 on Haswell, Linus Torvalds, Apr 2014',
    },
    {
      counter: 'populateFaults',
      also: 'pageFaults',
      cause: 'faults',
      low: 1080,
      best: 2160,
      high: 3100,
      what: 'the handler of a fault, in a call or after a trap, its look-ups included',
      source:
        'measured: MADV_POPULATE_WRITE, 2520 a page, less its pte; low: half, a guess; high: pages at random places',
    },
    {
      counter: 'vmaAllocs',
      cause: 'vma_work',
      low: 1850,
      best: 3700,
      high: 6400,
      what: 'making a vma, the look-ups and the linking included',
      source:
        'measured: half of an over-mapping of untouched pages less its call: 7380 with 64 vmas, 12700 with 60,000 at random; low: half, a guess',
    },
    {
      counter: 'vmaFrees',
      cause: 'vma_work',
      low: 1850,
      best: 3700,
      high: 6400,
      what: 'taking a vma away, the look-ups and the unlinking included',
      source: 'measured: the other half; low: half, a guess',
    },
    {
      counter: 'vmaSplits',
      cause: 'vma_work',
      low: 0,
      best: 350,
      high: 600,
      what: 'splitting a vma, its new half not included',
      source:
        'measured: a cut makes an over-mapping 3820 to 4270 dearer, less the 3700 of the vma it makes; low: nothing, a guess',
    },
    {
      counter: 'vmaMerges',
      cause: 'vma_work',
      low: 1180,
      best: 2360,
      high: 2800,
      what: 'joining a mapping to a neighbour, the objects that go not included',
      source:
        'measured: closing a gap from both sides, 12730 to 13550, less its call and two vmas taken away; low: half, a guess',
    },
    {
      counter: 'tlbFullFlushes',
      cause: 'flushes',
      low: 96 + 144,
      best: 2700,
      high: 4300,
      what: 'a flush of the whole TLB with its bookkeeping, the misses that follow not included',
      source:
        'measured: madvise and mprotect of 34 pages against 33; low: 96 for CR3 (Ingo Molnar, LKML 8 Jun 2015) and a ranged flush without its page',
    },
    {
      counter: 'tlbRangeFlushes',
      cause: 'flushes',
      low: 404 - 260,
      best: 1300,
      high: 2100,
      what: 'a ranged flush, its pages not included',
      source:
        'measured: MADV_DONTNEED of a present page against an absent one; high: mprotect; low: 404 for one page less its 260 (Ingo Molnar, LKML 8 Jun 2015)',
    },
    {
      counter: 'tlbRangePages',
      cause: 'flushes',
      low: 170,
      best: 260,
      high: 300,
      what: 'an invlpg in a ranged flush',
      source:
        "published: 260, Ingo Molnar, LKML 8 Jun 2015; some 250 by D. Hansen's traces of 2014; measured: 170 by madvise, 297 by mprotect",
    },
    {
      counter: 'tlbPageInvalidations',
      cause: 'flushes',
      low: 260,
      best: 404,
      high: 404,
      what: 'invalidating one page for itself',
      source: 'published: 404 for the function of one page, 260 for its invlpg, Ingo Molnar, LKML 8 Jun 2015',
    },
    {
      counter: 'ipiRounds',
      cause: 'flushes',
      low: 1500,
      best: 3000,
      high: 6000,
      what: 'a round of inter-processor interrupts for a flush, until all CPUs have answered',
      source:
        'guess: 1 us, by a factor of two; D. Hansen traced 1276 for a flush of a page on two cores, often without one',
    },
    {
      counter: 'tlbMisses',
      cause: 'refills',
      low: 7,
      best: 45,
      high: 320,
      what: 'a miss of the first-level TLB',
      source:
        'published: 17.1 ns on Ivy Bridge, D. Hansen 2014; measured: 7 if the second level has it, 320 at random places of 1 GB, nested paging',
    },
    {
      counter: 'ptesInstalled',
      cause: 'ptes',
      low: 180,
      best: 360,
      high: 530,
      what: 'setting a pte, its page looked up and noted as mapped',
      source:
        'measured: a fault that maps 16 pages takes 9270, one that maps one 3830; high: 12000 at random places; low: half, a guess',
    },
    {
      counter: 'ptesZapped',
      cause: 'ptes',
      low: 250,
      best: 500,
      high: 1700,
      what: 'clearing a pte, its page let go',
      source:
        'measured: MADV_DONTNEED of 64 to 128 pages in a row; high: of single pages at random places; low: half, a guess',
    },
    {
      counter: 'bytesCopied',
      cause: 'copies',
      low: 0.16,
      best: 0.57,
      high: 1,
      what: 'copying a byte between file and memory, its page looked up',
      source:
        'measured: pread() less its call: 16K at random places of 2 GB; high: 4K there; low: each further page of 16K in the cache',
    },
    {
      counter: 'fileReads',
      cause: 'copies',
      low: 2250,
      best: 4500,
      high: 5200,
      what: 'making and zeroing a page that the file lacked, without the time of a disk',
      source: 'measured: a write fault on a hole of shmem, 8330 to 9050, less one on a cached page; low: half, a guess',
    },
    {
      counter: 'signalsHandled',
      cause: 'entries',
      low: 3450,
      best: 6900,
      high: 7500,
      what: 'delivering a signal, its return by a system call not included',
      source:
        'measured: tgkill() with a handler, 9160 to 9720, against one of signal 0, less a call; low: half, a guess',
    },
  ],
} as const satisfies CostModel
