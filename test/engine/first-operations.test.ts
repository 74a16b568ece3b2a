import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { render, run } from '../../bin/api.ts'
import { scratch } from '../bin/cli-process.ts'

const OPS = `op,vpn,pages,pgoff
read,0,2,
remap,4,4,100
read,4,4,
write,4,1,
remap,4,4,200
write,6,1,
`

test('the first operations that raised a number, by hand: which, where, and by how much', async t => {
  const ops = join(scratch(t), 'ops.csv')
  writeFileSync(ops, OPS)
  const explain = ['page_faults', 'vmas_peak', 'tlb_full_flushes', 'signals_handled']
  const [row] = await run({ ops, file: '4M', window: '1M', strategy: 'map-fixed', warmup: 1, explain })
  const [faults, vmas, flushes, signals] = row!.result.origins!
  assert.deepEqual(faults!.first, [
    { kind: 'read', at: 1, vpn: 4, pages: 4, pgoff: -1, by: 4 },
    { kind: 'write', at: 4, vpn: 6, pages: 1, pgoff: -1, by: 1 },
  ])
  assert.deepEqual(faults!.parts, [{ relation: null, step: 'fault', count: 5 }])
  // Cut out of the middle of the window: one vma becomes three.
  assert.deepEqual(vmas!.first, [{ kind: 'remap', at: 0, vpn: 4, pages: 4, pgoff: 100, by: 2 }])
  assert.deepEqual(vmas!.parts, []) // a peak has no parts
  assert.deepEqual(flushes!.first, [{ kind: 'remap', at: 3, vpn: 4, pages: 4, pgoff: 200, by: 1 }])
  assert.deepEqual([signals!.first, signals!.parts], [[], []])
  assert.equal(row!.result.breakdown, null) // nobody asked for that
})

test("a pool's operations are numbered by counted accesses, five at most, and a refused remap is among them", async () => {
  const [row] = await run({
    file: '128M',
    window: '1M',
    accesses: 4000,
    warmup: 100,
    maxMapCount: 70,
    strategy: 'map-fixed',
    explain: 'failed_remaps,page_faults,tlb_misses',
  })
  const { origins, firstFailureAccess, counts } = row!.result
  const [failed, faults, misses] = origins!
  assert.deepEqual(
    failed!.first.map(({ kind, at, by }) => [kind, at, by]),
    [['remap', firstFailureAccess, 1]],
  )
  assert.equal(faults!.first.length, 5)
  assert.ok(faults!.first.every(({ kind, by }) => kind !== 'remap' && by === 1))
  const made = (parts: NonNullable<typeof misses>['parts']) => parts.reduce((sum, { count }) => sum + count, 0)
  assert.deepEqual([made(faults!.parts), made(misses!.parts)], [counts.pageFaults, counts.tlbMisses])
})

test('the text says what a number counts, what it is made of and what made it first; JSON has the same', async t => {
  const ops = join(scratch(t), 'ops.csv')
  writeFileSync(ops, OPS)
  const rows = await run({ ops, file: '4M', window: '1M', kernel: 'linux-3.10', explain: 'page_faults,vma_lookups' })
  const text = render(rows, 'text')
  assert.ok(
    text.includes(`
page_faults of map-fixed: 7, hardware page faults taken by user accesses.
  made in fault 7
  row 0: read of window pages 0 to 1: +2
  row 2: read of window pages 4 to 7: +4
  row 5: write of window page 6: +1
`),
    text,
  )
  assert.match(text, /\nvma_lookups of map-fixed was not measured\.\n/)
  const { origins, ...rest } = JSON.parse(render(rows, 'json')).results[0]
  assert.deepEqual([origins[0].column, origins[0].first.length, 'breakdown' in rest], ['page_faults', 3, false])
})

test('asking how numbers arose changes none of them', async () => {
  const options = { file: '128M', window: '1M', accesses: 3000, kernel: 'all', strategy: 'all' }
  const plain = await run(options)
  const asked = await run({ ...options, explain: 'lowmem_bytes_peak,page_faults,vmas' })
  plain.forEach(({ result }, i) => {
    assert.deepEqual({ ...asked[i]!.result, origins: null }, result)
  })
})

test('what is no counter is refused with the nearest name', async () => {
  await assert.rejects(
    run({ explain: 'page_fault' }),
    /^UsageError: --explain page_fault: no such count; did you mean page_faults\?/,
  )
  await assert.rejects(run({ explain: 'seed' }), /^UsageError: --explain seed: no such count/)
  await assert.rejects(run({ breakdown: 'yes' as unknown as boolean }), /--breakdown yes: must be true or false/)
})
