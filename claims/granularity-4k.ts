// Units of 4K against units of 16K in the same window: what the finer grain takes in lowmem.

import { grouped } from '../engine/units.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL } from './runs.ts'

const RUN = '--workload uniform --file 256M --window 16M --accesses 20000'
const KERNELS = `--kernel ${MAIL_KERNEL},linux-2.6.20,linux-3.10-pae,linux-4.0`
const grown = (strategy: string) => `4K:${strategy}.lowmem_bytes_peak - 16K:${strategy}.lowmem_bytes_peak`

export const granularity4k = claim({
  id: 'granularity-4k',
  title: 'units of 4K cost no lowmem',
  quote: 'finegrained caching for the application - it no longer has a lowmem impact to map at 4K granularity.',
  runs: { '4K': `${RUN} --unit 4K ${KERNELS}`, '16K': `${RUN} --unit 16K ${KERNELS}` },
  kernel: MAIL_KERNEL,
  numbers: {
    grown: ['lowmem that units of 4K take more than 16K, bytes, remap-file-pages', grown('remap-file-pages')],
    grownMapped: ['the same, map-fixed, 16 MB window', grown('map-fixed')],
    vmas: ['vmas of the window, units of 4K, remap-file-pages', '4K:remap-file-pages.vmas_peak'],
    emulated: ['the same on Linux 4.0', '4K:linux-4.0/remap-file-pages.vmas_peak'],
  },
  judge: ({ grown, grownMapped, vmas, emulated }) => ({
    verdict: grown === 0 ? 'holds' : 'does not hold',
    why: `One vma, whatever the unit; map-fixed takes ${grouped(grownMapped)} bytes more for each 16 MB of window. Lowmem for reverse mappings goes by pages, not by units.`,
    reversals:
      emulated > vmas
        ? [
            {
              what: 'how remap_file_pages() is made (--kernel)',
              at: 'linux-4.0',
              range: [MAIL_KERNEL],
              source: 'since 4.0 mmap() behind the same name: a vma for each unit',
            },
          ]
        : [],
  }),
  source: "the mail's mm/fremap.c, executed: npm run executed; 2.6.20 and 3.10 measured: npm run oracle",
})
