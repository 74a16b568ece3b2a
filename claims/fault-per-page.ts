// Separate mappings bring their pages in one by one, with a flush for each mapping that replaces a used one.

import { linux2542Remap } from '../engine/kernel/linux-2.5.42-remap.ts'
import { claim } from './claim.ts'
import { FLUSHES_OF_A_REMAP, MAIL_KERNEL, reads, SINCE, STEADY } from './runs.ts'

export const faultPerPage = claim({
  id: 'fault-per-page',
  title: 'separate mappings: a page fault for each page, and flushes',
  quote: 'setting up separate mappings is expensive, causes one pagefault per page and also causes TLB flushes.',
  runs: { '': `${STEADY} --unit 16K --kernel ${SINCE}` },
  kernel: MAIL_KERNEL,
  numbers: {
    faults: ['page faults for each page mapped, map-fixed', 'map-fixed.page_faults / map-fixed.ptes_installed'],
    flushes: ['flushes for each remap, whole or ranged', FLUSHES_OF_A_REMAP],
  },
  judge: ({ faults, flushes }) => ({
    verdict: reads(faults, 1) && flushes > 0 ? 'holds' : 'does not hold',
    why: reads(faults, 1)
      ? 'A fault maps the page it is about and no other. Kernels since 3.15 map what is cached of 64 KB around it in a read fault. What it costs is another claim: cheaper-remap.'
      : 'A fault maps several pages.',
    reversals: [
      {
        what: 'pages that a read fault maps',
        at: 2,
        range: [1, linux2542Remap.faultAroundPages],
        source: 'do_no_page, 2.5.42 mm/memory.c; fault_around_bytes since 3.15',
      },
    ],
  }),
  source: 'do_no_page, mm/memory.c, executed: npm run executed; 2.6.20, 3.10 and 6.18 measured: npm run oracle',
})
