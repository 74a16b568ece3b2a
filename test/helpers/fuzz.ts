// Seeded random operations through the engine and through the naive model, compared after every single one: each counter,
// and what every page of the window is mapped to. The naive model shares no code with the engine.

import { BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import { MAP_NONBLOCK, MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import { linux2542Remap, packedFor } from '../../engine/kernel/linux-2.5.42-remap.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { mmapBytes, PROT_READ, PROT_WRITE, remapBytes } from '../../engine/kernel/syscalls.ts'
import { Rng } from '../../engine/rng.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { NaiveKernel } from './naive/naive-kernel.ts'

const OPS_PER_MACHINE = 500
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

/** Runs so many operations on a row of random machines; throws an Error that tells the first difference. */
export function fuzz(operations: number, seed: number, onMachine: (done: number) => void = () => {}): void {
  const seeds = new Rng(seed)
  for (let done = 0; done < operations; ) {
    const machineSeed = seeds.next()
    const machine = new Machine(machineSeed)
    const here = Math.min(OPS_PER_MACHINE, operations - done)
    for (let i = 0; i < here; i++) {
      const operation = machine.step()
      const difference = machine.difference()
      if (difference)
        throw new Error(`machine ${machineSeed} (${machine.summary}), operation ${i}, ${operation}: ${difference}`)
    }
    machine.engine.check()
    done += here
    onMachine(done)
  }
}

/** One random process on both models. */
class Machine {
  readonly engine: SimulatedKernel
  readonly summary: string
  private readonly naive: NaiveKernel
  private readonly rng: Rng
  private readonly windowPages: number
  private readonly filePages: number
  private readonly unitPages: number
  private returned = [0, 0]
  private lowmemLeast = 0

  constructor(seed: number) {
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
    const onePage = pick('whole', 'whole', 'page') as 'whole' | 'page'
    const perChain = pick(7, 31, 15)
    const absent = (page: number) => modulus > 0 && page % modulus === 1
    const model: KernelModel = {
      ...linux2542Remap,
      windowBase,
      otherVmas,
      othersBase,
      maxMapCount: stockLimit,
      gatherPages,
      onePageUnmapFlush: onePage,
      ...packedFor((perChain + 1) * 4, 4),
      lowmem: { ...linux2542Remap.lowmem, pageTables: pick(true, false) },
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
    this.summary = JSON.stringify({
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

  /** Null while both models agree in every counter and in every page's mapping. */
  difference(): string | null {
    const { engine, naive } = this
    const wrong: string[] = []
    const compare = (what: string, ours: number, theirs: number) => {
      if (ours !== theirs) wrong.push(`${what} ${ours}, naive ${theirs}`)
    }
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
    this.compareLowmem(wrong)
    compare('stock limit met', Number(engine.stockRefusalAt >= 0), Number(naive.stockRefusedAtCall >= 0))
    for (let vpn = 0; vpn <= this.windowPages; vpn++) {
      compare(`page ${vpn} maps`, engine.pgoffMapped(vpn), naive.pgoffMapped(vpn))
      if (vpn < this.windowPages) compare(`page ${vpn} by its vma`, engine.pgoffByVma(vpn), naive.pgoffByVma(vpn))
    }
    return wrong.length === 0 ? null : wrong.slice(0, 4).join('; ')
  }

  /** The peak of lowmem lies between what the naive model holds now and the sum of its peaks, slabs counted by hand. */
  private compareLowmem(wrong: string[]): void {
    const { engine, naive } = this
    const { otherVmas, lowmem: zone } = engine.model
    const cacheLineBytes = engine.model.pteChains!.perChain * 4 + 4
    const vmaBytes = Math.ceil(68 / cacheLineBytes) * cacheLineBytes
    const perPage = (bytes: number) => {
      let objects = 0
      while (
        (objects + 1) * bytes + Math.ceil((24 + 4 * (objects + 1)) / cacheLineBytes) * cacheLineBytes <=
        PAGE_BYTES
      )
        objects++
      return objects
    }
    const slabs = (objects: number, bytes: number) => Math.ceil(objects / perPage(bytes)) * PAGE_BYTES
    const lowmem = (vmas: number, chains: number, tables: number) =>
      zone!.fixedBytes +
      slabs(vmas, vmaBytes) +
      slabs(chains, cacheLineBytes) +
      (zone!.pageTables ? tables * PAGE_BYTES : 0)
    const chains = this.unitPages === 1 ? [naive.chainObjects(), naive.chainObjectsPeak] : [0, 0]
    const least = lowmem(naive.vmaCount(), chains[0]!, naive.ptePages)
    const most = lowmem(naive.mapCountPeak, chains[1]!, naive.ptePagesPeak)
    const { lowmemBytesPeak, vmaBytes: held } = engine.counters
    this.lowmemLeast = Math.max(this.lowmemLeast, least)
    if (lowmemBytesPeak < this.lowmemLeast || lowmemBytesPeak > most)
      wrong.push(`lowmem peak ${lowmemBytesPeak}, naive ${this.lowmemLeast} to ${most}`)
    if (held !== (naive.vmaCount() - otherVmas) * vmaBytes) wrong.push(`vma bytes ${held}`)
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
