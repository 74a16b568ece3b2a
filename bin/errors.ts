// What the user is told when something goes wrong, and the exit code that goes with it (README, "Exit codes").

import { TraceError, UsageError } from '../engine/errors.ts'

/** The machine cannot do what was asked: one line that says what is missing and how to get it. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/** A counter that is not equal, a page that is not the right one. */
export const EXIT_FAILED = 1
export const EXIT_USAGE = 2
const EXIT_INPUT = 3
const EXIT_ENVIRONMENT = 5
const EXIT_BUG = 70

/** The text for stderr, ending in a newline, and the exit code. */
export function describe(error: unknown): { readonly text: string; readonly code: number } {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError) return { text: oneLine(message), code: EXIT_USAGE }
  if (error instanceof TraceError) return { text: oneLine(message), code: EXIT_INPUT }
  if (error instanceof EnvironmentError) return { text: oneLine(message), code: EXIT_ENVIRONMENT }
  const stack = error instanceof Error ? error.stack : undefined
  return { text: `remapbench: a bug of ours, please report it with this text\n${stack ?? message}\n`, code: EXIT_BUG }
}

/** The error of some work, null if there is none. */
export function attempt(work: () => void): unknown {
  try {
    work()
    return null
  } catch (error) {
    return error
  }
}

/** What a file operation failed with, in words; the system's code for anything unusual. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error)
  return REASONS[code] ?? code
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'name too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left',
  ENOTDIR: 'a part of the path is not a directory',
  EPERM: 'not permitted',
  EROFS: 'read-only file system',
}

/** What the user typed may hold line breaks or escape sequences; none of them reaches the terminal. */
export function printable(text: string): string {
  const visible = Array.from(text, char => {
    const code = char.charCodeAt(0)
    return code < 32 || (code >= 127 && code < 160) ? `\\x${code.toString(16).padStart(2, '0')}` : char
  })
  return visible.join('')
}

function oneLine(message: string): string {
  return `remapbench: ${printable(message)}\n`
}
