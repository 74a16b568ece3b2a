// The same source built for i386 with PAE and 64 GB of highmem: the machine of the mail, eleven years on. Measured likewise.

import { PAGES_OF_16_GB } from './linux-2.5.42-remap.ts'
import { linux310 } from './linux-3.10.ts'
import type { KernelModel } from './model.ts'

const KB = 1024

export const linux310Pae = {
  ...linux310,
  name: 'linux-3.10-pae',
  summary: 'the same kernel for i386 with PAE: vmas in lowmem again',
  machine: 'i386 PAE, Linux 3.10, one CPU',
  guesses: [
    '7 other vmas in the process, as in the measured one',
    "8 KB of stack, 4 pmd pages, 3 KB of task_struct and 0.5 KB of mm_struct in the process's lowmem; page tables in highmem",
    'a machine of 16 GB, whose memory map takes 128 of 896 MB of lowmem',
  ],
  cost: null, // no price list is of a 32-bit kernel of its time
  uncounted: linux310.uncounted.filter(name => !/owmem/.test(name) || name === 'lowmemChainBytes'),
  vmaSlab: { objectBytes: 96, objectsPerSlab: 40, slabBytes: 4096 }, // measured: /proc/slabinfo
  lowmem: {
    fixedBytes: 8 * KB + 16 * KB + 32 + 3 * KB + 512, // guess: no source read
    pageTables: false, // guess: built with CONFIG_HIGHPTE
    memMapBytes: PAGES_OF_16_GB * 32, // guess: struct page of 32 bytes as since 2.6.7 "even with PAE" [commit 369bfc8a]
  },
  longBits: 32, // i386
  addressEnd: 0xc0000000, // TASK_SIZE [arch/x86/include/asm/processor.h]
  othersBase: 0x08048000, // guess: their number alone matters
  filePteLimit: Number.POSITIVE_INFINITY, // 32 bits: every page number has a pte [arch/x86/include/asm/pgtable-3level.h]
} as const satisfies KernelModel
