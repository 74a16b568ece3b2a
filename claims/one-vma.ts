// One vma for the whole window instead of one for each unit, and what that spares in walks of the vma tree.

import { grouped } from '../engine/units.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL, MAIN_WINDOW } from './runs.ts'

const levels = (strategy: string) => `${strategy}.vma_lookup_levels / ${strategy}.remaps`

export const oneVma = claim({
  id: 'one-vma',
  title: 'one vma for a window of 1 GB, and less of a tree to walk',
  quote: "less vma tree lookup overhead: there's only one vma allocated for an eg. 1 GB window.",
  runs: { '': MAIN_WINDOW, emulated: '--window 64M --accesses 20000 --strategy remap-file-pages --kernel linux-4.0' },
  kernel: MAIL_KERNEL,
  numbers: {
    vmas: ['vmas of the window, remap-file-pages', 'remap-file-pages.vmas_peak'],
    vmasMapped: ['the same, map-fixed', 'map-fixed.vmas_peak'],
    levels: ['tree nodes visited for each remap, remap-file-pages', levels('remap-file-pages')],
    levelsMapped: ['the same, map-fixed, faults included', levels('map-fixed')],
    emulated: ['vmas of a window of 64 MB on Linux 4.0', 'emulated:linux-4.0/remap-file-pages.vmas_peak'],
  },
  judge: ({ vmas, vmasMapped, levels, levelsMapped, emulated }) => ({
    verdict: vmas === 1 && levels < levelsMapped ? 'holds' : 'does not hold',
    why: `map-fixed has ${grouped(vmasMapped)} vmas and walks ${levelsMapped.toFixed(0)} nodes for each remap, faults included.`,
    reversals:
      emulated > 1
        ? [
            {
              what: 'how remap_file_pages() is made (--kernel)',
              at: 'linux-4.0',
              range: [MAIL_KERNEL],
              source: 'since 4.0 mmap() behind the same name: a vma for each unit',
            },
          ]
        : [],
  }),
  source: 'find_vma, find_vma_prepare, mm/mmap.c, executed: npm run executed',
})
