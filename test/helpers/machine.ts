// Small kernels and pools for tests, with the main model's numbers unless a test says otherwise.

import { type Backing, BackingFile } from '../../engine/backing-file.ts'
import { CounterSet, since, snapshot } from '../../engine/counters.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'

export interface SmallKernel {
  readonly windowPages?: number
  readonly filePages?: number
  readonly mapLimit?: number
  readonly otherVmas?: number
  readonly tlbEntries?: number
  readonly backing?: Backing
  readonly isAbsent?: (page: number) => boolean
  readonly pagesMappedOnce?: boolean
  readonly threads?: number
  readonly model?: Partial<KernelModel>
}

/** A kernel whose window is already mapped linearly from file page 0, with nothing counted yet. */
export function smallKernel(options: SmallKernel = {}): SimulatedKernel {
  const windowPages = options.windowPages ?? 32
  const kernel = new SimulatedKernel(
    { ...linux2542Remap, ...options.model },
    {
      windowPages,
      cellShift: 0,
      tlbEntries: options.tlbEntries ?? 64,
      otherVmas: options.otherVmas ?? 0,
      mapLimit: options.mapLimit ?? Number.POSITIVE_INFINITY,
      threads: options.threads ?? 1,
      pagesMappedOnce: options.pagesMappedOnce ?? false,
    },
    new BackingFile(options.filePages ?? 4096, options.backing ?? 'shmem', options.isAbsent ?? null),
    new CounterSet(),
  )
  kernel.mmapFixed(0, windowPages, 0, 0)
  kernel.restartPeaks()
  Object.assign(kernel.counters, since(snapshot(kernel.counters), kernel.counters))
  return kernel
}

/** What `action` counted. */
export function counted(kernel: SimulatedKernel, action: () => void): CounterSet {
  const start = snapshot(kernel.counters)
  action()
  kernel.settle()
  return since(start, kernel.counters)
}

/** Touches pages vpn.. in ascending order by reads. */
export function touchAll(kernel: SimulatedKernel, vpn: number, pages: number): void {
  for (let page = vpn; page < vpn + pages; page++) kernel.touch(page, 0)
}
