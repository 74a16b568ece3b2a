// What the results of a run rest on: rules that were executed, measured, read or guessed, and prices, if there are any.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunOptions } from '../../bin/options.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { evidenceOf } from '../../engine/kernel/model.ts'
import { uncountedEvents, unpricedEvents } from '../../reports/modelled.ts'
import { results, rows, SMALL } from './composed.ts'

test('what a kernel has no counters for is empty, and a kernel without a cost model has no price unless one is asked for', () => {
  const lanes = { ...SMALL, kernel: 'linux-2.5.42-remap,linux-2.6.20', strategy: 'map-fixed' }
  const [priced, unpriced] = rows(lanes)
  assert.equal(unpriced.result.counts.vmaLookupLevels, null)
  assert.ok(priced.result.counts.vmaLookupLevels! > 0 && unpriced.result.counts.vmasPeak! > 0)
  assert.deepEqual([priced.price?.model.name, unpriced.price], ['p4-2002', null])
  const [, asked] = rows({ ...lanes, cost: 'p3-2002' })
  assert.equal(asked.price?.model.name, 'p3-2002')
})

test('kernels of x86-64 are priced as a modern core, those of the mail as a Pentium; where look-ups are missing from the counts nobody is', () => {
  const own = Object.fromEntries(KERNELS.map(({ name, cost }) => [name, cost]))
  assert.deepEqual(own, {
    'linux-2.4': null,
    'linux-2.5.42-remap': 'p4-2002',
    'linux-2.5.42-remap-p3': 'p3-2002',
    'linux-2.5.42-remap-lowpte': 'p4-2002',
    'linux-2.5.42-remap-nopae': 'p4-2002',
    'linux-2.5.42-mail': 'p4-2002',
    'linux-2.6.20': null,
    'linux-3.10': 'modern-core',
    'linux-3.10-pae': null,
    'linux-4.0': 'modern-core',
    'linux-6.18': 'modern-core',
  })
  // What is not counted there is in other prices, so that nothing is left out.
  for (const row of rows({ ...SMALL, kernel: 'linux-3.10,linux-4.0,linux-6.18' })) {
    assert.deepEqual([uncountedEvents(row), unpricedEvents(row)], [[], []], row.result.spec.kernel)
    assert.ok(row.price!.causes.vma_work.ns > 0 || row.result.spec.strategy === 'remap-file-pages')
  }
})

test('evidence is of the rules that took part: what is written, missing, on disk or copied may weaken it', () => {
  const evidence = (options: RunOptions) => results({ ...SMALL, strategy: 'map-fixed', ...options })[0].evidence
  assert.equal(evidence({}), 'executed')
  const model = KERNELS.find(({ name }) => name === 'linux-6.18')!
  const reading = { kernel: 'linux-6.18', params: { writes: 0 } }
  assert.equal(evidence(reading), evidenceOf(model, new Set()))
  const disk = { ...reading, backing: 'disk', contents: '50%' } as const
  assert.equal(evidence(disk), evidenceOf(model, new Set(['disk', 'sparse'])))
  assert.equal(evidence({ ...disk, params: { writes: 0.5 } }), evidenceOf(model, new Set(['disk', 'sparse', 'writes'])))
  assert.equal(
    evidence({ kernel: 'linux-6.18', strategy: 'pread-copy' }),
    evidenceOf(model, new Set(['copies', 'writes'])),
  )
})

test('guesses are what is assumed of the process and the guessed rules that took part', () => {
  const guesses = (kernel: string) => results({ ...SMALL, kernel })[0].guesses
  const mail = KERNELS.find(({ name }) => name === 'linux-2.5.42-mail')!
  const rules = mail.rules.filter(rule => rule.evidence === 'guess' && rule.when === undefined)
  assert.ok(rules.length > 0)
  assert.deepEqual(guesses('linux-2.5.42-mail'), [...new Set([...mail.guesses, ...rules.map(rule => rule.what)])])
  assert.deepEqual(guesses('linux-2.5.42-remap'), linux2542Remap.guesses)
})
