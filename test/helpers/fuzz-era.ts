// Random machines with the kernels of 2.4 and of 2.6.20 to 6.18, for the engine and for the naive model of the eras,
// compared after every single operation: each counter that both know, and what every page of the window is mapped to.
// The naive model shares no code with the engine.
//
// One machine in four is a pool's: a complete file in cells of one to eight pages, each shown at one place at most, or a
// window of memory of its own into which it copies. The others do what no pool does: cuts anywhere, holes, files with
// holes, offsets beyond the end of the file. Page tables are mostly tiny, so that a small window has several. Over 300 lines
// because every operation is chosen, done on both sides and compared in one place.

import { BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import { MAP_NONBLOCK, MAP_POPULATE } from '../../engine/kernel/kernel.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { Rng } from '../../engine/rng.ts'
import { PAGE_BYTES } from '../../engine/units.ts'
import { COUNTED_EVENTS } from './fuzz.ts'
import { Differences, type FuzzMachine, LowmemBounds } from './fuzz-machine.ts'
import { NaiveEra } from './naive/naive-era.ts'
import type { Era } from './naive/naive-era-rules.ts'

const ERAS: Readonly<Record<string, Era>> = {
  'linux-2.4': 'v24',
  'linux-2.6.20': 'v267',
  'linux-3.10': 'v2623',
  'linux-3.10-pae': 'v2623',
  'linux-4.0': 'v40',
  'linux-6.18': 'v61',
}

/** The naive model's name for a kernel; null if it does not know it. */
export function eraOf(model: KernelModel): Era | null {
  return ERAS[model.name] ?? null
}

/** How vmas are looked up is not in the naive model, and in no kernel's counters but those of 2.5.42. */
type Lookup = 'vmaLookups' | 'vmaLookupLevels' | 'vmaCacheHits'
const isKnown = (name: string): name is Exclude<(typeof COUNTED_EVENTS)[number], Lookup> =>
  !/^vma(Lookup|Cache)/.test(name)
const MORE_EVENTS = [
  'populateFaults',
  'bytesCopied',
  'tlbRangeFlushes',
  'tlbRangePages',
  'vmaMerges',
  'mapCountPeak',
] as const
const COUNTED = [...COUNTED_EVENTS.filter(isKnown), ...MORE_EVENTS]

const FLAGS = [0, 0, 0, MAP_POPULATE, MAP_NONBLOCK, MAP_POPULATE | MAP_NONBLOCK]
/** On the boundary of a page table, between two, and around boundaries of a gigabyte. */
const WINDOW_BASES = [0x50000000, 0x50000000, 0x50003000, 0x501ff000, 0x7ff80000, 0x3ffe9000, 0x7fffe000]
/** Where file ptes of 29 bits end, and where signed and unsigned words do. */
const HUGE_PGOFFS = [2 ** 29 - 100, 2 ** 31 - 50, 2 ** 32 - 2000]
const NONE = -1

type Call = (kernel: SimulatedKernel | NaiveEra) => number

/** One random process on both models. */
export class EraMachine implements FuzzMachine {
  readonly summary: string
  private readonly engine: SimulatedKernel
  private readonly naive: NaiveEra
  private readonly rng: Rng
  private readonly windowPages: number
  private readonly filePages: number
  private readonly unitPages: number
  /** Machines of a pool: the file unit that each unit of the window shows. */
  private readonly shown: number[] | null
  /** Those that copy into memory of their own. */
  private readonly isCopying: boolean
  private readonly lowmem: LowmemBounds | null
  /** Pages that a linear mapping of this machine is off, so that mappings come to continue each other. */
  private readonly shift: number
  /** First page that a sweep over the window has not reached; none is under way at its end. */
  private swept: number
  private returned: [engine: number, naive: number] = [0, 0]

  constructor(base: KernelModel, seed: number) {
    const rng = new Rng(seed)
    const pick = <T>(...values: readonly T[]): T => values[rng.below(values.length)]!
    this.rng = rng
    // 1. The pool.
    const isPool = rng.below(4) === 0
    const cellShift = isPool ? pick(0, 1, 2, 3) : 0
    this.unitPages = 1 << cellShift
    this.windowPages = pick(4, 16, 40, 64, 100, 200) << cellShift
    this.filePages = isPool ? this.windowPages * pick(1, 2, 4) : this.windowPages + pick(-3, 0, 0, 20, 200)
    const backing = pick('shmem', 'shmem', 'ramfs', 'disk')
    const modulus = isPool ? 0 : pick(0, 0, 2, 3, 7)
    const absent = modulus === 0 ? null : (page: number) => page % modulus === 1
    this.shift = isPool ? 0 : pick(0, 1, 16, Math.max(this.filePages - this.windowPages, 0))
    this.swept = this.windowPages
    // 2. The process.
    const windowBase = pick(...WINDOW_BASES)
    const windowEnd = windowBase + this.windowPages * PAGE_BYTES
    const otherVmas = pick(0, 1, 5, 20)
    const below = windowBase - otherVmas * base.othersStride
    const othersBase = pick(0x08048000, below, below - PAGE_BYTES, windowEnd + PAGE_BYTES * pick(1, 3, 0x2000))
    const mapLimit = pick(otherVmas + 1, otherVmas + 4, otherVmas + 12, otherVmas + 40, 65536)
    const maxMapCount = pick(mapLimit, otherVmas + 3, otherVmas + 9, 65536)
    // 3. The kernel and the machine.
    const tablePages = pick(base.tablePages, 16, 16, 32)
    const slotPages = tablePages === base.tablePages ? base.directoryPages : tablePages * pick(1, 2, 4)
    const directoryPages = base.directoryPages === null ? null : slotPages
    const rangedFlush = base.rangedFlush && {
      ...base.rangedFlush,
      tableStride: base.rangedFlush.tableStride === 1 ? 1 : tablePages,
    }
    const gatherPages = base.gatherPages === Number.MAX_SAFE_INTEGER ? base.gatherPages : pick(base.gatherPages, 2, 9)
    const tlbEntries = pick(1, 2, 8, 64)
    const drawn = { windowBase, othersBase, maxMapCount, tablePages, directoryPages, rangedFlush, gatherPages }
    this.summary = JSON.stringify({
      cellShift,
      windowPages: this.windowPages,
      filePages: this.filePages,
      backing,
      modulus,
      otherVmas,
      mapLimit,
      ...drawn,
      tlbEntries,
    })
    const model: KernelModel = { ...base, ...drawn }
    const options = {
      windowPages: this.windowPages,
      cellShift,
      tlbEntries,
      otherVmas,
      mapLimit,
      pagesMappedOnce: isPool,
    }
    this.engine = new SimulatedKernel(
      model,
      options,
      new BackingFile(this.filePages, backing, absent),
      new CounterSet(),
    )
    this.naive = new NaiveEra({
      era: eraOf(base)!,
      windowBase,
      windowPages: this.windowPages,
      filePages: this.filePages,
      backing,
      mapLimit,
      stockLimit: maxMapCount,
      otherVmas,
      otherBase: othersBase,
      ...(absent === null ? {} : { absent }),
      regionBytes: tablePages * PAGE_BYTES,
      pgdBytes: (directoryPages ?? tablePages) * PAGE_BYTES,
      zapBlockPages: gatherPages,
      tlbEntries,
    })
    const { objectsPerSlab: perSlab, slabBytes } = base.vmaSlab
    this.lowmem = base.lowmem && new LowmemBounds(base.lowmem, { perSlab, slabBytes }, { perSlab: 1, slabBytes: 0 })
    // 4. The window: mapped in order, the process's own memory, or a hole.
    const units = this.windowPages / this.unitPages
    const start = isPool ? pick('mapped', 'mapped', 'own') : pick('mapped', 'mapped', 'mapped', 'own', 'hole')
    this.shown = isPool ? Array.from({ length: units }, (_, unit) => unit) : null
    this.isCopying = isPool && start === 'own'
    if (start === 'mapped') this.both(kernel => kernel.mmapFixed(0, this.windowPages, 0, 0))
    if (start === 'own') this.both(kernel => kernel.mmapAnonymous(0, this.windowPages))
  }

  step(): string {
    const { rng } = this
    const kind = rng.below(20)
    if (kind < 8) return this.isCopying ? this.copy() : this.map(kind < 4 ? 'mmap' : 'remap')
    const { vpn, pages } = this.range()
    if (kind === 8 && (this.shown === null || this.isCopying)) {
      this.both(kernel => kernel.mmapAnonymous(vpn, pages))
      return `mmap anonymous ${vpn} ${pages}`
    }
    if (kind < 11) {
      this.both(kernel => kernel.dontNeed(vpn, pages))
      return `madvise ${vpn} ${pages}`
    }
    if (kind < 14 && this.shown === null) return this.copy()
    const write = rng.below(2)
    const at = Math.min(vpn + rng.below(this.unitPages), this.windowPages - 1)
    const touched = Math.min(rng.between(1, rng.below(8) === 0 ? 60 : 6), this.windowPages - at)
    this.both(kernel => {
      let signal = 0
      for (let page = at; page < at + touched; page++) {
        const result = kernel.touch(page, write)
        if (signal === 0) signal = result
      }
      return signal
    })
    return `touch ${at} ${touched} ${write === 1 ? 'by writes' : 'by reads'}`
  }

  difference(): string | null {
    const { engine, naive, windowPages } = this
    const differences = new Differences()
    const compare = (what: string, ours: number, theirs: number) => differences.compare(what, ours, theirs)
    engine.settle()
    const c = engine.counters
    compare('returned', ...this.returned)
    for (const name of COUNTED) if (!engine.model.uncounted.includes(name)) compare(name, c[name], naive[name])
    compare('vmas', c.vmas, naive.windowVmas())
    compare('map count', engine.space.mapCount, naive.vmaCount())
    compare('rss', engine.rss, naive.ptesPresent())
    compare('page tables', engine.table.tables, naive.ptePages)
    compare('page tables, peak', c.pageTableBytesPeak, naive.ptePagesPeak * PAGE_BYTES)
    compare('file pages', engine.file.presentPages, naive.filePagesPresent)
    compare('stock limit met', Number(engine.stockRefusalAt >= 0), Number(naive.stockRefusedAtCall >= 0))
    this.lowmem?.check(differences, c.lowmemBytesPeak, {
      vmas: naive.vmaCount(),
      vmasPeak: naive.mapCountPeak,
      chains: 0,
      chainsPeak: 0,
      tables: naive.ptePages,
      tablesPeak: naive.ptePagesPeak,
    })
    for (let vpn = 0; vpn < windowPages; vpn++) {
      // What number the engine keeps for a page of the process's own means nothing.
      const isOwn = this.isOwn(vpn)
      compare(`page ${vpn} present`, Number(engine.table.has(vpn)), Number(naive.isPresent(vpn)))
      compare(`page ${vpn} maps`, isOwn ? NONE : engine.pgoffMapped(vpn), naive.pgoffMapped(vpn))
      compare(`page ${vpn} file pte`, engine.filePteAt(vpn), naive.filePteAt(vpn))
      compare(`page ${vpn} by its vma`, isOwn ? NONE : engine.pgoffByVma(vpn), naive.pgoffByVma(vpn))
      compare(`page ${vpn} nonlinear`, Number(engine.isNonlinear(vpn)), Number(naive.isNonlinear(vpn)))
      if (naive.isPresent(vpn))
        compare(`page ${vpn} read-only`, Number(engine.table.isReadOnly(vpn)), Number(naive.isReadOnly(vpn)))
    }
    return differences.first()
  }

  check(): void {
    this.engine.check()
    this.naive.check()
  }

  /** mmap() or remap_file_pages() of file pages, one operation of a sweep if one is under way. */
  private map(call: 'mmap' | 'remap'): string {
    const { rng, windowPages, unitPages, filePages, shown } = this
    if (this.swept === windowPages && rng.below(40) === 0) this.swept = 0
    const isSweep = this.swept < windowPages
    const range = this.range()
    const vpn = isSweep ? this.swept : range.vpn
    const pages = isSweep ? Math.min(range.pages, windowPages - vpn) : range.pages
    if (isSweep) this.swept += pages
    let pgoff =
      isSweep || rng.below(4) === 0 ? vpn + this.shift : rng.below(Math.max(filePages - rng.below(2) * pages, 1) + 4)
    if (shown === null && rng.below(60) === 0) pgoff = HUGE_PGOFFS[rng.below(3)]! + rng.below(200)
    if (shown !== null) {
      const unit = this.freeUnits(vpn / unitPages, pages / unitPages, Math.floor(pgoff / unitPages))
      if (unit < 0) return 'nothing'
      pgoff = unit * unitPages
    }
    const flags = FLAGS[rng.below(FLAGS.length)]!
    const result = this.both(kernel =>
      call === 'mmap' ? kernel.mmapFixed(vpn, pages, pgoff, flags) : kernel.remapFilePages(vpn, pages, pgoff, flags),
    )
    if (shown !== null && result === 0) {
      for (let i = 0; i < pages / unitPages; i++) shown[vpn / unitPages + i] = pgoff / unitPages + i
    }
    return `${call} ${vpn} ${pages} ${pgoff} ${flags}`
  }

  /** pread() or pwrite(), in a pool of whole units inside the file. */
  private copy(): string {
    const { rng, unitPages, filePages, shown } = this
    const { vpn, pages } = this.range()
    const call = rng.below(3) < 2 ? 'pread' : 'pwrite'
    const pgoff = shown === null ? rng.below(filePages + 4) : rng.below((filePages - pages) / unitPages + 1) * unitPages
    this.both(kernel => kernel[call](vpn, pages, pgoff))
    return `${call} ${vpn} ${pages} ${pgoff}`
  }

  /** Whole units of the window: mostly few, now and then as many as there are. */
  private range(): { vpn: number; pages: number } {
    const { rng, unitPages } = this
    const units = this.windowPages / unitPages
    const first = rng.below(units)
    const most = rng.below(4) === 0 ? units - first : Math.min(units - first, 4)
    return { vpn: first * unitPages, pages: rng.between(1, most) * unitPages }
  }

  /** The first of so many units of the file from `unit` on, around its end, that nobody outside the range shows; -1 if none. */
  private freeUnits(first: number, units: number, unit: number): number {
    const { shown, unitPages } = this
    const fileUnits = this.filePages / unitPages
    const taken = new Set(shown!.filter((_, at) => at < first || at >= first + units))
    for (let tried = 0; tried < fileUnits; tried++) {
      const at = (unit + tried) % fileUnits
      let free = 0
      while (free < units && at + free < fileUnits && !taken.has(at + free)) free++
      if (free === units) return at
    }
    return -1
  }

  private isOwn(vpn: number): boolean {
    const { machine, space } = this.engine
    const place = machine.places.of(vpn)
    const vma = space.floor(place)
    return machine.places.inWindow(vma) && space.end[vma]! > place && machine.isAnonymous(vma)
  }

  private both(call: Call): number {
    this.returned = [call(this.engine), call(this.naive)]
    return this.returned[0]
  }
}
