// Anonymous frames filled by pread() and emptied by MADV_DONTNEED: what vmcache does when a page leaves its pool (V. Leis,
// A. Alhomssi, T. Ziegler, Y. Loeck, C. Dietrich, "Virtual-Memory Assisted Buffer Management", SIGMOD 2023).
//
// Left out: that vmcache gives every page of the file an address of its own, so that its page tables grow with the file (8
// bytes a page ever used) where these are those of the frames; exmap, the kernel module of the same paper; page states and
// their latches; eviction in batches.

import { PreadCopy } from './pread-copy.ts'
import type { StrategyEntry } from './strategy.ts'

export const vmcache = {
  name: 'vmcache',
  summary: 'pread() into anonymous frames that MADV_DONTNEED gave up before: memory goes with the unit that leaves',
  uses: ['copies'],
  maps: 'window',
  create: (kernel, sizes) => new PreadCopy(kernel, sizes, true),
} as const satisfies StrategyEntry
