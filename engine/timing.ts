// Times contestants by turns, A B C A B C ..., so that whatever slows the machine for a while slows all of them alike.
//
// tinybench drives the rounds; how long one took is what the contestant itself says, who measures just its work. The first
// round of each is not counted: it warms up compilers and caches.

import { Bench } from 'tinybench'
import { type Spread, spread } from './spread.ts'

/** How long one round took, in nanoseconds: of the CPU, and by the clock. */
export interface Duration {
  readonly cpuNs: number
  readonly wallNs: number
}

export interface Timing {
  readonly rounds: number
  /** In nanoseconds. */
  readonly cpu: Spread
  readonly wall: Spread
}

/** Does its work once; rejects if it cannot be done any more. */
export type Contestant = () => Promise<Duration>

/** Of each contestant its times over so many rounds, 1 or more; or why it could not go on, which stops no other. */
export async function timeByTurns(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<readonly (Timing | Error)[]> {
  const bench = new Bench({ time: 0, iterations: rounds + 1, warmup: false, concurrency: 'bench' })
  const turns = new Turns(contestants.length)
  const durations = contestants.map((): Duration[] => [])
  contestants.forEach((round, i) => {
    const turn = async () => {
      await turns.comesTo(i)
      try {
        const duration = await round()
        durations[i]!.push(duration)
        return { overriddenDuration: duration.cpuNs / 1e6 }
      } catch (error) {
        turns.leave(i)
        throw error
      } finally {
        turns.pass()
      }
    }
    bench.add(`${i}`, turn, { async: true })
  })
  const tasks = await bench.run()
  return tasks.map(({ result }, i) => {
    if (result.state === 'errored') return result.error
    const counted = durations[i]!.slice(1)
    return { rounds, cpu: spread(counted.map(d => d.cpuNs)), wall: spread(counted.map(d => d.wallNs)) }
  })
}

/** Whose turn it is. */
class Turns {
  private readonly waiting: ((() => void) | undefined)[]
  private readonly gone = new Set<number>()
  private now = 0

  constructor(count: number) {
    this.waiting = Array(count)
  }

  /** Resolves when it is the turn of this one. */
  async comesTo(i: number): Promise<void> {
    if (this.now !== i) await new Promise<void>(resolve => (this.waiting[i] = resolve))
  }

  /** It is the next one's. */
  pass(): void {
    const count = this.waiting.length
    do this.now = (this.now + 1) % count
    while (this.gone.has(this.now) && this.gone.size < count)
    const wake = this.waiting[this.now]
    this.waiting[this.now] = undefined
    wake?.()
  }

  /** This one will take no further turn. */
  leave(i: number): void {
    this.gone.add(i)
  }
}
