// One vma for the whole window, and mm->mmap_cache, which holds the vma of the last look-up in the process.
//
// The runs have no fault outside the window: then nothing but the window's own vmas can be in the cache. How often other
// faults take it is the constant that decides.

import { grouped } from '../reports/numbers.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL } from './runs.ts'

/** "most of the time". */
const MOST = 0.5
/** "Cache hit rate is typically around 35%": find_vma, 2.4 to 3.14 mm/mmap.c. */
const TYPICAL_HITS = 0.35

export const oneVmaCached = claim({
  id: 'one-vma-cached',
  title: 'one vma for the window, found in mm->mmap_cache',
  quote:
    "less vma tree lookup overhead: there's only one vma allocated for an eg. 1 GB window. In fact this vma would be cached in the mm->mmap_cache most of the time.",
  runs: { '': '--window 1G --accesses 400000' },
  kernel: MAIL_KERNEL,
  numbers: {
    vmas: ['vmas of the 1 GB window, remap-file-pages', 'remap-file-pages.vmas_peak'],
    vmasMapped: ['the same, map-fixed', 'map-fixed.vmas_peak'],
    hits: [
      'look-ups answered by the cache, remap-file-pages',
      'remap-file-pages.vma_cache_hits / remap-file-pages.vma_lookups',
    ],
    hitsMapped: ['the same, map-fixed', 'map-fixed.vma_cache_hits / map-fixed.vma_lookups'],
    levels: [
      'tree nodes visited for each remap, remap-file-pages',
      'remap-file-pages.vma_lookup_levels / remap-file-pages.remaps',
    ],
    levelsMapped: ['the same, map-fixed', 'map-fixed.vma_lookup_levels / map-fixed.remaps'],
  },
  judge: ({ vmas, vmasMapped, hits, levels, levelsMapped }) => {
    const isCached = hits > MOST
    return {
      verdict: vmas === 1 && levels < levelsMapped && isCached ? 'holds' : 'does not hold',
      why: `One vma instead of ${grouped(vmasMapped)} and next to no tree to walk, as long as nothing else in the process faults. A fault on its stack, heap or libraries takes the cache; kernels measured as a whole hit it in 35 to 47.5 % of their look-ups.`,
      reversals: isCached
        ? [
            {
              what: 'share of remaps before which another fault of the process took the cache',
              at: 1 - MOST / hits,
              range: [0, 1 - TYPICAL_HITS],
              source: '"typically around 35%", 2.4 to 3.14 mm/mmap.c; 47.5 % after boot, N. Piggin, LKML 2006',
            },
          ]
        : [],
    }
  },
  source: 'find_vma, mm/mmap.c, executed: npm run executed',
})
