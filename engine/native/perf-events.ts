// What the kernel counts of this thread: perf events, most of them tracepoints with filters.
//
// One group whose leader alone is switched on and off: switching the whole group loses the events of its other members
// until the next context switch (observed on 6.18). Counting costs up to a tenth of the time; what is timed is not counted.
// Left out: hardware events (virtual machines have none), kprobes.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { type Libc, SYS_IOCTL, SYS_PERF_EVENT_OPEN } from './libc.ts'

/** One event: its tracepoint, or a number among the software events, and which of its occurrences count. */
export interface EventSpec {
  readonly name: string
  readonly tracepoint?: string
  readonly software?: number
  readonly filter?: string
  readonly excludesKernel?: boolean
}

// include/uapi/linux/perf_event.h.
export const PERF_COUNT_SW_PAGE_FAULTS = 2
const PERF_COUNT_SW_CONTEXT_SWITCHES = 3
const PERF_TYPE_SOFTWARE = 1
const PERF_TYPE_TRACEPOINT = 2
const PERF_FORMAT_GROUP = 8
const ATTR_BYTES = 112
const FLAG_DISABLED = 1n
const FLAG_EXCLUDE_KERNEL = 1n << 5n
const IOC_ENABLE = 0x2400
const IOC_DISABLE = 0x2401
const IOC_RESET = 0x2403
const IOC_SET_FILTER = 0x40082406
/** With this flag of IOC_RESET all of a group start again. */
const IOC_FLAG_GROUP = 1

const EPERM = 1
const EACCES = 13

/** Where tracefs may be. */
export const TRACEFS = '/sys/kernel/tracing'

/** Whether tracepoints can be looked up; access(2) would not say, it ignores some capabilities. */
export function hasTracefs(): boolean {
  return isReadable('raw_syscalls/sys_enter')
}

/** An event could not be opened. */
export class PerfRefused extends Error {}

/** A group of events that count this thread. Opened switched off. */
export class PerfEvents {
  private readonly libc: Libc
  private readonly names: readonly string[]
  private readonly descriptors: readonly number[]
  private readonly leader: number
  private readonly bytes: Buffer

  /** Throws PerfRefused, with the reason, if any event is refused. */
  constructor(libc: Libc, specs: readonly EventSpec[]) {
    this.libc = libc
    this.names = ['contextSwitches', ...specs.map(spec => spec.name)]
    const descriptors: number[] = []
    this.descriptors = descriptors
    const excludesKernel = specs.some(spec => spec.excludesKernel)
    const leader = { name: 'contextSwitches', software: PERF_COUNT_SW_CONTEXT_SWITCHES, excludesKernel }
    for (const spec of [leader, ...specs]) {
      try {
        descriptors.push(this.open(spec, descriptors[0] ?? -1))
      } catch (error) {
        this.close()
        throw error
      }
    }
    this.leader = descriptors[0]
    this.bytes = Buffer.alloc(8 * (1 + this.names.length))
  }

  /** Starts counting from zero. */
  start(): void {
    this.libc.syscall(SYS_IOCTL, this.leader, IOC_RESET, IOC_FLAG_GROUP, 0, 0, 0)
    this.libc.syscall(SYS_IOCTL, this.leader, IOC_ENABLE, 0, 0, 0, 0)
  }

  /** Stops counting: a system call that is counted, too. */
  stop(): void {
    this.libc.syscall(SYS_IOCTL, this.leader, IOC_DISABLE, 0, 0, 0, 0)
  }

  /** What was counted between the last start() and stop(), by name. */
  read(): Readonly<Record<string, number>> {
    readSync(this.leader, this.bytes)
    return Object.fromEntries(this.names.map((name, i) => [name, Number(this.bytes.readBigUInt64LE(8 * (i + 1)))]))
  }

  close(): void {
    for (const descriptor of this.descriptors.toReversed()) closeSync(descriptor)
  }

  private open(spec: EventSpec, leader: number): number {
    const { libc } = this
    const { scratch, scratchAddress } = libc
    for (let i = 0; i < ATTR_BYTES; i += 4) scratch.setUint32(i, 0)
    scratch.setUint32(0, spec.tracepoint === undefined ? PERF_TYPE_SOFTWARE : PERF_TYPE_TRACEPOINT, true)
    scratch.setUint32(4, ATTR_BYTES, true)
    scratch.setBigUint64(
      8,
      BigInt(spec.tracepoint === undefined ? spec.software! : tracepointId(spec.tracepoint)),
      true,
    )
    scratch.setBigUint64(32, BigInt(PERF_FORMAT_GROUP), true)
    const flags = (leader < 0 ? FLAG_DISABLED : 0n) | (spec.excludesKernel ? FLAG_EXCLUDE_KERNEL : 0n)
    scratch.setBigUint64(40, flags, true)
    const descriptor = libc.syscall(SYS_PERF_EVENT_OPEN, scratchAddress, 0, -1, leader, 0, 0)
    if (descriptor < 0) throw new PerfRefused(refusal(libc.errno()))
    if (spec.filter === undefined) return descriptor
    if (libc.syscall(SYS_IOCTL, descriptor, IOC_SET_FILTER, libc.text(0, spec.filter), 0, 0, 0) === 0) return descriptor
    const errno = libc.errno()
    closeSync(descriptor)
    throw new PerfRefused(`the filter ${spec.filter} of ${spec.name} was refused with errno ${errno}`)
  }
}

function refusal(errno: number): string {
  const isForbidden = errno === EACCES || errno === EPERM
  const why = isForbidden
    ? 'it takes CAP_PERFMON and a readable tracefs (CAP_DAC_READ_SEARCH), as root has, and no seccomp profile against it'
    : ''
  return `perf_event_open() failed with errno ${errno}${why === '' ? '' : `: ${why}`}`
}

function tracepointId(tracepoint: string): number {
  if (!isReadable(tracepoint)) throw new PerfRefused(`the tracepoint ${tracepoint} cannot be looked up in ${TRACEFS}`)
  return Number(readFileSync(idFile(tracepoint), 'utf8'))
}

function isReadable(tracepoint: string): boolean {
  try {
    closeSync(openSync(idFile(tracepoint), 'r'))
    return true
  } catch {
    return false
  }
}

function idFile(tracepoint: string): string {
  return `${TRACEFS}/events/${tracepoint}/id`
}
