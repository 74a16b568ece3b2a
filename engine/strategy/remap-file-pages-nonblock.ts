// remap_file_pages(MAP_NONBLOCK): as remap-file-pages, but the call waits for no I/O.
//
// What that leaves to be done later is each kernel's own: pages that are in the page cache installed all the same (2.5.42,
// 2.6.20), or only noted in file ptes, so that each faults when it is touched (3.10).

import { MAP_NONBLOCK } from '../kernel/kernel.ts'
import { RemapFilePages } from './remap-file-pages.ts'
import type { StrategyEntry } from './strategy.ts'

export const remapFilePagesNonblock = {
  name: 'remap-file-pages-nonblock',
  summary: 'remap_file_pages(MAP_NONBLOCK): as remap-file-pages, without waiting for I/O',
  uses: ['remap-file-pages', 'nonblock'],
  maps: 'window',
  create: kernel => new RemapFilePages(kernel, 0, MAP_NONBLOCK),
} as const satisfies StrategyEntry
