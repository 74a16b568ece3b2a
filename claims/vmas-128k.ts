// 128 thousand vmas in one process. 131,072 is also what a window of 512 MB has units of 4K, and 512 MB is what Red Hat's
// tuning guide for Oracle 9i and 10g (chapter 17) sets aside for mapping indirect buffers.

import { grouped } from '../engine/units.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL, WIDE_512M } from './runs.ts'

/** The mail's number. */
const THOUSANDS = 128_000
const KERNELS = `--kernel ${MAIL_KERNEL},linux-6.18`

export const vmas128k = claim({
  id: 'vmas-128k',
  title: '128 thousand vmas in a process',
  quote:
    "I've seen applications that had a mapping setup that generated 128 *thousand* vmas per process, causing lots of problems.",
  runs: { lifted: `${WIDE_512M} ${KERNELS}`, stock: `${WIDE_512M} ${KERNELS} --max-map-count stock` },
  kernel: MAIL_KERNEL,
  numbers: {
    vmas: ['vmas of the window, the limit lifted', 'lifted:map-fixed.vmas_peak'],
    all: ['vmas of the process', 'lifted:map-fixed.map_count_peak'],
    refused: ['refused with the stock limit', 'stock:map-fixed.failed_remaps'],
    stock: ['vmas of the process at that point', 'stock:map-fixed.map_count_peak'],
  },
  judge: ({ vmas, all, refused, stock }) => {
    if (vmas < THOUSANDS) {
      return { verdict: 'does not hold', why: `The window gets ${grouped(vmas)} vmas at most.`, reversals: [] }
    }
    const needed = THOUSANDS + all - vmas // the rest of the process counts towards the limit
    const limit = {
      what: 'the limit of vmas (--max-map-count)',
      at: needed,
      range: [stock, stock],
      source: 'MAX_MAP_COUNT, 2.5.42 include/linux/sched.h; DEFAULT_MAX_MAP_COUNT, 6.18 include/linux/mm.h',
    } as const
    if (refused === 0) return { verdict: 'holds', why: 'No limit refuses them.', reversals: [limit] }
    return {
      verdict: 'holds if',
      condition: `the limit of vmas is raised to ${grouped(needed)}`,
      why: `The stock kernel refuses a remap at ${grouped(stock)} vmas of the process. On 2.5.42 the limit is a constant of the source, so that the kernel was changed for it; since 2004 it is a sysctl.`,
      reversals: [limit],
    }
  },
  source: 'MAX_MAP_COUNT, 2.5.42 include/linux/sched.h; A. Arcangeli, LKML 5 Apr 2003: "the kernel was hacked for it"',
})
