// How much of a remap by mmap() goes into flushing the TLB and into what has to come back: "direct overhead" and "secondary
// costs". The denominator is the modelled time of all that the lane counts: calls, faults, vmas, flushes, misses.

import { p32002 } from '../engine/cost/p3-2002.ts'
import { p42002 } from '../engine/cost/p4-2002.ts'
import { claim } from './claim.ts'
import { CACHE_RUN, MAIL_KERNEL } from './runs.ts'

/** The mail does not say how much is significant; here it is a tenth. */
const SIGNIFICANT = 0.1

const cycles = (run: string, list: string) => `( ${run}:map-fixed.modelled_ns * ghz@${list} )`
const direct = (run: string, list: string) =>
  `${run}:map-fixed.tlb_full_flushes * tlb_full_flushes@${list} / ${cycles(run, list)}`
const secondary = (run: string, list: string) =>
  `( ${run}:map-fixed.tlb_misses - ${run}:remap-file-pages.tlb_misses ) * tlb_misses@${list} / ${cycles(run, list)}`
/** Cycles of everything but the flushes and the misses they add. */
const rest = `( p4:map-fixed.modelled_ns * ghz@p4-2002 - p4:map-fixed.tlb_full_flushes * tlb_full_flushes@p4-2002 - ( p4:map-fixed.tlb_misses - p4:remap-file-pages.tlb_misses ) * tlb_misses@p4-2002 )`
/** Of the time of a remap after which the whole TLB comes back. */
const whole = 'p4:map-fixed.tlb_full_flushes * ( tlb_full_flushes@p4-2002 + p4:map-fixed.tlb * tlb_misses@p4-2002 )'

export const flushSignificant = claim({
  id: 'flush-significant',
  title: 'the flush and its misses are a significant part of a remap',
  quote:
    "greatly increasing the overhead of 'basic' DB cache operations - both the direct overhead and the secondary costs of repopulating the TLB cache are signifiant",
  runs: { p4: `${CACHE_RUN} --unit 16K`, p3: `${CACHE_RUN} --unit 16K --cost p3-2002` },
  kernel: MAIL_KERNEL,
  lists: [p42002, p32002],
  numbers: {
    direct: ['share of flushes in the time of map-fixed, P4', direct('p4', 'p4-2002')],
    secondary: ['share of the misses that they add', secondary('p4', 'p4-2002')],
    direct3: ['share of flushes, PIII', direct('p3', 'p3-2002')],
    secondary3: ['share of the misses that they add', secondary('p3', 'p3-2002')],
    whole: ['share of both if the whole TLB comes back each time, P4', `${whole} / ( ${rest} + ${whole} )`],
    back: [
      'entries that come back after a flush',
      '( p4:map-fixed.tlb_misses - p4:remap-file-pages.tlb_misses ) / p4:map-fixed.tlb_full_flushes',
    ],
    tlb: ['entries of the TLB', 'p4:map-fixed.tlb'],
    needed: [
      `entries that have to come back so that both are ${SIGNIFICANT} of it`,
      `( ${rest} * ${SIGNIFICANT} / ( 1 - ${SIGNIFICANT} ) / p4:map-fixed.tlb_full_flushes - tlb_full_flushes@p4-2002 ) / tlb_misses@p4-2002`,
    ],
  },
  judge: ({ direct, secondary, back, tlb, needed }) => ({
    verdict: direct + secondary >= SIGNIFICANT ? 'holds' : 'does not hold',
    why: `Taken as a tenth of the modelled time of map-fixed: calls, faults, vmas, flushes, misses. Counted are ${back.toFixed(2)} entries that come back after a flush, those of the window: a remap is followed by few accesses before the next one. Most of the rest is faults and vmas. What code, stack and heap need again is not modelled.`,
    reversals: [
      {
        what: 'entries of the TLB that are used again between two flushes',
        at: needed,
        range: [back, tlb],
        source: 'from the pages of the window alone, counted, to the whole TLB',
      },
    ],
  }),
  source: 'prices: remapbench list costs --verbose; TLB modelled as 64 entries, exact LRU',
})
