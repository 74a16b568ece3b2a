// Random machines with the kernels of 2.5.42, for the engine and for the naive model, compared after every single
// operation: each counter, and what every page of the window is mapped to. The naive model shares no code with the engine.

import { BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import { MAP_NONBLOCK, MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import { linux2542Remap, packedFor } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { linux2542RemapP3 } from '../../engine/kernel/linux-2.5.42-remap-p3.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { mmapBytes, PROT_READ, PROT_WRITE, remapBytes } from '../../engine/kernel/syscalls.ts'
import { Rng } from '../../engine/rng.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { Differences, type FuzzMachine, LowmemBounds, type Packing } from './fuzz-machine.ts'
import { NaiveKernel } from './naive/naive-kernel.ts'

const FLAGS = [0, 0, 0, MAP_POPULATE, MAP_NONBLOCK, MAP_POPULATE | MAP_NONBLOCK]
/** Around an aligned gigabyte, where page-directory slots begin and end, and in the middle of one. */
const WINDOW_BASES = [0x40000000, 0x50000000, 0x7ff80000, 0x3ffe0000, 0x7fffe000]

/** What the naive model counts under the engine's names, one event at a time. */
export const COUNTED_EVENTS = [
  'syscalls',
  'pageFaults',
  'failedAccesses',
  'fileReads',
  'tlbHits',
  'tlbMisses',
  'tlbFullFlushes',
  'tlbPageInvalidations',
  'ptesInstalled',
  'ptesZapped',
  'pageCacheLookups',
  'mmapSemReads',
  'mmapSemWrites',
  'vmaLookups',
  'vmaLookupLevels',
  'vmaCacheHits',
  'vmaAllocs',
  'vmaFrees',
  'vmaSplits',
] as const

/** One random process of a 2.5.42 kernel on both models. */
export class PatchMachine implements FuzzMachine {
  private readonly engine: SimulatedKernel
  readonly summary: string
  private readonly naive: NaiveKernel
  private readonly rng: Rng
  private readonly windowPages: number
  private readonly filePages: number
  private readonly unitPages: number
  private readonly lowmem: LowmemBounds
  private readonly vmaBytes: number
  private returned = [0, 0]

  constructor(base: KernelModel, seed: number) {
    const rng = new Rng(seed)
    const pick = <T>(...values: readonly T[]): T => values[rng.below(values.length)]!
    this.rng = rng
    const cellShift = pick(0, 0, 0, 1, 2)
    this.unitPages = 1 << cellShift
    this.windowPages = pick(4, 16, 40, 64, 96, 200) << cellShift
    const wholeCells = cellShift > 0
    this.filePages =
      this.windowPages * (wholeCells ? 4 : 1) - pick(0, 0, wholeCells ? 0 : 3) + pick(0, 64) * this.unitPages
    const windowBase = pick(...WINDOW_BASES)
    const windowEnd = windowBase + this.windowPages * PAGE_BYTES
    const otherVmas = pick(0, 1, 5, 20)
    const othersBase = pick(0x08048000, windowEnd + PAGE_BYTES * pick(1, 3, 0x2ff00))
    const mapLimit = pick(otherVmas + 1, otherVmas + 4, otherVmas + 12, otherVmas + 40, 65536)
    const stockLimit = pick(mapLimit, otherVmas + 3, otherVmas + 9, 65536)
    const backing = wholeCells ? 'shmem' : pick('shmem', 'shmem', 'pagecache')
    const modulus = wholeCells ? 0 : pick(0, 0, 3, 7)
    const twoLevel = pick(false, false, true)
    const gatherPages = pick(Number.MAX_SAFE_INTEGER, 2, 5)
    const tlbEntries = pick(1, 2, 8, 64)
    const drawn = { onePage: pick('whole', 'whole', 'page') as 'whole' | 'page', perChain: pick(7, 31, 15) }
    // What tells the other models apart is their own.
    const isDrawn = base.name === linux2542Remap.name
    const onePage = isDrawn ? drawn.onePage : base.onePageUnmapFlush
    const cacheLineBytes = isDrawn ? (drawn.perChain + 1) * 4 : base.name === linux2542RemapP3.name ? 32 : 128
    const referenceBytes = isDrawn ? 4 : 8
    const perChain = Math.floor((cacheLineBytes - 4) / referenceBytes)
    const zone = { ...linux2542Remap.lowmem, pageTables: pick(true, false) }
    const absent = (page: number) => modulus > 0 && page % modulus === 1
    const model: KernelModel = {
      ...base,
      windowBase,
      otherVmas,
      othersBase,
      maxMapCount: stockLimit,
      gatherPages,
      onePageUnmapFlush: onePage,
      ...packedFor(cacheLineBytes, referenceBytes),
      lowmem: zone,
      ...(twoLevel ? { tablePages: 1024, directoryPages: 1024 } : {}),
    }
    this.engine = new SimulatedKernel(
      model,
      { windowPages: this.windowPages, cellShift, tlbEntries, otherVmas, mapLimit, pagesMappedOnce: wholeCells },
      new BackingFile(this.filePages, backing === 'shmem' ? 'shmem' : 'disk', modulus > 0 ? absent : null),
      new CounterSet(),
    )
    this.naive = new NaiveKernel({
      windowBase,
      windowPages: this.windowPages,
      filePages: this.filePages,
      backing,
      mapLimit,
      stockLimit,
      otherVmas,
      otherBase: othersBase,
      absent,
      pteTable: twoLevel
        ? { regionBytes: 4 * 2 ** 20, pgdBytes: 4 * 2 ** 20 }
        : { regionBytes: 2 * 2 ** 20, pgdBytes: 2 ** 30 },
      gatherPages,
      nrpte: perChain,
      tlbEntries,
      onePageFlush: onePage === 'page' ? 'single' : 'full',
    })
    this.vmaBytes = roundUp(68, cacheLineBytes) // SLAB_HWCACHE_ALIGN
    this.lowmem = new LowmemBounds(
      zone,
      packed(this.vmaBytes, cacheLineBytes),
      packed(perChain * referenceBytes + 4, cacheLineBytes),
    )
    this.summary = JSON.stringify({
      kernel: base.name,
      cellShift,
      windowPages: this.windowPages,
      filePages: this.filePages,
      windowBase,
      otherVmas,
      othersBase,
      mapLimit,
      stockLimit,
      backing,
      modulus,
      twoLevel,
      gatherPages,
      tlbEntries,
      onePage,
      perChain,
    })
    if (rng.below(8) > 0)
      this.both(
        'map the window',
        kernel => kernel.mmapFixed(0, this.windowPages, 0, 0),
        kernel => kernel.mmapFixed(0, this.windowPages, 0, 0),
      )
  }

  /** One random operation on both; says which. */
  step(): string {
    const { rng, unitPages } = this
    const units = this.windowPages / unitPages
    const first = rng.below(units)
    const most = rng.below(4) === 0 ? units - first : Math.min(units - first, 4)
    const vpn = first * unitPages
    const pages = rng.between(1, most) * unitPages
    // Near the linear offset now and then, so that vmas come to continue each other; else anywhere, past the end included.
    const fileUnits = Math.floor(this.filePages / unitPages)
    const pgoff =
      rng.below(4) === 0 ? vpn : rng.below(fileUnits + (unitPages === 1 && rng.below(8) === 0 ? 8 : 0)) * unitPages
    const flags = FLAGS[rng.below(FLAGS.length)]!
    const populateInside = unitPages === 1 || pgoff + pages <= this.filePages
    const kind = rng.below(16)
    if (kind < 5) {
      const length = populateInside ? pages : unitPages
      return this.both(
        `mmap ${vpn} ${length} ${pgoff} ${flags}`,
        k => k.mmapFixed(vpn, length, pgoff, flags),
        k => k.mmapFixed(vpn, length, pgoff, flags),
      )
    }
    if (kind < 9) {
      const length = populateInside ? pages : unitPages
      return this.both(
        `remap ${vpn} ${length} ${pgoff} ${flags}`,
        k => k.remapFilePages(vpn, length, pgoff, flags),
        k => k.remapFilePages(vpn, length, pgoff, flags),
      )
    }
    if (kind === 9 && unitPages === 1) return this.oddBytes(vpn, pages, pgoff, flags)
    const write = rng.below(2)
    const touched = Math.min(rng.between(1, 6), this.windowPages - vpn)
    return this.both(
      `touch ${vpn} ${touched}`,
      k => {
        let signal = 0
        for (let page = vpn; page < vpn + touched; page++) {
          const result = k.touch(page, write)
          if (signal === 0) signal = result
        }
        return signal
      },
      k => k.touchPages(vpn, touched, write),
    )
  }

  difference(): string | null {
    const { engine, naive } = this
    const differences = new Differences()
    const compare = (what: string, ours: number, theirs: number) => differences.compare(what, ours, theirs)
    engine.settle()
    const c = engine.counters
    compare('returned', this.returned[0]!, this.returned[1]!)
    for (const name of [...COUNTED_EVENTS, 'mapCountPeak'] as const) compare(name, c[name], naive[name])
    compare('vmas', c.vmas, naive.windowVmas())
    compare('map count', engine.space.mapCount, naive.vmaCount())
    compare('find_vma calls', engine.space.findCalls, naive.findVmaCalls)
    compare('rss', engine.rss, naive.rss)
    compare('page tables', engine.table.tables, naive.ptePages)
    compare('page tables, peak', c.pageTableBytesPeak, naive.ptePagesPeak * PAGE_BYTES)
    if (this.unitPages === 1) compare('chain objects', engine.chainObjects, naive.chainObjects())
    compare('file pages', engine.file.presentPages, naive.filePagesPresent)
    compare('vma bytes', c.vmaBytes, naive.windowVmas() * this.vmaBytes)
    this.lowmem.check(differences, c.lowmemBytesPeak, {
      vmas: naive.vmaCount(),
      vmasPeak: naive.mapCountPeak,
      chains: this.unitPages === 1 ? naive.chainObjects() : 0,
      chainsPeak: this.unitPages === 1 ? naive.chainObjectsPeak : 0,
      tables: naive.ptePages,
      tablesPeak: naive.ptePagesPeak,
    })
    compare('stock limit met', Number(engine.stockRefusalAt >= 0), Number(naive.stockRefusedAtCall >= 0))
    for (let vpn = 0; vpn <= this.windowPages; vpn++) {
      compare(`page ${vpn} maps`, engine.pgoffMapped(vpn), naive.pgoffMapped(vpn))
      if (vpn < this.windowPages) compare(`page ${vpn} by its vma`, engine.pgoffByVma(vpn), naive.pgoffByVma(vpn))
    }
    return differences.first()
  }

  check(): void {
    this.engine.check()
  }

  /** Byte arguments with odd starts, lengths and huge file offsets. */
  private oddBytes(vpn: number, pages: number, pgoff: number, flags: number): string {
    const { rng } = this
    const start = (this.engine.model.windowBase + vpn * PAGE_BYTES + [0, 0, 1, 4095][rng.below(4)]!) >>> 0
    const room = (this.windowPages - vpn) * PAGE_BYTES
    const length =
      rng.below(16) === 0 ? 0xffffffff - rng.below(8192) : Math.min(pages * PAGE_BYTES - rng.below(4096), room)
    const offset = rng.below(8) === 0 ? 2 ** 32 - 1 - rng.below(4) : pgoff
    if (rng.below(3) === 0) {
      return this.both(
        `mmap bytes ${start} ${length} ${offset} ${flags}`,
        k => mmapBytes(k, start, length, offset, flags),
        k => k.mmapBytes(start, length, offset, flags),
      )
    }
    return this.both(
      `remap bytes ${start} ${length} ${offset} ${flags}`,
      k => remapBytes(k, start, length, PROT_READ | PROT_WRITE, offset, flags),
      k => k.remapBytes(start, length, offset, flags),
    )
  }

  private both(
    what: string,
    engine: (kernel: SimulatedKernel) => number,
    naive: (kernel: NaiveKernel) => number,
  ): string {
    const stockBefore = this.engine.stockRefusalAt
    const made = this.engine.counters.tlbHits + this.engine.counters.tlbMisses
    this.returned = [engine(this.engine), naive(this.naive)]
    if (stockBefore < 0 && this.engine.stockRefusalAt >= 0 && this.engine.stockRefusalAt !== made)
      throw new Error(`${what}: stock refusal noted at ${this.engine.stockRefusalAt}, not ${made}`)
    return what
  }
}

function roundUp(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to
}

/** Objects in a page, by hand: mm/slab.c keeps 24 bytes and 4 for each object in front of them. */
function packed(objectBytes: number, cacheLineBytes: number): Packing {
  let perSlab = 0
  while ((perSlab + 1) * objectBytes + roundUp(24 + 4 * (perSlab + 1), cacheLineBytes) <= PAGE_BYTES) perSlab++
  return { perSlab, slabBytes: PAGE_BYTES }
}
