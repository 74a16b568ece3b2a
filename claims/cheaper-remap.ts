// Whether remapping gets cheaper when one page of each unit is used, which is the worst case for a call that installs them
// all: priced for the two processors of the time. On a second CPU each invalidation is a round of interrupts.

import { p32002 } from '../engine/cost/p3-2002.ts'
import { p42002 } from '../engine/cost/p4-2002.ts'
import { claim, type Read, type Reversal } from './claim.ts'
import { leastDifference, turnedBy } from './prices.ts'
import { CACHE_RUN, MAIL_KERNEL } from './runs.ts'

const UNITS = ['32K', '64K', '128K', '256K'] as const
const MODELS = [p42002, p32002]
const DEAR = 'map-fixed'
const CHEAP = 'remap-file-pages'
const ratioAt = (run: string, prices: '' | '_low' | '_high' = '') =>
  `${run}:${DEAR}.modelled_ns${prices} / ${run}:${CHEAP}.modelled_ns${prices}`
/** Whether the call is cheaper at every price. */
const isCheaper = (run: string, read: Read) =>
  MODELS.every(model => leastDifference(model, `${run}:${DEAR}`, `${run}:${CHEAP}`, read) > 0)

export const cheaperRemap = claim({
  id: 'cheaper-remap',
  title: 'remapping gets cheaper',
  quote: 'reduced cost of cache remapping',
  runs: {
    ...Object.fromEntries(['16K', ...UNITS].map(unit => [unit, `${CACHE_RUN} --unit ${unit}`])),
    threads: `${CACHE_RUN} --unit 16K --threads 2`,
  },
  kernel: MAIL_KERNEL,
  numbers: {
    '16K': ['modelled time, map-fixed to remap-file-pages, units of 16K, one page used', ratioAt('16K')],
    low: ['the same at the lowest prices', ratioAt('16K', '_low')],
    '32K': ['units of 32K', ratioAt('32K')],
    '64K': ['units of 64K', ratioAt('64K')],
    '128K': ['units of 128K', ratioAt('128K')],
    '256K': ['units of 256K', ratioAt('256K')],
    threads: ['units of 16K, two CPUs', ratioAt('threads')],
    threadsLow: ['the same at the lowest prices', ratioAt('threads', '_low')],
    threadsHigh: ['at the highest', ratioAt('threads', '_high')],
  },
  judge: (_, read) => {
    if (!isCheaper('16K', read)) {
      return {
        verdict: 'does not hold',
        why: 'There are prices within their ranges at which it is not.',
        reversals: [],
      }
    }
    const why =
      'Cheaper at every price in its range, on a Pentium 4 and on a Pentium III, even if three of four installed pages are not used. Most prices are guesses. That ends with larger units of which one page is used'
    const prices = MODELS.flatMap(model => turnedBy(model, `16K:${DEAR}`, `16K:${CHEAP}`, read) ?? [])
    const dearAt = UNITS.find(unit => !isCheaper(unit, read))
    const unit: readonly Reversal[] =
      dearAt === undefined
        ? []
        : [
            {
              what: 'unit of which one page is used (--unit), no longer cheaper at every price',
              at: dearAt,
              range: ['16K'],
              source: '"a eg. 16K cache element"',
            },
          ]
    if (isCheaper('threads', read)) return { verdict: 'holds', why: `${why}.`, reversals: [...unit, ...prices] }
    return {
      verdict: 'holds if',
      condition: 'one CPU runs the process',
      why: `${why}, and where a second CPU runs the process, which is interrupted for each page of the call, once for mmap().`,
      reversals: [
        { what: 'CPUs that run the process (--threads)', at: 2, range: [1, 1], source: 'the condition' },
        ...unit,
        ...prices,
      ],
    }
  },
  source: 'counts executed: npm run executed; prices: remapbench list costs --verbose',
})
