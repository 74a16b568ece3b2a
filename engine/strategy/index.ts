// The list of strategies. Adding one is a file and a line here.

import { linear } from './linear.ts'
import { mapFixed } from './map-fixed.ts'
import { mapFixedLocked } from './map-fixed-locked.ts'
import { mapFixedPopulate } from './map-fixed-populate.ts'
import { preadCopy } from './pread-copy.ts'
import { remapFilePages } from './remap-file-pages.ts'
import { remapFilePagesLocked } from './remap-file-pages-locked.ts'
import { remapFilePagesNonblock } from './remap-file-pages-nonblock.ts'
import { remapFilePagesSigbus } from './remap-file-pages-sigbus.ts'
import type { StrategyEntry } from './strategy.ts'
import { vmcache } from './vmcache.ts'

export const STRATEGIES: readonly StrategyEntry[] = [
  mapFixed,
  mapFixedPopulate,
  mapFixedLocked,
  remapFilePages,
  remapFilePagesNonblock,
  remapFilePagesLocked,
  remapFilePagesSigbus,
  preadCopy,
  linear,
  vmcache,
]
