// MAP_POPULATE: a mapping whose pages are there when mmap() returns.

import { claim } from './claim.ts'
import { MAIL_KERNEL, SINCE, STEADY } from './runs.ts'

export const mapPopulate = claim({
  id: 'map-populate',
  title: 'MAP_POPULATE: no page fault after mmap()',
  quote: 'explicit pagetable population (prefaulting) support for mmap().',
  runs: { '': `${STEADY} --unit 16K --strategy map-fixed,map-fixed-populate --kernel ${SINCE},linux-2.4` },
  kernel: MAIL_KERNEL,
  numbers: {
    faults: ['page faults for each remap, map-fixed', 'map-fixed.page_faults / map-fixed.remaps'],
    after: ['with MAP_POPULATE', 'map-fixed-populate.page_faults / map-fixed-populate.remaps'],
    inside: ['faults inside the call', 'map-fixed-populate.populate_faults / map-fixed-populate.remaps'],
    entries: ['kernel entries for each remap', 'map-fixed-populate.kernel_entries / map-fixed-populate.remaps'],
    invalidations: [
      'one-page invalidations on top of the whole flush',
      'map-fixed-populate.tlb_page_invalidations / map-fixed-populate.remaps',
    ],
  },
  judge: ({ faults, after, invalidations }) => ({
    verdict: after === 0 && faults > 0 ? 'holds' : 'does not hold',
    why:
      after > 0
        ? 'Pages are missing when mmap() returns.'
        : `No fault is left. The flush and the vma of mmap() are${invalidations > 0 ? ', and each page is invalidated again although nothing was mapped there' : ''}.`,
    reversals: [],
  }),
  source: 'do_mmap_pgoff and sys_remap_file_pages of the mail, executed: npm run executed',
})
