// A program that maps, remaps and reads its window by byte addresses, with contents it can compare: what the suites that
// stand for other projects' tests are written with.
//
// A file page holds one number, at first its own; a page of private anonymous memory holds 0. Left out: copies of private
// pages, protections other than those `Mapping` names.

import { type Backing, BackingFile } from '../../engine/backing-file.ts'
import { CounterSet } from '../../engine/counters.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { SimulatedKernel } from '../../engine/kernel/simulated-kernel.ts'
import { type Mapping, mmapBytes, PROT_READ, PROT_WRITE, remapBytes } from '../../engine/kernel/syscalls.ts'
import { PAGE_BYTES } from '../../engine/units.ts'

/**
 * What remap_file_pages() is names the era, the columns of kernel-spec 4.6 that there are models of: 2.4, 2.5.42 with the
 * mail, 2.6.0 to 2.6.22, 2.6.23 to 3.19, 4.0 to 4.4, since 4.5.
 */
export type Era = KernelModel['remap']

export interface WindowOptions {
  readonly windowPages: number
  readonly filePages: number
  readonly backing?: Backing
  readonly mapLimit?: number
  /** Vmas of the rest of the process; none unless the test is about them. */
  readonly otherVmas?: number
  readonly isAbsent?: (page: number) => boolean
  /** What a page of the file holds at first; its number if not given. */
  readonly holds?: (page: number) => number
}

export class WindowUser {
  readonly kernel: SimulatedKernel
  readonly pages: number
  /** Whether this kernel remaps this file by mapping it anew, so that vmas are cut and joined. */
  readonly isEmulated: boolean
  private readonly holds: (page: number) => number
  private readonly written = new Map<number, number>()
  private readonly anonymous = new Set<number>()

  /** Nothing is mapped at first. */
  constructor(model: KernelModel, options: WindowOptions) {
    const { windowPages, filePages, backing = 'shmem' } = options
    this.kernel = new SimulatedKernel(
      model,
      {
        windowPages,
        cellShift: 0,
        tlbEntries: 64,
        otherVmas: options.otherVmas ?? 0,
        mapLimit: options.mapLimit ?? Number.POSITIVE_INFINITY,
        pagesMappedOnce: false,
      },
      new BackingFile(filePages, backing, options.isAbsent ?? null),
      new CounterSet(),
    )
    this.pages = windowPages
    this.isEmulated = model.remap.startsWith('emulated') || (model.remap === 'file-ptes' && backing === 'disk')
    this.holds = options.holds ?? (page => page)
  }

  /** Maps the whole window to file pages 0.. or pgoff... */
  mapAll(mapping: Mapping = 'shared', pgoff = 0): this {
    if (this.mmap(0, this.pages, pgoff, 0, mapping) !== 0) throw new Error('the window cannot be mapped')
    return this
  }

  /** Vmas of the window. */
  get vmas(): number {
    return this.kernel.space.mapCount - this.kernel.machine.options.otherVmas
  }

  address(vpn: number): number {
    return this.kernel.model.windowBase + vpn * PAGE_BYTES
  }

  mmap(vpn: number, pages: number, pgoff: number, flags = 0, mapping: Mapping = 'shared'): number {
    const error = mmapBytes(this.kernel, this.address(vpn), pages * PAGE_BYTES, pgoff, flags, mapping)
    for (let at = vpn; error === 0 && at < vpn + pages; at++) {
      if (mapping === 'anonymous') this.anonymous.add(at)
      else this.anonymous.delete(at)
    }
    return error
  }

  /** remap_file_pages() with the protection that the kernel asks for: the mail's takes the vma's, later ones none. */
  remap(vpn: number, pages: number, pgoff: number, flags = 0): number {
    return this.remapBytes(this.address(vpn), pages * PAGE_BYTES, pgoff, flags)
  }

  /** The same with a start and a size that need not be whole pages, and a protection if the test is about it. */
  remapBytes(start: number, size: number, pgoff: number, flags = 0, prot?: number): number {
    const usual = this.kernel.model.remap === 'patch' ? PROT_READ | PROT_WRITE : 0
    return remapBytes(this.kernel, start, size, prot ?? usual, pgoff, flags)
  }

  /** Reads a page: its content, or minus the signal. */
  peek(vpn: number): number {
    const signal = this.kernel.touch(vpn, 0)
    if (signal < 0) return signal
    if (this.anonymous.has(vpn)) return 0
    const page = this.kernel.pgoffMapped(vpn)
    return this.written.get(page) ?? this.holds(page)
  }

  /** Writes a page; 0 or minus the signal. */
  poke(vpn: number, value: number): number {
    const signal = this.kernel.touch(vpn, 1)
    if (signal === 0) this.written.set(this.kernel.pgoffMapped(vpn), value)
    return signal
  }

  /** Reads the window's pages from..end-1; all of them if not given. */
  peeks(from = 0, end = this.pages): number[] {
    return Array.from({ length: end - from }, (_, i) => this.peek(from + i))
  }

  /** File pages that the present entries of from..end-1 map, -1 where none is. */
  present(from: number, end: number): number[] {
    return Array.from({ length: end - from }, (_, i) => this.kernel.pgoffMapped(from + i))
  }
}

/** Of how many pieces of consecutive numbers a list is made: the vmas of a kernel that joins all it can. */
export function piecesOf(pages: readonly number[]): number {
  return pages.filter((page, i) => i === 0 || page !== pages[i - 1]! + 1).length
}

/** 0, 1, 2... */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}
