// What JSON says of the machine: read by other means here, and compared by nobody.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { describeRun } from '../../bin/meta.ts'
import { cli, SMALL, scratch } from './cli-process.ts'

const shell = (command: string) => spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout.trim()

test('meta has the kernel, the load, and whether the machine is a virtual one', {
  skip: platform() !== 'linux' && 'needs Linux',
}, () => {
  const { kernel, load, virtualised } = describeRun(1)
  assert.equal(kernel, shell('uname -r'))
  // Between the two looks a minute's mean moves little.
  assert.ok(Math.abs(Number(load) - Number(shell('cut -d" " -f1 /proc/loadavg'))) < 2)
  const lines = Number(shell('grep -c "^flags" /proc/cpuinfo'))
  const guests = Number(shell('grep -c "^flags.* hypervisor" /proc/cpuinfo'))
  assert.equal(virtualised, lines === 0 ? undefined : guests > 0)
})

test('a run on another machine is the same to the gate', t => {
  const folder = scratch(t)
  const { results, meta, ...rest } = JSON.parse(cli([...SMALL, '--format', 'json']).stdout)
  assert.equal(typeof meta.load, 'number')
  const elsewhere = { ...meta, kernel: '2.5.42', load: 99, virtualised: !meta.virtualised, cpu: 'another' }
  writeFileSync(join(folder, 'here.json'), JSON.stringify({ ...rest, results, meta }))
  writeFileSync(join(folder, 'there.json'), JSON.stringify({ ...rest, results, meta: elsewhere }))
  const { status, stdout } = cli(['compare', 'here.json', 'there.json'], {}, folder)
  assert.equal(status, 0, stdout)
})
