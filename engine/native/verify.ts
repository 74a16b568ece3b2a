// Does a lane's work once more, uncounted, and looks at each page it touches: is it the page of the file it should be?
//
// Each page of the backing file begins with its number, a hole reads as zeros, and writes go elsewhere in their page.

import type { RemapStrategy } from '../strategy/strategy.ts'
import { OP_KIND_BITS, OP_KIND_MASK, OP_REMAP, type WindowOps } from '../window-ops.ts'
import type { HostWindow } from './host-window.ts'
import type { Plan, Site } from './lane-work.ts'
import { requireGranted } from './libc.ts'

/** What was seen; `first` says which touch saw the wrong page first, null if none did. */
export interface Verified {
  readonly touches: number
  readonly wrong: number
  readonly first: { readonly vpn: number; readonly expected: number; readonly found: number } | null
}

/** Throws an Error if a call is refused. */
export function verifyPlan({ kernel, entry, sizes, isAbsent }: Site, window: HostWindow, plan: Plan): Verified {
  const strategy = entry.create(kernel, sizes)
  /** Which file page each window page shows. */
  const shown = Int32Array.from({ length: sizes.windowPages }, (_, vpn) => vpn)
  let touches = 0
  let wrong = 0
  let first: Verified['first'] = null
  kernel.clear()
  requireGranted(strategy.setup(sizes.windowPages))
  for (const block of [...plan.warmup, ...plan.counted]) {
    eachOp(block, (kind, vpn, pgoff) => {
      if (kind === OP_REMAP) {
        requireGranted(strategy.remap(vpn, block.unitPages, pgoff))
        for (let i = 0; i < block.unitPages; i++) shown[vpn + i] = pgoff + i
        return
      }
      touchThrough(strategy, kernel, vpn, kind)
      touches++
      const page = shown[vpn]!
      const expected = isAbsent?.(page) ? 0 : page
      const found = window.firstWord(strategy.addressOf?.(vpn) ?? vpn)
      if (found === expected) return
      wrong++
      first ??= { vpn, expected, found }
    })
  }
  return { touches, wrong, first }
}

function touchThrough(strategy: RemapStrategy, kernel: Site['kernel'], vpn: number, write: number): void {
  if (strategy.touch) strategy.touch(vpn, write)
  else kernel.touch(vpn, write)
}

function eachOp({ op, pgoff, length }: WindowOps, visit: (kind: number, vpn: number, pgoff: number) => void): void {
  for (let i = 0; i < length; i++) visit(op[i]! & OP_KIND_MASK, op[i]! >>> OP_KIND_BITS, pgoff[i]!)
}
