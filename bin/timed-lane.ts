// A lane in a process of its own (timing-child.ts) that does its work again and again, when it is asked to.

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { serialize } from 'node:v8'
import type { Contestant, Duration } from '../engine/timing.ts'
import { type Death, deathOf, startTimed, timeLimit } from './host-process.ts'
import type { LaneTask } from './lane-task.ts'
import type { TimedRound, TimedWork, TimingRequest } from './timing-child.ts'

/** A lane that could not go on; says why. */
export class LaneDied extends Error {
  constructor({ why }: Death) {
    super(why)
  }
}

export class TimedLane implements Contestant {
  readonly name: string
  /** What was done in a round. */
  work: TimedWork = { accesses: 0, remaps: 0 }
  private readonly child
  private readonly lines
  private readonly limitMs: number
  private readonly death: Promise<Death>

  /** Starts the process; `limitMs`: a round, or starting, that takes longer has hung. */
  constructor(task: LaneTask, descriptor: number, limitMs: number) {
    this.name = task.strategy
    this.limitMs = limitMs
    const child = startTimed(descriptor)
    this.child = child
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    let said = ''
    child.stderr.on('data', chunk => (said += chunk))
    child.stdin.on('error', () => {}) // it has died, which its end tells
    this.death = once(child, 'close').then(([, signal]) => deathOf(signal, said))
    this.order(Buffer.from(serialize({ parent: process.pid, task } satisfies TimingRequest)).toString('base64'))
  }

  readonly round = async (): Promise<Duration> => {
    this.order('')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), this.limitMs)
    const { value, done } = await this.lines.next()
    const isLate = this.child.killed
    clearTimeout(timer)
    if (!done) {
      const { cpuNs, wallNs, ...work } = JSON.parse(value) as TimedRound
      this.work = work
      return { cpuNs, wallNs }
    }
    throw new LaneDied(isLate ? timeLimit(this.limitMs) : await this.death)
  }

  /** Ends the process and waits for its end. */
  async close(): Promise<void> {
    this.child.stdin.end()
    await this.death
  }

  private order(line: string): void {
    this.child.stdin.write(`${line}\n`)
  }
}
