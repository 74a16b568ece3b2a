// From how many pages on invalidating page by page is dearer than a flush of the whole TLB and the misses that follow it.
//
// The mail does not say; its author did the same day: "Where to draw the line between a loop of INVLPG and a CR3 flush on x86
// is up in the air - i'd say it's at roughly 8 pages currently" (LKML, 14 Oct 2002). The price lists were fitted to that: the
// number says nothing new, only what it depends on and how far the guesses leave it open. It depends on how many entries of
// the TLB are used again before the next flush. A run counts those of the window; those of code, stack and heap are not
// modelled, so that the whole TLB is the other end.

import { p32002 } from '../engine/cost/p3-2002.ts'
import { p42002 } from '../engine/cost/p4-2002.ts'
import { claim } from './claim.ts'
import { CACHE_RUN, MAIL_KERNEL } from './runs.ts'

/** A window as large as the TLB, with a page less than its file: what it holds is used over and over between two remaps. */
const HOT = '--workload uniform --file 260K --window 256K --warmup 10000 --accesses 200000 --unit 4K'
const UNIT_PAGES = 4
const FLUSHES = 'map-fixed.tlb_full_flushes'
const PAGES = 'remap-file-pages.tlb_page_invalidations'

/** Entries that a flush makes come back. */
const back = (run: string) => `( ${run}:map-fixed.tlb_misses - ${run}:remap-file-pages.tlb_misses ) / ${run}:${FLUSHES}`
/** Cycles of the flushes and of the misses they add, to cycles of the invalidations. */
const ratio = (run: string) =>
  `( ${run}:${FLUSHES} * tlb_full_flushes@p4-2002 + ( ${run}:map-fixed.tlb_misses - ${run}:remap-file-pages.tlb_misses ) * tlb_misses@p4-2002 ) / ( ${run}:${PAGES} * tlb_page_invalidations@p4-2002 )`
const line = (list: string, flush = '', page = '') =>
  `( tlb_full_flushes@${list}${flush} + 16K:map-fixed.tlb * tlb_misses@${list}${flush} ) / tlb_page_invalidations@${list}${page}`

export const flushBreakEven = claim({
  id: 'flush-break-even',
  title: 'invalidating page by page is cheaper than a flush',
  quote: 'remap_file_pages() uses the one-page invalidation instruction, which does not destroy the TLB.',
  runs: {
    '4K': `${CACHE_RUN} --unit 4K`,
    '8K': `${CACHE_RUN} --unit 8K`,
    '16K': `${CACHE_RUN} --unit 16K`,
    '64K': `${CACHE_RUN} --unit 64K`,
    hot: HOT,
    threads: `${CACHE_RUN} --unit 16K --threads 2`,
  },
  kernel: MAIL_KERNEL,
  lists: [p42002, p32002],
  numbers: {
    line: ['pages from which on a flush is cheaper if the whole TLB has to come back, P4', line('p4-2002')],
    lineLow: ['the same at the prices that make it least', line('p4-2002', '.low', '.high')],
    lineHigh: ['at those that make it most', line('p4-2002', '.high', '.low')],
    line3: ['pages from which on it is on a PIII', line('p3-2002')],
    needed: [
      'entries that have to come back so that 4 invalidations are cheaper, P4',
      `( ${UNIT_PAGES} * tlb_page_invalidations@p4-2002 - tlb_full_flushes@p4-2002 ) / tlb_misses@p4-2002`,
    ],
    back: ['entries that come back after a flush, units of 16K', back('16K')],
    backHot: ['entries that come back where remaps are rare and the window as large as the TLB', back('hot')],
    tlb: ['entries of the TLB', '16K:map-fixed.tlb'],
    '4K': ['time of flushes and what comes back, to that of invalidations, units of 4K, P4', ratio('4K')],
    '8K': ['units of 8K', ratio('8K')],
    '16K': ['units of 16K', ratio('16K')],
    '64K': ['units of 64K', ratio('64K')],
    roundsMapped: [
      'rounds of interrupts for each remap on two CPUs, map-fixed',
      'threads:map-fixed.ipi_rounds / threads:map-fixed.remaps',
    ],
    rounds: ['the same, remap-file-pages', 'threads:remap-file-pages.ipi_rounds / threads:remap-file-pages.remaps'],
    hot: ['units of 4K, remaps rare and the window as large as the TLB', ratio('hot')],
  },
  judge: ({ line, lineLow, lineHigh, line3, needed, back, backHot, tlb, roundsMapped, rounds, ...ratios }) => ({
    verdict: ratios['16K'] > 1 ? 'holds' : 'does not hold',
    why: `The mail does not say for how many pages. The line depends on what has to come back. If it is the whole TLB, it is at ${line.toFixed(1)} pages on a Pentium 4 (${lineLow.toFixed(1)} to ${lineHigh.toFixed(1)} within the ranges of its prices), ${line3.toFixed(1)} on a Pentium III, and units of 16K are below it; that it is near the "roughly 8" of the mail's author proves nothing, because the guesses for flush and invlpg were fitted to it. In the TPC-C-like run ${back.toFixed(2)} pages of the window come back, ${backHot.toFixed(0)} in the hottest one, which puts the line at ${(UNIT_PAGES * ratios['16K']).toFixed(1)} pages or ${ratios.hot.toFixed(1)}. What code, stack and heap need again is not modelled. On two CPUs each page is a round of interrupts: ${rounds.toFixed(0)} against ${roundsMapped.toFixed(0)}.`,
    reversals: [
      {
        what: 'entries of the TLB that are used again between two remaps of 16K',
        at: needed,
        range: [back, tlb],
        source: 'from the pages of the window alone, counted, to the whole TLB',
      },
      {
        what: 'pages of a unit, if the whole TLB has to come back',
        at: line,
        range: [UNIT_PAGES, UNIT_PAGES],
        source: '"a eg. 16K cache element"',
      },
      {
        what: 'CPUs that run the process (--threads)',
        at: 2,
        range: [1, 1],
        source: '"concurrent database processes": one thread each',
      },
    ],
  }),
  source:
    'prices: remapbench list costs --verbose; "roughly 8 pages", to which two of them were fitted: Ingo Molnar, LKML, 14 Oct 2002; TLB modelled as 64 entries, exact LRU',
})
