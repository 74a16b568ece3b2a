// The system calls of the running kernel, made from JavaScript through koffi: Linux on x86-64, no compiler needed.
//
// Every call goes through syscall(2) of the running process's own C library, so that neither glibc nor musl is named.
// Addresses are Numbers (below 2^53), which koffi converts faster than BigInts; structures lie in a page of our own whose
// address is known. koffi is an optional dependency, loaded by the first who asks.

import { createRequire } from 'node:module'

// Numbers of calls; arch/x86/entry/syscalls/syscall_64.tbl.
export const SYS_MMAP = 9
const SYS_MPROTECT = 10
export const SYS_MUNMAP = 11
export const SYS_IOCTL = 16
export const SYS_PREAD = 17
export const SYS_PWRITE = 18
export const SYS_MADVISE = 28
const SYS_GETRUSAGE = 98
export const SYS_GETPPID = 110
const SYS_SCHED_SETSCHEDULER = 144
const SYS_PRCTL = 157
const SYS_MOUNT = 165
const SYS_SCHED_SETAFFINITY = 203
const SYS_SCHED_GETAFFINITY = 204
export const SYS_REMAP_FILE_PAGES = 216
const SYS_CLOCK_GETTIME = 228
const SYS_UNSHARE = 272
const SYS_FALLOCATE = 285
export const SYS_PERF_EVENT_OPEN = 298
const SYS_PRLIMIT64 = 302
const SYS_MEMFD_CREATE = 319

// Values of include/uapi: asm-generic/mman-common.h, linux/prctl.h, linux/sched.h, linux/mount.h, linux/falloc.h,
// linux/memfd.h, linux/time.h.
export const PROT_NONE = 0
export const PROT_READ_WRITE = 3
const PROT_READ_EXEC = 5
export const MAP_SHARED = 1
export const MAP_PRIVATE = 2
export const MAP_FIXED = 0x10
export const MAP_ANONYMOUS = 0x20
export const MAP_NORESERVE = 0x4000
export const MAP_FIXED_NOREPLACE = 0x100000
const PR_SET_PDEATHSIG = 1
const SIGKILL = 9
const RLIMIT_CORE = 4
const SCHED_OTHER = 0
const SCHED_FIFO = 1
const CLONE_NEWNS = 0x20000
const MS_REC_PRIVATE = 0x44000
const RUSAGE_THREAD = 1
const CLOCK_THREAD_CPUTIME_ID = 3
const PUNCH_HOLE_KEEP_SIZE = 3
const MFD_CLOEXEC = 1
/** ru_minflt and ru_nivcsw of struct rusage: longs after two struct timeval. */
const MINFLT_OFFSET = 64
const NIVCSW_OFFSET = 136
/** CPUs a mask has room for, in bytes. */
const MASK_BYTES = 128
const SCRATCH_BYTES = 65536

type Syscall = (nr: number, a: number, b: number, c: number, d: number, e: number, f: number) => number

/** A function that is not JavaScript's; of an array it gets the address. */
type Foreign = (...args: readonly (number | Int32Array | Float64Array)[]) => number

/** What is used of koffi; its own types would have to be installed for building without it. */
interface Koffi {
  load(path: null): { func(name: string, result: string, parameters: readonly string[]): Syscall }
  proto(result: string, parameters: readonly string[]): object
  decode(address: number, prototype: object): Foreign
  errno(): number
  view(address: number, bytes: number): ArrayBuffer
}

export class Libc {
  /** A call's result in its low 32 bits, -1 for a failure; of this size it is never an object to be collected. */
  readonly syscall: Syscall
  /** The same with all 64 bits. */
  readonly syscallWide: Syscall
  /** Where structures for calls are put, and its address. */
  readonly scratch: DataView
  readonly scratchAddress: number
  private readonly koffi: Koffi

  /** Throws where koffi is not installed, or has no binary for this machine. */
  constructor() {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi
    const self = koffi.load(null)
    const parameters = Array<string>(7).fill('int64_t')
    this.koffi = koffi
    this.syscall = self.func('syscall', 'int32_t', parameters)
    this.syscallWide = self.func('syscall', 'int64_t', parameters)
    this.scratchAddress = this.reserve(0, SCRATCH_BYTES, PROT_READ_WRITE)
    this.scratch = new DataView(koffi.view(this.scratchAddress, SCRATCH_BYTES))
  }

  /** Of the call that has just failed. */
  errno(): number {
    return this.koffi.errno()
  }

  /** Memory from an address on; at most 4 GiB at a time, above which Node 20 aborts. */
  view(address: number, bytes: number): Uint8Array {
    return new Uint8Array(this.koffi.view(address, bytes))
  }

  /** Addresses that nothing else uses, at `wanted` if it is not 0 and free; -1 if there are none. */
  reserve(wanted: number, bytes: number, protection: number): number {
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (wanted === 0 ? 0 : MAP_FIXED_NOREPLACE)
    return this.syscallWide(SYS_MMAP, wanted, bytes, protection, flags, -1, 0)
  }

  /** A function of these instructions, which stay for as long as the process lives. Throws where memory may not be executed. */
  machineCode(bytes: Uint8Array, result: string, parameters: readonly string[]): Foreign {
    const address = this.reserve(0, bytes.length, PROT_READ_WRITE)
    this.view(address, bytes.length).set(bytes)
    if (this.syscall(SYS_MPROTECT, address, bytes.length, PROT_READ_EXEC, 0, 0, 0) < 0) {
      throw new Error(`this system lets nobody execute what was written: mprotect() failed with errno ${this.errno()}`)
    }
    return this.koffi.decode(address, this.koffi.proto(result, parameters))
  }

  /** Puts a text at an offset of the scratch page; returns its address. */
  text(offset: number, text: string): number {
    const bytes = new TextEncoder().encode(`${text}\0`)
    bytes.forEach((byte, i) => {
      this.scratch.setUint8(offset + i, byte)
    })
    return this.scratchAddress + offset
  }

  /** From now on the kernel ends this process with its parent; false if that has gone already. */
  dieWith(parent: number): boolean {
    this.syscall(SYS_PRCTL, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, 0)
    return this.syscall(SYS_GETPPID, 0, 0, 0, 0, 0, 0) === parent
  }

  /** A core file would hold the shared file. */
  forbidCoreFiles(): void {
    this.scratch.setBigUint64(0, 0n)
    this.scratch.setBigUint64(8, 0n)
    this.syscall(SYS_PRLIMIT64, 0, RLIMIT_CORE, this.scratchAddress, 0, 0, 0)
  }

  /** Runs this thread before all others of its CPU, or as ever; false if that is not permitted. */
  runFirst(isFirst: boolean): boolean {
    this.scratch.setUint32(0, isFirst ? 1 : 0, true)
    const policy = isFirst ? SCHED_FIFO : SCHED_OTHER
    return this.syscall(SYS_SCHED_SETSCHEDULER, 0, policy, this.scratchAddress, 0, 0, 0) === 0
  }

  /** Runs this thread, and what it starts, on the last CPU it may use; returns what gives it back all of them. */
  pin(): () => void {
    const { scratch, scratchAddress } = this
    const length = this.syscall(SYS_SCHED_GETAFFINITY, 0, MASK_BYTES, scratchAddress, 0, 0, 0)
    if (length <= 0) return () => {}
    const before = new Uint8Array(scratch.buffer, 0, length).slice()
    const set = (mask: Uint8Array) => {
      new Uint8Array(scratch.buffer, 0, length).set(mask)
      this.syscall(SYS_SCHED_SETAFFINITY, 0, length, scratchAddress, 0, 0, 0)
    }
    const last = before.findLastIndex(bits => bits !== 0)
    const mask = new Uint8Array(length)
    mask[last] = 1 << (31 - Math.clz32(before[last]))
    set(mask)
    return () => set(before)
  }

  /** Mounts tracefs where only this process sees it; false if that is not permitted. */
  mountTracefs(folder: string): boolean {
    if (this.syscall(SYS_UNSHARE, CLONE_NEWNS, 0, 0, 0, 0, 0) < 0) return false
    if (this.syscall(SYS_MOUNT, 0, this.text(0, '/'), 0, MS_REC_PRIVATE, 0, 0) < 0) return false
    return (
      this.syscall(SYS_MOUNT, this.text(0, 'none'), this.text(64, folder), this.text(512, 'tracefs'), 0, 0, 0) === 0
    )
  }

  /** This thread's faults of any kind that needed no input, and the times it lost the CPU, so far. */
  usage(into: { faults: number; preemptions: number }): void {
    this.syscall(SYS_GETRUSAGE, RUSAGE_THREAD, this.scratchAddress, 0, 0, 0, 0)
    into.faults = this.scratch.getUint32(MINFLT_OFFSET, true)
    into.preemptions = this.scratch.getUint32(NIVCSW_OFFSET, true)
  }

  /** CPU time of this thread so far, in nanoseconds. */
  cpuNs(): number {
    this.syscall(SYS_CLOCK_GETTIME, CLOCK_THREAD_CPUTIME_ID, this.scratchAddress, 0, 0, 0, 0)
    return Number(this.scratch.getBigInt64(0, true)) * 1e9 + Number(this.scratch.getBigInt64(8, true))
  }

  /** An empty file of shmem that lies in no mounted file system; -1 if there can be none. Only who is given it inherits it. */
  createMemfd(): number {
    return this.syscall(SYS_MEMFD_CREATE, this.text(0, 'remapbench'), MFD_CLOEXEC, 0, 0, 0, 0)
  }

  /** Gives up the memory of a part of a file. */
  punchHole(descriptor: number, offset: number, bytes: number): void {
    this.syscall(SYS_FALLOCATE, descriptor, PUNCH_HOLE_KEEP_SIZE, offset, bytes, 0, 0)
  }
}

/** The result of calls that may not be refused. Throws an Error with the errno. */
export function requireGranted(result: number): void {
  if (result < 0) throw new Error(`the kernel refused a call with errno ${-result}`)
}
