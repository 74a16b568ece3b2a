// Who may import whom. The table is ARCHITECTURE.md's; every import line of every source file is checked against it.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const ROOMS = ['engine', 'workloads', 'claims', 'reports', 'bin', 'test']

const BASE = 'engine/(units|errors|rng|counters|suggest)'
const DATA = 'engine/(trace|window|window-ops|backing-file)'
const HARDWARE = 'engine/(place-set|vma-tree|address-space|page-table|pte-chains|slab|tlb)'

/** First match wins: files, the files they may import, the packages they may import. */
const TABLE: readonly (readonly [files: string, imports: readonly string[], packages?: readonly string[]])[] = [
  ['engine/units', []],
  ['engine/errors', ['engine/units']],
  ['engine/(rng|suggest)', ['engine/(units|errors)']],
  ['engine/spread', []],
  ['engine/counters', ['engine/(units|errors|rng)']],
  [DATA, [BASE, DATA]],
  ['engine/breakdown', [BASE]],
  ['engine/address-space', [BASE, 'engine/(place-set|vma-tree)']],
  [HARDWARE, [BASE]],
  ['engine/policy/.*', ['engine/policy/.*', BASE, DATA]],
  ['engine/buffer-pool', ['engine/policy/policy', BASE, DATA]],
  ['engine/kernel/.*', ['engine/kernel/.*', 'engine/breakdown', HARDWARE, BASE, DATA]],
  ['engine/strategy/.*', ['engine/strategy/.*', 'engine/kernel/(kernel|model)', 'engine/errors']],
  ['engine/cost/.*', ['engine/cost', 'engine/cost/.*']],
  ['engine/gate/.*', ['engine/gate/.*', 'engine/kernel/model', BASE]],
  [
    'engine/(replay|attributed-replay|first-operations|lane-group|simulate|run|cost|break-even|turning-price|ops-run|ops-rows)',
    [
      'engine/(replay|attributed-replay|first-operations|lane-group|breakdown|simulate|run|cost|buffer-pool|ops-rows)',
      'engine/(kernel/kernel|kernel/model|strategy/strategy)',
      BASE,
      DATA,
    ],
  ],
  // The one room of the engine that touches the machine it runs on.
  [
    'engine/native/.*',
    [
      'engine/native/.*',
      'engine/(replay|ops-run|ops-rows|buffer-pool|spread|cost|cost/modern-core)',
      'engine/(kernel/kernel|kernel/model|kernel/linux-6.18|strategy/strategy)',
      BASE,
      DATA,
    ],
    ['koffi', 'node:(fs|module)'],
  ],
  [
    'workloads/ops-file',
    ['engine/(units|errors|rng|suggest|trace|window|window-ops|ops-rows)', 'workloads/.*'],
    ['csv-parse/sync'],
  ],
  // The one place that knows how rounds are driven.
  ['engine/timing', ['engine/spread'], ['tinybench']],
  ['workloads/.*', ['engine/(units|errors|rng|suggest|trace|window|window-ops)', 'workloads/.*']],
  // A claim reads rows and tables of numbers; it runs nothing.
  [
    'claims/.*',
    [
      'claims/.*',
      'engine/(errors|units|counters|cost|run|turning-price)',
      'engine/cost/(p3|p4|modern).*',
      'engine/kernel/linux-.*',
    ],
  ],
  ['reports/csv', ['engine/(run|counters|cost|units)', 'reports/.*'], ['csv-stringify/sync']],
  [
    'reports/results-file',
    ['engine/(run|counters|cost|units|errors)', 'engine/gate/.*', 'engine/kernel/model', 'reports/.*'],
    ['csv-parse/sync'],
  ],
  ['reports/results-breakdown', ['engine/(breakdown|counters|errors)', 'engine/gate/table', 'reports/json-text']],
  ['reports/json-text', ['engine/errors']],
  ['reports/claims.*', ['claims/(claim|judge)', 'reports/.*']],
  [
    'reports/.*',
    [
      'engine/(run|counters|cost|turning-price|units|breakdown|first-operations|spread|timing)',
      'engine/gate/(table|verdict|compare|explain)',
      'reports/.*',
    ],
  ],
  ['bin/(compose|experiments|commands/list)', ['.*'], ['chalk', 'cli-progress', 'yargs', 'yargs/helpers', 'node:.*']],
  // Registries are compose's, experiments' and list's alone.
  ['bin/.*', ['(?!.*/index$).*'], ['chalk', 'cli-progress', 'yargs', 'yargs/helpers', 'node:.*']],
  ['test/.*', ['.*'], ['csv-parse/sync', 'tinybench', 'node:.*']],
]

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? sources(path) : path.endsWith('.ts') ? [path.slice(0, -3)] : []
  })
}

/** What a file imports: statically, for types, or at run time. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, `${file}.ts`), 'utf8')
  const statement =
    /^(?:import\s+(?:[\w*{},\s]+\s+from\s*)?|export\s+(?:type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s*from\s*)['"]([^'"]+)['"]/gm
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]/g
  return [...text.matchAll(statement), ...text.matchAll(dynamic)].map(match => match[1]!)
}

const matches = (patterns: readonly string[], name: string) =>
  patterns.some(pattern => new RegExp(`^(?:${pattern})$`).test(name))
const all = ROOMS.flatMap(sources)

test('the sources were found', () => {
  for (const room of ROOMS)
    assert.ok(
      all.some(file => file.startsWith(`${room}/`)),
      room,
    )
})

for (const file of all) {
  test(`${file} imports only what the table allows`, () => {
    const row = TABLE.find(([files]) => matches([files], file))
    assert.ok(row, `${file} stands in no row of the table`)
    const [, imports, packages = []] = row
    for (const name of importsOf(file)) {
      if (!name.startsWith('.')) assert.ok(matches(packages, name), `${file} may not import the package ${name}`)
      else {
        const target = normalize(join(dirname(file), name)).replace(/\.(ts|js)$/, '')
        assert.ok(matches(imports, target), `${file} may not import ${target}`)
        assert.ok(!target.startsWith('test/') || file.startsWith('test/'), `${file} imports a test`)
      }
    }
  })
}

test('a forbidden import would be seen', () => {
  const engine = TABLE.find(([files]) => matches([files], 'engine/simulate'))!
  assert.ok(
    !matches(engine[1], 'workloads/tpcc') &&
      !matches(engine[1], 'engine/policy/index') &&
      !matches(engine[2] ?? [], 'node:fs'),
  )
})
