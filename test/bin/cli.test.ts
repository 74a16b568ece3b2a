import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Arguments, parse } from '../../bin/cli.ts'
import { UsageError } from '../../engine/errors.ts'

async function runArguments(...argv: string[]): Promise<Arguments> {
  const invocation = await parse(argv)
  return invocation.command === 'run' ? invocation.args : assert.fail(invocation.command)
}

async function refusal(...argv: string[]): Promise<string> {
  const error = await parse(argv).catch((error: unknown) => error)
  assert.ok(error instanceof UsageError, `${argv.join(' ')}: ${error}`)
  assert.ok(!error.message.includes('\n'))
  return error.message
}

test('run is the default command', async () => {
  assert.deepEqual(await runArguments('--seed', '2'), await runArguments('run', '--seed=2'))
  assert.deepEqual(await runArguments(), { values: {}, lists: {}, switches: new Set() })
})

test('values stay as they were typed', async () => {
  const { values } = await runArguments('--accesses', '1_000', '--tlb', '007', '--window', '-4K', '--seed', '-1')
  assert.deepEqual(values, { accesses: '1_000', tlb: '007', window: '-4K', seed: '-1' })
})

test('repeatable options become lists, switches a set', async () => {
  const args = await runArguments('--out', 'a.csv', '--quiet', '--out', 'b.md', '--param', 'a=1', '--no-color')
  assert.deepEqual(args.lists, { out: ['a.csv', 'b.md'], param: ['a=1'] })
  assert.deepEqual([...args.switches].sort(), ['no-color', 'quiet'])
})

test('an option given twice where one is meant is refused', async () => {
  assert.equal(await refusal('--seed', '1', '--seed', '2'), '--seed: given 2 times (1, 2); once is meant')
})

test('an option without its value is refused with an example', async () => {
  assert.equal(await refusal('--accesses'), '--accesses: needs a value: --accesses 10M')
  assert.equal(await refusal('--window', '--quiet'), '--window: needs a value: --window 1G')
  assert.match(await refusal('--out='), /^--out: needs a value/)
  assert.match(await refusal('--strategy', ''), /^--strategy: needs a value/)
})

test('an unknown option is refused with the nearest', async () => {
  assert.match(await refusal('--windw', '1G'), /^--windw: unknown option; did you mean --window\?/)
  assert.match(await refusal('run', '--acesses=5'), /^--acesses: unknown option; did you mean --accesses\?/)
  assert.match(await refusal('list', '--verbos'), /^--verbos: unknown option; did you mean --verbose\?/)
  assert.match(await refusal('--no-quiet'), /^--no-quiet: unknown option/)
})

test('what is not offered yet is unknown', async () => {
  assert.match(await refusal('--interval', '1'), /unknown option/)
  assert.match(
    await refusal('sweep'),
    /^sweep: unknown command; allowed: run, claims, certify, compare, list, completion/,
  )
})

test('an unknown command and a stray word are refused', async () => {
  assert.match(await refusal('rnu'), /^rnu: unknown command; .* did you mean run\?$/)
  assert.match(await refusal('run', 'tpcc'), /^tpcc: unexpected/)
  assert.match(await refusal('list', 'kernels', 'more'), /^more: unexpected/)
  assert.match(await refusal('--', 'tpcc'), /^tpcc: unexpected/)
  assert.match(await refusal('completion', 'bash'), /^bash: unexpected/)
})

test('list has a kind and --verbose', async () => {
  assert.deepEqual(await parse(['list']), { command: 'list', kind: undefined, verbose: false })
  assert.deepEqual(await parse(['list', 'kernels', '--verbose']), { command: 'list', kind: 'kernels', verbose: true })
})

test('compare has two files, rules as typed, and switches', async () => {
  const invocation = await parse(['compare', '-', 'b.csv', '--allow', 'a=+1%', '--allow=b<=2', '--update'])
  assert.deepEqual(invocation, {
    command: 'compare',
    current: '-',
    baseline: 'b.csv',
    args: { values: {}, lists: { allow: ['a=+1%', 'b<=2'] }, switches: new Set(['update']) },
  })
})

test('claims takes ids, as many as one likes, and options of its own', async () => {
  const claims = async (...argv: string[]) => {
    const invocation = await parse(['claims', ...argv])
    return invocation.command === 'claims' ? invocation : assert.fail(invocation.command)
  }
  assert.deepEqual((await claims()).ids, [])
  const { ids, args } = await claims('a', '--format', 'json', 'b', '--quiet', '--out', 'x.md', '--out', 'y.txt')
  assert.deepEqual(ids, ['a', 'b'])
  assert.deepEqual([args.values, args.lists], [{ format: 'json' }, { out: ['x.md', 'y.txt'] }])
  assert.ok(args.switches.has('quiet'))
  assert.match(await refusal('claims', '--fromat', 'json'), /did you mean --format\? \(remapbench claims --help/)
  assert.match(await refusal('claims', '--window', '1G'), /^--window: unknown option/)
  assert.equal(await refusal('claims', '--format'), '--format: needs a value: --format text')
  assert.equal(await refusal('claims', '--quiet=yes'), '--quiet=yes: --quiet takes no value')
})
