// How many database processes fit into lowmem: their vmas, pte chains, page tables where they are in lowmem, fixed parts.
//
// The mail's case, 1 GB windows over a file of 16 GB, at a sixty-fourth of its sizes: then so many processes can be run. How
// many of them map a page stays the same, and with it what each takes but for its fixed part, which is not scaled. Windows
// are full and all pages of a unit are used, so that both strategies map the same. Left out: the other vmas of a process,
// less than a percent, and what the rest of the kernel takes.

import { grouped } from '../reports/numbers.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL } from './runs.ts'

const SCALE = 64
const RUN = '--workload uniform --file 256M --window 16M --unit 16K --other-vmas 0'
/** Of each process, so that its window of 1,024 units is full. */
const ACCESSES = 5000
const KERNELS = `--kernel ${MAIL_KERNEL},linux-2.5.42-remap-lowpte`
/** "significantly": as many again. */
const FEW = 50
const MANY = 2 * FEW

const share = (processes: number | 'unused', strategy: string) => {
  const run = processes === 'unused' ? processes : `${processes}-processes`
  const cell = (column: string) => `${run}:${strategy}.${column}`
  return `( ${SCALE} * ( ${cell('lowmem_bytes_peak')} - ${cell('lowmem_fixed_bytes')} ) + ${cell('lowmem_fixed_bytes')} ) / ${cell('lowmem_available_bytes')}`
}

export const moreProcesses = claim({
  id: 'more-processes',
  title: 'more database processes fit into lowmem',
  quote:
    'the number of concurrent database processes can be increased significantly. With pagetables in highmem and mass-vmas avoided, the lowmem pressure is reduced significantly.',
  runs: {
    ...Object.fromEntries(
      [FEW / 2, FEW, MANY].map(processes => [
        `${processes}-processes`,
        `${RUN} --touch unit --processes ${processes} --accesses ${processes * ACCESSES} ${KERNELS}`,
      ]),
    ),
    unused: `${RUN} --processes ${FEW / 2} --accesses ${(FEW / 2) * ACCESSES} ${KERNELS}`,
  },
  kernel: MAIL_KERNEL,
  numbers: {
    half: [`share of lowmem that ${FEW / 2} processes take, map-fixed, windows of 1 GB`, share(FEW / 2, 'map-fixed')],
    few: [`${FEW} processes`, share(FEW, 'map-fixed')],
    many: [`${MANY} processes`, share(MANY, 'map-fixed')],
    halfOfOne: [`${FEW / 2} processes, remap-file-pages`, share(FEW / 2, 'remap-file-pages')],
    fewOfOne: [`${FEW} processes`, share(FEW, 'remap-file-pages')],
    manyOfOne: [`${MANY} processes`, share(MANY, 'remap-file-pages')],
    chains: [
      'part of that in pte chains',
      `${SCALE} * ${MANY}-processes:remap-file-pages.lowmem_chain_bytes / ${MANY}-processes:remap-file-pages.lowmem_available_bytes`,
    ],
    unused: [`${FEW / 2} processes that use one page of each unit, map-fixed`, share('unused', 'map-fixed')],
    unusedOfOne: ['the same, remap-file-pages', share('unused', 'remap-file-pages')],
    available: ['lowmem beside the memory map, bytes', `${MANY}-processes:map-fixed.lowmem_available_bytes`],
  },
  judge: ({ few, manyOfOne, chains, unused, unusedOfOne, available }) => {
    const isDoubled = few > 1 && manyOfOne <= 1
    if (!isDoubled) {
      return {
        verdict: 'does not hold',
        why: `Not from fewer than ${FEW} processes to ${MANY} or more, even with all of lowmem to themselves.`,
        reversals: [],
      }
    }
    return {
      verdict: 'holds if',
      condition: `the rest of the kernel leaves the processes ${Math.ceil(100 * manyOfOne)} % of the ${grouped(Math.floor(available / 2 ** 20))} MB of lowmem beside the memory map`,
      why: `Counted at a sixty-fourth of these sizes. Then the number at least doubles: fewer than ${FEW} processes fit with mmap(), ${MANY} with remap_file_pages(). It has no vmas to speak of; but pages that several processes map have pte chains, which take ${Math.round(100 * chains)} % of lowmem.${unusedOfOne > unused ? ` Few processes that use one page of each unit even take more than with mmap(), because the call installs all four.` : ''}`,
      reversals: [
        {
          what: 'share of lowmem that the rest of the kernel takes beside the memory map',
          at: 1 - manyOfOne,
          range: null,
          source: 'the machine decides; nobody measured it',
        },
      ],
    }
  },
  source:
    'sizes and slabs: include/linux/mm.h, mm/slab.c; pte chains: mm/rmap.c; mem_map: struct page, all of 2.5.42; CONFIG_HIGHPTE: arch/i386/mm/pgtable.c',
})
