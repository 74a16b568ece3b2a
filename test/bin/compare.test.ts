import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { edited, golden } from '../helpers/gate-files.ts'
import { CLI, cli, environment } from './cli-process.ts'
import { BASE, compare, files, lastLine, PLAIN, WORSE } from './compare-files.ts'

test('equal passes with 0, better passes, worse is 1, not comparable 4', t => {
  const folder = files(t)
  writeFileSync(join(folder, 'other.csv'), edited(WORSE, 1, { seed: 2 }))
  for (const [current, code, last] of [
    ['base.csv', 0, 'gate passed: 2 lanes, 106 counts equal'],
    ['base.json', 0, 'gate passed: 2 lanes, 106 counts equal'],
    ['better.csv', 0, 'gate passed: 2 lanes, 105 counts equal, 1 improvement'],
    ['worse.csv', 1, 'gate failed: 1 regression'],
    ['other.csv', 4, 'gate failed: 1 regression, 1 other specification'],
  ] as const) {
    const { status, stdout, stderr } = compare(folder, current, 'base.csv')
    assert.deepEqual([status, lastLine(stdout), stderr], [code, last, ''], current)
  }
})

test('a fresh run passes against the golden file and either may come from standard input', () => {
  const folder = new URL('../../../test/golden/', import.meta.url)
  const args = ['run', '--quiet', '--format', 'csv', '--file', '128M', '--window', '4M']
  const { stdout } = cli([...args, '--warmup', '5000', '--accesses', '20000'])
  for (const words of [
    ['-', 'small.csv'],
    ['small.json', '-'],
  ]) {
    const gate = spawnSync(process.execPath, [CLI, 'compare', ...words], {
      input: stdout,
      encoding: 'utf8',
      env: environment(PLAIN),
      cwd: folder,
    })
    assert.deepEqual([gate.status, lastLine(gate.stdout)], [0, 'gate passed: 2 lanes, 106 counts equal'])
  }
})

test('one more page fault for each remap is found', t => {
  const folder = files(t)
  const rows = BASE.trimEnd().split('\n')
  const faults = rows.slice(1).map(row => Number(row.split(',')[rows[0]!.split(',').indexOf('page_faults')]))
  const worse = faults.reduce((csv, count, row) => edited(csv, row, { page_faults: count + 7380 }), BASE)
  writeFileSync(join(folder, 'now.csv'), worse)
  const { status, stdout } = compare(folder, 'now.csv', 'base.csv')
  assert.deepEqual([status, lastLine(stdout)], [1, 'gate failed: 2 regressions'])
  assert.match(stdout, /remap-file-pages\n {2}page_faults +0 -> 7,380 +\+7,380 \(from 0\) +regression\n/)
})

test('a bad input file is 3 with one line on stderr, file and line, and nothing on stdout', t => {
  const folder = files(t)
  mkdirSync(join(folder, 'folder'))
  writeFileSync(join(folder, 'empty.csv'), '')
  writeFileSync(join(folder, 'cut.csv'), BASE.slice(0, -3))
  writeFileSync(join(folder, 'nan.csv'), edited(BASE, 1, { page_faults: 'NaN' }))
  writeFileSync(join(folder, 'cut.json'), golden('small.json').slice(0, 3000))
  for (const [file, message] of [
    ['none.csv', /none\.csv: no such file or directory/],
    ['folder', /folder: is a directory/],
    ['empty.csv', /empty\.csv:1: empty/],
    ['cut.csv', /cut\.csv:3: the last line does not end/],
    ['nan.csv', /nan\.csv:3: page_faults "NaN": must be a whole number/],
    ['cut.json', /cut\.json:\d+: ends at byte 3000 in the middle of JSON/],
  ] as const) {
    for (const args of [
      [file, 'base.csv'],
      ['base.csv', file],
    ]) {
      const { status, stdout, stderr } = compare(folder, ...args)
      assert.deepEqual([status, stdout], [3, ''], args.join(' '))
      assert.match(stderr, /^remapbench: [^\n]+\n$/)
      assert.match(stderr, message)
    }
  }
  assert.match(compare(folder, 'base.csv', 'none.csv').stderr, /; --update writes it\n$/)
  assert.match(compare(folder, '-', 'base.csv').stderr, /standard input:1: empty/)
})

test('a mistake is 2 with one line, and no file is written', t => {
  const folder = files(t)
  const before = readdirSync(folder)
  for (const [args, message] of [
    [[], /compare: needs two files of results/],
    [['base.csv'], /compare: needs two files of results/],
    [['base.csv', 'base.csv', 'base.csv'], /base\.csv: unexpected/],
    [['-', '-'], /only one of them can be standard input/],
    [
      ['base.csv', 'base.csv', '--alow', 'x'],
      /--alow: unknown option; did you mean --allow\? \(remapbench compare --help/,
    ],
    [['base.csv', 'base.csv', '--seed', '1'], /--seed: unknown option/],
    [['base.csv', 'base.csv', '--allow'], /--allow: needs a value/],
    [['base.csv', 'base.csv', '--allow', 'page_fault=1%'], /no metric page_fault; did you mean page_faults/],
    [['base.csv', 'base.csv', '--allow', 'map:page_faults=1%'], /no lane map; did you mean map-fixed/],
    [['base.csv', 'base.csv', '--assert', 'map-fixd.remaps > 1'], /no lane map-fixd; did you mean map-fixed/],
    [['base.csv', 'base.csv', '--format', 'mardown'], /--format mardown: unknown; .* did you mean markdown/],
    [['base.csv', 'base.csv', '--update=yes'], /--update takes no value/],
    [['base.csv', '-', '--update'], /--update: BASELINE is standard input/],
    [
      ['base.csv', 'new.txt', '--update'],
      /BASELINE new\.txt: its format is unknown; allowed for a new one: \.csv \.json/,
    ],
    [['base.csv', 'none/new.csv', '--update'], /^remapbench: BASELINE none\/new\.csv: cannot be written/],
    [['base.csv', 'base.csv', '--update', '--junit', 'a.xml'], /--junit a\.xml: does not go with --update/],
    [['base.csv', 'base.csv', '--junit', 'none/a.xml'], /--junit none\/a\.xml: cannot be written/],
    [['base.csv', 'base.csv', '--gab', 'base.csv'], /--gab base\.csv: is one of the files to compare/],
    [['base.csv', 'base.csv', '--gab', 'a', '--junit', './a'], /--gab a: the same file as --junit \.\/a/],
  ] as const) {
    const { status, stdout, stderr } = compare(folder, ...args)
    assert.deepEqual([status, stdout], [2, ''], args.join(' '))
    assert.match(stderr, /^remapbench: [^\n]+\n$/)
    assert.match(stderr, message)
  }
  assert.deepEqual(readdirSync(folder), before)
})

test('rules, assertions, formats and files together', t => {
  const folder = files(t)
  const files_ = ['--junit', 'gate.xml', '--gab', 'gab.json']
  const rules = [
    '--allow',
    'map-fixed:page_faults=+90%',
    '--allow',
    'writes=1%',
    '--assert',
    'map-fixed.remaps == 7380',
  ]
  const { status, stdout } = compare(folder, 'worse.csv', 'base.csv', ...rules, ...files_, '--format', 'json')
  assert.deepEqual([status, JSON.parse(stdout).passed], [0, true])
  assert.match(
    readFileSync(join(folder, 'gate.xml'), 'utf8'),
    /^<\?xml .*\n<testsuites tests="4" failures="0" errors="0"/,
  )
  assert.ok(Array.isArray(JSON.parse(readFileSync(join(folder, 'gab.json'), 'utf8'))))
  const failed = compare(folder, 'worse.csv', 'base.csv', ...files_, '--format', 'markdown')
  assert.deepEqual([failed.status, failed.stdout.split('\n')[0]], [1, '### remapbench: gate failed: 1 regression'])
  assert.match(readFileSync(join(folder, 'gate.xml'), 'utf8'), /failures="1"/)
})

test('in GitHub Actions there are annotations, and the table is appended to the step summary', t => {
  const folder = files(t)
  writeFileSync(join(folder, 'summary.md'), 'before\n')
  const actions = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'summary.md') }
  const failed = cli(['compare', 'worse.csv', 'base.csv'], actions, folder)
  assert.equal(failed.status, 1)
  assert.match(
    failed.stdout,
    /^::error title=linux-2\.5\.42-remap\/map-fixed page_faults::8,602 -> 15,982, \+7,380 \(\+85\.8 %25\): regression\n/,
  )
  assert.equal(lastLine(failed.stdout), 'gate failed: 1 regression')
  const summary = readFileSync(join(folder, 'summary.md'), 'utf8')
  assert.match(summary, /^before\n### remapbench: gate failed: 1 regression\n\n\| lane \|/)
  const json = cli(['compare', 'worse.csv', 'base.csv', '--format', 'json'], actions, folder)
  assert.deepEqual([JSON.parse(json.stdout).exit_code, json.stderr.startsWith('::error title=')], [1, true])
  const passed = cli(['compare', 'base.csv', 'base.csv'], actions, folder)
  assert.doesNotMatch(passed.stdout, /::/)
  const missing = cli(['compare', 'none.csv', 'base.csv'], actions, folder)
  assert.deepEqual(
    [missing.status, missing.stdout.startsWith('::error title=remapbench compare::CURRENT none.csv: no')],
    [3, true],
  )
  const updated = cli(['compare', 'worse.csv', 'base.csv', '--update'], actions, folder)
  assert.deepEqual([updated.status, updated.stdout.includes('::')], [0, false])
  const lost = { ...actions, GITHUB_STEP_SUMMARY: join(folder, 'none/summary.md') }
  assert.equal(cli(['compare', 'base.csv', 'base.csv'], lost, folder).status, 2)
})

test('escape sequences in a file do not reach the terminal', t => {
  const folder = files(t)
  writeFileSync(join(folder, 'odd.csv'), edited(BASE, 0, { trace_hash: '\u001b[31mred', strategy: '\u001b]0;x' }))
  const { stdout } = compare(folder, 'odd.csv', 'base.csv')
  assert.ok(!stdout.includes('\u001b') && stdout.includes('\\x1b]0;x'))
})

test('a reader that leaves early hides no failure', async t => {
  const folder = files(t)
  const options = { cwd: folder, env: environment(PLAIN), stdio: ['ignore', 'pipe', 'pipe'] as ('ignore' | 'pipe')[] }
  const child = spawn(process.execPath, [CLI, 'compare', 'worse.csv', 'base.csv', '--junit', 'a.xml'], options)
  child.stdout!.destroy()
  const [code] = await once(child, 'close')
  assert.equal(code, 1)
  assert.ok(existsSync(join(folder, 'a.xml')))
})

test('completion knows the command and its options', () => {
  const complete = (...words: readonly string[]) =>
    cli(['--get-yargs-completions', 'remapbench', ...words], { SHELL: '/bin/bash' }).stdout.split('\n')
  assert.ok(complete('comp').includes('compare'))
  assert.ok(complete('compare', '--al').includes('--allow'))
})

test('--explain shows what a count is made of that changed, if both files say so', t => {
  const folder = files(t)
  const at = (name: string) => join(folder, name)
  const small = ['run', '--quiet', '--file', '128M', '--window', '1M', '--accesses', '3000', '--format', 'json']
  writeFileSync(at('now.json'), cli([...small, '--breakdown']).stdout)
  assert.equal(compare(folder, 'now.json', 'old.json', '--update').status, 0)
  const old = JSON.parse(readFileSync(at('old.json'), 'utf8'))
  const lane = old.results.findIndex(({ strategy }: { strategy: string }) => strategy === 'map-fixed')
  const part = old.results[lane].breakdown.find(
    ({ relation, step }: Record<string, string>) => relation === 'stock' && step === 'fault',
  )
  part.page_faults--
  old.results[lane].page_faults--
  writeFileSync(at('old.json'), JSON.stringify(old))
  const { status, stdout } = compare(folder, 'now.json', 'old.json', '--explain', 'page_faults')
  assert.equal(status, 1)
  assert.match(stdout, /\npage_faults of linux-2\.5\.42-remap\/map-fixed: [\d,]+ -> [\d,]+, changed in 1 part\n/)
  assert.match(stdout, /\n {2}stock, fault {2}[\d,]+ -> [\d,]+ {2}\+1\n/)
  assert.match(stdout, /\npage_faults of linux-2\.5\.42-remap\/remap-file-pages: 0, unchanged in every part\n/)
  const report = compare(folder, 'now.json', 'old.json', '--explain', 'page_faults', '--format', 'json').stdout
  assert.deepEqual(JSON.parse(report).explanations[0].parts[0].relation, 'stock')
  const markdown = compare(folder, 'now.json', 'old.json', '--explain', 'page_faults', '--format', 'markdown').stdout
  assert.match(markdown, /\n\| stock, fault \| [\d,]+ -> [\d,]+ \| \+1 \|\n/)
  // A file without parts passes or fails as ever.
  writeFileSync(at('plain.csv'), cli([...small.slice(0, -1), 'csv']).stdout)
  const plain = compare(folder, 'plain.csv', 'now.json', '--explain', 'page_faults')
  assert.equal(plain.status, 0)
  assert.match(
    plain.stdout,
    /is not\s+explained:\s+CURRENT\s+has\s+no\s+breakdown\s+\(run --breakdown --out\s+FILE\.json\)/,
  )
})

test('--explain takes counts alone', t => {
  const folder = files(t)
  const refusal = (metric: string) => compare(folder, 'base.csv', 'base.csv', '--explain', metric)
  assert.deepEqual(
    refusal('vmas_peak').stderr,
    'remapbench: --explain vmas_peak: only counts have parts; levels and peaks have none\n',
  )
  assert.match(
    refusal('page_fault').stderr,
    /^remapbench: --explain page_fault: no such count; did you mean page_faults\?; allowed: window_hits, [a-z_, ]+\n$/,
  )
  assert.match(refusal('nonsense').stderr, /^remapbench: --explain nonsense: no such count; allowed: window_hits, /)
  assert.deepEqual([refusal('page_fault').status, refusal('seed').status], [2, 2])
})
