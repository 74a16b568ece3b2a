// The price list of the running kernel, from how long pieces of work take on it: each price is a difference of two or more
// pieces (price-sections.ts), its best guess the median over the rounds.
//
// What is priced, and under which cause, is modern-core's; its figures are not. Where a setting matters the best guess is that
// of a buffer pool: many vmas, pages at random places. A range reaches from the lower to the upper quartile, of a cheaper and a
// dearer setting, too, where there is one. A difference below zero has drowned in noise and counts as nothing. No price is left
// over from elsewhere: what cannot be measured by one process on one CPU (rounds of IPIs, signals, single-page invalidations)
// has none, which reports say where it was counted.

import { modernCore } from '../cost/modern-core.ts'
import type { CostItem, CostModel } from '../cost.ts'
import type { CounterName } from '../counters.ts'
import { spread } from '../spread.ts'
import { PAGE_BYTES } from '../units.ts'
import { HOST } from './host-model.ts'
import type { Round, SectionTimes } from './section-times.ts'

/** Nanoseconds of an event by the times of a round. */
type Formula = (t: Round) => number

interface Rule {
  readonly best: Formula
  /** The same in a cheaper or dearer setting. */
  readonly others?: readonly Formula[]
  readonly how: string
}

/** Pages in the calls that flush ranges and everything: arch/x86/mm/tlb.c flushes everything from 34 on. */
const [RANGE, WHOLE, MORE] = [33, 34, 127]

function rulesFor(faultAroundPages: number): Partial<Record<CounterName, Rule>> {
  const half: Formula = t => (t.map - t.call) / 2
  /** Where a fault never maps more than one page, the price of its handler has that in. */
  const isAround = faultAroundPages > 1
  const pte: Formula = t => (isAround ? (t.readFault - t.writeFault) / (faultAroundPages - 1) : 0)
  const trap: Formula = t => t.writeFault - t.populate
  const zap: Formula = t => (t.drop127 - t.drop34) / (MORE - WHOLE)
  const rangePage: Formula = t => (t.drop33 - t.drop) / (RANGE - 1) - zap(t)
  const vma = { best: (t: Round) => (t.mapMany - t.call) / 2, others: [half] }
  const setting = 'with 8,192 vmas at random; low: with 64'
  return {
    syscalls: { best: t => t.call, how: 'getppid()' },
    pageFaults: { best: trap, how: 'a write fault less a page by MADV_POPULATE_WRITE' },
    populateFaults: {
      best: t => t.writeFaultScattered - trap(t) - pte(t),
      others: [t => t.populate - pte(t)],
      how: 'a write fault at a random place less its trap and its pte; low: a page by MADV_POPULATE_WRITE less its pte',
    },
    vmaAllocs: { ...vma, how: `half of an over-mapping of an untouched page less its call, ${setting}` },
    vmaFrees: { ...vma, how: `the other half, ${setting}` },
    // A cut in the middle makes three vmas and frees one; joining frees two.
    vmaSplits: {
      best: t => (t.cut - t.call - 4 * half(t)) / 2,
      how: 'a cut in the middle less its call and four vmas',
    },
    vmaMerges: { best: t => (t.join - t.call - 2 * half(t)) / 2, how: 'closing a gap less its call and two vmas' },
    tlbFullFlushes: {
      best: t => t.drop34 - t.dropAbsent - WHOLE * zap(t),
      how: `MADV_DONTNEED of ${WHOLE} pages less their ptes and the call`,
    },
    tlbRangeFlushes: {
      best: t => t.drop - t.dropAbsent - zap(t) - rangePage(t),
      how: 'MADV_DONTNEED of a present page less one of an absent one, its pte and its invlpg',
    },
    tlbRangePages: { best: rangePage, how: `MADV_DONTNEED of ${RANGE} pages against one, less their ptes` },
    tlbMisses: {
      best: t => t.chase8K - t.chase8KPacked,
      others: [t => t.chase1K - t.chase1KPacked, t => t.chase32K - t.chase32KPacked],
      how: 'dependent loads from 8,192 pages less the same from lines side by side; low: 1,024 pages, high: 32,768',
    },
    ...(isAround && {
      ptesInstalled: {
        best: pte,
        how: `a read fault that maps ${faultAroundPages} pages less a write fault that maps one`,
      },
    }),
    ptesZapped: {
      best: zap,
      others: [t => zap(t) + t.dropScattered - t.drop],
      how: `MADV_DONTNEED of ${MORE} pages less one of ${WHOLE}; high: of single pages at random places`,
    },
    bytesCopied: {
      best: t => (t.copy16KScattered - t.call) / (4 * PAGE_BYTES),
      others: [t => (t.copy64K - t.copy4K) / (15 * PAGE_BYTES), t => (t.copy4KScattered - t.call) / PAGE_BYTES],
      how: 'pread() of 16K at random places less a call; low: each further page in the cache; high: of 4K at random places',
    },
    fileReads: {
      best: t => t.holeFault - t.writeFault,
      how: 'a write fault on a hole of the file less one on a page',
    },
  }
}

/** The list, in nanoseconds; `summary` says where and on what it was measured. */
export function hostPrices({ rounds, faultAroundPages }: SectionTimes, summary: string): CostModel {
  const rules = rulesFor(faultAroundPages)
  const items = modernCore.items.flatMap(({ counter, cause, what, ...item }): CostItem[] => {
    const rule = rules[counter]
    if (rule === undefined) return []
    const { best, others = [], how } = rule
    const spreads = [best, ...others].map(formula => spread(rounds.map(round => Math.max(formula(round), 0))))
    return [
      {
        ...('also' in item ? { also: item.also } : {}),
        counter,
        cause,
        what,
        low: rounded(Math.min(...spreads.map(({ low }) => low))),
        best: rounded(spreads[0]!.median),
        high: rounded(Math.max(...spreads.map(({ high }) => high))),
        source: `measured: ${how}; on this machine, ${rounds.length} rounds`,
      },
    ]
  })
  return { name: HOST, summary, machine: 'this machine', cyclesPerSecond: 1e9, unit: 'ns', items }
}

/** What is left of the digits a clock gives. */
function rounded(ns: number): number {
  return Number(ns.toPrecision(3))
}
