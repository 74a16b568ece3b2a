import assert from 'node:assert/strict'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openOutputs, saveOutputs } from '../../bin/output.ts'
import { cli, scratch } from './cli-process.ts'

const refused = (message: RegExp) => ({ name: 'UsageError', message })

test('checking leaves nothing behind, and saving writes the whole text', t => {
  const folder = scratch(t)
  const outputs = openOutputs([join(folder, 'a.csv'), join(folder, 'b.md')])
  assert.deepEqual(readdirSync(folder), [])
  saveOutputs(outputs, ['one', 'two'])
  assert.deepEqual(readdirSync(folder).sort(), ['a.csv', 'b.md'])
  assert.equal(readFileSync(join(folder, 'b.md'), 'utf8'), 'two')
})

test('an existing file is replaced and keeps its permissions', t => {
  const file = join(scratch(t), 'a.csv')
  writeFileSync(file, 'old and longer')
  chmodSync(file, 0o640)
  saveOutputs(openOutputs([file]), ['new'])
  assert.equal(readFileSync(file, 'utf8'), 'new')
  assert.equal(statSync(file).mode & 0o777, 0o640)
})

test('a link stays a link: what it points to is written, also if it is yet to be made', t => {
  const folder = scratch(t)
  mkdirSync(join(folder, 'far'))
  symlinkSync('far/results.csv', join(folder, 'a.csv'))
  saveOutputs(openOutputs([join(folder, 'a.csv')]), ['x'])
  assert.ok(lstatSync(join(folder, 'a.csv')).isSymbolicLink())
  assert.equal(readFileSync(join(folder, 'far/results.csv'), 'utf8'), 'x')
  saveOutputs(openOutputs([join(folder, 'a.csv')]), ['y'])
  assert.equal(readFileSync(join(folder, 'far/results.csv'), 'utf8'), 'y')
  assert.deepEqual(readdirSync(folder).sort(), ['a.csv', 'far'])
})

test('one file under two names is refused', t => {
  const folder = scratch(t)
  const file = join(folder, 'a.csv')
  symlinkSync(file, join(folder, 'b.csv'))
  symlinkSync(folder, join(folder, 'here'))
  assert.throws(() => openOutputs([file, file]), refused(/^--out .*a\.csv: given twice$/))
  assert.throws(() => openOutputs([file, join(folder, 'b.csv')]), refused(/b\.csv: the same file as --out .*a\.csv$/))
  assert.throws(() => openOutputs([file, join(folder, 'here/a.csv')]), refused(/the same file as --out/))
})

test('what cannot be written is refused before anything runs', t => {
  const folder = scratch(t)
  mkdirSync(join(folder, 'd.csv'))
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('loop.csv', join(folder, 'loop.csv'))
  for (const [name, why] of [
    ['none/a.csv', /cannot be written: no such file or directory$/],
    ['d.csv', /is a directory$/],
    ['file/a.csv', /a part of the path is not a directory$/],
    ['loop.csv', /too many symbolic links$/],
    [`${'x'.repeat(300)}.csv`, /name too long$/],
  ] as const) {
    assert.throws(() => openOutputs([join(folder, name)]), refused(why))
  }
})

test('a folder or a file protected against writing is refused', {
  skip: process.getuid?.() === 0 && 'root may write anywhere',
}, t => {
  const folder = scratch(t)
  const file = join(folder, 'a.csv')
  writeFileSync(file, 'kept')
  chmodSync(file, 0o444)
  assert.throws(() => openOutputs([file]), refused(/permission denied$/))
  chmodSync(folder, 0o555)
  assert.throws(() => openOutputs([join(folder, 'b.csv')]), refused(/permission denied$/))
  chmodSync(folder, 0o755)
})

test('if one of several files fails, none has changed and no temporary file is left', t => {
  const folder = scratch(t)
  mkdirSync(join(folder, 'gone'))
  writeFileSync(join(folder, 'a.csv'), 'old')
  const outputs = openOutputs([join(folder, 'a.csv'), join(folder, 'gone/b.csv')])
  rmSync(join(folder, 'gone'), { recursive: true })
  assert.throws(() => saveOutputs(outputs, ['new', 'new']), refused(/gone\/b\.csv: cannot be written/))
  assert.equal(readFileSync(join(folder, 'a.csv'), 'utf8'), 'old')
  assert.deepEqual(readdirSync(folder), ['a.csv'])
})

test('what is asked for must have a place to come out: a breakdown has none in tables of a row for each lane', () => {
  const asked = (...args: readonly string[]) =>
    cli(['run', '--file', '128M', '--window', '1M', '--accesses', '100', ...args])
  const refused = asked('--breakdown', '--format', 'csv')
  assert.deepEqual([refused.status, refused.stdout], [2, ''])
  assert.equal(
    refused.stderr,
    'remapbench: --breakdown: csv has no place for it; allowed: --format text or json, or --out FILE.json\n',
  )
  assert.match(asked('--explain', 'page_faults').stderr, /^remapbench: --explain page_faults: csv has no place for it/)
  assert.equal(asked('--breakdown', '--format', 'json').status, 0)
})
