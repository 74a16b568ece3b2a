// mm->mmap_cache holds the vma of the last look-up in the process. The run has no fault outside the window: then nothing but
// the window's own vmas can be in it. How often other faults take it is what decides.

import { claim } from './claim.ts'
import { MAIL_KERNEL, MAIN_WINDOW } from './runs.ts'

/** "most of the time". */
const MOST = 0.5
const TYPICAL_HITS = 0.35 // "Cache hit rate is typically around 35%" [find_vma, 2.4 to 3.14 mm/mmap.c]

const hits = (strategy: string) => `${strategy}.vma_cache_hits / ${strategy}.vma_lookups`

export const mmapCache = claim({
  id: 'mmap-cache',
  title: 'the vma of the window is in mm->mmap_cache most of the time',
  quote: 'In fact this vma would be cached in the mm->mmap_cache most of the time.',
  runs: { '': MAIN_WINDOW },
  kernel: MAIL_KERNEL,
  numbers: {
    hits: ['share of look-ups that the cache answers, remap-file-pages', hits('remap-file-pages')],
    hitsMapped: ['the same, map-fixed', hits('map-fixed')],
  },
  judge: ({ hits }) => ({
    verdict: hits > MOST ? 'holds' : 'does not hold',
    why: 'Always, as long as nothing else in the process faults: a fault on its stack, heap or libraries takes the cache. How often that happens between two remaps of a database nobody measured; whole systems hit the cache in about 35 % of their look-ups.',
    reversals:
      hits > MOST
        ? [
            {
              what: 'share of remaps before which another fault of the process took the cache',
              at: 1 - MOST / hits,
              range: [0, 1 - TYPICAL_HITS],
              source: '"typically around 35%" of hits, 2.4 to 3.14 mm/mmap.c; 47.5 % after boot: N. Piggin, LKML 2006',
            },
          ]
        : [],
  }),
  source: 'find_vma, mm/mmap.c, executed: npm run executed',
})
