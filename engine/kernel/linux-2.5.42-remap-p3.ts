// The same kernel built for a Pentium III: 32-byte cache lines, so vma objects and pte chains pack more tightly.

import { linux2542Remap, packedFor } from './linux-2.5.42-remap.ts'
import type { KernelModel } from './model.ts'

export const linux2542RemapP3 = {
  ...linux2542Remap,
  name: 'linux-2.5.42-remap-p3',
  summary: 'the same kernel built for a Pentium III (32-byte cache lines: smaller vma objects)',
  machine: 'i386 PAE, Linux 2.5.42 + the 2002 patch, built for Pentium III',
  ...packedFor(32, 8), // CONFIG_MPENTIUMIII: X86_L1_CACHE_SHIFT 5 [arch/i386/config.in]
  cost: 'p3-2002',
} as const satisfies KernelModel
