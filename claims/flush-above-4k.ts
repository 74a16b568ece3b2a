// "Larger than 4K": that such units flush. What the words suggest of units of 4K is judged apart (flush-at-4k.ts).

import { claim } from './claim.ts'
import { FLUSHES_OF_A_REMAP, MAIL_KERNEL, SINCE, STEADY } from './runs.ts'

export const flushAbove4k = claim({
  id: 'flush-above-4k',
  title: 'overmapping a unit larger than 4K flushes the TLB',
  quote: 'TLB flush avoidance: the MAP_FIXED overmapping of larger than 4K cache units causes a TLB flush',
  runs: { '': `${STEADY} --unit 16K --strategy map-fixed --kernel linux-2.4,${SINCE}` },
  kernel: MAIL_KERNEL,
  numbers: { flushes: ['flushes for each remap, whole or ranged, units of 16K', FLUSHES_OF_A_REMAP] },
  judge: ({ flushes }) => ({
    verdict: flushes > 0 ? 'holds' : 'does not hold',
    why:
      flushes > 0
        ? 'Each remap of a unit in use flushes; one of which no page is present does not. But so does a unit of 4K, which the words suggest to be spared: flush-at-4k.'
        : 'No unit is flushed for.',
    reversals: [],
  }),
  source: 'zap_pte_range, tlb_finish_mmu: include/asm-generic/tlb.h, executed: npm run executed',
})
