// A kernel that keeps real contents and writes down every call: what a strategy asked for, and what its window then shows.
//
// Naive on purpose: no costs, no faults, no limits. A page's content is the file page it once came from and how many
// writes it has seen since, so that a write that was lost is missing from the sum. Calls no strategy should make throw.

import assert from 'node:assert/strict'
import { CounterSet } from '../../engine/counters.ts'
import { EINVAL, SIGBUS, SIGSEGV } from '../../engine/errors.ts'
import type { CountingKernel } from '../../engine/kernel/kernel.ts'
import { PAGE_BYTES } from '../../engine/units.ts'

interface Content {
  /** The file page it came from; -1 for the zeros of memory nothing was read into. */
  readonly page: number
  /** How many writes it has seen. */
  writes: number
}

/** What stands behind one page of addresses. */
type Behind = { readonly kind: 'file' | 'guarded'; readonly page: number } | { readonly kind: 'own'; content: Content }

type CallName = 'mmapFixed' | 'remapFilePages' | 'mmapGuarded' | 'mmapAnonymous' | 'pread' | 'pwrite' | 'dontNeed'

export class RecordingKernel implements CountingKernel {
  readonly counters = new CounterSet()
  /** Every call so far as text, `pread(0, 4, 100)`; touches are none. */
  readonly calls: string[] = []
  readonly file: readonly Content[]
  /** What the last access saw, after its write. */
  seen: Readonly<Content> = { page: -1, writes: 0 }
  /** Kernel pages touched, in order; accesses that ended in SIGSEGV are not among them. */
  readonly touched: number[] = []
  /** Errors that calls of a name are to fail with, without having done anything; each is used up by one call. */
  readonly refusals = new Map<CallName, number[]>()
  stockRefusalAt = -1
  lowmemExhaustedAt = -1
  private readonly memory: (Behind | null)[]

  constructor(pages: number, filePages: number) {
    this.memory = Array.from({ length: pages }, () => null)
    this.file = Array.from({ length: filePages }, (_, page) => ({ page, writes: 0 }))
  }

  mmapFixed(vpn: number, pages: number, pgoff: number, flags: number): number {
    const error = this.call('mmapFixed', vpn, pages, pgoff, flags)
    if (error < 0) return error
    this.mapFile(vpn, pages, pgoff)
    return 0
  }

  remapFilePages(vpn: number, pages: number, pgoff: number, flags: number): number {
    const error = this.call('remapFilePages', vpn, pages, pgoff, flags)
    if (error < 0) return error
    for (let at = vpn; at < vpn + pages; at++)
      if (!['file', 'guarded'].includes(this.behind(at)?.kind ?? '')) return -EINVAL
    this.mapFile(vpn, pages, pgoff)
    return 0
  }

  mmapGuarded(vpn: number, pages: number, pgoff: number): number {
    const error = this.call('mmapGuarded', vpn, pages, pgoff)
    for (let i = 0; i < pages && error === 0; i++) this.memory[vpn + i] = { kind: 'guarded', page: pgoff + i }
    return error
  }

  returnFromSignal(): void {
    this.counters.syscalls++
    this.counters.signalsHandled++
  }

  switchTo(): void {
    this.counters.contextSwitches++
  }

  /** The kernel takes pages back: in a guarded window they are closed again. */
  reclaim(vpn: number, pages: number): void {
    for (let at = vpn; at < vpn + pages; at++) {
      const behind = this.behind(at)
      if (behind?.kind === 'file') this.memory[at] = { kind: 'guarded', page: behind.page }
    }
  }

  sweep(): void {
    assert.fail('memory pressure is not for a kernel without costs')
  }

  mmapAnonymous(vpn: number, pages: number): number {
    return this.call('mmapAnonymous', vpn, pages) || this.zero(vpn, pages)
  }

  pread(vpn: number, pages: number, pgoff: number): number {
    const error = this.call('pread', vpn, pages, pgoff)
    if (error < 0) return error
    this.counters.bytesCopied += pages * PAGE_BYTES
    for (let i = 0; i < pages; i++) this.own(vpn + i).content = { ...this.inFile(pgoff + i) }
    return 0
  }

  pwrite(vpn: number, pages: number, pgoff: number): number {
    const error = this.call('pwrite', vpn, pages, pgoff)
    if (error < 0) return error
    this.counters.writebacks++
    this.counters.bytesCopied += pages * PAGE_BYTES
    for (let i = 0; i < pages; i++) {
      const { content } = this.own(vpn + i)
      assert.equal(content.page, this.inFile(pgoff + i).page, `${this.calls.at(-1)} writes a page over another`)
      this.inFile(pgoff + i).writes = content.writes
    }
    return 0
  }

  dontNeed(vpn: number, pages: number): number {
    const error = this.call('dontNeed', vpn, pages)
    if (error < 0) return error
    for (let at = vpn; at < vpn + pages; at++) this.own(at)
    return this.zero(vpn, pages)
  }

  touch(vpn: number, write: number): number {
    this.counters.tlbMisses++
    const behind = this.behind(vpn)
    if (behind === null || behind.kind === 'guarded') return -SIGSEGV
    this.touched.push(vpn)
    if (behind.kind === 'file' && behind.page >= this.file.length) return -SIGBUS
    const content = behind.kind === 'own' ? behind.content : this.inFile(behind.page)
    content.writes += write
    this.seen = { ...content }
    return 0
  }

  settle(): void {}
  restartPeaks(): void {}
  check(): void {}

  /** The calls since the last time this was asked. */
  takeCalls(): string[] {
    return this.calls.splice(0)
  }

  private call(name: CallName, ...args: readonly number[]): number {
    this.counters.syscalls++
    this.calls.push(`${name}(${args.join(', ')})`)
    assert.ok(args.every(Number.isInteger) && args[1]! >= 1, `${this.calls.at(-1)}: no range of pages`)
    return this.refusals.get(name)?.shift() ?? 0
  }

  private behind(vpn: number): Behind | null {
    assert.ok(vpn >= 0 && vpn < this.memory.length, `page ${vpn} of ${this.memory.length}`)
    return this.memory[vpn]!
  }

  private own(vpn: number): Behind & { kind: 'own' } {
    const behind = this.behind(vpn)
    assert.ok(behind?.kind === 'own', `${this.calls.at(-1)}: page ${vpn} is no memory of the process's own`)
    return behind
  }

  private inFile(page: number): Content {
    assert.ok(page >= 0 && page < this.file.length, `file page ${page} of ${this.file.length}`)
    return this.file[page]!
  }

  private mapFile(vpn: number, pages: number, pgoff: number): void {
    for (let i = 0; i < pages; i++) {
      this.behind(vpn + i)
      this.memory[vpn + i] = { kind: 'file', page: pgoff + i }
    }
  }

  private zero(vpn: number, pages: number): number {
    for (let at = vpn; at < vpn + pages; at++) {
      this.behind(at)
      this.memory[at] = { kind: 'own', content: { page: -1, writes: 0 } }
    }
    return 0
  }
}
