// Whether remapping gets cheaper when one page of each unit is used, which is the worst case for a call that installs them
// all: priced for the two processors of the time.

import { p32002 } from '../engine/cost/p3-2002.ts'
import { p42002 } from '../engine/cost/p4-2002.ts'
import { claim, type Reversal } from './claim.ts'
import { leastDifference, turnedBy } from './prices.ts'
import { CACHE_RUN, MAIL_KERNEL } from './runs.ts'

const UNITS = ['32K', '64K', '128K', '256K'] as const
const MODELS = [p42002, p32002]
const DEAR = 'map-fixed'
const CHEAP = 'remap-file-pages'
const ratioAt = (unit: string) => `${unit}:${DEAR}.modelled_ns / ${unit}:${CHEAP}.modelled_ns`

export const cheaperRemap = claim({
  id: 'cheaper-remap',
  title: 'remapping gets cheaper',
  quote: 'reduced cost of cache remapping',
  runs: Object.fromEntries(['16K', ...UNITS].map(unit => [unit, `${CACHE_RUN} --unit ${unit}`])),
  kernel: MAIL_KERNEL,
  numbers: {
    '16K': ['modelled time, map-fixed to remap-file-pages, units of 16K, one page used', ratioAt('16K')],
    low: ['the same at the lowest prices', `16K:${DEAR}.modelled_ns_low / 16K:${CHEAP}.modelled_ns_low`],
    '32K': ['units of 32K', ratioAt('32K')],
    '64K': ['units of 64K', ratioAt('64K')],
    '128K': ['units of 128K', ratioAt('128K')],
    '256K': ['units of 256K', ratioAt('256K')],
  },
  judge: (numbers, read) => {
    const lanes = [`16K:${DEAR}`, `16K:${CHEAP}`] as const
    const isCheaper = MODELS.every(model => leastDifference(model, ...lanes, read) > 0)
    const dearAt = UNITS.find(unit => numbers[unit] < 1)
    const unit: readonly Reversal[] =
      dearAt === undefined
        ? []
        : [{ what: '--unit, one page of it used', at: dearAt, range: ['16K'], source: '"a eg. 16K cache element"' }]
    const prices = MODELS.flatMap(model => turnedBy(model, ...lanes, read) ?? [])
    return {
      verdict: isCheaper ? 'holds' : 'does not hold',
      why: isCheaper
        ? 'Cheaper at every price in its range, on a Pentium 4 and on a Pentium III, even if three of four installed pages are not used. Most prices are guesses.'
        : 'There are prices within their ranges at which it is not.',
      reversals: [...prices, ...unit],
    }
  },
  source: 'counts executed: npm run executed; prices: remapbench list costs --verbose',
})
