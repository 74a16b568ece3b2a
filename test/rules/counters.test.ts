import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COUNTER_NAMES, COUNTERS, CounterSet, since, snapshot } from '../../engine/counters.ts'

test('every counter has a description and nothing else has', () => {
  assert.deepEqual([...COUNTER_NAMES].sort(), Object.keys(new CounterSet()).sort())
  const columns = COUNTER_NAMES.map(name => COUNTERS[name].column)
  assert.equal(new Set(columns).size, columns.length)
  for (const name of COUNTER_NAMES) {
    assert.equal(
      COUNTERS[name].column,
      name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
    )
    assert.match(COUNTERS[name].help, /^\S.{9,}[^.]$/, name)
  }
})

test('counts subtract between phases, levels and peaks do not', () => {
  const start = new CounterSet()
  start.pageFaults = 5
  start.vmas = 7
  start.vmasPeak = 9
  const end = snapshot(start)
  end.pageFaults = 12
  end.vmas = 6
  const phase = since(start, end)
  assert.deepEqual([phase.pageFaults, phase.vmas, phase.vmasPeak], [7, 6, 9])
})
