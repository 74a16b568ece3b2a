// What can go wrong on a machine, each tried: an exit code, a message that says what to do, and nothing left behind.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, readFileSync, statfsSync } from 'node:fs'
import { platform } from 'node:os'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { frameBytes } from '../../bin/host-lanes.ts'
import { createBackingFile, isDeath, perform } from '../../bin/host-process.ts'
import { CALIBRATION_PAGES } from '../../engine/native/calibrate.ts'
import { mapFixed } from '../../engine/strategy/map-fixed.ts'
import { preadCopy } from '../../engine/strategy/pread-copy.ts'
import { vmcache } from '../../engine/strategy/vmcache.ts'
import { CLI, cli, environment, preloaded } from '../bin/cli-process.ts'
import { cannotMeasure } from '../helpers/machine-can.ts'

const LANE = ['--strategy', 'map-fixed', '--file', '128M', '--window', '4M']
const HOST = ['--kernel', 'host', ...LANE]
const SHORT = [...HOST, '--accesses', '1000', '--format', 'csv']
/** Seconds of work for the measuring process. */
const LONG = ['--accesses', '3M', '--format', 'csv', ...LANE]

const isRoot = process.getuid?.() === 0
/** Whether commands can be run with mounts of their own. */
const cannotMount =
  cannotMeasure || (isRoot && spawnSync('unshare', ['-m', 'true']).status === 0 ? false : 'needs root and unshare(1)')

function withMounts(script: string, args: readonly string[]) {
  const command = [script, [process.execPath, CLI, ...args].join(' ')].join(' && ')
  return spawnSync('unshare', ['-m', 'sh', '-c', command], { encoding: 'utf8', env: environment() })
}

const ofOneLine = /^remapbench: [^\n]+\n$/

test('another system is told so, and simulated kernels run there', () => {
  const elsewhere = preloaded("Object.defineProperty(process, 'platform', { value: 'darwin' })")
  const { status, stderr, stdout } = cli(SHORT, elsewhere)
  assert.deepEqual([status, stdout], [5, ''])
  assert.match(stderr, ofOneLine)
  assert.match(stderr, /--kernel host: needs Linux on x86-64, and this is darwin/)
  assert.equal(cli(['certify'], elsewhere).status, 5)
  const beside = cli([...SHORT, '--kernel', 'linux-6.18'], elsewhere)
  assert.equal(beside.status, 0)
})

test('without koffi the message says how to get it', { skip: platform() !== 'linux' && 'no Linux' }, () => {
  const without = preloaded(`import Module from 'node:module'
    const resolve = Module._resolveFilename
    Module._resolveFilename = (name, ...rest) => {
      if (name !== 'koffi') return resolve(name, ...rest)
      throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' })
    }`)
  for (const args of [SHORT, ['certify']]) {
    const { status, stderr, stdout } = cli(args, without)
    assert.deepEqual([status, stdout], [5, ''])
    assert.match(stderr, /needs the optional package koffi, which is not installed: npm install koffi@3\.3\.4\n$/)
  }
})

test('a window with more vmas than the limit is refused with the numbers and three ways out', {
  skip: cannotMeasure,
}, t => {
  const limit = Number(readFileSync('/proc/sys/vm/max_map_count', 'utf8'))
  if (limit > 65_530) return t.skip(`vm.max_map_count is ${limit}`)
  const { status, stderr } = cli(['--kernel', 'host', '--file', '2G'])
  assert.equal(status, 5)
  assert.match(stderr, /65,536 vmas of the window and 1,500 for the process exceed vm\.max_map_count, 65,530/)
  assert.match(stderr, /--unit 32K, --window 512M, or sysctl -w vm\.max_map_count=67036/)
  return undefined
})

test('a file that does not fit is refused before it is made', { skip: cannotMeasure }, () => {
  const { status, stderr } = cli(['--kernel', 'host', '--file', '8T', '--window', '4G', '--unit', '2M'])
  assert.equal(status, 5)
  assert.match(stderr, ofOneLine)
})

test('a small or full /dev/shm is refused, with its size', { skip: cannotMount }, () => {
  const small = withMounts('mount -t tmpfs -o size=64M tmpfs /dev/shm', SHORT)
  assert.equal(small.status, 5)
  assert.match(
    small.stderr,
    /needs 0\.1 GiB in \/dev\/shm, where 0\.1 GiB are free; a smaller --file, --memfd, or mount -o remount/,
  )
  const fill = 'mount -t tmpfs -o size=256M tmpfs /dev/shm && head -c 200M /dev/zero > /dev/shm/full'
  assert.equal(withMounts(fill, SHORT).status, 5)
})

test('a memfd needs no room in /dev/shm, and is asked for: the rows are the same', { skip: cannotMount }, () => {
  const small = 'mount -t tmpfs -o size=64M tmpfs /dev/shm'
  const beside = [...SHORT, '--kernel', 'linux-6.18']
  const { status, stdout, stderr } = withMounts(small, [...beside, '--memfd'])
  assert.deepEqual([status, stderr], [0, ''])
  assert.equal(stdout.trimEnd().split('\n').length, 3)
  // What a disturbance may add to is left out.
  const isSure = stdout
    .split('\n', 1)[0]
    .split(',')
    .map(name => !/^(tlb|ipi|page_faults|kernel_entries)/.test(name))
  const sureOf = (text: string) => text.split('\n').map(row => row.split(',').filter((_, i) => isSure[i]))
  assert.deepEqual(sureOf(stdout), sureOf(cli(beside).stdout))
  const certified = withMounts(small, ['certify', '--file', '128M', '--window', '4M', '--traces', '1', '--memfd'])
  assert.match(certified.stdout, /128 MiB memfd, 4 MiB window, 1 trace, /)
  assert.equal(withMounts(small, ['certify', '--file', '128M', '--window', '4M']).status, 5)
})

test('without /dev/shm the message says how to go without', { skip: cannotMount }, () => {
  const { status, stderr } = withMounts('mount -t tmpfs -o ro tmpfs /dev', SHORT)
  assert.equal(status, 5)
  assert.match(stderr, /needs \/dev\/shm, which is not there: --memfd, or mount -t tmpfs tmpfs \/dev\/shm\n$/)
})

const GIB = 2 ** 30
for (const [version, limit, usage] of [
  ['2', 'memory.max', 'memory.current'],
  ['1', 'memory/memory.limit_in_bytes', 'memory/memory.usage_in_bytes'],
] as const) {
  /** What a container sees of its control group: the limit, and what is used of it. */
  const group = (most: number | 'max', used: number, folder = '') => {
    const at = (file: string) => `/sys/fs/cgroup/${file.replace(/[^/]+$/, name => `${folder}/${name}`)}`
    const write = (value: number | 'max', file: string) =>
      `mkdir -p $(dirname ${at(file)}) && echo ${value} > ${at(file)}`
    return ['mount -t tmpfs tmpfs /sys/fs/cgroup', write(most, limit), write(used, usage)].join(' && ')
  }

  test(`the limit of a control group of version ${version} is kept, whatever holds the file`, {
    skip: cannotMount,
  }, () => {
    for (const option of [[], ['--memfd']]) {
      const { status, stdout, stderr } = withMounts(group(GIB, GIB / 2), [...SHORT, ...option])
      assert.deepEqual([status, stdout], [5, ''])
      assert.match(stderr, ofOneLine)
      assert.match(stderr, /need 1\.1 GiB, and 0\.5 GiB are left to its control group; a smaller --file needs less\n$/)
    }
    assert.equal(withMounts(group(2 * GIB, GIB / 2), SHORT).status, 0)
    assert.equal(withMounts(group(version === '2' ? 'max' : 2 ** 63, GIB), SHORT).status, 0)
  })

  test(`the limit of the group the process is in counts, not only the root's (version ${version})`, {
    skip: cannotMount,
  }, t => {
    const groups = readFileSync('/proc/self/cgroup', 'utf8')
    const own = (version === '2' ? /^0::\/(.+)$/m : /^\d+:memory:\/(.+)$/m).exec(groups)?.[1]
    if (own === undefined) return t.skip('this process is in no group of that version')
    assert.match(withMounts(group(GIB, GIB / 2, own), SHORT).stderr, /0\.5 GiB are left to its control group/)
    return undefined
  })
}

test('too little memory is refused, with what is needed', { skip: cannotMount }, () => {
  const huge = 'mount -t tmpfs -o size=900G tmpfs /dev/shm'
  const asked = ['--kernel', 'host', '--file', '800G', '--window', '1G', '--unit', '2M', '--accesses', '1000']
  const { status, stdout, stderr } = withMounts(huge, asked)
  assert.deepEqual([status, stdout], [5, ''])
  const message =
    /^remapbench: no lane can run: --kernel host: the file and the measuring process need 801\.0 GiB, and (\d+\.\d) GiB are (?:available|left to its control group); a smaller --file needs less\n$/
  assert.match(stderr, message)
  assert.ok(Number(message.exec(stderr)![1]) < 801)
})

test('strategies that copy need memory for their frames, too', { skip: cannotMount }, () => {
  // 128M of file and 1 GiB beside it leave 77M for frames.
  const left = Math.floor(1.2 * GIB)
  const fake = [
    'mount -t tmpfs tmpfs /sys/fs/cgroup',
    `echo ${left} > /sys/fs/cgroup/memory.max`,
    'echo 0 > /sys/fs/cgroup/memory.current',
  ].join(' && ')
  const asked = ['--kernel', 'host', '--file', '128M', '--window', '128M', '--format', 'csv']
  const statusOf = (strategy: string, accesses: string) =>
    withMounts(fake, [...asked, '--strategy', strategy, '--accesses', accesses])
  for (const strategy of ['pread-copy', 'vmcache']) {
    const { status, stderr } = statusOf(strategy, '10000')
    assert.equal(status, 5, strategy)
    assert.match(stderr, /need 1\.3 GiB, and 1\.2 GiB are left to its control group/)
  }
  assert.equal(statusOf('vmcache', '1000').status, 0) // 16M of frames
  assert.equal(statusOf('map-fixed', '10000').status, 0)
  const certified = ['certify', '--file', '128M', '--window', '128M', '--traces', '1', '--strategy']
  assert.equal(withMounts(fake, [...certified, 'map-fixed,vmcache']).status, 5)
  assert.notEqual(withMounts(fake, [...certified, 'map-fixed']).status, 5)
})

test('frames are as many as units remapped, at most the window, which rows of --ops may read as a whole', () => {
  const sizes = { windowBytes: 2 ** 30, unitBytes: 2 ** 14, opsFile: null }
  assert.equal(frameBytes(vmcache, sizes, 99), 100 * 2 ** 14)
  assert.equal(frameBytes(preadCopy, sizes, 10_000_000), 2 ** 30)
  assert.equal(frameBytes(vmcache, { ...sizes, opsFile: 'rows.csv' }, 1), 2 ** 30)
  assert.equal(frameBytes(mapFixed, sizes, 10_000_000), 0)
})

test('without privilege fewer counters are measured, and the others are empty', { skip: cannotMount }, t => {
  if (spawnSync('setpriv', ['--version']).status !== 0) return t.skip('needs setpriv(1)')
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', '--bounding-set=-all']
  const args = [...nobody, process.execPath, CLI, ...HOST, '--accesses', '20000', '--format', 'json']
  const { status, stdout, stderr } = spawnSync('setpriv', args, { encoding: 'utf8', env: environment() })
  if (stderr.includes('EACCES')) return t.skip('the program lies where nobody may read it')
  assert.equal(status, 0, stderr)
  const [row] = JSON.parse(stdout).results
  assert.equal(row.measured.level, 'basic')
  assert.match(row.measured.why, /perf_event_open|tracepoint/)
  assert.deepEqual([row.tlb_range_flushes, row.tlb_full_flushes, row.vma_allocs], [null, null, null])
  assert.equal(row.vmas > 1, true)
  // Nothing says that a try was undisturbed: the second has to agree.
  assert.ok(row.measured.tries >= 2, `accepted after ${row.measured.tries}`)
  const other: Record<string, string> = { 'map-fixed': 'map-fixed-locked', '4M': '64M' }
  const locked = args.map(word => other[word] ?? word)
  const refused = spawnSync('setpriv', locked, { encoding: 'utf8', env: environment() })
  assert.deepEqual([refused.status, refused.stdout], [5, ''])
  assert.match(refused.stderr, /map-fixed-locked on host: .*more locked memory than ulimit -l permits/)
  return undefined
})

/**
 * Runs a program where perf_event_open(2), call 298 of x86-64, gives EPERM, as containers have it: PR_SET_NO_NEW_PRIVS is 38,
 * PR_SET_SECCOMP 22 with SECCOMP_MODE_FILTER 2 (prctl(2)); the filter is that of seccomp(2): load the number, compare, return
 * SECCOMP_RET_ERRNO | EPERM or SECCOMP_RET_ALLOW.
 */
const WITHOUT_PERF = `
import ctypes, os, struct, sys
code = b''.join(struct.pack('HBBI', *line) for line in
  [(0x20, 0, 0, 0), (0x15, 0, 1, 298), (6, 0, 0, 0x00050001), (6, 0, 0, 0x7fff0000)])
kept = ctypes.create_string_buffer(code)
program = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', 4, ctypes.addressof(kept)))
prctl = ctypes.CDLL(None).prctl
if prctl(38, 1, 0, 0, 0) != 0 or prctl(22, 2, ctypes.c_void_p(ctypes.addressof(program)), 0, 0) != 0: sys.exit(99)
os.execv(sys.argv[1], sys.argv[1:])
`
const withoutPerf = (...command: readonly string[]) =>
  spawnSync('python3', ['-c', WITHOUT_PERF, ...command], { encoding: 'utf8', env: environment() })

test('where seccomp denies perf, what needs no perf is measured and the rest is empty', { skip: cannotMeasure }, t => {
  if (withoutPerf('/bin/true').status !== 0) return t.skip('needs python3 and seccomp filters')
  const { status, stdout, stderr } = withoutPerf(process.execPath, CLI, ...SHORT.slice(0, -2), '--format', 'json')
  assert.deepEqual([status, stderr], [0, ''])
  const [row] = JSON.parse(stdout).results
  assert.deepEqual([row.outcome, row.measured.level], ['completed', 'basic'])
  assert.match(row.measured.why, /perf_event_open.*(EPERM|errno 1\b|not permitted)/)
  for (const column of Object.keys(row).filter(column => /^(tlb_|ipi_|page_faults)/.test(column))) {
    assert.equal(row[column], null, column)
  }
  assert.ok(row.syscalls > 0 && row.vmas > 1)
  return undefined
})

test('a measuring process that takes too long is ended', { skip: cannotMeasure }, () => {
  const descriptor = createBackingFile(CALIBRATION_PAGES, 1)
  const answer = perform({ kind: 'calibrate' }, descriptor, 1)
  closeSync(descriptor)
  assert.equal(isDeath(answer) && answer.reason, 'time-limit')
})

/** Waits for something that takes a moment; a minute is a failure that says what was waited for. */
async function until<T>(what: string, look: () => T | false): Promise<T> {
  const end = performance.now() + 60_000
  for (;;) {
    const seen = look()
    if (seen !== false) return seen
    assert.ok(performance.now() < end, `not within a minute: ${what}`)
    await pause(5)
  }
}

/** The measuring process of a program just started. */
function childOf(parent: ChildProcess): Promise<number> {
  return until('a measuring process', () => {
    assert.equal(parent.exitCode, null, 'the program has ended before it measured')
    const text = existsSync(`/proc/${parent.pid}`)
      ? readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8')
      : ''
    const child = Number(text.split(' ')[0])
    return child > 0 && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('native-child') && child
  })
}

function gone(process: number): Promise<true> {
  const status = `/proc/${process}/status`
  return until('the end of the measuring process', () => {
    return !existsSync(status) || /^State:\s+Z/m.test(readFileSync(status, 'utf8'))
  })
}

test('a measuring process leaves no core file, which would hold the shared file', { skip: cannotMeasure }, async t => {
  const command = 'ulimit -c unlimited 2>/dev/null; exec "$0" "$@"'
  const args = ['-c', command, process.execPath, CLI, ...LONG, '--kernel', 'host']
  const program = spawn('sh', args, { env: environment() })
  t.after(() => program.kill('SIGKILL'))
  const limitOf = (pid: number) =>
    /^Max core file size +(\S+) +(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))
  const child = await childOf(program)
  if (limitOf(program.pid!)![1] === '0') return t.skip('core files are forbidden here anyway')
  await until('core files forbidden', () => {
    assert.equal(program.exitCode, null, 'the program has ended')
    return limitOf(child)!.slice(1).join() === '0,0'
  })
  return undefined
})

for (const signal of ['SIGKILL', 'SIGSEGV', 'SIGBUS'] as const) {
  test(`a measuring process that ends by ${signal} is a row, not the end of the program`, {
    skip: cannotMeasure,
  }, async () => {
    const program = spawn(process.execPath, [CLI, ...LONG, '--kernel', 'linux-6.18,host'], { env: environment() })
    let text = ''
    program.stdout.on('data', chunk => {
      text += chunk
    })
    process.kill(await childOf(program), signal)
    const [status] = await once(program, 'close')
    assert.equal(status, 0)
    assert.match(text, new RegExp(`,host,.*unsupported:${signal},`))
    assert.match(text, /,linux-6\.18,.*completed,/)
  })
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} ends the program with its measuring process and its file`, { skip: cannotMeasure }, async () => {
    const program = spawn(process.execPath, [CLI, ...LONG, '--kernel', 'host'], { env: environment() })
    const child = await childOf(program)
    program.kill(signal)
    const [status, by] = await once(program, 'close')
    assert.deepEqual([status, by], [null, signal])
    await gone(child)
  })
}

test('afterwards /dev/shm has what it had, to the page', { skip: cannotMount }, async t => {
  if (spawnSync('nsenter', ['--version']).status !== 0) return t.skip('needs nsenter(1)')
  // A mount of its own, which nobody else writes to, and which outlives the program.
  const mount = 'mount -t tmpfs -o size=512M tmpfs /dev/shm && echo mounted && exec cat'
  const holder = spawn('unshare', ['-m', 'sh', '-c', mount], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  const free = () => statfsSync(`/proc/${holder.pid}/root/dev/shm`).bfree
  const before = free()
  assert.equal(before, 2 ** 17)
  const inside = ['-t', String(holder.pid), '-m', process.execPath, CLI, ...LONG, '--kernel', 'host']
  const program = spawn('nsenter', inside, { env: environment() })
  const child = await childOf(program)
  assert.ok(before - free() >= 2 ** 15, 'the file of 128M is there')
  program.kill('SIGKILL')
  await once(program, 'close')
  await gone(child)
  // Threads of a process that has ended may hold the file for a moment more.
  await until('the memory of the file given back', () => free() === before)
  return undefined
})
