// The same sentence taken the other way: vmas that fill half of lowmem itself, not half of what was allocated there. Lowmem is
// what the memory map leaves of it: the map is there before any process.

import { grouped } from '../engine/units.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL, WIDE_512M } from './runs.ts'

/** How many processes fill half of the zone, each with the vmas of the run's. */
const processes = (run: string) =>
  `${run}:map-fixed.lowmem_available_bytes / 2 / ${run}:map-fixed.vma_lowmem_bytes_peak`

export const vmaHalfOfLowmem = claim({
  id: 'vma-half-of-lowmem',
  title: 'vmas take half of lowmem itself',
  quote:
    "dramatically reduced vma lowmem overhead: i've seen DBs where about 50%(!) of all lowmem allocations during a TPC run are due to the shmfs vmas.",
  runs: {
    '128k': `${WIDE_512M} --kernel ${MAIL_KERNEL},linux-6.18`,
    '16K': `--workload uniform --unit 16K --accesses 90000 --strategy map-fixed --kernel linux-2.4,${MAIL_KERNEL},linux-2.5.42-remap-p3`,
  },
  kernel: MAIL_KERNEL,
  numbers: {
    available: ['lowmem beside the memory map of 16 GB, bytes', '128k:map-fixed.lowmem_available_bytes'],
    bytes: ['lowmem of the vmas of one process, bytes: 512 MB in units of 4K', '128k:map-fixed.vma_lowmem_bytes_peak'],
    few: ['such processes that fill half of lowmem', processes('128k')],
    bytes16: ['the same for 1 GB in units of 16K, bytes', '16K:map-fixed.vma_lowmem_bytes_peak'],
    many: ['such processes', processes('16K')],
    many24: [
      'such processes on Linux 2.4',
      '16K:linux-2.4/map-fixed.lowmem_available_bytes / 2 / 16K:linux-2.4/map-fixed.vma_lowmem_bytes_peak',
    ],
  },
  judge: numbers => {
    const [few, many] = [numbers.few, numbers.many].map(Math.ceil) as [number, number]
    return {
      verdict: 'holds if',
      condition: `${grouped(few)} processes map 512 MB in units of 4K, or ${grouped(many)} map 1 GB in units of 16K`,
      why: 'One process with 128 thousand vmas is far from it; vmas are per process, so that the number of processes decides.',
      reversals: [
        {
          what: 'processes with 128 thousand vmas each',
          at: few,
          range: null,
          source: 'the mail does not say how many there were',
        },
      ],
    }
  },
  source:
    'MAXMEM: 2.5.42 include/asm-i386/page.h; mem_map: struct page; sizes and slabs: include/linux/mm.h, kernel/fork.c, mm/slab.c',
})
