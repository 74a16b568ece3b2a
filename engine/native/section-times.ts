// How long the pieces of work behind the prices take on the running kernel: CPU time, by turns over several rounds.
//
// The calls and accesses of a piece are recorded first and then made by one foreign call, so that JavaScript adds nothing to
// them. No event is counted meanwhile, and nothing runs before other threads. The first round warms up and is forgotten.

import { PAGE_BYTES } from '../units.ts'
import { presentPages } from './calibrate.ts'
import { HostKernel } from './host-kernel.ts'
import { HostWindow } from './host-window.ts'
import { type Libc, requireGranted, SYS_GETPPID, SYS_MADVISE } from './libc.ts'
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
/** Pages whose translations the second level of a TLB may hold, some more than that, and all there are. */
const CHASES = { chase1K: 2 ** 10, chase8K: 2 ** 13, chase32K: 2 ** 15 } as const
/** Where the chases go on: behind what the other pieces use. */
const CHASES_AT = WINDOW_PAGES + FRAME_PAGES

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

interface Piece {
  readonly times: number
  prepare(): void
  work(): void
  /** Throws an Error if the work was not done. */
  check(): void
}

/** Measures in so many rounds; `descriptor` is a file of FILE_PAGES. Throws an Error if the kernel refuses a call. */
export function sectionTimes(libc: Libc, descriptor: number, rounds: number): SectionTimes {
  const window = new HostWindow(libc, CHASES_AT + WINDOW_PAGES)
  const kernel = new HostKernel(window, descriptor)
  const faultAroundPages = aroundPages(kernel)
  if (faultAroundPages > READ_STRIDE) throw new Error(`a fault installs ${faultAroundPages} pages: no price of one`)
  kernel.mmapFixed(CHASES_AT, WINDOW_PAGES, 0, 0)
  const pieces = [...recordedPieces(libc, window, descriptor), ...chases(window)]
  const round = () => {
    const times = pieces.map(([name, piece]) => {
      libc.punchHole(descriptor, WINDOW_PAGES * PAGE_BYTES, HOLE_PAGES * PAGE_BYTES)
      piece.prepare()
      const began = libc.cpuNs()
      piece.work()
      const ns = libc.cpuNs() - began
      piece.check()
      return [name, ns / piece.times]
    })
    return Object.fromEntries(times) as Round
  }
  round()
  return { rounds: Array.from({ length: rounds }, round), faultAroundPages }
}

function aroundPages(kernel: HostKernel): number {
  kernel.mmapFixed(0, WINDOW_PAGES, 0, 0)
  kernel.touch(WINDOW_PAGES / 2, 0)
  return presentPages(kernel)
}

function recordedPieces(libc: Libc, window: HostWindow, descriptor: number): readonly [TimedName, Piece][] {
  const play = oneCall(libc)
  const recorded = (deeds: (ground: Ground) => void) => {
    const calls = new RecordedCalls(window)
    deeds(groundOf(calls, descriptor))
    return calls
  }
  return Object.entries(SECTIONS).map(([name, section]) => {
    const [before, calls] = [recorded(section.prepare), recorded(section.work)]
    const piece = {
      times: section.times,
      prepare: () => {
        play(before)
        requireGranted(before.firstError())
      },
      work: () => void play(calls),
      check: () => requireGranted(calls.firstError()),
    }
    return [name as SectionName, piece]
  })
}

function groundOf(calls: RecordedCalls, descriptor: number): Ground {
  return {
    kernel: new HostKernel(calls, descriptor),
    call: () => calls.syscall(SYS_GETPPID, 0, 0, 0, 0, 0, 0),
    populate: (vpn, pages) => {
      calls.syscall(SYS_MADVISE, calls.base + vpn * PAGE_BYTES, pages * PAGE_BYTES, MADV_POPULATE_WRITE, 0, 0, 0)
    },
  }
}

function chases(window: HostWindow): readonly [TimedName, Piece][] {
  const memory = window.views[0]!.subarray(CHASES_AT * PAGE_BYTES)
  return (Object.keys(CHASES) as Chase[]).flatMap(name => {
    const piece = (isPacked: boolean): Piece => {
      const chase = new PageChase(memory, CHASES[name], isPacked)
      return { times: HOPS, prepare: () => chase.prepare(), work: () => void chase.run(HOPS), check: () => {} }
    }
    return [[name, piece(false)] as [TimedName, Piece], [`${name}Packed`, piece(true)] as [TimedName, Piece]]
  })
}
