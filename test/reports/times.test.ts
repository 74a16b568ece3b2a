// Times written by hand: of a round in microseconds, so that with a thousand accesses they read as nanoseconds an access.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json } from '../../reports/json.ts'
import { measuredNotes } from '../../reports/measured-notes.ts'
import type { LaneTimes, ReportRow, Times } from '../../reports/report.ts'
import { text } from '../../reports/text.ts'
import { isFaster, timeLines } from '../../reports/times.ts'
import { judgements, verdict } from '../../reports/verdict.ts'
import { countsOf, reportOf, resultOf, rowOf } from '../helpers/results.ts'

const K = 1024
const MEASURED = {
  level: 'full',
  why: '',
  file: '/dev/shm',
  accepted: 'undisturbed',
  tries: 1,
  calls: 0,
  faults: 0,
  preemptions: 0,
  verifiedTouches: null,
} as const

/** A thousand accesses and a hundred remaps that took so many microseconds, quartiles a hundredth to either side. */
function took(us: number, wallUs = 2 * us): Times {
  const spread = (ns: number) => ({ median: ns, low: ns * 0.99, high: ns * 1.01 })
  return { rounds: 5, accesses: 1000, remaps: 100, cpu: spread(us * 1000), wall: spread(wallUs * 1000) }
}

function timed(strategy: string, times: Partial<LaneTimes>, calls = 10): ReportRow {
  const counts = countsOf({ remaps: 1, syscalls: calls })
  const row = rowOf(resultOf({ strategy, kernel: 'host' }, { counts, measured: MEASURED }), null)
  return { ...row, times: { own: took(100), why: '', harness: null, atUnits: [], ...times } }
}

/** A lane with its times at 4K, 16K and 64K; null where it cannot run. */
function atUnits(strategy: string, ...us: readonly (number | null)[]): ReportRow {
  const units = [4 * K, 16 * K, 64 * K]
  return timed(strategy, {
    atUnits: us.map((time, i) => ({ unitBytes: units[i]!, times: time === null ? null : took(time) })),
  })
}

test('a lane is faster if the middle halves lie apart and the medians by a twentieth', () => {
  assert.equal(isFaster(took(100), took(106)), true)
  assert.equal(isFaster(took(106), took(100)), false)
  assert.equal(isFaster(took(100), took(104)), false)
  const noisy = { ...took(120), cpu: { median: 120_000, low: 100_500, high: 130_000 } }
  assert.equal(isFaster(took(100), noisy), false)
  // Other numbers of accesses do not matter: it is the time of one.
  assert.equal(isFaster(took(100), { ...took(150), accesses: 2000 }), false)
})

test('each lane has its CPU time and its time by the clock, an access', () => {
  const lines = timeLines([timed('a', { own: took(100, 300) }), timed('b', { own: took(2000) })])
  assert.equal(lines[1], 'Timed by turns in 5 rounds: ns an access, median (middle half of the rounds)')
  assert.match(lines[2]!, /^ +CPU +by the clock$/)
  assert.match(lines[3]!, /^a +100 \(99 - 101\) +300 \(297 - 303\)$/)
  assert.match(lines[4]!, /^b +2,000 \(1,980 - 2,020\) +4,000 \(3,960 - 4,040\)$/)
  assert.deepEqual(timeLines([rowOf(resultOf({}), null)]), [])
})

test('the verdict is that of measured time, with what speaks for it', () => {
  const [fast, slow] = [timed('a', { own: took(100) }, 1), timed('b', { own: took(200) })]
  assert.deepEqual(verdict([slow, fast]), [
    'a wins here by measured time, 100 ns of CPU an access against 200: fewer system calls.',
  ])
  assert.equal(judgements([slow, fast])[0]!.leader, fast)
  assert.deepEqual(verdict([slow, fast, timed('c', { own: took(300) })]), [
    'a wins here by measured time, 100 ns of CPU an access against 200 to 300: fewer system calls.',
  ])
  assert.deepEqual(verdict([fast, timed('b', { own: took(103) }), timed('c', { own: took(300) })]), [
    'Undecided: a (100) and b (103) take about as long, in ns of CPU an access.',
  ])
})

test('lanes whose counts agree can differ in time, and one that could not be timed decides nothing', () => {
  const [a, b] = [timed('a', { own: took(100) }), timed('b', { own: took(200) })]
  assert.match(verdict([a, b])[0]!, /^a wins here by measured time/)
  const died = timed('b', { own: null, why: 'ended by SIGKILL' })
  assert.deepEqual(verdict([a, died]), ['No difference: the lanes agree in every count.'])
  assert.deepEqual(measuredNotes([a, died]), ['Not all of b was timed: ended by SIGKILL.'])
})

test('where lanes change places, what grows says why', () => {
  // A copy takes 1, 4 and 16 us, a remap 2, 2 and 4.
  const lines = timeLines([atUnits('copy', 100, 400, 1600), atUnits('remap', 200, 200, 400)])
    .join(' ')
    .replaceAll(/ +/g, ' ')
  assert.match(lines, /Least CPU: copy in 4K; remap in 16K to 64K\./)
  assert.match(
    lines,
    /Break-even of copy and remap between 4K and 16K: from 4K to 64K the CPU time of a remap grows 16 times with copy, 2\.0 times with remap\./,
  )
})

test('one that leads in every unit is set aside, to see who would be next', () => {
  const rows = [atUnits('copy', 100, 400, 1600), atUnits('remap', 200, 200, 400), atUnits('linear', 1, 1, 1)]
  const lines = timeLines(rows).join(' ').replaceAll(/ +/g, ' ')
  assert.match(lines, /Least CPU: linear in every unit\. Of the others: copy in 4K; remap in 16K to 64K\./)
})

test('units that decide nothing, or where a lane cannot run, are said to', () => {
  const close = timeLines([atUnits('a', 100, 100, 100), atUnits('b', 101, 101, 101)])
    .join(' ')
    .replaceAll(/ +/g, ' ')
  assert.match(close, /Least CPU: undecided in every unit\./)
  const lines = timeLines([atUnits('copy', 100, 400, 1600), atUnits('remap', null, 500, 400)])
  const text = lines.join(' ').replaceAll(/ +/g, ' ')
  assert.match(text, /Least CPU: copy in 4K to 16K; remap in 64K\. Break-even of copy and remap between 16K and 64K/)
  // What grows is told of units at which both could run.
  assert.match(text, /from 16K to 64K the CPU time of a remap grows 4\.0 times with copy, 0\.8 times with remap/)
  assert.match(lines.filter(line => line.startsWith('remap'))[1]!, /^remap +- +500 +400$/)
})

test('fewer than four rounds decide nothing, and one has no middle half', () => {
  const few = (us: number, rounds: number) => ({ ...took(us), rounds })
  assert.equal(isFaster(few(100, 3), few(200, 3)), false)
  assert.equal(isFaster(few(100, 4), few(200, 4)), true)
  assert.deepEqual(verdict([timed('a', { own: few(100, 3) }), timed('b', { own: few(200, 3) })]), [
    'Undecided: times of 3 rounds cannot be told apart; --time 9 does more.',
  ])
  const lines = timeLines([timed('a', { own: few(100, 1) })])
  assert.equal(lines[1], 'Timed by turns in 1 round: ns an access')
  assert.match(lines.at(-1)!, /^a +100 +200$/)
})

test('a lead that is broken by an undecided unit is no break-even, and one for want of a rival neither', () => {
  const lines = (...rows: readonly ReportRow[]) => timeLines(rows).join(' ')
  assert.doesNotMatch(lines(atUnits('a', 100, 100, 100), atUnits('b', 200, 101, 200)), /Break-even/)
  assert.doesNotMatch(lines(atUnits('copy', 100, 400, 1600), atUnits('remap', null, null, 400)), /Break-even/)
  // Lanes that can run at no common unit.
  assert.doesNotMatch(lines(atUnits('a', 100, null, null), atUnits('b', null, 100, 100)), /Break-even|NaN/)
})

test('a lane that died in its own rounds still stands in the table by unit, and the other way round', () => {
  const rows = [atUnits('a', 100, 100, 100), atUnits('b', 200, 200, 200)]
  const died = { ...rows[0]!, times: { ...rows[0]!.times!, own: null, why: 'ended by SIGKILL' } }
  const lines = timeLines([died, rows[1]!])
  assert.equal(lines.filter(line => line.startsWith('a ')).length, 1)
  assert.equal(lines.filter(line => line.startsWith('b ')).length, 2)
  assert.deepEqual(timeLines([{ ...died, times: { ...died.times, atUnits: [] } }]), [])
})

test('the harness is what its part takes more than a bare loop, by the quicker rounds', () => {
  const harness = (sample: number, plain: number) => ({ harness: { sample: took(sample), plain: took(plain) } })
  const lines = timeLines([timed('a', harness(103, 100)), timed('b', harness(100, 100))])
  assert.ok(lines.includes('The harness adds 0 to 3 % of CPU time to a bare loop of the same calls.'), lines.join('\n'))
  const none = timeLines([timed('a', harness(99, 100))])
  assert.ok(none.includes('The harness adds nothing measurable to a bare loop of the same calls.'), none.join('\n'))
})

test('JSON has times with what describes the run, and nowhere else', () => {
  const rows = [timed('a', { own: took(100, 300), harness: { sample: took(5), plain: took(4) } })]
  const { meta, results } = JSON.parse(json.render(reportOf(...rows)))
  const nanoseconds = (us: number) => ({ median: us * 1000, low_quartile: us * 990, high_quartile: us * 1010 })
  const flat = (us: number, wallUs = 2 * us) => ({
    rounds: 5,
    accesses: 1000,
    remaps: 100,
    cpu_ns: nanoseconds(us),
    wall_ns: nanoseconds(wallUs),
  })
  assert.deepEqual(meta.timing, [
    {
      kernel: 'host',
      strategy: 'a',
      unit_bytes: 16384,
      ...flat(100, 300),
      harness: { sample: flat(5), plain_loop: flat(4) },
      units: [],
    },
  ])
  assert.equal(JSON.stringify(results).includes('timing'), false)
  assert.equal('timing' in JSON.parse(json.render(reportOf(rowOf(resultOf({}), null)))).meta, false)
})

test('without times the text says how to get them, and a memfd is called one', () => {
  const { times: _, ...untimed } = timed('a', {})
  assert.match(text.render(reportOf(untimed)), /^Next: the same with --time 9: what they take here$/m)
  assert.doesNotMatch(text.render(reportOf(timed('a', {}))), /--time/)
  const rows = { ...untimed, result: { ...untimed.result, spec: { ...untimed.result.spec, workload: 'ops' } } }
  assert.doesNotMatch(text.render(reportOf(rows)), /--time/, '--ops is not timed')
  assert.match(text.render(reportOf(untimed)), /16 GiB \/dev\/shm file, /)
  const measured = { ...MEASURED, file: 'memfd' } as const
  assert.match(text.render(reportOf({ ...untimed, result: { ...untimed.result, measured } })), /16 GiB memfd, /)
})

test('a remap_file_pages() that makes vmas is said to be emulated', () => {
  const lane = (strategy: string, vmas: number) => {
    const { result } = timed(strategy, {})
    return rowOf({ ...result, counts: countsOf({ vmas }) }, null)
  }
  assert.deepEqual(measuredNotes([lane('remap-file-pages', 4078), lane('map-fixed', 4078)]), [
    'The running kernel emulates remap_file_pages() by mappings, as kernels do since 4.0: 4,078 vmas at the end, not one.',
  ])
  assert.deepEqual(measuredNotes([lane('remap-file-pages', 1), lane('map-fixed', 4078)]), [])
})

test('where the peak of vmas is not known, those at the end are shown', () => {
  const lane = (counts: object) => {
    const { result } = timed('a', {})
    return text.render(reportOf(rowOf({ ...result, counts: countsOf({ syscalls: 1, ...counts }) }, null)))
  }
  assert.match(lane({ vmas: 77, vmasPeak: null }), /^vmas, at the end +77$/m)
  assert.doesNotMatch(lane({ vmas: 77, vmasPeak: 78 }), /at the end/)
})

test('the text shows times between the counts and the verdict', () => {
  const lines = text.render(reportOf(timed('a', {}), timed('b', { own: took(200) }))).split('\n')
  const at = (start: string) => lines.findIndex(line => line.startsWith(start))
  assert.ok(at('kernel entries') < at('Timed by turns') && at('Timed by turns') < at('a wins here'))
})
