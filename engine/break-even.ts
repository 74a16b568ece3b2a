// From how many pages on a CPU had better flush its whole TLB than invalidate one page after the other.
//
// The author of the mail put it "at roughly 8 pages currently" (LKML, 14 Oct 2002); Linux has drawn the line at 33 since 3.17
// (tlb_single_page_flush_ceiling, arch/x86/mm/tlb.c). A whole flush is followed by a miss for every entry that is still
// needed. What is left out is how likely that is: `entries` says it.

import type { CostItem, CostModel } from './cost.ts'
import type { CounterName } from './counters.ts'

export interface BreakEven {
  readonly low: number
  readonly best: number
  readonly high: number
}

/**
 * Pages at which invalidating them one by one takes as long as a whole flush and the refill of `entries` live entries (0 or
 * more), a fraction; `low` and `high` with each price at whichever of its ends counts. Where a price list knows ranged
 * flushes, the loop is one of those, with what it costs to begin. Throws a RangeError if a price is missing.
 */
export function flushBreakEven(model: CostModel, entries: number): BreakEven {
  const find = (counter: CounterName) => model.items.find(item => item.counter === counter)
  const start = find('tlbRangeFlushes')
  const [whole, refill] = [find('tlbFullFlushes'), find('tlbMisses')]
  const page = find(start === undefined ? 'tlbPageInvalidations' : 'tlbRangePages')
  if (!whole || !refill || !page) throw new RangeError(`${model.name} has no price for a flush, a miss or a page`)
  const pages = (flush: Bound, loop: Bound) =>
    Math.max(whole[flush] + entries * refill[flush] - (start?.[loop] ?? 0), 0) / page[loop]
  return { low: pages('low', 'high'), best: pages('best', 'best'), high: pages('high', 'low') }
}

type Bound = keyof Pick<CostItem, 'low' | 'best' | 'high'>
