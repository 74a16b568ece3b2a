// Linux 2.5.42 as the mail describes it: "MAP_FIXED overmapping of larger than 4K cache units causes a TLB flush".
//
// The source flushes for one page, too, and that is what linux-2.5.42-remap does. This twin believes the sentence instead:
// over-mapping exactly one present page invalidates that page alone. Compare the two at --unit 4K; nothing else differs.

import { linux2542Remap } from './linux-2.5.42-remap.ts'
import type { KernelModel } from './model.ts'

export const linux2542Mail = {
  ...linux2542Remap,
  name: 'linux-2.5.42-mail',
  summary: 'the same, but as the mail believes: over-mapping one 4K page needs no flush of the whole TLB',
  machine: 'i386 PAE, Linux 2.5.42 as the mail believes it',
  basis: 'one sentence of the mail, which contradicts the source (ARCHITECTURE.md, where they disagree)',
  rules: [
    ...linux2542Remap.rules,
    {
      what: "over-mapping a single page invalidates that page instead of flushing (the mail's belief)",
      evidence: 'guess',
      source: 'the mail alone: "MAP_FIXED overmapping of larger than 4K cache units causes a TLB flush"',
    },
  ],
  onePageUnmapFlush: 'page', // guess: the mail alone
} as const satisfies KernelModel
