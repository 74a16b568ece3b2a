// Modelled beside measured time, of results written by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MeasuredBy, RunResult } from '../../engine/run.ts'
import type { ReportRow } from '../../reports/report.ts'
import { sideBySide } from '../../reports/side-by-side.ts'
import { countsOf, item, modelOf, resultOf, rowOf } from '../helpers/results.ts'

const PRICES = modelOf(item('syscalls', 1000, 3000))
const MEASURED = { level: 'full' } as MeasuredBy

function modelled(strategy: string, syscalls: number, spec: Partial<RunResult['spec']> = {}): ReportRow {
  const counts = countsOf({ syscalls })
  return rowOf(resultOf({ strategy, kernel: 'linux-6.18', accesses: 10, ...spec }, { counts }), PRICES)
}

/** `cpuNs`: what a round of 10 accesses took; null of a lane that died. */
function timed(strategy: string, cpuNs: number | null): ReportRow {
  const result = { ...resultOf({ strategy, kernel: 'host', accesses: 10 }), measured: MEASURED }
  const spread = { median: cpuNs!, low: cpuNs!, high: cpuNs! }
  const own = cpuNs === null ? null : { rounds: 5, cpu: spread, wall: spread, accesses: 10, remaps: 1 }
  return { ...rowOf(result, null), times: { own, why: 'died', harness: null, atUnits: [] } }
}

test('each strategy has its modelled time, with its range, beside the measured one, and what share of that it is', () => {
  // 5 calls of 2,000 (1,000 to 3,000) in 10 accesses, 12,500 measured; 8 calls, 10,000 measured.
  const rows = [modelled('a', 5), modelled('b', 8), timed('a', 12_500), timed('b', 10_000)]
  assert.deepEqual(
    sideBySide(rows).map(line => line.replace(/ +/g, ' ')),
    [
      '',
      'ns of CPU an access: measured, and modelled by the best prices (by the lowest',
      ' and the highest)',
      ' measured modelled, of what',
      ' linux-6.18 was measured',
      'a 1,250 1,000 (500 - 1,500) 0.80',
      'b 1,000 1,600 (800 - 2,400) 1.60',
    ],
  )
})

test('a lane that was not modelled, and one of another kernel, is not compared', () => {
  const rows = [modelled('a', 5), modelled('b', 8, { kernel: 'linux-4.0' }), timed('a', 10_000), timed('b', 10_000)]
  const text = sideBySide(rows).join('\n')
  assert.match(text, /^a +1,000 +1,000 \(500 - 1,500\) +1\.00$/m)
  assert.doesNotMatch(text, /linux-4\.0|^b /m)
})

test('there is nothing to show without a price, without a time, or of different work', () => {
  assert.deepEqual(sideBySide([modelled('a', 5)]), [])
  assert.deepEqual(sideBySide([timed('a', 1)]), [])
  assert.deepEqual(sideBySide([modelled('a', 5), timed('b', 1)]), [])
  assert.deepEqual(sideBySide([modelled('a', 5), timed('a', null)]), [])
  assert.deepEqual(sideBySide([{ ...modelled('a', 5), price: null }, timed('a', 1)]), [])
  const other = modelled('a', 5)
  assert.deepEqual(sideBySide([{ ...other, result: { ...other.result, traceHash: 'other' } }, timed('a', 1)]), [])
})
