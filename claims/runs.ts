// What several claims share: the kernels, the runs in a steady state, a formula, and how exact a number has to be.

/** The kernel the mail's patch is made for. */
export const MAIL_KERNEL = 'linux-2.5.42-remap'

/** It, and what came after. */
export const SINCE = `${MAIL_KERNEL},linux-2.6.20,linux-3.10,linux-4.0,linux-6.18`

/** A small window whose units were all remapped and touched in the warm-up: each further remap replaces a unit in use. */
export const STEADY = '--workload uniform --file 64M --window 4M --touch unit --warmup 20000 --accesses 50000'

/** A window of the main job's kind that is full, small enough to be run often. */
export const CACHE_RUN = '--file 1G --window 64M --warmup 50000 --accesses 200000'

/** The window of the main job, full. */
export const MAIN_WINDOW = '--window 1G --accesses 400000'

/** 131,072 places for vmas: units of 4K in a window of 512 MB, all remapped. */
export const WIDE_512M = '--workload uniform --window 512M --unit 4K --accesses 140000 --strategy map-fixed'

/** Of a run of map-fixed: those of the whole TLB and those of a range. */
export const FLUSHES_OF_A_REMAP = '( map-fixed.tlb_full_flushes + map-fixed.tlb_range_flushes ) / map-fixed.remaps'

/** Whether a mean is this number to two decimals: a run may begin and end in the middle of a unit. */
export function reads(value: number, expected: number): boolean {
  return Math.abs(value - expected) < 0.005
}
