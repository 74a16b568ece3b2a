// A lane in a process of its own (timing-child.ts) that does its work again and again, when it is asked to.

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { serialize } from 'node:v8'
import type { Duration } from '../engine/timing.ts'
import { deathOf, startTimed, timeLimit } from './host-process.ts'
import type { PoolTask } from './lane-task.ts'
import type { TimedPart, TimedRound, TimedWork, TimingRequest } from './timing-child.ts'

export class TimedLane {
  /** What was done in a round of each part. */
  readonly work: Partial<Record<TimedPart, TimedWork>> = {}
  private readonly child
  private readonly lines
  private readonly limitMs: number
  /** How the process died, when it has. */
  private readonly end: Promise<NodeJS.Signals | null>
  private said = ''

  /** Starts the process; `limitMs`: a round, or starting, that takes longer has hung. */
  constructor(task: PoolTask, descriptor: number, limitMs: number) {
    this.limitMs = limitMs
    const child = startTimed(descriptor)
    this.child = child
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    child.stderr.on('data', chunk => (this.said += chunk))
    child.stdin.on('error', () => {}) // it has died, which its end tells
    this.end = once(child, 'close').then(([, signal]) => signal)
    this.order(Buffer.from(serialize({ parent: process.pid, task } satisfies TimingRequest)).toString('base64'))
  }

  get pid(): number {
    return this.child.pid!
  }

  /** Has a part of the work done once; rejects with an Error that says how the process died. */
  async round(part: TimedPart): Promise<Duration> {
    this.order(part)
    const timer = setTimeout(() => this.child.kill('SIGKILL'), this.limitMs)
    const { value, done } = await this.lines.next()
    clearTimeout(timer)
    if (done) throw new Error((this.child.killed ? timeLimit(this.limitMs) : deathOf(await this.end, this.said)).why)
    const { cpuNs, wallNs, ...work } = JSON.parse(value) as TimedRound
    this.work[part] = work
    return { cpuNs, wallNs }
  }

  /** Ends the process and waits for its end. */
  async close(): Promise<void> {
    this.child.stdin.end()
    await this.end
  }

  private order(line: string): void {
    this.child.stdin.write(`${line}\n`)
  }
}
