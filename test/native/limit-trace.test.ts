// Traces at the limit of vmas: what they do, and what a model answers to them, against the rule told naively.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparedErrors, limitHindrance, predictedErrors, reachingLimit } from '../../bin/certify-limit.ts'
import { strategyNamed } from '../../bin/compose.ts'
import { ENOMEM } from '../../engine/errors.ts'
import { linux618 } from '../../engine/kernel/linux-6.18.ts'
import { LIMIT_TRACES, type LimitTrace, limitTrace } from '../../engine/native/limit-trace.ts'
import { OP_REMAP } from '../../engine/window-ops.ts'

const LIMITS = { mapLimit: 600, otherVmas: 79 }
const numbers = Array.from({ length: LIMIT_TRACES }, (_, number) => number)
const mapFixed = strategyNamed('map-fixed')

/**
 * mmap() fails above the limit, and at the limit if it would leave something of one vma on either side of itself; else the
 * pages are mapped. A vma ends where the next page of the window is not the next of the file.
 */
function naiveErrors({ rows, sizes }: LimitTrace, { mapLimit, otherVmas }: typeof LIMITS): number[] {
  const page = Array.from({ length: sizes.windowPages }, (_, vpn) => vpn)
  const continues = (vpn: number) => vpn > 0 && vpn < page.length && page[vpn] === page[vpn - 1]! + 1
  const errors: number[] = []
  for (let i = 0; i < rows.length; i++) {
    if (rows.op[i] !== OP_REMAP) continue
    const [from, end] = [rows.vpn[i]!, rows.vpn[i]! + rows.pages[i]!]
    const vmas = otherVmas + page.filter((_, vpn) => !continues(vpn)).length
    const inOneVma = Array.from({ length: end - from + 1 }, (_, at) => from + at).every(continues)
    const isRefused = vmas > mapLimit || (vmas === mapLimit && inOneVma)
    errors.push(isRefused ? -ENOMEM : 0)
    for (let at = 0; !isRefused && at < rows.pages[i]!; at++) page[from + at] = rows.pgoff[i]! + at
  }
  return errors
}

for (const number of numbers) {
  test(`the model refuses what the rule says, operation by operation: ${limitTrace(1, number, 600).name}`, () => {
    for (const otherVmas of [78, 79]) {
      const limits = { ...LIMITS, otherVmas }
      const trace = limitTrace(20261122 + otherVmas, number, limits.mapLimit)
      const naive = naiveErrors(trace, limits)
      for (const entry of reachingLimit(['map-fixed', 'remap-file-pages'].map(strategyNamed))) {
        assert.deepEqual(predictedErrors(linux618, entry, trace, limits), naive)
      }
      assert.ok(naive.includes(-ENOMEM), `${trace.name} never came to the limit`)
    }
  })
}

test('from an even number twos come to the limit itself, where much is still granted; from an odd one past it', () => {
  const later = (number: number) => {
    const errors = predictedErrors(linux618, mapFixed, limitTrace(7, number, 600), LIMITS)
    return errors.slice(errors.indexOf(-ENOMEM)).filter(error => error === 0).length
  }
  assert.deepEqual([limitTrace(7, 0, 600).name, limitTrace(7, 1, 600).name], ['middles', 'middles, odd'])
  assert.ok(later(0) > 100)
  assert.equal(later(1), 0)
})

test('a model with another rule is found out', () => {
  const otherRule = { ...linux618, limitAt: 'each-cut' } as const // as in 2.6.20: each cut is refused at the limit
  for (const wrong of [{ model: otherRule }, { mapLimit: 601 }, { otherVmas: 78 }]) {
    const differences = numbers.map(number => {
      const trace = limitTrace(3, number, 600)
      const predicted = predictedErrors(wrong.model ?? linux618, mapFixed, trace, { ...LIMITS, ...wrong })
      return comparedErrors(predicted, Int16Array.from(naiveErrors(trace, LIMITS))).mismatches
    })
    assert.ok(Math.max(...differences) > 0, JSON.stringify([Object.keys(wrong), differences]))
  }
})

test('the comparison counts each answer, and says where they first differ', () => {
  const compared = comparedErrors([0, 0, -12, 0, -12, -12], Int16Array.of(0, 0, 0, -12, -12, -14))
  assert.deepEqual(compared, {
    operations: 6,
    refusedPredicted: 3,
    refusedMeasured: 3,
    firstRefusedPredicted: 2,
    firstRefusedMeasured: 3,
    grantedLater: 0,
    mismatches: 3,
    firstMismatch: 2,
  })
  const never = comparedErrors([0, 0], Int16Array.of(0, 0))
  assert.deepEqual([never.firstRefusedMeasured, never.firstMismatch, never.grantedLater], [null, null, 0])
})

test('a trace is the same for the same seed, and stays inside window and file', () => {
  for (const number of numbers) {
    const { rows, sizes, name } = limitTrace(5, number, 600)
    assert.deepEqual(limitTrace(5, number, 600).rows, rows)
    assert.notDeepEqual(limitTrace(6, number, 600).rows, rows)
    for (let i = 0; i < rows.length; i++) {
      assert.ok(rows.vpn[i]! + rows.pages[i]! <= sizes.windowPages, name)
      if (rows.op[i] === OP_REMAP) assert.ok(rows.pgoff[i]! + rows.pages[i]! <= sizes.filePages, name)
    }
  }
})

test('a limit too high to be reached is refused in one line with the way out', () => {
  const hindrance = limitHindrance('memfd', 2_147_483_642)
  assert.equal(hindrance?.reason, 'limit-too-high')
  assert.match(hindrance.why, /at most 1,000,000 vmas, and vm\.max_map_count is 2,147,483,642; sysctl -w vm\.max_map/)
})
