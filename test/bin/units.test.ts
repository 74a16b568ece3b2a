import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RunOptions, run } from '../../bin/api.ts'
import { toRequest } from '../../bin/request.ts'
import { shortRun } from '../../bin/units.ts'
import { formatSize } from '../../engine/units.ts'
import { judgements } from '../../reports/verdict.ts'

const OPTIONS: RunOptions = { workload: 'uniform', file: '64M', window: '4M', accesses: 20_000 }

async function leaderAt(options: RunOptions): Promise<string | null> {
  const [judgement] = judgements(await run(options))
  return judgement?.leader?.result.spec.strategy ?? null
}

test('the units for which a verdict holds are those at which runs of their own say the same, one by one', async () => {
  const rows = await run({ ...OPTIONS, units: true })
  const leading = rows.filter(row => row.units !== undefined)
  assert.equal(leading.length, 1)
  const { strategy } = leading[0]!.result.spec
  const { fromBytes, toBytes, below, above } = leading[0]!.units!
  assert.ok(fromBytes <= 16384 && toBytes >= 16384 && toBytes < 2 ** 20, 'the example has an upper end')
  for (let unit = 4096; unit <= 262_144; unit *= 2) {
    const warmup = Math.min(20_000, (3 * 2 ** 22) / unit)
    const leader = await leaderAt({ ...OPTIONS, unit, warmup })
    const isInside = unit >= fromBytes && unit <= toBytes
    assert.equal(leader === strategy, isInside, `${formatSize(unit)}: ${leader}`)
    for (const neighbour of [below, above]) if (neighbour?.unitBytes === unit) assert.equal(neighbour.leader, leader)
  }
})

test('units are not tried where that says nothing: windows not full, several processes, one lane, or nobody asked', async () => {
  const tried = async (options: RunOptions) =>
    (await run({ ...OPTIONS, ...options })).some(row => row.units !== undefined)
  assert.equal(await tried({}), false)
  assert.equal(await tried({ units: true, accesses: 200 }), false)
  assert.equal(await tried({ units: true, processes: 2 }), false)
  assert.equal(await tried({ units: true, strategy: 'map-fixed' }), false)
})

test('trying units changes no count', async () => {
  const [plain, tried] = [await run(OPTIONS), await run({ ...OPTIONS, units: true })]
  assert.deepEqual(
    tried.map(({ units: _, ...row }) => row),
    plain,
  )
})

test('units are those of one process, whichever number of processes comes first', async () => {
  const several = await run({ ...OPTIONS, units: true, processes: [4, 1], accesses: 40_000 })
  const alone = await run({ ...OPTIONS, units: true, accesses: 40_000 })
  const found = (rows: typeof alone) => rows.flatMap(({ units }) => units ?? [])
  assert.equal(found(alone).length, 1)
  assert.deepEqual(found(several), found(alone))
})

test('a window that was filled before counting began is full', async () => {
  const rows = await run({ ...OPTIONS, units: true, warmup: 19_900, accesses: 100 })
  assert.ok(rows.every(({ result }) => result.windowsFull))
  const few = await run({ ...OPTIONS, warmup: 1, accesses: 100 })
  assert.ok(few.every(({ result }) => result.windowsFull === false))
})

test('a short run is of one process on one kernel, with a warm-up for its slots, and no longer than the run', () => {
  const request = toRequest({ kernel: 'linux-3.10,linux-6.18', processes: [100, 1], accesses: '10M', breakdown: true })
  const short = shortRun(request, 'linux-6.18', 65_536)
  assert.deepEqual(
    [short.kernels, short.processes, short.unitBytes, short.breakdown, short.strategies],
    [['linux-6.18'], [1], 65_536, false, request.strategies],
  )
  assert.deepEqual([short.warmup, short.accesses], [3 * 16_384, 200_000])
  const small = shortRun({ ...request, accesses: 5000 }, 'linux-6.18', 4096)
  assert.deepEqual([small.warmup, small.accesses], [5000, 5000])
})
