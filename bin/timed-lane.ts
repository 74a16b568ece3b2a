// A lane in a process of its own (timing-child.ts) that does its work again and again, when it is asked to.

import type { ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { serialize } from 'node:v8'
import type { Duration } from '../engine/timing.ts'
import { deathOf, startTimed, timeLimit } from './host-process.ts'
import type { PoolTask } from './lane-task.ts'
import type { TimedPart, TimedRound, TimedWork, TimingRequest } from './timing-child.ts'

export class TimedLane {
  /** What was done in a round of each part. */
  readonly work: Partial<Record<TimedPart, TimedWork>> = {}
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  private readonly lines: AsyncIterator<string, unknown>
  private readonly limitMs: number
  /** Why the process ended, once it has: it never rejects. */
  private readonly death: Promise<string>
  private said = ''
  private isLate = false

  /** Starts the process; `limitMs`: a round, or starting, that takes longer has hung. Throws an Error if it cannot be started. */
  constructor(task: PoolTask, descriptor: number, limitMs: number) {
    this.limitMs = limitMs
    const child = startTimed(descriptor)
    this.child = child
    this.death = new Promise(resolve => {
      child.on('error', error => resolve(deathOf(null, error.message).why))
      child.on('close', (_, signal) => resolve(deathOf(signal, this.said).why))
    })
    if (!child.stdout) throw new Error('no process could be started: too many open files?')
    child.stderr.on('data', chunk => (this.said += chunk))
    child.stdin.on('error', () => {}) // it has died, which its end tells
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    this.order(Buffer.from(serialize({ parent: process.pid, task } satisfies TimingRequest)).toString('base64'))
  }

  get pid(): number {
    return this.child.pid!
  }

  /** Has a part of the work done once; rejects with an Error that says how the process died. */
  async round(part: TimedPart): Promise<Duration> {
    this.order(part)
    const timer = setTimeout(() => {
      this.isLate = true
      this.child.kill('SIGKILL')
    }, this.limitMs)
    const { value, done } = await this.lines.next()
    clearTimeout(timer)
    if (done) throw new Error(this.isLate ? timeLimit(this.limitMs).why : await this.death)
    const { cpuNs, wallNs, ...work } = JSON.parse(value) as TimedRound
    this.work[part] = work
    return { cpuNs, wallNs }
  }

  /** Ends the process, of which nothing more is wanted, and waits for its end. */
  async close(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.death
  }

  private order(line: string): void {
    this.child.stdin.write(`${line}\n`)
  }
}
