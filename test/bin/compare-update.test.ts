// `compare --update`: what becomes the baseline, and what never does.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { edited } from '../helpers/gate-files.ts'
import { BASE, compare, files, lastLine, WORSE } from './compare-files.ts'

test('--update makes CURRENT the baseline, sorted, in the format the baseline had or its name says', t => {
  const folder = files(t)
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const [head, first, second] = WORSE.split('\n')
  writeFileSync(join(folder, 'now.csv'), `${head}\r\n${second}\r\n${first}\r\n`)
  const update = compare(folder, 'now.csv', 'base.csv', '--update')
  assert.deepEqual([update.status, lastLine(update.stdout)], [0, 'baseline updated: 2 lanes, 1 difference taken over'])
  assert.match(update.stdout, /page_faults +8,602 -> 15,982/)
  assert.equal(read('base.csv'), WORSE)
  assert.equal(
    lastLine(compare(folder, 'now.csv', 'base.csv', '--update').stdout),
    'baseline unchanged: 2 lanes, 106 counts equal',
  )
  assert.equal(
    lastLine(compare(folder, 'now.csv', 'base.json', '--update').stdout),
    'baseline updated: 2 lanes, 1 difference taken over',
  )
  assert.deepEqual([JSON.parse(read('base.json')).meta, JSON.parse(read('base.json')).results[0].tlb], [{}, 64])
  assert.equal(compare(folder, 'now.csv', 'base.json').status, 0)
  for (const name of ['new.csv', 'new.json']) {
    const { status, stdout } = compare(folder, 'now.csv', name, '--update')
    assert.deepEqual([status, lastLine(stdout)], [0, 'baseline written: 2 lanes'])
    assert.equal(compare(folder, name, 'base.csv').status, 0)
  }
  assert.equal(read('new.csv'), WORSE)
  assert.equal(read('new.json'), read('base.json'))
})

test('--update takes over what is not comparable, but nothing unsound and no other file', t => {
  const folder = files(t)
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('other.csv', edited(BASE, 0, { model_version: 1, seed: 3 }))
  assert.equal(compare(folder, 'other.csv', 'base.csv', '--update').status, 0)
  assert.equal(readFileSync(join(folder, 'base.csv'), 'utf8'), edited(BASE, 0, { model_version: 1, seed: 3 }))
  write('base.csv', BASE)
  write('notes.txt', 'not to be lost\n')
  write('nan.csv', edited(BASE, 0, { page_faults: 'NaN' }))
  write('more.csv', BASE.replaceAll('\n', ',1\n').replace(',1\n', ',more\n'))
  for (const [args, code, message] of [
    [['nan.csv', 'base.csv'], 3, /nan\.csv:2: page_faults/],
    [['more.csv', 'base.csv'], 4, /more\.csv cannot become the baseline: unknown columns: more\n$/],
    [['base.csv', 'notes.txt'], 3, /notes\.txt:1: no results of remapbench run/],
  ] as const) {
    const { status, stdout, stderr } = compare(folder, ...args, '--update')
    assert.deepEqual([status, stdout], [code, ''])
    assert.match(stderr, message)
  }
  const broken = compare(folder, 'worse.csv', 'base.csv', '--update', '--assert', 'map-fixed.page_faults <= 9000')
  assert.deepEqual(
    [broken.status, lastLine(broken.stdout)],
    [1, 'gate failed: 1 failed assertion; the baseline is as it was'],
  )
  assert.equal(readFileSync(join(folder, 'base.csv'), 'utf8'), BASE)
  assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'not to be lost\n')
})
