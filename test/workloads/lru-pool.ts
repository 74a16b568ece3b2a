// A buffer pool with exact LRU replacement, to hold a workload against published miss ratios. It shares nothing with the
// engine's own pool.

import type { TraceBlock } from '../../engine/trace.ts'

/** Exact LRU over pages, a doubly linked list in two arrays; entry `frames` is its head. */
export class LruPool {
  misses = 0
  private readonly frames: number
  private readonly frameOf: Int32Array
  private readonly pageIn: Int32Array
  private readonly older: Int32Array
  private readonly newer: Int32Array

  constructor(filePages: number, frames: number) {
    this.frames = frames
    this.frameOf = new Int32Array(filePages).fill(-1)
    this.pageIn = new Int32Array(frames + 1).fill(-1)
    this.older = Int32Array.from({ length: frames + 1 }, (_, i) => (i === 0 ? frames : i - 1))
    this.newer = Int32Array.from({ length: frames + 1 }, (_, i) => (i === frames ? 0 : i + 1))
  }

  run(block: TraceBlock, isMeasured: boolean): void {
    const { frames, frameOf, pageIn, older, newer } = this
    for (let i = 0; i < block.length; i++) {
      const page = block.page[i]!
      let frame = frameOf[page]!
      if (frame < 0) {
        if (isMeasured) this.misses++
        frame = newer[frames]! // a ring: newer than the newest is the oldest
        if (pageIn[frame]! >= 0) frameOf[pageIn[frame]!] = -1
        pageIn[frame] = page
        frameOf[page] = frame
      }
      newer[older[frame]!] = newer[frame]!
      older[newer[frame]!] = older[frame]!
      const newest = older[frames]!
      older[frame] = newest
      newer[frame] = frames
      newer[newest] = frame
      older[frames] = frame
    }
  }
}
