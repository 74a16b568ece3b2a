// The program lists, the test scans: every variant in its folder is in the folder's list, under its file's name.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { CLAIMS } from '../../claims/index.ts'
import { UNTESTED } from '../../claims/untested.ts'
import { COST_MODELS } from '../../engine/cost/index.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { POLICIES } from '../../engine/policy/index.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import { FORMATS } from '../../reports/index.ts'
import { WORKLOADS } from '../../workloads/index.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Folder, its list, and its files that are no variants. */
const FOLDERS: readonly (readonly [
  string,
  readonly { readonly name: string; readonly summary: string }[],
  readonly RegExp[],
])[] = [
  ['engine/policy', POLICIES, [/^policy$/]],
  [
    'engine/kernel',
    KERNELS,
    [
      /^(kernel|model|machine|places|simulated-kernel|syscalls)$/,
      /^(map|unmap|free-pgtables|mmu-gather|fault|copy|reclaim|sweep|lowmem)$/,
      /^remap-/,
    ],
  ],
  ['engine/strategy', STRATEGIES, [/^(strategy|faults-elsewhere)$/]],
  ['engine/cost', COST_MODELS, []],
  [
    'claims',
    CLAIMS.filter(claim => !UNTESTED.some(untested => untested.id === claim.id)).map(({ id, title }) => ({
      name: id,
      summary: title,
    })),
    [/^(claim|formula|judge|prices|runs|untested)$/],
  ],
  ['workloads', WORKLOADS, [/^(workload|params|ops-file|nurand|scatter|write-share|zipf-ranks)$/, /^tpcc-/]],
  [
    'reports',
    FORMATS,
    [
      /^(report|columns|dominance|lane-table|lanes|lines|lowmem|measured-(notes|sources|verdict)|modelled|breakdown-table|notes|numbers|origins|outlook|refusals|standing|summary|times|unit-range|verdict|words)$/,
      /^(gate|gate-columns|gate-words|junit|gab|annotations|explanation|results-file|results-breakdown|json-text)$/,
      /^claims(-|$)/,
      /^certificate(-|$)/,
      /^side-by-side$/,
    ],
  ],
]

for (const [folder, list, others] of FOLDERS) {
  test(`every variant in ${folder} is in its list, with a summary in one line`, () => {
    const files = readdirSync(join(root, folder))
      .filter(name => name.endsWith('.ts') && name !== 'index.ts')
      .map(name => name.slice(0, -3))
      .filter(name => !others.some(pattern => pattern.test(name)))
    assert.deepEqual(list.map(entry => entry.name).sort(), files.sort())
    for (const entry of list) assert.match(entry.summary, /^[^\n]{10,120}$/, entry.name)
  })
}
