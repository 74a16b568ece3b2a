// How long the pieces of work behind the prices take on the running kernel: CPU time, by turns over several rounds.
//
// The calls and accesses of a piece are recorded first and then made by one foreign call, so that JavaScript adds nothing to
// them. No event is counted meanwhile, and nothing runs before other threads. The first round warms up and is forgotten.

import { PAGE_BYTES } from '../units.ts'
import { presentPages } from './calibrate.ts'
import { HostKernel } from './host-kernel.ts'
import { HostWindow } from './host-window.ts'
import { type Libc, SYS_GETPPID, SYS_MADVISE } from './libc.ts'
import { oneCall } from './one-call.ts'
import { HOPS, PageChase } from './page-chase.ts'
import {
  FRAME_PAGES,
  type Ground,
  HOLE_PAGES,
  READ_STRIDE,
  SECTIONS,
  type SectionName,
  WINDOW_PAGES,
} from './price-sections.ts'
import { RecordedCalls } from './recorded-calls.ts'

/** include/uapi/asm-generic/mman-common.h; since Linux 5.14. */
const MADV_POPULATE_WRITE = 23
/** Pages whose translations the second level of a TLB may hold, some more, and as many as there are. */
const CHASES = { chase1K: 2 ** 10, chase8K: 2 ** 13, chase32K: 2 ** 15 } as const
type Chase = keyof typeof CHASES

type TimedName = SectionName | Chase | `${Chase}Packed`

/** Nanoseconds of CPU that doing each once takes, of a chase a hop. */
export type Round = Readonly<Record<TimedName, number>>

/** What was measured. */
export interface SectionTimes {
  readonly rounds: readonly Round[]
  /** Pages that a read fault installs where all are in the page cache. */
  readonly faultAroundPages: number
}

interface Timed {
  readonly times: number
  prepare(): void
  work(): void
}

/** Measures in so many rounds; `descriptor` is a file of FILE_PAGES. Throws an Error if the kernel refuses a call. */
export function sectionTimes(libc: Libc, descriptor: number, rounds: number): SectionTimes {
  const window = new HostWindow(libc, 2 * WINDOW_PAGES + FRAME_PAGES)
  const kernel = new HostKernel(window, descriptor)
  const punch = () => libc.punchHole(descriptor, WINDOW_PAGES * PAGE_BYTES, HOLE_PAGES * PAGE_BYTES)
  const play = oneCall(libc)
  const recorded = (work: (ground: Ground) => void) => {
    const calls = new RecordedCalls(window)
    const recorder = new HostKernel(calls, descriptor)
    work({
      kernel: recorder,
      call: () => calls.syscall(SYS_GETPPID, 0, 0, 0, 0, 0, 0),
      populate: (vpn, pages) => {
        const at = window.base + vpn * PAGE_BYTES
        calls.syscall(SYS_MADVISE, at, pages * PAGE_BYTES, MADV_POPULATE_WRITE, 0, 0, 0)
      },
    })
    return () => {
      play(calls)
      for (let call = 0; call < calls.callCount; call++) {
        const error = calls.errorOf(call)
        if (error < 0) throw new Error(`the kernel refused a call with errno ${-error}`)
      }
    }
  }
  const faultAroundPages = aroundPages(kernel)
  if (faultAroundPages > READ_STRIDE) throw new Error(`a fault installs ${faultAroundPages} pages: no price of one`)
  const pieces: [TimedName, Timed][] = []
  for (const name of Object.keys(SECTIONS) as SectionName[]) {
    const { times, prepare, work } = SECTIONS[name]
    pieces.push([name, { times, prepare: recorded(prepare), work: recorded(work) }])
  }
  // Mapped once, behind what the others use.
  kernel.mmapFixed(WINDOW_PAGES + FRAME_PAGES, WINDOW_PAGES, 0, 0)
  const memory = window.views[0]!.subarray((WINDOW_PAGES + FRAME_PAGES) * PAGE_BYTES)
  for (const chase of Object.keys(CHASES) as Chase[]) {
    for (const isPacked of [false, true]) {
      const pages = new PageChase(memory, CHASES[chase], isPacked)
      const timed = { times: HOPS, prepare: () => pages.prepare(), work: () => void pages.run(HOPS) }
      pieces.push([isPacked ? `${chase}Packed` : chase, timed])
    }
  }
  const round = () => {
    const ns = pieces.map(([name, { times, prepare, work }]) => {
      punch()
      prepare()
      const began = libc.cpuNs()
      work()
      return [name, (libc.cpuNs() - began) / times]
    })
    return Object.fromEntries(ns) as Round
  }
  round()
  return { rounds: Array.from({ length: rounds }, round), faultAroundPages }
}

function aroundPages(kernel: HostKernel): number {
  kernel.mmapFixed(0, WINDOW_PAGES, 0, 0)
  kernel.touch(WINDOW_PAGES / 2, 0)
  return presentPages(kernel)
}
