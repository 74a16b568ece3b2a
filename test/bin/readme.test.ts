// What the README shows is what happens: its first screen, and its library example with the output below it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { cli } from './cli-process.ts'

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')

test('the first screen is the output of the default run', () => {
  const [, shown] = /<!-- output of: remapbench run --format text -->\n```\n([\s\S]*?)```/.exec(readme)!
  assert.equal(shown, cli(['run', '--format', 'text']).stdout)
})

test('every other output shown is that of the command above it', () => {
  const blocks = [...readme.matchAll(/<!-- output of: remapbench ((?:run|claims) .*) -->\n```\n([\s\S]*?)```/g)].slice(
    1,
  )
  assert.ok(blocks.length > 0)
  for (const [, command, shown] of blocks) assert.equal(cli(command!.split(' ')).stdout, shown)
})

test('the library example runs as it stands and prints what is shown', () => {
  const [, example, output] = /```js\n([\s\S]*?)```\n\nprints\n\n```\n([\s\S]*?)```/.exec(readme)!
  const folder = mkdtempSync(join(tmpdir(), 'remapbench-readme-'))
  try {
    const api = new URL('../../bin/api.js', import.meta.url).href
    writeFileSync(join(folder, 'example.mjs'), example.replace("'remapbench'", JSON.stringify(api)))
    assert.equal(execFileSync(process.execPath, [join(folder, 'example.mjs')], { encoding: 'utf8' }), output)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
