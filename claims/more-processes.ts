// How many database processes fit into lowmem: their vmas, pte chains, page tables where they are in lowmem, fixed parts.
//
// The mail's case, 1 GB windows over a file of 16 GB, at a sixty-fourth of its sizes: then so many processes can be run. How
// many of them map a page stays the same, and with it what each takes but for its fixed part, which is not scaled. Windows
// are full; either all pages of a unit are used, so that both strategies map the same, or one, the rest of which only the
// call maps. Left out: the other vmas of a process, less than a percent, and what the rest of the kernel takes.

import { grouped } from '../engine/units.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL } from './runs.ts'

const SCALE = 64
const RUN = '--workload uniform --file 256M --window 16M --unit 16K --other-vmas 0'
/** Of each process, so that its window of 1,024 units is full. */
const ACCESSES = 5000
const KERNELS = `--kernel ${MAIL_KERNEL},linux-2.5.42-remap-lowpte`

/** Just more than fit into all of lowmem with mmap(). */
const TOO_MANY = { unit: 37, page: 55 } as const
/** Processes that both strategies are run with. */
const FEW = 25
/** Where twice as many begin to fit, near enough for a straight line: processes with mmap(). */
const NEAR = { unit: [22, 24], page: [40, 42] } as const
const TOUCHES = ['unit', 'page'] as const
type Touch = (typeof TOUCHES)[number]

const share = (processes: number, touch: Touch, strategy: string) => {
  const cell = (column: string) => `${processes}-${touch}:${strategy}.${column}`
  return `( ${SCALE} * ( ${cell('lowmem_bytes_peak')} - ${cell('lowmem_fixed_bytes')} ) + ${cell('lowmem_fixed_bytes')} ) / ${cell('lowmem_available_bytes')}`
}
const mapped = (processes: number, touch: Touch) => share(processes, touch, 'map-fixed')
const remapped = (processes: number, touch: Touch) => share(processes, touch, 'remap-file-pages')

const run = (processes: number, touch: Touch, strategies: string) =>
  [
    `${processes}-${touch}`,
    `${RUN} --touch ${touch} --processes ${processes} --accesses ${processes * ACCESSES} --strategy ${strategies} ${KERNELS}`,
  ] as const
const runs = TOUCHES.flatMap(touch =>
  [TOO_MANY[touch], ...NEAR[touch]].flatMap(processes => [
    run(processes, touch, 'map-fixed'),
    run(2 * processes, touch, 'remap-file-pages'),
  ]),
)

/** What processes take where twice as many with one vma each begin to take no more: on the line through two cases. */
function turningShare(few: number, twiceFew: number, more: number, twiceMore: number): number {
  return few + ((more - few) * (twiceFew - few)) / (twiceFew - few - (twiceMore - more))
}

export const moreProcesses = claim({
  id: 'more-processes',
  title: 'more database processes fit into lowmem',
  quote:
    'the number of concurrent database processes can be increased significantly. With pagetables in highmem and mass-vmas avoided, the lowmem pressure is reduced significantly.',
  runs: Object.fromEntries([...runs, run(FEW, 'page', 'map-fixed,remap-file-pages')]),
  kernel: MAIL_KERNEL,
  numbers: {
    all: [
      `share of lowmem that ${TOO_MANY.unit} processes take, map-fixed, windows of 1 GB, all pages of a unit used`,
      mapped(TOO_MANY.unit, 'unit'),
    ],
    allTwice: [`${2 * TOO_MANY.unit} processes, remap-file-pages`, remapped(2 * TOO_MANY.unit, 'unit')],
    chains: [
      'part of that in pte chains',
      `${SCALE} * ${2 * TOO_MANY.unit}-unit:remap-file-pages.lowmem_chain_bytes / ${2 * TOO_MANY.unit}-unit:remap-file-pages.lowmem_available_bytes`,
    ],
    low: [`${NEAR.unit[0]} processes, map-fixed`, mapped(NEAR.unit[0], 'unit')],
    lowTwice: [`${2 * NEAR.unit[0]} processes, remap-file-pages`, remapped(2 * NEAR.unit[0], 'unit')],
    high: [`${NEAR.unit[1]} processes, map-fixed`, mapped(NEAR.unit[1], 'unit')],
    highTwice: [`${2 * NEAR.unit[1]} processes, remap-file-pages`, remapped(2 * NEAR.unit[1], 'unit')],
    one: [`${TOO_MANY.page} processes that use one page of each unit, map-fixed`, mapped(TOO_MANY.page, 'page')],
    oneTwice: [`${2 * TOO_MANY.page} such, remap-file-pages`, remapped(2 * TOO_MANY.page, 'page')],
    oneLow: [`${NEAR.page[0]} such, map-fixed`, mapped(NEAR.page[0], 'page')],
    oneLowTwice: [`${2 * NEAR.page[0]} such, remap-file-pages`, remapped(2 * NEAR.page[0], 'page')],
    oneHigh: [`${NEAR.page[1]} such, map-fixed`, mapped(NEAR.page[1], 'page')],
    oneHighTwice: [`${2 * NEAR.page[1]} such, remap-file-pages`, remapped(2 * NEAR.page[1], 'page')],
    few: [`${FEW} such, map-fixed`, mapped(FEW, 'page')],
    fewOfOne: [`${FEW} such, remap-file-pages`, remapped(FEW, 'page')],
    available: ['lowmem beside the memory map, bytes', `${TOO_MANY.unit}-unit:map-fixed.lowmem_available_bytes`],
  },
  judge: n => {
    if (n.all <= 1 || n.allTwice > 1 || n.one <= 1 || n.oneTwice > 1) {
      return {
        verdict: 'does not hold',
        why: `Taken as twice as many. Not from fewer than ${TOO_MANY.unit} processes to ${2 * TOO_MANY.unit}, or with one page of each unit used from ${TOO_MANY.page} to ${2 * TOO_MANY.page}, even with all of lowmem to themselves.`,
        reversals: [],
      }
    }
    const all = turningShare(n.low, n.lowTwice, n.high, n.highTwice)
    const one = turningShare(n.oneLow, n.oneLowTwice, n.oneHigh, n.oneHighTwice)
    const percent = (value: number) => Math.ceil(100 * value)
    const source = 'the machine decides; nobody measured it'
    return {
      verdict: 'holds if',
      condition: `the rest of the kernel leaves the processes ${percent(all)} % of the ${grouped(Math.floor(n.available / 2 ** 20))} MB of lowmem beside the memory map, ${percent(one)} % if they use one page of each unit`,
      why: `Taken as twice as many. Counted at a sixty-fourth of these sizes. With one vma each, the processes have no vmas to speak of; but pages that several map have pte chains, which take ${Math.round(100 * n.chains)} % of lowmem then and hardly more with more processes. So twice as many fit only where much of lowmem is left.${n.fewOfOne > n.few ? ` ${FEW} processes that use one page of each unit take more than with mmap(), because the call installs all four: there the pressure is not reduced.` : ''}`,
      reversals: [
        {
          what: 'share of lowmem that the rest of the kernel takes, all pages of a unit used',
          at: 1 - all,
          range: null,
          source,
        },
        { what: 'the same, one page of each unit used (--touch page)', at: 1 - one, range: null, source },
      ],
    }
  },
  source:
    'sizes and slabs: include/linux/mm.h, mm/slab.c; pte chains: mm/rmap.c; mem_map: struct page, all of 2.5.42; CONFIG_HIGHPTE: arch/i386/mm/pgtable.c',
})
