// The four ways a run can go wrong, and who is told what (bin/remapbench.ts maps them to exit codes).
//
// A refusal by the modelled kernel is none of them: it is a negative errno, a result.

/** The user asked for something impossible: one line that names the option, the value, what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** An input file cannot be read: one line with the file and the line or byte offset. */
export class TraceError extends Error {
  override readonly name = 'TraceError'
}

/** A bug of ours, with the values that show it. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Stands at the edges of hot code, never inside a loop body. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

// Error and signal numbers a modelled call or access can end with; include/asm-i386/errno.h and signal.h, 2.5.42,
// the same on x86-64.
export const ENOMEM = 12
export const EFAULT = 14
export const EINVAL = 22
export const ENOSYS = 38
export const EOVERFLOW = 75
export const SIGBUS = 7
export const SIGSEGV = 11
