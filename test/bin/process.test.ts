import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CLI, cli, environment, preloaded, SMALL, scratch } from './cli-process.ts'

const rowsOfCsv = (text: string) => text.trimEnd().split('\n')

test('results go to stdout as CSV when it is no terminal, and stderr stays empty', () => {
  const { stdout, stderr, status } = cli(SMALL)
  assert.deepEqual([stderr, status], ['', 0])
  const [header, ...rows] = rowsOfCsv(stdout)
  assert.match(header, /^model_version,workload,params,kernel,strategy,policy,/)
  assert.equal(rows.length, 2)
  assert.equal(cli(['run', ...SMALL]).stdout, stdout)
})

test('files are written by extension, noted on stderr, or on stdout below the text', t => {
  const folder = scratch(t)
  const out = ['--out', 'a.csv', '--out', 'b.md', '--out', 'c.json', '--out', 'd.txt']
  const csv = cli([...SMALL, ...out], {}, folder)
  assert.deepEqual([csv.stderr, csv.status], ['Wrote a.csv, b.md, c.json, d.txt.\n', 0])
  assert.deepEqual(readdirSync(folder).sort(), ['a.csv', 'b.md', 'c.json', 'd.txt'])
  assert.equal(readFileSync(join(folder, 'a.csv'), 'utf8'), csv.stdout)
  const { results, meta } = JSON.parse(readFileSync(join(folder, 'c.json'), 'utf8'))
  assert.deepEqual([results.length, results[0].accesses, typeof meta.wall_ms], [2, 20_000, 'number'])
  const text = cli([...SMALL, ...out, '--format', 'text'], {}, folder)
  assert.deepEqual([text.stderr, rowsOfCsv(text.stdout).at(-1)], ['', 'Wrote a.csv, b.md, c.json, d.txt.'])
  assert.equal(text.stdout, `${readFileSync(join(folder, 'd.txt'), 'utf8')}Wrote a.csv, b.md, c.json, d.txt.\n`)
  assert.equal(cli([...SMALL, ...out, '--quiet'], {}, folder).stderr, '')
})

test('a mistake is one line on stderr, nothing on stdout, exit code 2, and no file', t => {
  const folder = scratch(t)
  const mistakes = [
    ['--unit', '3K'],
    ['--strategy', 'mapfixed'],
    ['--accesses', '-1'],
    ['--seed', '1', '--seed', '2'],
    ['--param', 'warehouses'],
    ['--param', 'inserts=heap', '--param', 'inserts=heap'],
    ['--format', 'xml'],
    ['--contents', '120%'],
    ['--contents', 'wet'],
    ['--backing', 'tmpfs'],
    ['--out', 'none/b.csv'],
    ['nonsense'],
  ]
  for (const args of mistakes) {
    const { stdout, stderr, status } = cli(['--out', 'a.csv', ...args], {}, folder)
    assert.deepEqual([stdout, status], ['', 2], args.join(' '))
    assert.match(stderr, /^remapbench: [^\n]+\n$/)
  }
  assert.deepEqual(readdirSync(folder), [])
})

test('a bad input file is exit code 3, what this machine cannot do is 5', t => {
  const folder = scratch(t)
  writeFileSync(join(folder, 'ops.csv'), 'op,vpn,pages,pgoff\nread,0,9999,\n')
  const bad = cli(['--ops', 'ops.csv', '--file', '128M', '--window', '4M'], {}, folder)
  assert.deepEqual([bad.status, bad.stdout], [3, ''])
  assert.match(bad.stderr, /^remapbench: ops\.csv:2: pages "9999": [^\n]+\n$/)
  assert.equal(cli(['--ops', folder]).status, 3)
  const huge = cli(['--file', '8T', '--unit', '4K'])
  assert.deepEqual([huge.status, huge.stdout], [5, ''])
  assert.match(huge.stderr, /^remapbench: memory: [^\n]+\n$/)
})

test('six kernels in one table: lanes that cannot run are explained, and the exit code is 0', () => {
  const kernels = 'linux-2.4,linux-2.5.42-remap,linux-2.6.20,linux-3.10,linux-4.0,linux-6.18'
  const args = [...SMALL, '--kernel', kernels, '--strategy', 'map-fixed,remap-file-pages']
  const text = cli([...args, '--format', 'text'])
  assert.deepEqual([text.stderr, text.status], ['', 0])
  for (const line of text.stdout.split('\n')) assert.ok(line.length <= 80, line)
  for (const kernel of kernels.split(',')) assert.match(text.stdout, new RegExp(`\n${kernel} \\(.*Linux `))
  assert.match(text.stdout, /\n {2}remap-file-pages +cannot run: .*remap_file_pages\(\)/)
  const rows = rowsOfCsv(cli(args).stdout)
  assert.equal(rows.length, 13)
  assert.equal(rows.filter(row => row.includes(',unsupported:no-remap-file-pages,')).length, 1)
})

test('a file on disk with missing pages runs, and its rows say so', () => {
  const { stdout, status } = cli([...SMALL, '--backing', 'disk', '--contents', '100%', '--kernel', 'linux-6.18'])
  assert.equal(status, 0)
  assert.equal(rowsOfCsv(stdout).filter(row => row.includes(',disk,written,')).length, 2)
  const sparse = cli([...SMALL, '--backing', 'disk', '--contents', '0%', '--kernel', 'linux-6.18'])
  assert.equal(rowsOfCsv(sparse.stdout).filter(row => row.includes(',disk,sparse,')).length, 2)
})

test('help, version, list and completion answer on stdout', () => {
  assert.match(cli(['--version']).stdout, /^\d+\.\d+\.\d+\n$/)
  assert.match(cli(['--help']).stdout, /^remapbench /)
  assert.match(cli(['run', '--help']).stdout, /--max-map-count LIMIT/)
  assert.match(cli(['list', 'strategies']).stdout, /^map-fixed +\S/)
  const completion = cli(['completion'], { SHELL: '/bin/bash' })
  assert.deepEqual([completion.status, completion.stderr], [0, ''])
  assert.match(completion.stdout, /remapbench --get-yargs-completions/)
  const options = cli(['--get-yargs-completions', 'remapbench', 'run', '--ma'], { SHELL: '/bin/bash' })
  assert.match(options.stdout, /^--max-map-count$/m)
})

test('colour is for terminals: FORCE_COLOR asks for it, NO_COLOR and --no-color refuse it, files never have it', t => {
  const folder = scratch(t)
  const text = [...SMALL, '--format', 'text']
  const hasColour = (output: string) => output.includes('\u001b[')
  assert.equal(hasColour(cli(text).stdout), false)
  assert.equal(hasColour(cli([...text, '--out', 'a.txt'], { FORCE_COLOR: '1' }, folder).stdout), true)
  assert.equal(hasColour(readFileSync(join(folder, 'a.txt'), 'utf8')), false)
  assert.equal(hasColour(cli([...text, '--no-color'], { FORCE_COLOR: '1' }).stdout), false)
  assert.equal(hasColour(cli(text, { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout), false)
})

test('a pipe closed by its reader ends the program quietly with 0, and files are still written', async t => {
  const folder = scratch(t)
  const args = [CLI, ...SMALL, '--out', 'a.csv']
  const child = spawn(process.execPath, args, { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  assert.equal(code, 0)
  assert.doesNotMatch(stderr, /EPIPE|Error/)
  assert.ok(existsSync(join(folder, 'a.csv')))
})

test('a full disk behind stdout is said in one line', { skip: !existsSync('/dev/full') && 'no /dev/full here' }, () => {
  const full = openSync('/dev/full', 'w')
  const stdio = ['ignore', full, 'pipe'] as const
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'list'], { stdio: [...stdio], encoding: 'utf8' })
  assert.deepEqual([status, stderr], [2, 'remapbench: standard output: no space left\n'])
})

test('Ctrl-C half way ends the run as the signal does (130 for a shell) and leaves no file', {
  timeout: 30_000,
}, async t => {
  const folder = scratch(t)
  // Checking the output creates and removes a temporary file: the second event says that the run begins.
  const watcher = watch(folder)
  const args = [CLI, '--accesses', '1e12', '--out', 'a.csv']
  const child = spawn(process.execPath, args, { cwd: folder, env: environment(), stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  let events = 0
  watcher.on('change', event => {
    if (event === 'rename' && ++events === 2) child.kill('SIGINT')
  })
  const [code, signal] = await once(child, 'exit')
  watcher.close()
  assert.deepEqual([code, signal], [null, 'SIGINT'])
  assert.deepEqual(readdirSync(folder), [])
})

test('Ctrl-C while units are tried ends that: what was counted by then is written and printed', t => {
  const folder = scratch(t)
  // Comes as soon as somebody waits for it.
  const signalled = `
    const once = process.once
    process.once = function (signal, handler) {
      once.call(this, signal, handler)
      if (signal === 'SIGINT') process.kill(process.pid, signal)
    }`
  const args = [...SMALL, '--workload', 'uniform', '--format', 'text', '--out', 'a.json']
  const whole = cli(args, {}, folder)
  const verdictsOf = () => JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8')).verdicts
  assert.deepEqual([whole.status, verdictsOf().length, verdictsOf()[0].units !== null], [0, 1, true])
  const { signal, stdout } = cli(args, preloaded(signalled), folder)
  assert.equal(signal, 'SIGINT')
  assert.deepEqual([verdictsOf().length, verdictsOf()[0].units, readdirSync(folder)], [1, null, ['a.json']])
  assert.match(stdout, /\nWrote a\.json\.\n$/)
  const table = (text: string) => text.slice(0, text.indexOf(' wins here'))
  assert.equal(table(stdout), table(whole.stdout))
})

test('a signal that arrives while files are saved takes effect after that', t => {
  const folder = scratch(t)
  const script = `
    import { writeFileSync } from 'node:fs'
    import { finishBeforeSignals } from ${JSON.stringify(new URL('../../bin/signals.js', import.meta.url).href)}
    finishBeforeSignals()
    process.kill(process.pid, 'SIGINT')
    writeFileSync('done', '')
    setTimeout(() => writeFileSync('after', ''), 60_000)
  `
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    stdio: 'ignore',
  })
  assert.equal(signal, 'SIGINT')
  assert.deepEqual(readdirSync(folder), ['done'])
})
