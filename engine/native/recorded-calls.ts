// A lane's calls and accesses as numbers: noted instead of made, to be made later without the program that decided on them.
//
// A HostKernel spells the calls, as it does for real ones; here each is said to have succeeded. One bare loop makes them from
// JavaScript (playPlainly), one foreign call makes them all (one-call.ts). Calls are doubles, which JavaScript reads without
// making objects and machine code converts by one instruction; the arrays lie where both can read them. Left out:
// strategies whose next call depends on what the last one returned.

import { PAGE_SHIFT } from '../units.ts'
import type { Hands } from './host-kernel.ts'
import { type HostWindow, VIEW_MASK, VIEW_SHIFT, WRITTEN_BYTE } from './host-window.ts'
import { type Libc, SYS_PREAD, SYS_PWRITE } from './libc.ts'

/** Words of a call: its number, six arguments, what it returned. */
export const CALL_WORDS = 8
const RESULT = 7
/** The step that makes the next call; any other is a touch. */
export const NEXT_CALL = -1
/** Results of the kernel from here to -1 are errnos [MAX_ERRNO, include/linux/err.h]; addresses never are. */
const LEAST_ERROR = -4095

export class RecordedCalls implements Hands {
  readonly base: number
  readonly bytes: number
  readonly reserved: HostWindow['reserved']
  /** In their order: NEXT_CALL, or a touch: twice the window page, and 1 more for a write. */
  steps = new Int32Array(1024)
  /** CALL_WORDS each, in the order they are made in; a result is the kernel's, or a negative errno. */
  calls = new Float64Array(1024 * CALL_WORDS)
  stepCount = 0
  callCount = 0

  /** Of calls and accesses to this window. */
  constructor({ base, bytes, reserved }: Hands) {
    this.base = base
    this.bytes = bytes
    this.reserved = reserved
  }

  /** Notes a call; returns what the kernel will if it grants all of it. */
  syscall(nr: number, a: number, b: number, c: number, d: number, e: number, f: number): number {
    const at = this.callCount++ * CALL_WORDS
    if (at === this.calls.length) {
      const { calls } = this
      this.calls = new Float64Array(calls.length * 2)
      this.calls.set(calls)
    }
    const { calls } = this
    calls[at] = nr
    calls[at + 1] = a
    calls[at + 2] = b
    calls[at + 3] = c
    calls[at + 4] = d
    calls[at + 5] = e
    calls[at + 6] = f
    this.append(NEXT_CALL)
    return nr === SYS_PREAD || nr === SYS_PWRITE ? c : 0
  }

  errno(): number {
    return 0
  }

  touch(vpn: number, write: number): number {
    this.append(vpn * 2 + write)
    return 0
  }

  /** What a call came to when it was made: 0 or a negative errno. */
  errorOf(call: number): number {
    const result = this.calls[call * CALL_WORDS + RESULT]
    return result < 0 && result >= LEAST_ERROR ? result : 0
  }

  /** What the first call came to that was refused when it was made; 0 if none was. */
  firstError(): number {
    for (let call = 0; call < this.callCount; call++) {
      const error = this.errorOf(call)
      if (error !== 0) return error
    }
    return 0
  }

  /** Forgets what was recorded. */
  restart(): void {
    this.stepCount = 0
    this.callCount = 0
  }

  private append(step: number): void {
    if (this.stepCount === this.steps.length) {
      const { steps } = this
      this.steps = new Int32Array(steps.length * 2)
      this.steps.set(steps)
    }
    this.steps[this.stepCount++] = step
  }
}

/**
 * Makes all recorded calls and accesses by a loop with nothing else in it: what a database would pay that is written in
 * JavaScript and knows beforehand what to do. Results are noted (of mmap() the low 32 bits); returns the sum of what was read.
 */
export function playPlainly(libc: Libc, views: HostWindow['views'], recorded: RecordedCalls): number {
  const { steps, calls, stepCount } = recorded
  const { syscall } = libc
  let sum = 0
  for (let i = 0, at = 0; i < stepCount; i++) {
    const step = steps[i]
    if (step === NEXT_CALL) {
      const result = syscall(
        calls[at],
        calls[at + 1],
        calls[at + 2],
        calls[at + 3],
        calls[at + 4],
        calls[at + 5],
        calls[at + 6],
      )
      calls[at + RESULT] = result === -1 ? -libc.errno() : result
      at += CALL_WORDS
    } else {
      const view = views[step >>> (VIEW_SHIFT + 1)]
      const byte = ((step >>> 1) & VIEW_MASK) << PAGE_SHIFT
      if ((step & 1) === 0) sum = (sum + view[byte]) | 0
      else view[byte + WRITTEN_BYTE] = 1
    }
  }
  return sum
}
