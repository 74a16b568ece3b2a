// What a remap of 16K consists of, step by step: the mail's own example, all four pages used.

import { claim } from './claim.ts'
import { MAIL_KERNEL, reads, SINCE, STEADY } from './runs.ts'

const per = (strategy: string, column: string) => `${strategy}.${column} / ${strategy}.remaps`

export const remap16k = claim({
  id: 'remap-16k',
  title: 'a remap of 16K: five kernel entries against one',
  quote:
    "remapping a eg. 16K cache element causes a kernel entry, an unmapping, a TLB flush and a vma-install, plus 4 subsequent pagefaults. With remap_file_pages() it's a single kernel entry per cache element - no followup pagefaults.",
  runs: { '': `${STEADY} --unit 16K --kernel ${SINCE}` },
  kernel: MAIL_KERNEL,
  numbers: {
    calls: ['system calls for each remap, map-fixed', per('map-fixed', 'syscalls')],
    unmapped: ['vmas unmapped', per('map-fixed', 'vma_frees')],
    zapped: ['pages unmapped', per('map-fixed', 'ptes_zapped')],
    flushes: ['flushes of the whole TLB', per('map-fixed', 'tlb_full_flushes')],
    installed: ['vmas installed', per('map-fixed', 'vma_allocs')],
    faults: ['page faults', per('map-fixed', 'page_faults')],
    entries: ['kernel entries for each remap, remap-file-pages', per('remap-file-pages', 'kernel_entries')],
    faultsAfter: ['page faults', per('remap-file-pages', 'page_faults')],
    faultsInside: ['faults inside the call', per('remap-file-pages', 'populate_faults')],
  },
  judge: ({ calls, unmapped, zapped, flushes, installed, faults, entries, faultsAfter, faultsInside }) => {
    const isAsMapped =
      [calls, unmapped, flushes, installed].every(steps => reads(steps, 1)) && reads(zapped, 4) && reads(faults, 4)
    const touched = {
      what: 'what is used of the unit after a remap (--touch)',
      at: 'page',
      range: ['unit'],
      source: '"4 subsequent pagefaults": all four pages of the unit',
    }
    if (!isAsMapped || !reads(entries, 1) || !reads(faultsAfter, 0)) {
      const why = isAsMapped ? 'remap_file_pages() enters more than once.' : 'mmap() takes other steps than these.'
      return { verdict: 'does not hold', why, reversals: [touched] }
    }
    if (faultsInside > 0) {
      const condition = 'faults inside the call count as none'
      return { verdict: 'holds if', condition, why: 'The call faults its pages in.', reversals: [touched] }
    }
    return {
      verdict: 'holds',
      why: 'Step by step as the mail says, if the window is full and all of a unit is used. Where one page is, as in the main job, about one fault follows instead of four.',
      reversals: [touched],
    }
  },
  source: "do_mmap_pgoff, mm/mmap.c of 2.5.42, and the mail's mm/fremap.c, executed: npm run executed",
})
