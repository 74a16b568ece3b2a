// invlpg instead of a reload of CR3: what else the TLB holds survives. From how many pages on that is dearer, is a matter of
// prices and another claim.

import { claim } from './claim.ts'
import { CACHE_RUN, MAIL_KERNEL, SINCE } from './runs.ts'

const missesOf = (strategy: string) => `${strategy}.tlb_misses / ( ${strategy}.tlb_misses + ${strategy}.tlb_hits )`

export const onePageInvalidation = claim({
  id: 'one-page-invalidation',
  title: 'one-page invalidation spares the TLB',
  quote: 'remap_file_pages() uses the one-page invalidation instruction, which does not destroy the TLB.',
  runs: { '': `${CACHE_RUN} --kernel ${SINCE}` },
  kernel: MAIL_KERNEL,
  numbers: {
    flushes: [
      'flushes of the whole TLB for each remap, remap-file-pages',
      'remap-file-pages.tlb_full_flushes / remap-file-pages.remaps',
    ],
    invalidations: [
      'one-page invalidations for each remap',
      'remap-file-pages.tlb_page_invalidations / remap-file-pages.remaps',
    ],
    misses: ['share of accesses that miss the TLB', missesOf('remap-file-pages')],
    missesMapped: ['the same, map-fixed', missesOf('map-fixed')],
    refills: [
      'misses that map-fixed adds with each remap, of a TLB of 64 entries',
      '( map-fixed.tlb_misses - remap-file-pages.tlb_misses ) / map-fixed.remaps',
    ],
  },
  judge: ({ flushes, invalidations, misses, missesMapped, refills }) => ({
    verdict: flushes === 0 && invalidations > 0 && misses < missesMapped ? 'holds' : 'does not hold',
    why: `Each installed page is invalidated by itself, in 2.5.42 also where none was mapped. A flush of the whole TLB adds ${refills.toFixed(2)} misses, not one for each entry: few of them would have been used again before the next remap.`,
    reversals: [],
  }),
  source: "install_page, the mail's mm/fremap.c: flush_tlb_page(), executed; TLB modelled as 64 entries, exact LRU",
})
