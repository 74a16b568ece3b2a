// `--kernel host` is one more kernel of `run`: its rows stand beside those of models, and leave empty what was not measured.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../../bin/api.ts'
import { cli, SMALL, scratch } from '../bin/cli-process.ts'
import { cannotCountAll, cannotMeasure } from '../helpers/machine-can.ts'

const small = { file: '128M', window: '4M', accesses: 20_000 }

test('measurement and prediction stand in one table, and agree', { skip: cannotCountAll }, async () => {
  const strategy = ['map-fixed', 'remap-file-pages', 'linear', 'vmcache']
  const rows = await run({ ...small, warmup: 2000, strategy, kernel: ['linux-6.18', 'host'] })
  for (let i = 0; i < 4; i++) {
    const [predicted, measured] = [rows[i]!.result, rows[i + 4]!.result]
    assert.equal(measured.traceHash, predicted.traceHash)
    assert.deepEqual(
      [measured.outcome.state, measured.evidence, measured.measured!.level],
      ['completed', 'measured', 'full'],
    )
    // A disturbance may add to these, and never takes away: flushes are split, faults repeated.
    for (const name of ['tlbFullFlushes', 'tlbRangeFlushes', 'pageFaults'] as const) {
      const excess = measured.counts[name]! - predicted.counts[name]!
      assert.ok(excess >= 0 && excess <= 20, `${strategy[i]}: ${name} ${excess} more than predicted`)
    }
    for (const name of ['remaps', 'windowHits', 'writes', 'writebacks', 'bytesCopied', 'vmas', 'syscalls'] as const) {
      assert.equal(measured.counts[name], predicted.counts[name], `${strategy[i]}: ${name}`)
    }
  }
})

test('what the running kernel does not tell is null, and so is what does not apply', {
  skip: cannotMeasure,
}, async () => {
  const [row] = await run({ ...small, strategy: 'map-fixed', kernel: 'host', tlb: 64, otherVmas: 5 })
  const { spec, counts, guesses, stockLimitAccess, measured } = row!.result
  assert.equal(measured!.file, '/dev/shm')
  // Where nothing says that a try was undisturbed, a second one has to agree.
  assert.ok(measured!.level === 'full' || measured!.tries >= 2)
  assert.deepEqual([spec.maxMapCount, spec.tlb, spec.otherVmas], ['stock', 'none', null])
  for (const name of ['tlbHits', 'ptesInstalled', 'vmasPeak', 'mapCountPeak', 'vmaLookups'] as const) {
    assert.equal(counts[name], null, name)
  }
  assert.deepEqual([row!.price, stockLimitAccess, guesses], [null, null, []])
})

test('the lanes of other kernels are what they are without it', { skip: cannotMeasure }, () => {
  const alone = cli([...SMALL, '--kernel', 'linux-6.18', '--format', 'csv']).stdout
  const beside = cli([...SMALL, '--kernel', 'linux-6.18,host', '--format', 'csv']).stdout
  assert.equal(beside.split('\n').slice(0, 3).join('\n'), alone.trimEnd())
})

test('operations from a file run on the running kernel, too', { skip: cannotCountAll }, t => {
  const folder = scratch(t)
  writeFileSync(join(folder, 'ops.csv'), 'op,vpn,pages,pgoff\nread,0,16,\nremap,4,4,100\nread,4,4,\nremap,4,4,4\n')
  const args = ['--ops', 'ops.csv', '--file', '4M', '--window', '1M', '--kernel', 'host', '--strategy', 'map-fixed']
  const { stdout, status } = cli([...args, '--format', 'json'], {}, folder)
  const [row] = JSON.parse(stdout).results
  assert.deepEqual(
    [row.measured.sources.page_faults, row.measured.sources.vmas, row.measured.sources.tlb_hits],
    ['page_fault_user', '/proc/self/maps', undefined],
  )
  // Sixteen pages are one fault around; four pages replaced and read another one; both remaps flush; one vma is left.
  assert.deepEqual(
    [status, row.syscalls, row.page_faults, row.tlb_range_flushes + row.tlb_full_flushes, row.vmas],
    [0, 2, 2, 2, 1],
  )
})

test('holes of a sparse file are there again for every try', { skip: cannotCountAll }, async () => {
  const kernel = ['linux-6.18', 'host']
  const rows = await run({ ...small, contents: 'sparse', strategy: 'remap-file-pages', kernel })
  assert.equal(rows[1]!.result.counts.populateFaults, rows[0]!.result.counts.populateFaults)
})

test('what it cannot run is a row that says why', async () => {
  for (const [options, reason] of [
    [{ backing: 'disk' }, /no-disk|no-koffi|no-linux/],
    [{ threads: 2 }, /no-threads/],
    [{ processes: 2 }, /no-processes/],
    [{ reclaim: 100 }, /no-reclaim/],
    [{ otherFaults: '10%' }, /no-other-faults/],
    [{ strategy: 'remap-file-pages-sigbus' }, /no-sigbus/],
  ] as const) {
    const rows = await run({ ...small, strategy: 'map-fixed', ...options, kernel: ['linux-2.5.42-remap', 'host'] })
    const { outcome } = rows[1]!.result
    assert.match(outcome.state === 'unsupported' ? outcome.reason : '', reason)
  }
})

test('a breakdown is asked of models: without one it is a mistake, beside one a note', { skip: cannotMeasure }, () => {
  for (const option of [['--breakdown'], ['--explain', 'page_faults']]) {
    const alone = cli([...SMALL, ...option, '--kernel', 'host', '--format', 'json'])
    const message = `remapbench: ${option.join(' ')}: is not measured on host; --kernel linux-6.18,host has it of the model\n`
    assert.deepEqual([alone.status, alone.stdout, alone.stderr], [2, '', message])
    const beside = cli([...SMALL, ...option, '--kernel', 'linux-6.18,host', '--strategy', 'linear', '--format', 'text'])
    assert.equal(beside.status, 0)
    assert.match(beside.stdout.replaceAll(/\s+/g, ' '), /What the counts of .*host.* are made of is not measured/)
  }
  const plain = cli([...SMALL, '--kernel', 'linux-6.18,host', '--strategy', 'linear', '--format', 'text'])
  assert.doesNotMatch(plain.stdout, /made of is not/)
})

test('the list has it, and all kernels are all models', () => {
  assert.match(cli(['list', 'kernels']).stdout, /^host +the running kernel/m)
  assert.doesNotMatch(cli([...SMALL, '--kernel', 'all', '--format', 'csv']).stdout, /,host,/)
})
