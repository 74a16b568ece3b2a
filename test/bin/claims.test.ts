import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { renderClaims } from '../../bin/api.ts'
import { cli, scratch } from './cli-process.ts'

/** Takes a moment; its verdict is that it does not hold. */
const QUICK = ['claims', 'flush-at-4k']

test('a claim is printed within 80 columns, ends in the tally, and the exit code is 0 whatever the verdict', () => {
  const { stdout, stderr, status } = cli(QUICK)
  assert.deepEqual([stderr, status], ['', 0])
  assert.match(stdout, /^flush-at-4k: /)
  assert.match(stdout, /\n {2}Verdict +does not hold\n {2}The mail +"larger than 4K /)
  assert.match(stdout, /\n1 claim: does not hold 1\n$/)
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
  assert.equal(stdout.includes('\u001b'), false)
})

test('the commands on the screen can be copied: joined at their backslashes they are those of the JSON', () => {
  const json = JSON.parse(cli([...QUICK, '--format', 'json']).stdout)
  const lines = cli(QUICK)
    .stdout.replace(/ \\\n +/g, ' ')
    .split('\n')
  const shown = lines.map(line => line.trim()).filter(line => line.startsWith('npx remapbench run '))
  assert.deepEqual(
    shown,
    json.claims[0].runs.map((run: { command: string }) => run.command),
  )
})

test('JSON has the keys of the contract, and what describes the run beside them', () => {
  const report = JSON.parse(cli(['claims', 'no-other-system', ...QUICK.slice(1), '--format', 'json']).stdout)
  assert.deepEqual(Object.keys(report), ['schema', 'claims', 'verdicts', 'meta'])
  assert.equal(report.schema, 'remapbench-claims-1')
  for (const claim of report.claims) {
    for (const key of ['id', 'quote', 'command', 'numbers', 'verdict', 'source']) assert.ok(key in claim, key)
  }
  const [untested, tested] = report.claims
  assert.deepEqual([untested.verdict, untested.command, untested.numbers], ['untested', null, []])
  assert.deepEqual(Object.keys(tested.numbers[0]), ['label', 'value', 'formula'])
  assert.equal(typeof report.meta.wall_ms, 'number')
  assert.equal(report.meta.node, process.version)
})

test('files are written by extension and noted on stderr', t => {
  const folder = scratch(t)
  const out = ['--out', 'a.txt', '--out', 'b.md', '--out', 'c.json']
  const { stdout, stderr, status } = cli([...QUICK, ...out], {}, folder)
  assert.deepEqual([stderr, status], ['Wrote a.txt, b.md, c.json.\n', 0])
  assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), stdout)
  assert.match(readFileSync(join(folder, 'b.md'), 'utf8'), /\n## flush-at-4k\n/)
  assert.equal(JSON.parse(readFileSync(join(folder, 'c.json'), 'utf8')).claims.length, 1)
  assert.equal(cli([...QUICK, ...out, '--quiet'], {}, folder).stderr, '')
})

test('a mistake is one line on stderr, nothing on stdout, exit code 2, and no file', t => {
  const folder = scratch(t)
  for (const [args, message] of [
    [['flush-above-4'], /^remapbench: claims flush-above-4: unknown; allowed: .*did you mean flush-above-4k\?\n$/],
    [['--format', 'csv'], /^remapbench: --format csv: unknown; allowed: text, markdown, json/],
    [['--out', 'a.csv'], /^remapbench: --out a\.csv: unknown extension \.csv; allowed: \.txt \.md \.json/],
    [['--out', 'none/a.txt'], /^remapbench: --out none\/a\.txt: cannot be written/],
    [['--seed', '1'], /^remapbench: --seed: unknown option/],
  ] as const) {
    const { stdout, stderr, status } = cli(['claims', '--out', 'b.md', ...args], {}, folder)
    assert.deepEqual([stdout, status], ['', 2], args.join(' '))
    assert.match(stderr, message)
    assert.equal(stderr.split('\n').length, 2)
  }
  assert.deepEqual(readdirSync(folder), [])
})

test('completion knows the command', () => {
  const { stdout } = cli(['--get-yargs-completions', 'remapbench', 'cl'], { SHELL: '/bin/bash' })
  assert.match(stdout, /^claims$/m)
})

test('an unknown format of the library is a UsageError', () => {
  assert.throws(() => renderClaims([], 'csv'), { name: 'UsageError' })
})
