// Finds out by observation how the running kernel treats mappings, instead of concluding it from a version.
//
// A small window is mapped, touched and over-mapped; /proc/self/pagemap tells which entries a fault installed,
// /proc/self/maps which vmas there are, /proc/self/status what the page tables take: all of that without privilege. How
// flushes go is seen by tracepoints alone.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { MAP_POPULATE } from '../kernel/kernel.ts'
import { PAGE_BYTES } from '../units.ts'
import type { HostKernel } from './host-kernel.ts'
import { type Meter, windowVmas } from './meter.ts'

/** What was observed; null where it could not be. */
export interface Calibration {
  readonly pageBytes: number
  /** Pages that a read fault and a write fault in a written file install. */
  readonly faultAroundPages: number
  readonly writeFaultPages: number
  /** Whether a mapping joins neighbours that it continues. */
  readonly merges: boolean
  /** Whether MAP_POPULATE installs pages. */
  readonly populates: boolean
  readonly remapFilePages: 'absent' | 'nonlinear' | 'emulated'
  /** Whether an over-mapping of a page table's whole region, and MADV_DONTNEED of one, give the table back. */
  readonly freesTables: boolean
  readonly dropFreesTables: boolean
  /** Pages up to which a flush is a range; flushes of a region read in two page tables; of one page table given back. */
  readonly flushCeiling: number | null
  readonly flushesPerTwoTables: number | null
  readonly flushesPerFreedTable: number | null
  /** Bytes of a vma object. */
  readonly vmaBytes: number | null
}

/** Pages a page table maps [x86-64]; the window is aligned to it. */
const TABLE_PAGES = 512
/** The window and the file need so many. */
export const CALIBRATION_PAGES = 4 * TABLE_PAGES

/** Observations may be disturbed: two in a row have to agree. */
const MOST_TRIES = 8

/** Observes on a window and a written file of CALIBRATION_PAGES; the last of eight tries if no two in a row agree. */
export function calibrate(kernel: HostKernel, meter: Meter, runsFirst: boolean): Calibration {
  let last = observe(kernel, meter, runsFirst)
  for (let tries = 1; tries < MOST_TRIES; tries++) {
    const next = observe(kernel, meter, runsFirst)
    if (JSON.stringify(next) === JSON.stringify(last)) return next
    last = next
  }
  return last
}

function observe(kernel: HostKernel, meter: Meter, runsFirst: boolean): Calibration {
  const afresh = () => {
    kernel.clear()
    kernel.mmapFixed(0, CALIBRATION_PAGES, 0, 0)
  }
  const read = (from: number, pages: number) => {
    for (let vpn = from; vpn < from + pages; vpn++) kernel.touch(vpn, 0)
  }
  const present = () => presentPages(kernel)
  const vmas = () => windowVmas(kernel.base, kernel.bytes)
  /** Whole and ranged flushes of some work. */
  const flushes = (work: () => void): readonly [number, number] | null => {
    if (meter.level !== 'full') return null
    const { events } = meter.count(() => {
      work()
      return 0
    }, runsFirst).reading
    return [events.wholeFlushes!, events.rangeFlushes!]
  }

  afresh()
  read(TABLE_PAGES + 40, 1)
  const faultAroundPages = present()
  const pageBytes = kernelPageBytes(kernel)
  afresh()
  kernel.touch(40, 1)
  const writeFaultPages = present()

  afresh()
  kernel.mmapFixed(8, 4, 100, 0)
  kernel.mmapFixed(8, 4, 8, 0)
  const merges = vmas() === 1

  afresh()
  kernel.mmapFixed(32, 16, 100, MAP_POPULATE)
  const populates = present() === 16

  afresh()
  const refused = kernel.remapFilePages(32, 4, 100, 0) < 0
  const remapFilePages = refused ? 'absent' : vmas() === 1 ? 'nonlinear' : 'emulated'

  // A whole table's region, read, then replaced without being touched again.
  afresh()
  read(0, CALIBRATION_PAGES)
  const tables = pageTableKilobytes()
  const freeing = flushes(() => kernel.mmapFixed(TABLE_PAGES, TABLE_PAGES, 0, 0))
  if (freeing === null) kernel.mmapFixed(TABLE_PAGES, TABLE_PAGES, 0, 0)
  const freesTables = pageTableKilobytes() < tables

  afresh()
  read(TABLE_PAGES - 4, 8)
  const two = flushes(() => kernel.mmapFixed(TABLE_PAGES - 4, 8, 0, 0))

  kernel.clear()
  kernel.mmapAnonymous(0, CALIBRATION_PAGES)
  for (let vpn = 0; vpn < CALIBRATION_PAGES; vpn++) kernel.touch(vpn, 1)
  const frames = pageTableKilobytes()
  kernel.dontNeed(TABLE_PAGES, TABLE_PAGES)
  const dropFreesTables = pageTableKilobytes() < frames

  /** Whether replacing so many present pages flushes a range. */
  const isRange = (pages: number) => {
    afresh()
    read(0, pages)
    return flushes(() => kernel.mmapFixed(0, pages, 1024, 0))?.[0] === 0
  }
  const result = {
    pageBytes,
    faultAroundPages,
    writeFaultPages,
    merges,
    populates,
    remapFilePages,
    freesTables,
    dropFreesTables,
    flushCeiling: meter.level === 'full' ? largest(1, TABLE_PAGES - 1, isRange) : null,
    flushesPerTwoTables: two === null ? null : two[0] + two[1],
    flushesPerFreedTable: freeing === null ? null : freeing[0] + freeing[1],
    vmaBytes: vmaObjectBytes(),
  } as const
  kernel.clear()
  return result
}

/** The largest number from `low` to `high` that has a property which larger ones lack; 0 if none has. */
function largest(low: number, high: number, holds: (value: number) => boolean): number {
  if (low > high) return low - 1
  const middle = (low + high) >>> 1
  return holds(middle) ? largest(middle + 1, high, holds) : largest(low, middle - 1, holds)
}

/** How many entries of the window's pages are present. */
export function presentPages(kernel: HostKernel): number {
  const entries = Buffer.alloc((kernel.bytes / PAGE_BYTES) * 8)
  const descriptor = openSync('/proc/self/pagemap', 'r')
  readSync(descriptor, entries, 0, entries.length, (kernel.base / PAGE_BYTES) * 8)
  closeSync(descriptor)
  let pages = 0
  for (let at = 7; at < entries.length; at += 8) pages += entries[at]! >>> 7
  return pages
}

/** MMUPageSize of the mapping the window begins with. */
function kernelPageBytes(kernel: HostKernel): number {
  const smaps = readFileSync('/proc/self/smaps', 'utf8')
  const from = smaps.indexOf(kernel.base.toString(16).padStart(8, '0'))
  return Number(/MMUPageSize:\s+(\d+) kB/.exec(smaps.slice(from))?.[1]) * 1024
}

function pageTableKilobytes(): number {
  return Number(/VmPTE:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
}

/** Known where /proc/slabinfo may be read. */
function vmaObjectBytes(): number | null {
  try {
    const line = /^vm_area_struct\s+\d+\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/slabinfo', 'utf8'))
    return line === null ? null : Number(line[1])
  } catch {
    return null
  }
}
