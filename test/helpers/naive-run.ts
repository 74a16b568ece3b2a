// A whole run, naively: accesses one by one through a pool of Maps and the naive kernel. Shares no code with the engine's
// pool, driver or kernel; the accesses are given.

import { NaiveKernel } from './naive/naive-kernel.ts'

export interface NaiveRunOptions {
  readonly windowPages: number
  readonly filePages: number
  readonly unitPages: number
  readonly strategy: 'map-fixed' | 'remap-file-pages'
  readonly policy: 'lru' | 'clock'
  readonly touch: 'page' | 'unit'
  readonly warmup: number
  readonly accesses: number
  readonly mapLimit: number
  readonly otherVmas: number
}

export interface NaiveAccess {
  readonly page: number
  readonly write: boolean
}

/** Slots in order: of use (lru) or of entry with a reference bit (clock); the first goes next. */
export interface Slot {
  readonly slot: number
  block: number
  referenced: boolean
}

/** The kernel after the run, what the pool counted after the warm-up, and whether a remap was refused. */
export function naiveRun(options: NaiveRunOptions, trace: readonly NaiveAccess[]) {
  const { unitPages } = options
  const kernel = new NaiveKernel({
    windowBase: 0x40000000,
    windowPages: options.windowPages,
    filePages: options.filePages,
    backing: 'shmem',
    mapLimit: options.mapLimit,
    stockLimit: 65_536,
    otherVmas: options.otherVmas,
    pteTable: { regionBytes: 2 * 2 ** 20, pgdBytes: 2 ** 30 },
    tlbEntries: 64,
  })
  kernel.mmapFixed(0, options.windowPages, 0, 0)
  const queue: Slot[] = []
  const pool = { windowHits: 0, remaps: 0, failedRemaps: 0, writes: 0 }
  let made = 0
  let start = { ...kernel }
  const touch = (vpn: number, write: boolean): boolean => {
    if (made === options.warmup + options.accesses) return false
    kernel.touch(vpn, write ? 1 : 0)
    if (write && made >= options.warmup) pool.writes++
    if (++made === options.warmup) start = { ...kernel }
    return true
  }
  for (const { page, write } of trace) {
    if (made === options.warmup + options.accesses) break
    const counting = made >= options.warmup
    const block = Math.floor(page / unitPages)
    const found = queue.find(slot => slot.block === block)
    if (found) {
      found.referenced = true
      if (options.policy === 'lru') queue.push(...queue.splice(queue.indexOf(found), 1))
      if (counting) pool.windowHits++
      touch(found.slot * unitPages + (page % unitPages), write)
      continue
    }
    const slot = admit(queue, options, block)
    const vpn = slot.slot * unitPages
    const error =
      options.strategy === 'map-fixed'
        ? kernel.mmapFixed(vpn, unitPages, block * unitPages, 0)
        : kernel.remapFilePages(vpn, unitPages, block * unitPages, 0)
    if (error !== 0) {
      pool.failedRemaps++
      break
    }
    if (counting) pool.remaps++
    if (options.touch === 'page') touch(vpn + (page % unitPages), write)
    else for (let at = 0; at < unitPages; at++) touch(vpn + at, write && at === page % unitPages)
  }
  return { kernel, start, pool }
}

export function admit(
  queue: Slot[],
  options: Pick<NaiveRunOptions, 'windowPages' | 'unitPages' | 'policy'>,
  block: number,
): Slot {
  if (queue.length < options.windowPages / options.unitPages) {
    const slot = { slot: queue.length, block, referenced: false }
    queue.push(slot)
    return slot
  }
  while (options.policy === 'clock' && queue[0]!.referenced) {
    queue[0]!.referenced = false
    queue.push(queue.shift()!)
  }
  const victim = queue.shift()!
  victim.block = block
  victim.referenced = false
  queue.push(victim)
  return victim
}
