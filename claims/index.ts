// The list of claims, in the mail's order. Adding one is a file and a line here.

import { cheaperRemap } from './cheaper-remap.ts'
import type { Claim } from './claim.ts'
import { faultPerPage } from './fault-per-page.ts'
import { flushAbove4k } from './flush-above-4k.ts'
import { flushAt4k } from './flush-at-4k.ts'
import { flushBreakEven } from './flush-break-even.ts'
import { flushNewerCpus } from './flush-newer-cpus.ts'
import { flushSignificant } from './flush-significant.ts'
import { granularity4k } from './granularity-4k.ts'
import { lessSwapping } from './less-swapping.ts'
import { mapNonblock } from './map-nonblock.ts'
import { mapPopulate } from './map-populate.ts'
import { mmapCache } from './mmap-cache.ts'
import { moreProcesses } from './more-processes.ts'
import { mostCompact } from './most-compact.ts'
import { onePageInvalidation } from './one-page-invalidation.ts'
import { oneVma } from './one-vma.ts'
import { remap16k } from './remap-16k.ts'
import { sparseTerabyte } from './sparse-terabyte.ts'
import { swapOut } from './swap-out.ts'
import { UNTESTED } from './untested.ts'
import { vmaHalfOfLowmem } from './vma-half-of-lowmem.ts'
import { vmaLowmemShare } from './vma-lowmem-share.ts'
import { vmas128k } from './vmas-128k.ts'

export const CLAIMS: readonly Claim[] = [
  mapPopulate,
  vmas128k,
  faultPerPage,
  sparseTerabyte,
  swapOut,
  oneVma,
  mmapCache,
  vmaLowmemShare,
  vmaHalfOfLowmem,
  mostCompact,
  moreProcesses,
  lessSwapping,
  granularity4k,
  flushAbove4k,
  flushAt4k,
  flushSignificant,
  flushNewerCpus,
  onePageInvalidation,
  flushBreakEven,
  cheaperRemap,
  remap16k,
  mapNonblock,
  ...UNTESTED,
]
