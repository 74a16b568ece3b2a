// mm->mmap_cache holds the vma of the last look-up in the process. Where nothing faults outside the window, only the window's
// own vmas can be in it; how often other faults take it is what decides, and the option --other-faults.

import { claim } from './claim.ts'
import { MAIL_KERNEL, MAIN_WINDOW } from './runs.ts'

/** "most of the time". */
const MOST = 0.5
/** Shares of the remaps that come after a fault elsewhere: from none to what the typical hit rate of whole systems leaves. */
const SHARES = { quarter: 25, half: 50, typical: 65 } as const
const TYPICAL_HITS = 0.35 // "Cache hit rate is typically around 35%" [find_vma, 2.4 to 3.14 mm/mmap.c]

const ONE_VMA = '--file 1G --window 64M --accesses 100000 --strategy remap-file-pages'
const hits = (lane: string) => `${lane}.vma_cache_hits / ${lane}.vma_lookups`

export const mmapCache = claim({
  id: 'mmap-cache',
  title: 'the vma of the window is in mm->mmap_cache most of the time',
  quote: 'In fact this vma would be cached in the mm->mmap_cache most of the time.',
  runs: {
    none: MAIN_WINDOW,
    ...Object.fromEntries(
      Object.entries(SHARES).map(([name, percent]) => [name, `${ONE_VMA} --other-faults ${percent}%`]),
    ),
  },
  kernel: MAIL_KERNEL,
  numbers: {
    none: ['share of look-ups that the cache answers, remap-file-pages', hits('none:remap-file-pages')],
    mapped: ['the same, map-fixed', hits('none:map-fixed')],
    quarter: ['remap-file-pages, a quarter of the remaps after a fault elsewhere', hits('quarter:remap-file-pages')],
    half: ['half of them', hits('half:remap-file-pages')],
    typical: [`${SHARES.typical} % of them: hits are as rare as in whole systems`, hits('typical:remap-file-pages')],
  },
  judge: numbers => {
    const turned = (['quarter', 'half', 'typical'] as const).find(name => numbers[name] <= MOST)
    if (numbers.none <= MOST) {
      return { verdict: 'does not hold', why: 'Look-ups for the window alone take it from each other.', reversals: [] }
    }
    return {
      verdict: 'holds',
      why: 'Always, as long as nothing else in the process faults: a fault on its stack, heap or libraries takes the cache, and each costs one hit. How often that happens between two remaps of a database nobody measured; whole systems hit the cache in 35 to 47 % of their look-ups.',
      reversals:
        turned === undefined
          ? []
          : [
              {
                what: 'share of the remaps that come after a fault elsewhere (--other-faults)',
                at: SHARES[turned] / 100,
                range: [0, 1 - TYPICAL_HITS],
                source:
                  '"typically around 35%" of hits, 2.4 to 3.14 mm/mmap.c; 47.5 % after boot: N. Piggin, LKML 2006',
              },
            ],
    }
  },
  source: 'find_vma, mm/mmap.c, executed: npm run executed',
})
