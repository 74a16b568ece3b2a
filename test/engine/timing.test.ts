// Contestants whose durations are made up: what is tested is the order of turns and what becomes of the numbers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Contestant, type Timing, timeByTurns } from '../../engine/timing.ts'

/** Says these CPU times one after the other, the clock's being twice as long, and notes that it was its turn. */
function saying(name: string, times: readonly number[], turns: string[]): Contestant {
  let next = 0
  return async () => {
    turns.push(name)
    await null
    const cpuNs = times[next++]!
    return { cpuNs, wallNs: 2 * cpuNs }
  }
}

test('contestants take turns, and the first round of each is not counted', async () => {
  const turns: string[] = []
  const times = await timeByTurns(
    [saying('a', [1000, 5, 1, 3], turns), saying('b', [1000, 20, 20, 20], turns), saying('c', [9, 8, 7, 6], turns)],
    3,
  )
  assert.equal(turns.join(''), 'abcabcabcabc')
  assert.deepEqual(times[0], {
    rounds: 3,
    cpu: { median: 3, low: 2, high: 4 },
    wall: { median: 6, low: 4, high: 8 },
  })
  assert.deepEqual((times[1] as Timing).cpu, { median: 20, low: 20, high: 20 })
  assert.equal((times[2] as Timing).cpu.median, 7)
})

test('one that cannot go on stops no other, whichever it is', async () => {
  for (const failing of [0, 1, 2]) {
    const turns: string[] = []
    const contestants = ['a', 'b', 'c'].map((name, i) => {
      if (i !== failing) return saying(name, [1, 2, 2, 2], turns)
      let rounds = 0
      return async () => {
        if (++rounds === 2) throw new Error('gone')
        return { cpuNs: 1, wallNs: 1 }
      }
    })
    const times = await timeByTurns(contestants, 3)
    assert.equal((times[failing] as Error).message, 'gone')
    assert.equal(turns.length, 8)
    for (const i of [0, 1, 2]) if (i !== failing) assert.equal((times[i] as Timing).cpu.median, 2)
  }
})

test('if none can go on it ends all the same', async () => {
  const failing = () => Promise.reject(new Error('gone'))
  const times = await timeByTurns([failing, failing], 2)
  assert.deepEqual(
    times.map(time => (time as Error).message),
    ['gone', 'gone'],
  )
})

test('quartiles of an even number of rounds lie between neighbours', async () => {
  const [time] = await timeByTurns([saying('a', [0, 10, 20, 30, 40], [])], 4)
  assert.deepEqual((time as Timing).cpu, { median: 25, low: 17.5, high: 32.5 })
})
