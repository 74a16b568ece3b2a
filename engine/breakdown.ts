// Where counts come from: every event of a lane, attributed to the kernel step that made it and to a group of file pages
// (the relations of an order system) on whose behalf it was made.
//
// The kernel says which step it is in (Machine.enter), the replay which group an operation is for; whenever either changes,
// what was counted since the last change belongs to the one before. Nothing is counted twice and nothing is left over:
// parts() checks that. Levels and peaks have no parts.

import { COUNTER_NAMES, COUNTERS, type CounterName, CounterSet } from './counters.ts'
import { assert } from './errors.ts'

/** What the kernel may be doing, in the order of reports; the words say what belongs to a step. */
export const STEPS = {
  access: 'the access itself: pool and TLB, no kernel',
  fault: 'a page fault, from its trap to the new entry',
  call: 'a system call, its entry and its checks',
  cut: 'finding the mappings in the way, and cutting them',
  unmap: 'taking them away: pages, vmas, page tables, flush',
  link: 'the new vma',
  populate: 'faults inside a call',
  remap: 'remap_file_pages() on its entries',
  copy: 'pread() and pwrite()',
  drop: 'madvise(MADV_DONTNEED)',
  switch: 'a CPU that ran another process turns to this one',
  reclaim: 'pages taken back under memory pressure, after the access that is charged with it',
} as const

export type Step = keyof typeof STEPS
export const STEP_NAMES = Object.keys(STEPS) as readonly Step[]

/** What one step counted for one group; only counts that are not 0. */
export interface Part {
  /** The group's name; null where the accesses have no groups. */
  readonly relation: string | null
  readonly step: Step
  readonly counts: Readonly<Partial<Record<CounterName, number>>>
}

/** Counts that the kernel derives from others when it settles; so they are derived here, too. */
const DERIVED: readonly CounterName[] = ['kernelEntries', 'ipiRounds']
const COUNTS = COUNTER_NAMES.filter(name => COUNTERS[name].kind === 'count')
const ACCESS = 0
/** Where each counter stands among the fields of a CounterSet. */
const AT = Object.fromEntries(Object.keys(new CounterSet()).map((name, i) => [name, i])) as Readonly<
  Record<CounterName, number>
>
const SIZE = COUNTER_NAMES.length
const EVENTS = COUNTS.filter(name => !DERIVED.includes(name)).map(name => AT[name])

export class Breakdown {
  private readonly counters: CounterSet
  private readonly groups: readonly (string | null)[]
  /** Counts as of the last change of step or group, by place. */
  private readonly seen = new Float64Array(SIZE)
  /** Counts of each step of each group, by place. */
  private readonly cells: Float64Array
  private step = ACCESS
  private group = 0

  /** `counters`: the lane's. `groups`: their names; one null group for accesses that have none. */
  constructor(counters: CounterSet, groups: readonly (string | null)[]) {
    this.counters = counters
    this.groups = groups
    this.cells = new Float64Array(groups.length * STEP_NAMES.length * SIZE)
  }

  /** What is counted from now on is a step's; returns the step before, to go back to. */
  enter(step: Step): Step {
    const before = STEP_NAMES[this.step]
    if (step !== before) {
      this.attribute()
      this.step = STEP_NAMES.indexOf(step)
    }
    return before
  }

  /** What is counted from now on is for a group. */
  serve(group: number): void {
    if (group === this.group) return
    this.attribute()
    this.group = group
  }

  /** Counting begins here. */
  restart(): void {
    this.seen.set(Object.values(this.counters))
    this.cells.fill(0)
  }

  /** All parts with any count. `total` is what the lane counted since restart(); throws unless the parts add up to it. */
  parts(total: Readonly<CounterSet>): readonly Part[] {
    this.attribute()
    const sums = new Map<CounterName, number>()
    const parts = this.groups.flatMap((relation, group) =>
      STEP_NAMES.flatMap((step, i): Part[] => {
        const counts = countsOf(this.cells.subarray((group * STEP_NAMES.length + i) * SIZE), total.ipiRounds > 0)
        for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count)
        return counts.length === 0 ? [] : [{ relation, step, counts: Object.fromEntries(counts) }]
      }),
    )
    for (const name of COUNTS) {
      const sum = sums.get(name) ?? 0
      assert(sum === total[name], `${name}: ${total[name]} counted, ${sum} attributed`)
    }
    return parts
  }

  private attribute(): void {
    const cell = (this.group * STEP_NAMES.length + this.step) * SIZE
    if (this.step === ACCESS) this.attributeAccess(cell)
    else this.attributeAll(cell)
  }

  /** What is counted outside the kernel, and nothing else: this happens for every access. */
  private attributeAccess(cell: number): void {
    const { counters: c } = this
    this.move(cell, AT.windowHits, c.windowHits)
    this.move(cell, AT.remaps, c.remaps)
    this.move(cell, AT.failedRemaps, c.failedRemaps)
    this.move(cell, AT.failedAccesses, c.failedAccesses)
    this.move(cell, AT.writes, c.writes)
    this.move(cell, AT.tlbHits, c.tlbHits)
    this.move(cell, AT.tlbMisses, c.tlbMisses)
  }

  private attributeAll(cell: number): void {
    const now = Object.values(this.counters)
    for (const at of EVENTS) if (now[at] !== this.seen[at]) this.move(cell, at, now[at])
  }

  /** What a counter counted since it was last seen goes to a cell. */
  private move(cell: number, at: number, count: number): void {
    this.cells[cell + at] += count - this.seen[at]
    this.seen[at] = count
  }
}

/** Parts of several processes as one: those of the same place together, in the order of the first one's. */
export function addedUp(parts: readonly Part[]): readonly Part[] {
  const sums = new Map<string, { relation: string | null; step: Step; counts: Partial<Record<CounterName, number>> }>()
  for (const { relation, step, counts } of parts) {
    const place = JSON.stringify([relation, step])
    const sum = sums.get(place) ?? { relation, step, counts: {} }
    for (const [name, count] of Object.entries(counts)) {
      sum.counts[name as CounterName] = (sum.counts[name as CounterName] ?? 0) + count
    }
    sums.set(place, sum)
  }
  return [...sums.values()]
}

/** The counts of one cell that are not 0. */
function countsOf(cell: Float64Array, hasIpis: boolean): readonly (readonly [CounterName, number])[] {
  const derived: Readonly<Partial<Record<CounterName, number>>> = {
    kernelEntries: cell[AT.syscalls] + cell[AT.pageFaults],
    ipiRounds: hasIpis ? cell[AT.tlbFullFlushes] + cell[AT.tlbRangeFlushes] + cell[AT.tlbPageInvalidations] : 0,
  }
  return COUNTS.map(name => [name, derived[name] ?? cell[AT[name]]] as const).filter(([, count]) => count !== 0)
}
