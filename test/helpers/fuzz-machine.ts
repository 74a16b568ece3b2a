// What the random machines of fuzz.ts and fuzz-era.ts have in common: how they are driven, and how they are compared.

import { PAGE_BYTES } from '../../engine/units.ts'

/** One random process on the engine and on a naive model. */
export interface FuzzMachine {
  /** What was drawn for it. */
  readonly summary: string
  /** One random operation on both; says which. */
  step(): string
  /** Null while both models agree in every counter and in every page's mapping. */
  difference(): string | null
  /** Throws if the structures of either contradict each other. */
  check(): void
}

/** The values that are not the same on both sides. */
export class Differences {
  private readonly found: string[] = []

  compare(what: string, ours: number, theirs: number): void {
    if (ours !== theirs) this.found.push(`${what} ${ours}, naive ${theirs}`)
  }

  add(what: string): void {
    this.found.push(what)
  }

  first(): string | null {
    return this.found.length === 0 ? null : this.found.slice(0, 4).join('; ')
  }
}

/** What a naive model holds, now and at most so far. */
export interface Held {
  readonly vmas: number
  readonly vmasPeak: number
  readonly chains: number
  readonly chainsPeak: number
  readonly tables: number
  readonly tablesPeak: number
}

/** Objects of so many bytes in so many bytes of slab. */
export interface Packing {
  readonly perSlab: number
  readonly slabBytes: number
}

/** The peak of lowmem lies between what the naive model held at any time and the sum of its peaks. */
export class LowmemBounds {
  private readonly zone: { readonly fixedBytes: number; readonly pageTables: boolean }
  private readonly vmas: Packing
  private readonly chains: Packing
  private least = 0

  constructor(zone: LowmemBounds['zone'], vmas: Packing, chains: Packing) {
    this.zone = zone
    this.vmas = vmas
    this.chains = chains
  }

  check(differences: Differences, peakBytes: number, held: Held): void {
    const most = this.bytes(held.vmasPeak, held.chainsPeak, held.tablesPeak)
    this.least = Math.max(this.least, this.bytes(held.vmas, held.chains, held.tables))
    if (peakBytes < this.least || peakBytes > most)
      differences.add(`lowmem peak ${peakBytes}, naive ${this.least} to ${most}`)
  }

  private bytes(vmas: number, chains: number, tables: number): number {
    const slabs = (objects: number, { perSlab, slabBytes }: Packing) => Math.ceil(objects / perSlab) * slabBytes
    const ofTables = this.zone.pageTables ? tables * PAGE_BYTES : 0
    return this.zone.fixedBytes + slabs(vmas, this.vmas) + slabs(chains, this.chains) + ofTables
  }
}
