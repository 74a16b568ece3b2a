// A certificate says equal only where something was measured and is equal, and shows every run that is not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Certificate,
  type CertifiedCounter,
  type CertifiedRun,
  isCertified,
  isEqual,
  totals,
} from '../../reports/certificate.ts'
import { certificateJson } from '../../reports/certificate-json.ts'
import { certificateText } from '../../reports/certificate-text.ts'

const counter = (name: CertifiedCounter['name'], predicted: number, measured: number | null) => {
  return { name, predicted, measured }
}
const run = (strategy: string, ...counters: CertifiedCounter[]): CertifiedRun => {
  return { strategy, trace: '0: random', died: null, counters, accepted: 'undisturbed', tries: 1 }
}
const certificate = (...runs: CertifiedRun[]): Certificate => ({
  kernel: 'Linux 6.18.44',
  level: 'full',
  why: '',
  observed: { faultAroundPages: 16, flushCeiling: null },
  file: '/dev/shm',
  fileBytes: 2 ** 32,
  windowBytes: 2 ** 27,
  seed: 1,
  traces: 1,
  faultBound: 0,
  limit: null,
  runs,
})

test('one counter that differs by one is not certified, and is shown with its run', () => {
  const different = run('linear', counter('pageFaults', 10, 11), counter('syscalls', 5, 5))
  const some = certificate(run('map-fixed', counter('pageFaults', 1000, 1000)), different)
  assert.equal(isCertified(some), false)
  const text = certificateText(some)
  assert.match(text, /! linear, trace 0: random: page_faults 10 predicted, 11 measured\n/)
  assert.match(text, /1 of 2 runs equal in every counter that could be measured: not certified\.\n$/)
  assert.match(text, /page_faults +1,010 +1,011 +1 of 2 +page_fault_user\n/)
})

test('a bound lets faults be more by as much, never fewer, and nothing else', () => {
  assert.ok(isEqual(counter('pageFaults', 10, 12), 2))
  assert.ok(isEqual(counter('minorFaults', 10, 12), 2))
  assert.ok(!isEqual(counter('pageFaults', 10, 13), 2))
  assert.ok(!isEqual(counter('pageFaults', 10, 9), 2))
  assert.ok(!isEqual(counter('vmas', 10, 11), 2))
})

test('what was not measured is in no sum, is null in JSON, and a dash in the text', () => {
  const some = certificate(run('map-fixed', counter('tlbFullFlushes', 7, null), counter('vmas', 3, 3)))
  assert.ok(isCertified(some))
  assert.deepEqual(totals(some)[0], { column: 'tlb_full_flushes', predicted: 7, measured: null, equal: 0, runs: 0 })
  assert.match(certificateText(some), /tlb_full_flushes +7 +- +- +-\n/)
  const { runs, certified } = JSON.parse(certificateJson(some, {}))
  assert.deepEqual([runs[0].counters.tlb_full_flushes, certified], [{ predicted: 7, measured: null }, true])
})

test('a process that died is a run that is not equal, and nothing run is nothing certified', () => {
  const dead = { ...run('map-fixed'), died: 'the measuring process was ended by SIGKILL', accepted: null, tries: 0 }
  assert.equal(isCertified(certificate(dead)), false)
  assert.match(certificateText(certificate(dead)), /! map-fixed, trace 0: random: .*ended by SIGKILL\n/)
  assert.equal(isCertified(certificate()), false)
})

test('the certificate for programs holds what it takes to make it again', () => {
  const file = JSON.parse(certificateJson(certificate(run('map-fixed', counter('vmas', 3, 3))), { node: 'v20' }))
  const { schema, kernel, level, seed, traces, file_bytes, window_bytes, fault_bound, observed, meta } = file
  assert.deepEqual(
    [schema, kernel, level, seed, traces, file_bytes, window_bytes, fault_bound],
    ['remapbench-certificate-1', 'Linux 6.18.44', 'full', 1, 1, 4294967296, 134217728, 0],
  )
  assert.deepEqual([observed, meta], [{ fault_around_pages: 16, flush_ceiling: null }, { node: 'v20' }])
})
