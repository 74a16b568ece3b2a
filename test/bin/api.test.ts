import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnvironmentError, render, run, UsageError } from '../../bin/api.ts'

test('the example of the README: two strategies, one trace, their counts', async () => {
  const [mapFixed, remapFilePages] = await run({ workload: 'uniform', file: '256M', window: '16M', accesses: 50_000 })
  assert.equal(mapFixed.result.traceHash, remapFilePages.result.traceHash)
  assert.equal(mapFixed.result.counts.remaps, remapFilePages.result.counts.remaps)
  assert.ok(mapFixed.result.counts.pageFaults! > 0)
  assert.equal(remapFilePages.result.counts.pageFaults, 0)
  assert.equal(remapFilePages.result.counts.tlbFullFlushes, 0)
  assert.equal(remapFilePages.result.counts.vmasPeak, 1)
})

test('the same options give the same rows, another seed gives others', async () => {
  const options = { file: '128M', window: '4M', accesses: 20_000, workload: 'zipf', params: { theta: 0.8 } } as const
  assert.deepEqual(await run(options), await run(options))
  const [first] = await run(options)
  const [other] = await run({ ...options, seed: 2 })
  assert.notEqual(first.result.traceHash, other.result.traceHash)
})

test('rows are rendered in every format of the command line', async () => {
  const rows = await run({ file: '128M', window: '4M', accesses: 2_000, strategy: 'map-fixed' })
  assert.equal(render(rows, 'csv').trimEnd().split('\n').length, 2)
  assert.equal(JSON.parse(render(rows, 'json')).results.length, 1)
  assert.match(render(rows, 'markdown'), /^# /)
  assert.throws(() => render(rows, 'xml'), UsageError)
})

test('mistakes reject with the same message as on the command line', async () => {
  await assert.rejects(run({ unit: '3K' }), { name: 'UsageError', message: /^--unit 3K: / })
  await assert.rejects(run({ strategy: [] }), { name: 'UsageError', message: /^--strategy/ })
  await assert.rejects(run({ file: '8T', unit: '4K' }), EnvironmentError)
})
