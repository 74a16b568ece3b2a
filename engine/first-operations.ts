// How a number arose: the first operations after which a counter was higher than before.
//
// Levels and peaks are looked at after every operation until enough have been seen, which is why this is slow and only for
// those who ask.

import type { CounterName, CounterSet } from './counters.ts'
import type { CountingKernel } from './kernel/kernel.ts'

/** Enough to see the pattern. */
const ENOUGH = 5

export interface FirstOperation {
  readonly kind: 'remap' | 'read' | 'write' | 'reclaim'
  /** Counted accesses made before it; with window operations from a file, its counted row. 0-based. */
  readonly at: number
  /** First page of the window, number of pages, and the file page behind the first; -1 where that is not known. */
  readonly vpn: number
  readonly pages: number
  readonly pgoff: number
  /** By how much the counter rose. */
  readonly by: number
}

export class FirstOperations {
  private readonly kernel: CountingKernel
  private readonly names: readonly CounterName[]
  private readonly found = new Map<CounterName, FirstOperation[]>()
  private readonly before = new Map<CounterName, number>()
  private isDone = false

  constructor(kernel: CountingKernel, names: readonly CounterName[]) {
    this.kernel = kernel
    this.names = names
  }

  /** Counting begins here. */
  restart(): void {
    const counters = this.settled()
    for (const name of this.names) {
      this.found.set(name, [])
      this.before.set(name, counters[name])
    }
    this.isDone = false
  }

  /** An operation was made. */
  note(operation: Omit<FirstOperation, 'by'>): void {
    if (this.isDone) return
    const counters = this.settled()
    this.isDone = true
    for (const name of this.names) {
      const found = this.found.get(name) ?? []
      const by = counters[name] - (this.before.get(name) ?? 0)
      this.before.set(name, counters[name])
      if (by > 0 && found.length < ENOUGH) found.push({ ...operation, by })
      if (found.length < ENOUGH) this.isDone = false
    }
  }

  /** For each counter, the first operations that raised it, in their order. */
  all(): readonly (readonly FirstOperation[])[] {
    return this.names.map(name => this.found.get(name) ?? [])
  }

  private settled(): CounterSet {
    this.kernel.settle()
    return this.kernel.counters
  }
}
