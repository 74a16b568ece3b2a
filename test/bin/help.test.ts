import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { COMMANDS } from '../../bin/cli.ts'
import { CERTIFY_FLAGS, CLAIMS_FLAGS, COMPARE_FLAGS, RUN_FLAGS } from '../../bin/flags.ts'
import { helpOf } from '../../bin/help.ts'

const lines = (text: string) => text.trimEnd().split('\n')

test('the help is at most 24 lines, that of a command at most 45, none wider than 80 columns', () => {
  assert.ok(lines(helpOf(['--help'])).length <= 24)
  for (const command of COMMANDS) assert.ok(lines(helpOf([command, '--help'])).length <= 45)
  for (const text of [helpOf([]), ...COMMANDS.map(command => helpOf([command]))]) {
    for (const line of lines(text)) assert.ok(line.length <= 80, line)
  }
})

test('the help of a command names every option and its default', () => {
  for (const [command, groups] of [
    ['run', RUN_FLAGS],
    ['claims', CLAIMS_FLAGS],
    ['certify', CERTIFY_FLAGS],
    ['compare', COMPARE_FLAGS],
  ] as const) {
    for (const flag of groups.flatMap(group => group.flags)) {
      const line = lines(helpOf([command])).find(line => line.startsWith(`  --${flag.name} `))
      assert.ok(line?.includes(flag.default), flag.name)
    }
  }
})

test('options alone mean run, whose help is shown', () => {
  assert.equal(helpOf(['--seed', '1', '--help']), helpOf(['run']))
  assert.equal(helpOf(['nonsense', '-h']), helpOf([]))
})

test('help and version load nothing but these few files, so that they answer at once', () => {
  const loaded = new Set<string>()
  const load = (url: URL): void => {
    if (loaded.has(url.href)) return
    loaded.add(url.href)
    const source = readFileSync(url, 'utf8')
    for (const match of source.matchAll(/^(?:import|export) .*?from '([^']+)'/gm)) {
      if (match[1].startsWith('node:')) continue
      assert.ok(match[1].startsWith('.'), `${url.pathname} imports ${match[1]}`)
      load(new URL(match[1], url))
    }
  }
  const root = new URL('../../', import.meta.url)
  load(new URL('bin/remapbench.js', root))
  const names = [...loaded].map(href => href.slice(root.href.length)).sort()
  assert.deepEqual(names, [
    'bin/errors.js',
    'bin/flags.js',
    'bin/help.js',
    'bin/remapbench.js',
    'bin/version.js',
    'engine/errors.js',
  ])
})
