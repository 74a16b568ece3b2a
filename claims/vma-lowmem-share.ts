// The share that vmas take of lowmem allocations. The mail does not say of which: here of the lowmem that one database
// process causes, which a model knows. What else a machine allocates in lowmem (buffer heads, inodes, other programs), it
// does not: any of that makes the share smaller.
//
// The observation is of databases on the kernels before the patch, whose page tables were in lowmem, too: 2.4.

import { formatSize } from '../engine/units.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL } from './runs.ts'

/** "about 50%". */
const MAIL_SHARE = 0.5
/** Cache units that the mail names, and larger ones to find where the share falls below the mail's. */
const UNITS = ['4K', '16K', '64K', '128K'] as const
const MAIL_UNITS = ['4K', '16K']
const KERNELS = `linux-2.4,${MAIL_KERNEL},linux-2.5.42-remap-p3`

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)

const shareAt = (unit: string) =>
  [
    `share of vmas in the process's lowmem, units of ${unit}`,
    `${unit}:map-fixed.vma_lowmem_bytes_peak / ${unit}:map-fixed.lowmem_bytes_peak`,
  ] as const

export const vmaLowmemShare = claim({
  id: 'vma-lowmem-share',
  title: 'vmas take half of what is allocated in lowmem',
  quote:
    "dramatically reduced vma lowmem overhead: i've seen DBs where about 50%(!) of all lowmem allocations during a TPC run are due to the shmfs vmas.",
  runs: Object.fromEntries(
    UNITS.map(unit => {
      const accesses = unit === '4K' ? '350000' : '90000'
      const run = `--workload uniform --unit ${unit} --accesses ${accesses} --strategy map-fixed --kernel ${KERNELS}`
      return [unit, run]
    }),
  ),
  kernel: 'linux-2.4',
  numbers: {
    '4K': shareAt('4K'),
    '16K': shareAt('16K'),
    '64K': shareAt('64K'),
    '128K': shareAt('128K'),
    vmas: ['lowmem of the vmas, bytes, units of 16K', '16K:map-fixed.vma_lowmem_bytes_peak'],
    rest: [
      'lowmem of the rest of the process, bytes',
      '16K:map-fixed.lowmem_bytes_peak - 16K:map-fixed.vma_lowmem_bytes_peak',
    ],
  },
  judge: numbers => {
    const { vmas, rest } = numbers
    if (MAIL_UNITS.some(unit => numbers[unit as (typeof UNITS)[number]] < MAIL_SHARE)) {
      return { verdict: 'does not hold', why: 'Vmas take less than half of what the process takes.', reversals: [] }
    }
    const below = UNITS.find(unit => numbers[unit] < MAIL_SHARE)
    const unit = { what: '--unit', range: MAIL_UNITS, source: 'the units that the mail names' }
    return {
      verdict: 'holds if',
      condition: `what is not the database's takes less than ${megabytes(vmas - rest)} MB of lowmem for each of its processes with units of 16K`,
      why: 'The denominator is the lowmem that one process takes: vmas, page tables where they are in lowmem, pte chains, stack and structures. Of that, vmas are half or more at the units of the mail. The memory map, made at boot, is not among them. What else a machine allocates there nobody measured.',
      reversals: [
        ...(below === undefined ? [] : [{ ...unit, at: below }]),
        {
          what: `other allocations in lowmem for each process, bytes, units of ${formatSize(16 * 1024)}`,
          at: vmas - rest,
          range: null,
          source: 'nobody measured them',
        },
      ],
    }
  },
  source:
    'sizes and slabs: include/linux/mm.h, kernel/fork.c, mm/slab.c; page tables in lowmem: pte_alloc_one, 2.4.14 include/asm-i386/pgalloc.h',
})
