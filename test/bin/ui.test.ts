import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paint, progress, wantsColour } from '../../bin/ui.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
const ESCAPES = /\u001b\[\d+m/g

test('colour: --no-color beats NO_COLOR beats FORCE_COLOR beats the terminal, and empty variables do not count', () => {
  const wants = (env: Record<string, string>, isTTY: boolean, noColor = false) => wantsColour({ noColor, env, isTTY })
  assert.deepEqual([wants({}, true), wants({}, false)], [true, false])
  assert.equal(wants({ NO_COLOR: '1', FORCE_COLOR: '1' }, true), false)
  assert.deepEqual([wants({ NO_COLOR: '' }, true), wants({ FORCE_COLOR: '' }, false)], [true, false])
  assert.deepEqual([wants({ FORCE_COLOR: '1' }, false), wants({ FORCE_COLOR: '0' }, true)], [true, false])
  assert.equal(wants({ FORCE_COLOR: '1' }, true, true), false)
  assert.equal(wants({ TERM: 'dumb' }, true), false)
})

test('marks are coloured with their continuations, and nothing but colour is added', async () => {
  const text = 'Title\n\n  table\nx wins here: y.\n! warn\n  more\n? guess\nEvidence: e.\n'
  const painted = await paint(text)
  assert.equal(painted.replace(ESCAPES, ''), text)
  const coloured = painted
    .split('\n')
    .filter(line => line.includes('\u001b'))
    .map(line => line.replace(ESCAPES, ''))
  assert.deepEqual(coloured, ['Title', 'x wins here: y.', '! warn', '  more', '? guess'])
})

test('a verdict of several kernels is bold, and so is its second line', async () => {
  const lines = [
    'Title',
    '',
    'linux-4.0: a wins: b',
    '  c.',
    'linux-6.18: a dominates: b.',
    'linux-2.4: undecided: b.',
    '',
  ]
  const painted = (await paint(lines.join('\n'))).split('\n')
  assert.deepEqual(
    lines.filter((_, i) => painted[i]!.includes('\u001b')),
    ['Title', ...lines.slice(2, 5)],
  )
})

test('a progress bar appears only in a long run, and no handler keeps Ctrl-C from ending it', async () => {
  const written: string[] = []
  const stream = { isTTY: true, columns: 80, write: (text: string) => written.push(text), on: () => stream }
  let ms = 0
  const bar = await progress(1000, stream as unknown as NodeJS.WriteStream, () => ms)
  bar.update(10)
  assert.deepEqual(written, [])
  ms = 1500
  bar.update(100)
  assert.match(written.join(''), /10 %/)
  assert.equal(process.listenerCount('SIGINT'), 0)
  bar.stop()
})

test('a run that is nearly done when it turns long gets no bar', async () => {
  const written: string[] = []
  const stream = { isTTY: true, columns: 80, write: (text: string) => written.push(text), on: () => stream }
  let ms = 0
  const bar = await progress(1000, stream as unknown as NodeJS.WriteStream, () => ms)
  ms = 1100
  bar.update(900)
  bar.stop()
  assert.deepEqual(written, [])
})
