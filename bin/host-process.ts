// Starts the processes that measure (native-child.ts) or are timed (timing-child.ts): with the backing file, pinned to one CPU
// from their first thread on. However one ends, nothing of it stays: the file has no name, and it has no child.

import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { closeSync, constants, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { absentPages } from '../engine/backing-file.ts'
import { Libc } from '../engine/native/libc.ts'
import type { HostFile } from '../engine/run.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import { EnvironmentError, reasonOf } from './errors.ts'
import type { AnswerTo, ChildRequest, ChildTask } from './native-child.ts'

/** Where backing files live. */
export const SHM = '/dev/shm'
/** A file without a name; include/uapi/asm-generic/fcntl.h (node:fs does not name it). */
const O_TMPFILE = 0o20200000
const WRITE_PAGES = 1024
const CHILD = fileURLToPath(new URL('./native-child.js', import.meta.url))
const TIMING_CHILD = fileURLToPath(new URL('./timing-child.js', import.meta.url))
/** No other threads, which would disturb what is counted; and a young generation that is seldom full meanwhile. */
const NODE_FLAGS = ['--single-threaded', '--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']
/**
 * The compiler of Node takes memory and gives it back while a lane runs, which is a flush. glibc keeps what it has, and takes
 * much at a time (mallopt(3)); other C libraries do not know these.
 */
const ALLOCATOR = {
  MALLOC_TRIM_THRESHOLD_: String(2 ** 30),
  MALLOC_TOP_PAD_: String(2 ** 26),
  MALLOC_MMAP_THRESHOLD_: String(2 ** 25),
}
const ANSWER_BYTES = 2 ** 28

/** The process ended without an answer. */
export interface Death {
  /** A word for scripts and a phrase for people. */
  readonly reason: string
  readonly why: string
}

/** A nameless file of so many pages, each written page beginning with its number; the caller closes it. */
export function createBackingFile(pages: number, writtenShare: number, file: HostFile = SHM): number {
  const descriptor = file === 'memfd' ? openMemfd() : openNameless()
  try {
    ftruncateSync(descriptor, pages * PAGE_BYTES)
    const isAbsent = absentPages(writtenShare)
    const buffer = Buffer.alloc(WRITE_PAGES * PAGE_BYTES)
    for (let from = 0; from < pages && writtenShare > 0; from += WRITE_PAGES) {
      const count = Math.min(WRITE_PAGES, pages - from)
      for (let i = 0; i < count; i++) buffer.writeUInt32LE(from + i, i * PAGE_BYTES)
      if (isAbsent === null) writeFully(descriptor, buffer.subarray(0, count * PAGE_BYTES), from * PAGE_BYTES)
      else writePresent(descriptor, buffer, from, count, isAbsent)
    }
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw new EnvironmentError(
      `${file}: a file of ${pages} pages cannot be written: ${reasonOf(error)}; a smaller --file`,
    )
  }
}

/** Has a task done; the answer, or how the process died. */
export function perform<Task extends ChildTask>(
  task: Task,
  descriptor: number,
  limitMs: number,
): AnswerTo<Task> | Death {
  const request: ChildRequest = { parent: process.pid, task }
  const { error, signal, status, stdout, stderr } = pinned(() =>
    spawnSync(process.execPath, [...NODE_FLAGS, CHILD], {
      input: serialize(request),
      stdio: ['pipe', 'pipe', 'pipe', descriptor],
      timeout: limitMs,
      killSignal: 'SIGKILL',
      maxBuffer: ANSWER_BYTES,
      env: childEnvironment(),
    }),
  )
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') return timeLimit(limitMs)
  if (signal === null && status === 0) return deserialize(stdout) as AnswerTo<Task>
  return deathOf(signal, error?.message ?? stderr.toString())
}

/** Starts the process that is timed; it waits for orders (timing-child.ts). */
export function startTimed(descriptor: number): ChildProcessByStdio<Writable, Readable, Readable> {
  return pinned(() =>
    spawn(process.execPath, [...NODE_FLAGS, TIMING_CHILD], {
      stdio: ['pipe', 'pipe', 'pipe', descriptor],
      env: childEnvironment(),
    }),
  ) as unknown as ChildProcessByStdio<Writable, Readable, Readable>
}

/** How a process died that gave no answer: by a signal, or with something said. */
export function deathOf(signal: NodeJS.Signals | null, said: string): Death {
  if (signal !== null) {
    return { reason: signal, why: `the measuring process was ended by ${signal}${KILLERS[signal] ?? ''}` }
  }
  const lines = said.trim().split('\n')
  const why = lines.find(line => /^\w*Error/.test(line)) ?? lines.at(-1)
  return { reason: 'failed', why: `the measuring process failed: ${why}` }
}

export function timeLimit(limitMs: number): Death {
  return { reason: 'time-limit', why: `not done after ${Math.round(limitMs / 1000)} s` }
}

function childEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...environment } = process.env
  return { ...environment, ...ALLOCATOR }
}

export function isDeath(answer: object): answer is Death {
  return 'reason' in answer
}

const KILLERS: Readonly<Record<string, string>> = {
  SIGKILL: ' (too little memory?)',
  SIGBUS: ' (no room left for the file?)',
}

/** Starts something that has one CPU from its first thread on: one that was pinned later has been elsewhere. */
function pinned<T>(start: () => T): T {
  const unpin = new Libc().pin()
  try {
    return start()
  } finally {
    unpin()
  }
}

function openMemfd(): number {
  const libc = new Libc()
  const descriptor = libc.createMemfd()
  if (descriptor < 0) throw new EnvironmentError(`--memfd: the kernel refused memfd_create() (errno ${libc.errno()})`)
  return descriptor
}

/** Without a name from the beginning where the file system can do that, else unlinked at once. */
function openNameless(): number {
  try {
    return openSync(SHM, constants.O_RDWR | O_TMPFILE, 0o600)
  } catch {
    const path = join(SHM, `.remapbench-${process.pid}`)
    try {
      const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)
      unlinkSync(path)
      return descriptor
    } catch (error) {
      throw new EnvironmentError(`${SHM}: no file can be created: ${reasonOf(error)}`)
    }
  }
}

function writePresent(
  descriptor: number,
  buffer: Buffer,
  from: number,
  count: number,
  isAbsent: (page: number) => boolean,
): void {
  for (let i = 0; i < count; i++) {
    if (isAbsent(from + i)) continue
    writeFully(descriptor, buffer.subarray(i * PAGE_BYTES, (i + 1) * PAGE_BYTES), (from + i) * PAGE_BYTES)
  }
}

function writeFully(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, position + at)
}
