// When a counted run is accepted: by what disturbed it and by its repetition, never by what was expected of it.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { CounterSet } from '../../engine/counters.ts'
import type { HostKernel } from '../../engine/native/host-kernel.ts'
import { measure } from '../../engine/native/measure.ts'
import type { Level, Meter, Reading } from '../../engine/native/meter.ts'

const noProc = existsSync('/proc/self/maps') ? false : 'needs /proc'

/** Readings in their order, of a kernel that is asked for nothing. */
function measured(readings: readonly Partial<Reading['events']>[], level: Level = 'full', preemptions = 0) {
  const plain = { allCalls: 0, calls: 0, allUserFaults: 3, userFaults: 3, allKernelFaults: 0, kernelFaults: 0 }
  const flushes = { wholeFlushes: 0, rangeFlushes: 5, remoteFlushes: 0, vmaAllocs: 0, vmaFrees: 0, contextSwitches: 0 }
  let prepared = 0
  const meter = {
    level,
    count: (section: () => number) => {
      const events = { ...plain, ...flushes, ...readings[prepared - 1] } as Record<string, number>
      return { result: section(), reading: { events, minorFaults: events.allUserFaults! + 2, preemptions } }
    },
  }
  const kernel = { counters: new CounterSet(), base: 0, bytes: 0 }
  const work = {
    prepare: () => {
      prepared++
    },
    section: () => 0,
  }
  const patience = { tries: readings.length, ms: Number.POSITIVE_INFINITY }
  return measure(meter as unknown as Meter, kernel as unknown as HostKernel, work, false, patience)
}

test('the first run that nothing disturbed is taken', { skip: noProc }, () => {
  const { accepted, tries, counts } = measured([{}, { rangeFlushes: 99 }])
  assert.deepEqual([accepted, tries, counts.tlbRangeFlushes], ['undisturbed', 1, 5])
})

test('other calls, other faults and a lost CPU each disturb', { skip: noProc }, () => {
  for (const disturbance of [{ allCalls: 1 }, { allUserFaults: 4 }, { allKernelFaults: 1 }, { contextSwitches: 1 }]) {
    const { accepted, tries } = measured([{ ...disturbance, rangeFlushes: 6 }, {}])
    assert.deepEqual([accepted, tries], ['undisturbed', 2])
  }
})

test('two disturbed runs in a row that agree in every counter are taken, two apart are not', { skip: noProc }, () => {
  const at = (rangeFlushes: number) => ({ contextSwitches: 1, rangeFlushes })
  const repeated = measured([at(6), at(5), at(5), at(5)])
  assert.deepEqual([repeated.accepted, repeated.tries, repeated.counts.tlbRangeFlushes], ['repeated', 3, 5])
  const disturbed = measured([at(5), at(6), at(5)])
  assert.deepEqual([disturbed.accepted, disturbed.tries, disturbed.noise.preemptions], ['disturbed', 3, 1])
})

test('without tracepoints nothing can be called undisturbed: two runs have to agree', { skip: noProc }, () => {
  const { accepted, tries } = measured([{}, {}, {}], 'basic')
  assert.deepEqual([accepted, tries], ['repeated', 2])
})

test('faults inside calls are what getrusage has beyond the exceptions', { skip: noProc }, () => {
  const { counts } = measured([{ allUserFaults: 7, userFaults: 7 }])
  assert.deepEqual([counts.pageFaults, counts.populateFaults], [7, 2])
})
