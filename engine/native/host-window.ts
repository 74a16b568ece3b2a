// The window's addresses in this process: reserved, so that MAP_FIXED can hit nothing else, and seen from JavaScript.
//
// Views are as long as Node 20 can make them without danger, and made once: what is mapped behind them may change. An access
// that the kernel answers with a signal ends the process, which is why every lane has one of its own.

import { InvariantError } from '../errors.ts'
import { PAGE_BYTES, PAGE_SHIFT } from '../units.ts'
import type { Hands } from './host-kernel.ts'
import { type Libc, PROT_NONE } from './libc.ts'

/** Windows begin at a multiple of this, so that page tables lie alike in each; and views are of this size. */
const ALIGN_BYTES = 2 ** 30
export const VIEW_SHIFT = 30 - PAGE_SHIFT
export const VIEW_MASK = (1 << VIEW_SHIFT) - 1
/** Addresses a small integer can hold: no object for each call to a window of up to 1 GiB. */
const LOW_BASE = ALIGN_BYTES
/** Where in its page a write goes: what the page began with stays. */
export const WRITTEN_BYTE = 8

export class HostWindow implements Hands {
  readonly base: number
  readonly bytes: number
  readonly reserved: readonly [address: number, bytes: number]
  /** The window's bytes, in pieces of VIEW_SHIFT. */
  readonly views: readonly Uint8Array[]
  private readonly libc: Libc
  /** What was read: kept so that no access can be left out. */
  private sum = 0

  /** Reserves addresses for so many pages. */
  constructor(libc: Libc, windowPages: number) {
    this.libc = libc
    this.bytes = windowPages * PAGE_BYTES
    this.reserved = reserve(libc, this.bytes)
    this.base = Math.ceil(this.reserved[0] / ALIGN_BYTES) * ALIGN_BYTES
    const views: Uint8Array[] = []
    for (let at = 0; at < this.bytes; at += ALIGN_BYTES)
      views.push(libc.view(this.base + at, Math.min(this.bytes - at, ALIGN_BYTES)))
    this.views = views
  }

  syscall(nr: number, a: number, b: number, c: number, d: number, e: number, f: number): number {
    return this.libc.syscall(nr, a, b, c, d, e, f)
  }

  errno(): number {
    return this.libc.errno()
  }

  touch(vpn: number, write: number): number {
    const view = this.views[vpn >>> VIEW_SHIFT]
    const at = (vpn & VIEW_MASK) << PAGE_SHIFT
    if (write === 0) this.sum = (this.sum + view[at]) | 0
    else view[at + WRITTEN_BYTE] = 1
    return 0
  }

  /** Four bytes at the beginning of a page, as a number. */
  firstWord(vpn: number): number {
    const view = this.views[vpn >>> VIEW_SHIFT]
    return new DataView(view.buffer).getUint32((vpn & VIEW_MASK) << PAGE_SHIFT, true)
  }
}

function reserve(libc: Libc, bytes: number): readonly [number, number] {
  const low = bytes <= ALIGN_BYTES ? libc.reserve(LOW_BASE, bytes, PROT_NONE) : -1
  if (low > 0) return [low, bytes]
  const address = libc.reserve(0, bytes + ALIGN_BYTES, PROT_NONE)
  if (address < 0) throw new InvariantError(`no addresses for ${bytes} bytes: errno ${libc.errno()}`)
  return [address, bytes + ALIGN_BYTES]
}
