// Several processes on one kernel, naively: each a pool of Maps and a naive kernel of its own, the reverse mappings in one
// Map, the processes in turns. Every access is made alone, and all memory is added up again after each.

import { NaiveKernel } from './naive/naive-kernel.ts'
import { NaiveRmap } from './naive/naive-rmap.ts'
import { admit, type NaiveAccess, type NaiveRunOptions, type Slot } from './naive-run.ts'

const PAGE = 4096
const TURN = 4096

export interface NaiveSharing {
  readonly cpus: number
  /** Pages of slab take so many objects. */
  readonly vmasPerPage: number
  readonly chainsPerPage: number
  readonly perChain: number
  readonly fixedBytes: number
  readonly tablesInLowmem: boolean
  readonly availableBytes: number
}

const ADDED = ['syscalls', 'pageFaults', 'tlbHits', 'tlbMisses', 'tlbFullFlushes', 'tlbPageInvalidations'] as const
const MORE = [
  'ptesInstalled',
  'ptesZapped',
  'pageCacheLookups',
  'vmaLookups',
  'vmaAllocs',
  'vmaFrees',
  'vmaSplits',
] as const
export const NAIVE_SUMS = [...ADDED, ...MORE, 'windowHits', 'remaps', 'writes', 'contextSwitches'] as const

export type NaiveSums = Record<(typeof NAIVE_SUMS)[number], number>

/** One access after the other; each `next()` makes one. */
function* accesses(kernel: NaiveKernel, options: NaiveRunOptions, trace: readonly NaiveAccess[], sums: NaiveSums) {
  const { unitPages } = options
  const queue: Slot[] = []
  for (const { page, write } of trace) {
    const block = Math.floor(page / unitPages)
    const found = queue.find(slot => slot.block === block)
    if (found) {
      found.referenced = true
      if (options.policy === 'lru') queue.push(...queue.splice(queue.indexOf(found), 1))
      sums.windowHits++
    }
    const vpn = (found ?? admit(queue, options, block)).slot * unitPages
    if (!found) {
      if (options.strategy === 'map-fixed') kernel.mmapFixed(vpn, unitPages, block * unitPages, 0)
      else kernel.remapFilePages(vpn, unitPages, block * unitPages, 0)
      sums.remaps++
    }
    const isWhole = !found && options.touch === 'unit'
    for (let at = isWhole ? 0 : page % unitPages; at < (isWhole ? unitPages : (page % unitPages) + 1); at++) {
      const writes = write && at === page % unitPages
      kernel.touch(vpn + at, writes ? 1 : 0)
      if (writes) sums.writes++
      yield
    }
  }
}

/** What the processes counted after the warm-up, and lowmem: its peak since then, and the access that exhausted it. */
export function naiveProcesses(
  options: NaiveRunOptions,
  sharing: NaiveSharing,
  traces: readonly (readonly NaiveAccess[])[],
) {
  const rmap = new NaiveRmap(sharing.perChain)
  const kernels = traces.map(
    (_, process) =>
      new NaiveKernel({
        windowBase: 0x40000000,
        windowPages: options.windowPages,
        filePages: options.filePages,
        backing: 'shmem',
        mapLimit: Number.POSITIVE_INFINITY,
        otherVmas: options.otherVmas,
        pteTable: { regionBytes: 2 * 2 ** 20, pgdBytes: 2 ** 30 },
        tlbEntries: 64,
        rmap,
        process,
      }),
  )
  const counted = Object.fromEntries(NAIVE_SUMS.map(name => [name, 0])) as NaiveSums
  const sumsNow = (): NaiveSums => {
    const sums = { ...counted }
    for (const name of [...ADDED, ...MORE]) sums[name] = kernels.reduce((sum, kernel) => sum + kernel[name], 0)
    return sums
  }
  let made = 0
  let start = sumsNow()
  let peak = 0
  let exhaustedAt = null as number | null
  let isExhausted = false
  const note = (): void => {
    const vmas = kernels.reduce((sum, kernel) => sum + kernel.windowVmas() + options.otherVmas, 0)
    const tables = kernels.reduce((sum, kernel) => sum + kernel.ptePages, 0)
    const pages =
      Math.ceil(vmas / sharing.vmasPerPage) +
      Math.ceil(rmap.chainObjects / sharing.chainsPerPage) +
      (sharing.tablesInLowmem ? tables : 0)
    const bytes = kernels.length * sharing.fixedBytes + pages * PAGE
    peak = Math.max(peak, bytes)
    if (bytes > sharing.availableBytes && !isExhausted) {
      isExhausted = true
      exhaustedAt = made - options.warmup
    }
  }
  rmap.onGrowth = note
  for (const kernel of kernels) kernel.mmapFixed(0, options.windowPages, 0, 0)
  const beginCounting = (): void => {
    start = sumsNow()
    peak = 0
    note()
  }
  beginCounting()
  const running = kernels.map((kernel, process) => accesses(kernel, options, traces[process]!, counted))
  const ended = new Set<number>()
  const lastOn = new Map<number, number>()
  const total = options.warmup + options.accesses
  for (let process = 0; made < total && ended.size < kernels.length; process = (process + 1) % kernels.length) {
    if (ended.has(process)) continue
    const cpu = process % sharing.cpus
    if (lastOn.has(cpu) && lastOn.get(cpu) !== process) {
      counted.contextSwitches++
      kernels[process]!.tlb.flush()
    }
    lastOn.set(cpu, process)
    for (let turn = 0; turn < TURN && made < total && !ended.has(process); turn++) {
      if (running[process]!.next().done) {
        ended.add(process)
        break
      }
      note()
      if (++made === options.warmup) beginCounting()
    }
  }
  const end = sumsNow()
  for (const name of NAIVE_SUMS) end[name] -= start[name]
  return { sums: end, peak, exhaustedAt, chainObjects: rmap.chainObjects, accesses: made - options.warmup, rmap }
}
