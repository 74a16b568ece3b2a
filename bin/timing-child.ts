// The process that is timed: one for each lane on the running kernel, alive through all rounds, at work only when told to.
//
// A request comes in as one line, then one line for each round; for each a line goes out that says what it took. Nothing is
// counted meanwhile, and nothing runs before other threads: that would be stopped after a second.

import { readSync, writeSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { requireGranted } from '../engine/native/libc.ts'
import type { Duration } from '../engine/timing.ts'
import { enter, openTimedWorks, type PoolTask } from './lane-task.ts'

/** All of a lane's work; its first part, and the same part as a bare loop of calls. */
export type TimedPart = 'whole' | 'sample' | 'plain'

export interface TimingRequest {
  readonly parent: number
  readonly task: PoolTask
}

/** What was done in a round. */
export interface TimedWork {
  readonly accesses: number
  readonly remaps: number
}

export interface TimedRound extends Duration, TimedWork {}

const lines = linesOf(0)
const { parent, task } = deserialize(Buffer.from(lines.next().value!, 'base64')) as TimingRequest
const libc = enter(parent)
const works = openTimedWorks(libc, task)
for (const line of lines) writeSync(1, `${JSON.stringify(round(line as TimedPart))}\n`)

function round(part: TimedPart): TimedRound {
  const { work, done, refused } = works[part]
  work.prepare()
  const wallBegan = process.hrtime.bigint()
  const cpuBegan = libc.cpuNs()
  const result = work.section()
  const cpuNs = libc.cpuNs() - cpuBegan
  const wallNs = Number(process.hrtime.bigint() - wallBegan)
  requireGranted(result)
  requireGranted(refused?.() ?? 0)
  return { cpuNs, wallNs, ...done }
}

/** Lines of a pipe as they come, until the other side closes it. */
function* linesOf(descriptor: number): Generator<string> {
  const bytes = Buffer.alloc(65_536)
  let rest = ''
  for (let length = readSync(descriptor, bytes); length > 0; length = readSync(descriptor, bytes)) {
    const lines = (rest + bytes.toString('latin1', 0, length)).split('\n')
    rest = lines.pop()!
    yield* lines
  }
}
