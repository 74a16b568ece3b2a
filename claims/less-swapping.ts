// What memory pressure takes, for each page taken back: vmas looked at on 2.4, nodes of the vma tree walked on 2.5.42, entries
// unmapped later; and what it takes to bring pages back.
//
// 2.4 goes through a process vma by vma, so that their number tells. It has no remap_file_pages(): units of different sizes
// stand for many vmas and few. 2.5.42 follows the page's reverse mappings, with a find_vma() for each. Later kernels find
// the vma by the file; but not the place of a page in a nonlinear one, and unmap its neighbours in its stead.
// Beside a disk all of this is little. Its time is left out.

import { claim } from './claim.ts'
import { CACHE_RUN, MAIL_KERNEL } from './runs.ts'

const SWEPT = '--reclaim 1000'
const HANDLED = 'remap-file-pages-sigbus'
const LANES = `map-fixed,remap-file-pages,${HANDLED}`
const LATER = 'linux-2.6.20'
const FULL = '--workload uniform --file 256M --window 16M --touch unit --warmup 20000 --accesses 50000'
const UNITS = ['4K', '16K', '64K'] as const

/** What pressure adds to a count or time: its own part, and that of bringing pages back. */
const added = (strategy: string, column: string) => `( swept:${strategy}.${column} - calm:${strategy}.${column} )`
const nodes = (strategy: string) => `${added(strategy, 'vma_lookup_levels')} / swept:${strategy}.pages_reclaimed`
const sweep24 = (unit: string) =>
  `${unit}:linux-2.4/map-fixed.reclaim_vmas / ${unit}:linux-2.4/map-fixed.pages_reclaimed`
const unmaps = (strategy: string) =>
  `swept:${LATER}/${strategy}.reclaim_unmaps / swept:${LATER}/${strategy}.pages_reclaimed`
/** At the best prices, the lowest, the highest. */
type Prices = '' | '_low' | '_high'
const saved = (prices: Prices) =>
  `( ${added('map-fixed', `modelled_ns${prices}`)} - ${added('remap-file-pages', `modelled_ns${prices}`)} ) / swept:map-fixed.pages_reclaimed`
const handler = (prices: Prices) =>
  `( swept:${HANDLED}.modelled_ns${prices} - swept:remap-file-pages.modelled_ns${prices} ) / swept:${HANDLED}.signals_handled`
const limit = (prices: Prices) => `${saved(prices)} / ( ${handler(prices)} )`

export const lessSwapping = claim({
  id: 'less-swapping',
  title: 'fewer vmas make swapping cheaper',
  quote: 'less swapping overhead: a high number of vmas increases the swapping overhead.',
  runs: {
    calm: `${CACHE_RUN} --unit 16K`,
    swept: `${CACHE_RUN} --unit 16K ${SWEPT} --strategy ${LANES} --kernel ${MAIL_KERNEL},${LATER}`,
    ...Object.fromEntries(
      UNITS.map(unit => [unit, `${FULL} --unit ${unit} ${SWEPT} --strategy map-fixed --kernel linux-2.4`]),
    ),
  },
  kernel: MAIL_KERNEL,
  numbers: {
    nodes: ['tree nodes for each page taken back, map-fixed, 4,096 vmas, its way back included', nodes('map-fixed')],
    nodesOfOne: ['the same, remap-file-pages', nodes('remap-file-pages')],
    saved: ['modelled ns that one vma saves for each page taken back', saved('')],
    handler: ["modelled ns that the mail's handler adds for each page that it puts back", handler('')],
    limit: ['pages put back for each page taken back at which both are equal, best prices', limit('')],
    limitLow: ['the same at the lowest prices', limit('_low')],
    limitHigh: ['at the highest', limit('_high')],
    back: [
      'pages put back for each page taken back in this run',
      `swept:${HANDLED}.signals_handled / swept:${HANDLED}.pages_reclaimed`,
    ],
    '4K': ['vmas that Linux 2.4 looks at for each page taken back, units of 4K, all pages used', sweep24('4K')],
    '16K': ['units of 16K', sweep24('16K')],
    '64K': ['units of 64K', sweep24('64K')],
    unmapped: ['entries that Linux 2.6.20 unmaps for each page taken back, map-fixed', unmaps('map-fixed')],
    unmappedOfOne: ['the same, remap-file-pages', unmaps('remap-file-pages')],
  },
  judge: ({ nodes, nodesOfOne, saved, limit, limitLow, limitHigh, back, unmapped, unmappedOfOne }) => {
    if (nodes <= nodesOfOne || saved <= 0) {
      return { verdict: 'does not hold', why: 'One vma saves nothing under memory pressure.', reversals: [] }
    }
    const percent = (share: number) => Math.round(100 * share)
    return {
      verdict: back < limit ? 'holds' : 'does not hold',
      why: `With one vma there is no tree to walk, and on 2.4 no vma after vma to look at. But pages of a nonlinear vma come back by the mail's SIGBUS handler only, which takes longer than a fault: at the best prices one vma is worth it while fewer than ${percent(limit)} of 100 pages taken back are used again, at the lowest prices ${percent(limitLow)}, at the highest ${percent(limitHigh)}; here it is ${percent(back)}. A window that is MAP_LOCKED decides nothing: of many vmas nothing is swapped then either. Later kernels bring the pages back by themselves, ${unmappedOfOne > unmapped ? `but unmap ${unmappedOfOne.toFixed(0)} entries for each that they take` : 'one by one'}.`,
      reversals: [
        {
          what: 'pages put back for each page taken back at which both are equal',
          at: back,
          range: [Math.min(limitLow, limit), Math.max(limitHigh, limit)],
          source: 'from the lowest prices to the highest',
        },
      ],
    }
  },
  source:
    'swap_out_mm, 2.4.14 mm/vmscan.c; try_to_unmap_one, 2.5.42 mm/rmap.c; try_to_unmap_cluster, 2.6.11 mm/rmap.c; guess: which pages go, in the order of their addresses',
})
