// Which kernel can run which lane, decided before anything runs: calls it has not, files it cannot map so, memory, addresses
// and vmas that do not suffice.

import type { Backing } from '../engine/backing-file.ts'
import type { Circumstance, KernelModel } from '../engine/kernel/model.ts'
import type { StrategyEntry, StrategySizes } from '../engine/strategy/strategy.ts'
import { formatSize, PAGE_BYTES } from '../engine/units.ts'
import type { Geometry } from '../engine/window.ts'
import { exactSize } from '../reports/numbers.ts'

/** Why a kernel cannot run a lane: a word for the outcome column, a phrase for tables, and a line that names the option. */
export interface Unsupported {
  readonly reason: string
  readonly why: string
  readonly sentence: string
}

/** What a lane asks of its kernel. */
export interface LaneNeeds {
  readonly strategy: StrategyEntry
  readonly sizes: Geometry
  readonly backing: Backing
  readonly contents: string
  readonly threads: number
  readonly processes: number
  readonly cpus: number
  readonly otherVmas: number
  readonly mapLimit: number
}

/** What a lane may do or need, in words. */
export const CIRCUMSTANCES: Readonly<Record<Circumstance, string>> = {
  writes: 'writes',
  'remap-file-pages': 'remap_file_pages()',
  nonblock: 'MAP_NONBLOCK',
  populate: 'MAP_POPULATE',
  copies: 'pread(), pwrite() and madvise()',
  sparse: 'a sparse file',
  ramfs: 'a file on ramfs',
  disk: 'a file on disk',
  locked: 'MAP_LOCKED',
  sigbus: 'pages with rights of their own',
  reclaim: 'pages taken back',
  pressure: 'memory pressure',
  'other-faults': 'faults outside the window',
  threads: 'several CPUs that run the process',
  processes: 'several processes',
  refusals: 'the limit of vmas reached',
}

/** Null if this kernel can run it. */
export function unsupportedBy(model: KernelModel, needs: LaneNeeds): Unsupported | null {
  const { strategy, backing, contents, threads, processes, cpus } = needs
  const asked: (readonly [Circumstance, string])[] = strategy.uses.map(use => [use, `--strategy ${strategy.name}`])
  if (backing !== 'shmem') asked.push([backing, `--backing ${backing}`])
  if (contents !== 'written') asked.push(['sparse', `--contents ${contents}`])
  if (threads > 1) asked.push(['threads', `--threads ${threads}`])
  else if (Math.min(processes, cpus) > 1) asked.push(['threads', `--cpus ${cpus}`])
  if (processes > 1) asked.push(['processes', `--processes ${processes}`])
  for (const [circumstance, option] of asked) {
    const why = model.lacks[circumstance]
    if (why !== undefined) return unsupported(model, `no-${circumstance}`, option, why)
  }
  return withoutMemory(model, needs) ?? withoutAddresses(model, needs) ?? withoutVmas(model, needs)
}

/** Pages of addresses a strategy maps. */
export function mappedPages(strategy: StrategyEntry, { windowPages, filePages }: StrategySizes): number {
  return strategy.maps === 'file' ? filePages : windowPages
}

/** Bytes of addresses that a window, or a file mapped as a whole, may take. */
export function addressBytes({ windowBase, addressEnd }: KernelModel): number {
  return addressEnd - windowBase
}

/** Rows of --ops that take pages back: memory of the process's own would be swapped, which is not modelled. */
export function withoutSwapping(model: KernelModel, strategy: StrategyEntry): Unsupported | null {
  if (!strategy.uses.includes('copies')) return null
  const why = "taking back memory of the process's own (swapping) is not modelled"
  return unsupported(model, 'no-swapping', `--strategy ${strategy.name}`, why)
}

/** A file that is nowhere but in memory, and does not fit there, would be swapped. */
function withoutMemory(model: KernelModel, { sizes, backing, contents }: LaneNeeds): Unsupported | null {
  const bytes = sizes.filePages * PAGE_BYTES
  if (backing === 'disk' || contents === 'sparse' || bytes <= model.memoryBytes) return null
  const why = `a ${backing} file of ${exactSize(bytes)} exceeds the ${exactSize(model.memoryBytes)} of memory it can use`
  return unsupported(model, 'file-exceeds-memory', `--file ${formatSize(bytes)}`, why)
}

function withoutAddresses(model: KernelModel, { strategy, sizes }: LaneNeeds): Unsupported | null {
  const bytes = mappedPages(strategy, sizes) * PAGE_BYTES
  const room = addressBytes(model)
  if (bytes <= room) return null
  const what = strategy.maps
  return unsupported(
    model,
    `${what}-exceeds-address-space`,
    `--${what} ${formatSize(bytes)}`,
    `the ${what}'s ${exactSize(bytes)} exceed ${exactSize(room)} of addresses`,
  )
}

/** The rest of the process has to find addresses, too, and must leave a vma for the window. */
function withoutVmas(model: KernelModel, { strategy, sizes, otherVmas, mapLimit }: LaneNeeds): Unsupported | null {
  const { windowBase, addressEnd, othersBase, othersStride } = model
  const isBelow = othersBase < windowBase
  const isInside = !isBelow && othersBase < windowBase + mappedPages(strategy, sizes) * PAGE_BYTES
  const most = isInside ? 0 : Math.floor(((isBelow ? windowBase : addressEnd) - othersBase) / othersStride)
  const option = `--other-vmas ${otherVmas}`
  if (otherVmas > most) {
    return unsupported(model, 'other-vmas-exceed-address-space', option, `there are addresses for ${most} other vmas`)
  }
  if (otherVmas <= mapLimit) return null
  const why = `the ${otherVmas} vmas of the rest of the process are more than the limit of ${mapLimit}`
  return unsupported(model, 'other-vmas-exceed-limit', option, why)
}

function unsupported(model: KernelModel, reason: string, option: string, why: string): Unsupported {
  return { reason, why, sentence: `${option} on ${model.name}: ${why}` }
}
