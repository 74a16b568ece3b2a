// A certificate says equal only where something was measured and is equal, and shows every run that is not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Certificate,
  type CertifiedCounter,
  type CertifiedRun,
  isCertified,
  isEqual,
  type LimitedAnswers,
  type LimitedRun,
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

const answers: LimitedAnswers = {
  operations: 131_060,
  otherVmas: 79,
  refusedPredicted: 20_487,
  refusedMeasured: 20_487,
  firstRefusedPredicted: 70_784,
  firstRefusedMeasured: 70_784,
  grantedLater: 39_789,
  mismatches: 0,
  firstMismatch: null,
}
const atLimit = (...runs: Partial<LimitedRun>[]): Certificate => ({
  ...certificate(run('map-fixed', counter('vmas', 3, 3))),
  limit: {
    mapLimit: 65_530,
    runs: runs.map(run => ({ strategy: 'map-fixed', trace: 'middles', died: null, answers, ...run })),
  },
})

test('nothing is said of the limit where nobody asked', () => {
  const plain = certificate(run('map-fixed', counter('vmas', 3, 3)))
  assert.doesNotMatch(certificateText(plain), /limit/)
  assert.equal('limit' in JSON.parse(certificateJson(plain, {})), false)
})

test('traces that are equal at the limit are certified with their numbers', () => {
  const some = atLimit({}, { trace: 'anywhere' })
  assert.ok(isCertified(some))
  const text = certificateText(some)
  assert.match(text, /limit of 65,530 vmas \(vm\.max_map_count\): 262,120 operations, .* in 2 of 2 traces\./s)
  assert.match(text, /\n {2}middles +131,060 +20,487 +20,487 +70,784 +39,789 +0\n/)
  assert.match(text, /measured,\s+2 of 2 at the limit:\s+certified\.\n$/)
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
  const { limit, certified } = JSON.parse(certificateJson(some, {}))
  assert.deepEqual([certified, limit.max_map_count, limit.runs.length], [true, 65_530, 2])
  assert.deepEqual(limit.runs[0], {
    strategy: 'map-fixed',
    trace: 'middles',
    died: null,
    equal: true,
    operations: 131_060,
    other_vmas: 79,
    refused_predicted: 20_487,
    refused_measured: 20_487,
    first_refused_predicted: 70_784,
    first_refused_measured: 70_784,
    granted_later: 39_789,
    mismatches: 0,
    first_mismatch: null,
  })
})

test('one operation answered otherwise, or a process that died, is not certified, whatever the sums', () => {
  const other = atLimit({}, { answers: { ...answers, mismatches: 2, firstMismatch: 70_785 } })
  assert.equal(isCertified(other), false)
  assert.match(certificateText(other), /! map-fixed, middles: the first that differs is operation 70,785\n/)
  assert.match(certificateText(other), /measured,\s+1 of 2 at the limit:\s+not certified\.\n$/)
  const dead = atLimit({ died: 'not done after 120 s', answers: null })
  assert.equal(isCertified(dead), false)
  assert.match(certificateText(dead), /\n {2}middles +- +- +- +- +- +-\n! map-fixed, middles: not done after 120 s\n/)
  assert.deepEqual(JSON.parse(certificateJson(dead, {})).limit.runs[0], {
    strategy: 'map-fixed',
    trace: 'middles',
    died: 'not done after 120 s',
    equal: false,
  })
})
