// "Larger than 4K": whether a unit of one page escapes the flush. The twin model linux-2.5.42-mail takes the sentence at its
// word, and stands beside the source's.

import { grouped } from '../reports/numbers.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL, STEADY } from './runs.ts'

const KERNELS = `--kernel linux-2.4,${MAIL_KERNEL},linux-2.5.42-mail --kernel linux-2.6.20,linux-3.10,linux-4.0,linux-6.18`
const flushes = (run: string, kernel = '') =>
  `( ${run}:${kernel}map-fixed.tlb_full_flushes + ${run}:${kernel}map-fixed.tlb_range_flushes ) / ${run}:${kernel}map-fixed.remaps`

export const flushAbove4k = claim({
  id: 'flush-above-4k',
  title: 'overmapping flushes the TLB if the unit is larger than 4K',
  quote: 'TLB flush avoidance: the MAP_FIXED overmapping of larger than 4K cache units causes a TLB flush',
  runs: {
    '16K': `${STEADY} --unit 16K --strategy map-fixed ${KERNELS}`,
    '4K': `${STEADY} --unit 4K --strategy map-fixed ${KERNELS}`,
  },
  kernel: MAIL_KERNEL,
  numbers: {
    large: ['flushes for each remap, whole or ranged, units of 16K', flushes('16K')],
    small: ['units of 4K', flushes('4K')],
    believed: ['units of 4K, as the mail believes', flushes('4K', 'linux-2.5.42-mail/')],
  },
  judge: ({ large, small }) => {
    if (large === 0) return { verdict: 'does not hold', why: 'No unit is flushed for.', reversals: [] }
    if (small === 0) return { verdict: 'holds', why: 'Units of 4K need no flush.', reversals: [] }
    return {
      verdict: 'does not hold',
      why: `Larger units do flush, but so do units of 4K, ${grouped(Math.round(small * 100))} % of the time: unmapping knows no single page. Nothing is flushed where no page was present.`,
      reversals: [],
    }
  },
  source:
    'zap_pte_range, tlb_finish_mmu: include/asm-generic/tlb.h, executed: npm run executed; the mail’s author agreed the same day that it is a separate issue (LKML, 14 Oct 2002)',
})
