// remap_file_pages() in a window mapped with MAP_LOCKED: the first of the two ways in which the mail of October 2002 says that
// such mappings survive memory pressure ("either have to be MAP_LOCKED (for databases)"); remap-file-pages-sigbus is the other.
//
// The first mapping brings the file's first pages in, linearly, before counting starts. It takes CAP_IPC_LOCK and a window
// below RLIMIT_MEMLOCK, which are taken for granted.

import { MAP_LOCKED } from '../kernel/kernel.ts'
import { RemapFilePages } from './remap-file-pages.ts'
import type { StrategyEntry } from './strategy.ts'

export const remapFilePagesLocked = {
  name: 'remap-file-pages-locked',
  summary: 'remap_file_pages() in a MAP_LOCKED window: as remap-file-pages, with pages that are never taken back',
  uses: ['remap-file-pages', 'locked'],
  maps: 'window',
  fillsWindow: true,
  create: kernel => new RemapFilePages(kernel, MAP_LOCKED, 0),
} as const satisfies StrategyEntry
