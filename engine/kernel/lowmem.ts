// The memory below 896 MB that a 32-bit kernel can address at all times, and what processes take of it: vma objects, pte
// chains, page tables unless they are in highmem, and a fixed part each.
//
// Slabs hold objects of all processes, so it is their sum that is rounded up to pages. Left out: what the rest of the kernel
// takes of the zone (its text, other slabs, the page cache's radix trees), so that more fits here than did.

import type { PteChains } from '../pte-chains.ts'
import { slabsBytes } from '../slab.ts'
import { PAGE_BYTES } from '../units.ts'
import type { KernelModel } from './model.ts'

/** MAXMEM = 1 GB - VMALLOC_RESERVE of 128 MB [2.5.42 include/asm-i386/page.h; arch/x86/include/asm/pgtable_32_types.h]. */
export const ZONE_BYTES = 896 * 2 ** 20

/** What fills it: how much of each kind processes have. */
export interface LowmemUse {
  readonly processes: number
  /** Of all processes, their other ones included. */
  readonly vmas: number
  /** Last-level page-table pages, wherever they are. */
  readonly tables: number
  readonly chainObjects: number
}

/** A kernel that has such a zone. */
export type ZonedModel = Pick<KernelModel, 'vmaSlab' | 'pteChains'> & {
  readonly lowmem: NonNullable<KernelModel['lowmem']>
}

export function vmaLowmem({ vmaSlab }: Pick<ZonedModel, 'vmaSlab'>, { vmas }: LowmemUse): number {
  return slabsBytes(vmaSlab, vmas)
}

export function tableLowmem({ lowmem }: Pick<ZonedModel, 'lowmem'>, { tables }: LowmemUse): number {
  return lowmem.pageTables ? tables * PAGE_BYTES : 0
}

export function chainLowmem({ pteChains }: Pick<ZonedModel, 'pteChains'>, { chainObjects }: LowmemUse): number {
  return pteChains === null ? 0 : slabsBytes(pteChains.slab, chainObjects)
}

export function fixedLowmem({ lowmem }: Pick<ZonedModel, 'lowmem'>, { processes }: LowmemUse): number {
  return processes * lowmem.fixedBytes
}

export function lowmemBytes(model: ZonedModel, use: LowmemUse): number {
  return fixedLowmem(model, use) + vmaLowmem(model, use) + tableLowmem(model, use) + chainLowmem(model, use)
}

/** What the memory map of the machine leaves to everything else. */
export function availableBytes({ lowmem }: Pick<ZonedModel, 'lowmem'>): number {
  return ZONE_BYTES - lowmem.memMapBytes
}

/** The zone of one kernel, shared by its processes; exact after each change that any of them tells. */
export class Lowmem implements LowmemUse {
  processes = 0
  vmas = 0
  tables = 0
  /** The most bytes at a time, and what they were. */
  peakBytes = 0
  readonly peak = { processes: 0, vmas: 0, tables: 0, chainObjects: 0 }
  /** Whether it was ever exceeded. */
  isExhausted = false
  readonly model: ZonedModel
  private readonly chains: PteChains | null
  private readonly available: number

  constructor(model: ZonedModel, chains: PteChains | null) {
    this.model = model
    this.chains = chains
    this.available = availableBytes(model)
  }

  get chainObjects(): number {
    return this.chains?.objects ?? 0
  }

  /** A process has so many vmas and page tables more than when it last told. */
  change(vmas: number, tables: number): void {
    this.vmas += vmas
    this.tables += tables
    const bytes = lowmemBytes(this.model, this)
    if (bytes > this.available) this.isExhausted = true
    if (bytes <= this.peakBytes) return
    const { peak } = this
    this.peakBytes = bytes
    peak.processes = this.processes
    peak.vmas = this.vmas
    peak.tables = this.tables
    peak.chainObjects = this.chainObjects
  }

  /** A new phase begins. */
  restartPeak(): void {
    this.peakBytes = 0
    this.change(0, 0)
  }
}
