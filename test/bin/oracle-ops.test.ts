// The oracle's numbers through the front door: a measured trace, written from its definition, given as --ops.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { oracleTrace } from '../helpers/oracle-trace.ts'
import { cli, scratch } from './cli-process.ts'

/** One line of --ops for each operation of `rand`, 4K units, 1,000 of them, and the read that follows it. */
function randomOps(): string {
  const { counted } = oracleTrace({ trace: 'rand', unitPages: 1, ops: 1000, filePages: 16_384, windowPages: 4096 })
  const rows = Array.from(counted.vpn, (vpn, k) => `remap,${vpn},1,${counted.pgoff[k]}\nread,${vpn},1,\n`)
  return `op,vpn,pages,pgoff\n${rows.join('')}`
}

// Measured: vmas, faults of the user, faults in the call, whole flushes, single invalidations.
for (const [kernel, strategy, measured] of [
  ['linux-3.10', 'map-fixed', [1590, 1000, 0, 116, 0]],
  ['linux-3.10', 'map-fixed-populate', [1590, 0, 1000, 116, 0]],
  ['linux-3.10', 'remap-file-pages', [1, 0, 1000, 0, 116]],
  ['linux-3.10', 'remap-file-pages-nonblock', [1, 1000, 0, 0, 116]],
] as const) {
  test(`${strategy} on ${kernel} gives what was measured for 1,000 random operations`, context => {
    const file = join(scratch(context), 'rand.csv')
    writeFileSync(file, randomOps())
    const sizes = ['--window', '16M', '--file', '64M', '--max-map-count', '65530']
    const { stdout, status } = cli([
      'run',
      '--ops',
      file,
      '--kernel',
      kernel,
      '--strategy',
      strategy,
      ...sizes,
      '--format',
      'csv',
    ])
    assert.equal(status, 0)
    const [names, values] = stdout.split('\n').map(line => line.split(','))
    const value = (name: string) => values![names!.indexOf(name)]
    const columns = ['vmas', 'page_faults', 'populate_faults', 'tlb_full_flushes', 'tlb_page_invalidations']
    assert.deepEqual(
      columns.map(name => Number(value(name))),
      measured,
    )
    assert.deepEqual([value('evidence'), value('syscalls'), value('remaps')], ['measured', '1000', '1000'])
  })
}
