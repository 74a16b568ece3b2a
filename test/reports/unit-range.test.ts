import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type UnitRange, unitRangeText, unitRange as unitSearch } from '../../reports/unit-range.ts'

const UNITS = [4, 8, 16, 32, 64, 128, 256, 512, 1024].map(kilobytes => kilobytes * 1024)

/** The search, told who leads at each unit it asks for. */
function unitRange(
  units: readonly number[],
  at: number,
  leader: string,
  leaderAt: (unit: number) => string | null,
): UnitRange {
  const search = unitSearch(units, at, leader)
  let step = search.next()
  while (!step.done) step = search.next(leaderAt(step.value))
  return step.value
}

/** Leads below the first bound, nobody up to the second, another one above. */
const leading = (first: number, second: number) => (unit: number) =>
  unit < first * 1024 ? 'a' : unit < second * 1024 ? null : 'b'

test('the range ends where the leader changes, wherever that is, and every unit is tried once at most', () => {
  for (const at of UNITS) {
    for (const first of [...UNITS, 2 ** 21]) {
      if (at >= first) continue
      for (const second of [first, 2 * first]) {
        const asked: number[] = []
        const leaderAt = leading(first / 1024, second / 1024)
        const range = unitRange(UNITS, at, 'a', unit => {
          asked.push(unit)
          return leaderAt(unit)
        })
        const held = UNITS.filter(unit => unit < first)
        const next = UNITS.find(unit => unit >= first)
        assert.deepEqual([range.fromBytes, range.toBytes, range.below], [held[0], held.at(-1), null])
        assert.deepEqual(range.above, next === undefined ? null : { unitBytes: next, leader: leaderAt(next) })
        assert.equal(new Set(asked).size, asked.length)
        assert.ok(asked.length <= 5, `${asked.length} units tried`)
      }
    }
  }
})

test('a leader of large units ends below', () => {
  const range = unitRange(UNITS, 2 ** 20, 'b', leading(32, 512))
  assert.deepEqual(range, {
    fromBytes: 512 * 1024,
    toBytes: 2 ** 20,
    below: { unitBytes: 256 * 1024, leader: null },
    above: null,
  })
  assert.equal(unitRangeText(range), 'in units of 512K to 1M; 256K undecided')
})

test('one unit alone, and what stands on both sides', () => {
  const range = unitRange(UNITS, 16384, 'c', unit => (unit === 16384 ? 'c' : unit < 16384 ? 'a' : null))
  assert.equal(unitRangeText(range), 'in units of 16K; in 8K a wins; 32K undecided')
  assert.equal(unitRangeText(unitRange([16384], 16384, 'c', () => 'c')), 'in units of 16K')
})
