// The pieces of work whose times make prices: each does one thing many times, so that two of them differ in one kind of event.
//
// They are those by which the prices of modern-core were measured, in the terms of a kernel and a window, so that the model
// can be asked what a piece counts. The window lies on the file from its first page on; the file ends in pages that do not
// exist. Left out: signals, a second CPU, single-page invalidations (6.18 makes none).

import type { CountingKernel } from '../kernel/kernel.ts'

/** Pages of the window, and of the file that are written; a power of two. */
export const WINDOW_PAGES = 2 ** 15
/** Pages at the end of the file that no page exists for. */
export const HOLE_PAGES = 2 ** 11
export const FILE_PAGES = WINDOW_PAGES + HOLE_PAGES
/** Where anonymous frames lie: behind what maps the file. */
const FRAMES_AT = WINDOW_PAGES
export const FRAME_PAGES = 16
/** Vmas of a small window, and of a large one. */
const FEW_VMAS = 64
const MANY_VMAS = 2 ** 13
/** Pages of the parts of the window that are used in their order, 16 MB: as many faults, calls or entries as a time needs. */
const PART = 2 ** 12
/** A page table maps so many. */
const TABLE_PAGES = 512
/** One of so many pages is read: a fault may install the others. */
export const READ_STRIDE = 64

/** Where the work is done. */
export interface Ground {
  readonly kernel: CountingKernel
  /** A system call that does nothing. */
  call(): void
  /** MADV_POPULATE_WRITE: write faults of all these pages in one call. */
  populate(vpn: number, pages: number): void
}

export interface Section {
  /** How many times it is done: its time is divided by this. */
  readonly times: number
  /** Brings the window to where it begins. */
  prepare(ground: Ground): void
  work(ground: Ground): void
}

const idle = () => {}

/** The window maps the file from page to page, nothing is touched, and all page tables are there. */
function linear({ kernel }: Ground, pages: number = PART): void {
  kernel.mmapFixed(0, WINDOW_PAGES, 0, 0)
  for (let vpn = 0; vpn < pages; vpn += TABLE_PAGES) kernel.touch(vpn, 1)
  kernel.dontNeed(0, pages + 1) // the page behind keeps the last page table
}

/** Numbers below a power of two in an order without order: a multiple of an odd number [2^32 over the golden ratio]. */
export function scattered(i: number, below: number): number {
  return Math.imul(i, 0x9e3779b1) & (below - 1)
}

/** Over-maps each of so many units of a page with a page that continues no neighbour's. */
function overMap({ kernel }: Ground, units: number, turn: number): void {
  for (let i = 0; i < units; i++) {
    const unit = scattered(i, units)
    kernel.mmapFixed(unit, 1, (unit * 3 + turn * 5) & (WINDOW_PAGES - 1), 0)
  }
}

function overMapping(units: number, turns: number): Section {
  return {
    times: units * turns,
    prepare: ground => overMap(ground, units, 0),
    work: ground => {
      for (let turn = 1; turn <= turns; turn++) overMap(ground, units, turn)
    },
  }
}

/**
 * MADV_DONTNEED of so many pages at a time, less than 128, which never lie in two page tables; in all as many pages whatever
 * goes at a time, so that caches hold as much of what is noted of them.
 */
function dropping(pages: number, isPresent: boolean, placeOf: (i: number) => number): Section {
  const times = Math.floor(DROPPED / pages)
  return {
    times,
    prepare: ground => {
      linear(ground, WINDOW_PAGES)
      for (let i = 0; i < times && isPresent; i++) ground.populate(placeOf(i), pages)
    },
    work: ({ kernel }) => {
      for (let i = 0; i < times; i++) kernel.dontNeed(placeOf(i), pages)
    },
  }
}

const DROPPED = 2 ** 13
const inOrder = (i: number) => i * 2
const anywhere = (i: number) => scattered(i, WINDOW_PAGES)
const apart = (i: number) => i * 128

/** A cut in the middle of a vma, and the page put back, which joins the three. */
function cuts(kernel: CountingKernel, offset: number): void {
  for (let i = 0; i < PART / 4; i++) kernel.mmapFixed(i * 4 + 1, 1, i * 4 + 1 + offset, 0)
}

/** pread() of so many pages, from all over the file or from its beginning. */
function copying(pages: number, isScattered: boolean): Section {
  const times = Math.min(PART / 2, (2 * PART) / pages)
  return {
    times,
    prepare: ({ kernel }) => {
      kernel.mmapAnonymous(FRAMES_AT, FRAME_PAGES)
      for (let page = 0; page < FRAME_PAGES; page++) kernel.touch(FRAMES_AT + page, 1)
    },
    work: ({ kernel }) => {
      for (let i = 0; i < times; i++) {
        kernel.pread(FRAMES_AT, pages, isScattered ? scattered(i, WINDOW_PAGES / FRAME_PAGES) * FRAME_PAGES : 0)
      }
    },
  }
}

/** Write faults, as many as there are holes, so that those on holes and on pages compare. */
function writing(pageOf: (i: number) => number, prepare: (ground: Ground) => void): Section {
  return {
    times: HOLE_PAGES,
    prepare,
    work: ({ kernel }) => {
      for (let i = 0; i < HOLE_PAGES; i++) kernel.touch(pageOf(i), 1)
    },
  }
}

/** In the order in which they take turns. */
export const SECTIONS = {
  call: {
    times: 4 * PART,
    prepare: idle,
    work: ground => {
      for (let i = 0; i < 4 * PART; i++) ground.call()
    },
  },
  map: overMapping(FEW_VMAS, 32),
  mapMany: overMapping(MANY_VMAS, 1),
  cut: { times: PART / 4, prepare: linear, work: ({ kernel }) => cuts(kernel, WINDOW_PAGES / 2) },
  join: {
    times: PART / 4,
    prepare: ground => {
      linear(ground)
      cuts(ground.kernel, WINDOW_PAGES / 2)
    },
    work: ({ kernel }) => cuts(kernel, 0),
  },
  writeFault: writing(i => i, linear),
  writeFaultScattered: writing(
    i => scattered(i, WINDOW_PAGES),
    ground => linear(ground, WINDOW_PAGES),
  ),
  readFault: {
    times: WINDOW_PAGES / READ_STRIDE,
    prepare: ground => linear(ground, WINDOW_PAGES),
    work: ({ kernel }) => {
      for (let vpn = 0; vpn < WINDOW_PAGES; vpn += READ_STRIDE) kernel.touch(vpn, 0)
    },
  },
  populate: { times: PART, prepare: linear, work: ground => ground.populate(0, PART) },
  holeFault: writing(
    i => i,
    ground => {
      linear(ground)
      ground.kernel.mmapFixed(0, HOLE_PAGES, WINDOW_PAGES, 0)
    },
  ),
  dropAbsent: dropping(1, false, inOrder),
  drop: dropping(1, true, inOrder),
  dropScattered: dropping(1, true, anywhere),
  drop33: dropping(33, true, apart),
  drop34: dropping(34, true, apart),
  drop127: dropping(127, true, apart),
  copy4K: copying(1, false),
  copy64K: copying(16, false),
  copy4KScattered: copying(1, true),
  copy16KScattered: copying(4, true),
} as const satisfies Readonly<Record<string, Section>>
export type SectionName = keyof typeof SECTIONS
