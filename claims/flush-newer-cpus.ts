// "Will only increase with newer CPUs": what one flush, and one entry that has to come back, take on three processors, in
// cycles and in nanoseconds. The counts are those of one run; only the prices differ.

import { modernCore } from '../engine/cost/modern-core.ts'
import { p32002 } from '../engine/cost/p3-2002.ts'
import { p42002 } from '../engine/cost/p4-2002.ts'
import { claim } from './claim.ts'
import { CACHE_RUN, MAIL_KERNEL } from './runs.ts'

/** Entries of a TLB today [second level of Skylake: Intel Optimization Reference Manual]. */
const LARGE_TLB = 1536

const PRICES = { tlb_full_flushes: 'a flush of the whole TLB', tlb_misses: 'a miss of the TLB' }

const direct = (list: string, bound = '') =>
  `small:map-fixed.tlb_full_flushes * tlb_full_flushes@${list}${bound} / small:map-fixed.remaps`
const added = (run: string) => `( ${run}:map-fixed.tlb_misses - ${run}:remap-file-pages.tlb_misses )`
const secondary = (list: string, bound = '') =>
  `${added('small')} * tlb_misses@${list}${bound} / small:map-fixed.remaps`
const both = (list: string) =>
  `( small:map-fixed.tlb_full_flushes * tlb_full_flushes@${list} + ${added('small')} * tlb_misses@${list} ) / small:map-fixed.remaps / ghz@${list}`

export const flushNewerCpus = claim({
  id: 'flush-newer-cpus',
  title: 'flushes and their misses cost more on newer CPUs',
  quote:
    'both the direct overhead and the secondary costs of repopulating the TLB cache are signifiant - and will only increase with newer CPUs.',
  runs: {
    small: `${CACHE_RUN} --unit 16K --kernel ${MAIL_KERNEL},linux-6.18`,
    large: `${CACHE_RUN} --unit 16K --tlb ${LARGE_TLB}`,
  },
  kernel: MAIL_KERNEL,
  lists: [p32002, p42002, modernCore],
  numbers: {
    direct3: ['cycles of flushes for each remap, map-fixed, PIII', direct('p3-2002')],
    direct4: ['P4', direct('p4-2002')],
    direct: ['modern core', direct('modern-core')],
    secondary3: ['cycles of the misses that they add, PIII', secondary('p3-2002')],
    secondary4: ['P4', secondary('p4-2002')],
    secondary: ['modern core', secondary('modern-core')],
    ns3: ['both in nanoseconds, PIII', both('p3-2002')],
    ns4: ['P4', both('p4-2002')],
    ns: ['modern core', both('modern-core')],
    large: ['misses that a flush adds, TLB of 1,536 entries', `${added('large')} / large:map-fixed.tlb_full_flushes`],
    small: ['the same, TLB of 64', `${added('small')} / small:map-fixed.tlb_full_flushes`],
    gone: [
      'flushes of the whole TLB for each remap on Linux 6.18',
      'small:linux-6.18/map-fixed.tlb_full_flushes / small:linux-6.18/map-fixed.remaps',
    ],
  },
  judge: ({ direct3, direct4, direct, secondary3, secondary4, secondary, ns3, ns4, ns, gone }, read) => ({
    verdict:
      direct3 < direct4 && direct4 < direct && secondary3 < secondary4 && secondary4 < secondary
        ? 'holds'
        : 'does not hold',
    why: `Taken in cycles, which is what else the CPU could have done: both rise from each processor to the next at the best prices. In time they fell first, from ${ns3.toFixed(0)} to ${ns4.toFixed(0)} ns, and stand at ${ns.toFixed(0)} ns now. The modern prices range too widely to decide.${gone === 0 ? ' Linux itself has stopped flushing everything for few pages (since 3.7).' : ''}`,
    // Prices on a modern core at which they have not risen since the P4.
    reversals: Object.entries(PRICES).map(([column, what]) => ({
      what: `cycles for ${what} (modern-core)`,
      at: read(`${column}@p4-2002`),
      range: [read(`${column}@modern-core.low`), read(`${column}@modern-core.high`)],
      source: 'published, measured and guessed: remapbench list costs --verbose',
    })),
  }),
  source: 'prices: remapbench list costs --verbose; TLB modelled as exact LRU of 64 entries, or of 1,536',
})
