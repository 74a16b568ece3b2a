// "Larger than 4K": that units of 4K are spared the flush. The mail does not say so; it is what the words are there for.
//
// The kernel model linux-2.5.42-mail is made to spare them, so that the two can be compared: a run of it says nothing about
// the sentence, and is none of this claim's.

import { grouped } from '../engine/units.ts'
import { claim } from './claim.ts'
import { FLUSHES_OF_A_REMAP, MAIL_KERNEL, SINCE, STEADY } from './runs.ts'

export const flushAt4k = claim({
  id: 'flush-at-4k',
  title: 'overmapping a unit of 4K flushes nothing, as the words imply',
  quote: 'larger than 4K cache units',
  runs: { '': `${STEADY} --unit 4K --strategy map-fixed --kernel linux-2.4,${SINCE}` },
  kernel: MAIL_KERNEL,
  numbers: { flushes: ['flushes for each remap, whole or ranged, units of 4K', FLUSHES_OF_A_REMAP] },
  judge: ({ flushes }) => ({
    verdict: flushes > 0 ? 'does not hold' : 'holds',
    why:
      flushes > 0
        ? `Not in the mail's words, but implied by them. Units of 4K flush, too, ${grouped(Math.round(flushes * 100))} % of the time: unmapping knows no single page. (The kernel linux-2.5.42-mail is a model of the sentence, not evidence for it.)`
        : 'Units of 4K need no flush.',
    reversals: [],
  }),
  source:
    "zap_pte_range, tlb_finish_mmu: include/asm-generic/tlb.h, executed: npm run executed; the mail's author agreed the same day that it is a separate issue (LKML, 14 Oct 2002)",
})
