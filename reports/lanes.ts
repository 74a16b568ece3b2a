// What the lanes of a report have in common and what tells them apart: headings, column heads, names in sentences.
//
// What all lanes share is said once, in the heading; what differs stands over each lane. A strategy names a lane, its
// kernel joins if there are several, any other field of the specification likewise.

import type { CounterName } from '../engine/counters.ts'
import type { RunSpec } from '../engine/run.ts'
import { formatSize } from '../engine/units.ts'
import { SPEC_COLUMNS } from './columns.ts'
import { counted, exactSize, grouped } from './numbers.ts'
import type { ReportRow } from './report.ts'

/** Derived from TPC-C, and no TPC result. */
const ORDER_SYSTEM = 'tpcc'
/** The workload's name when window operations were replayed past the pool. */
const OPS = 'ops'
const BACKINGS: Readonly<Record<string, string>> = { shmem: '/dev/shm file', ramfs: 'ramfs file', disk: 'file on disk' }
/** More lanes of one kernel than this are set below each other. */
const MOST_SIDE_BY_SIDE = 3
/** Fields that differ only because the kernels do. */
const KERNELS_OWN: readonly string[] = ['strategy', 'kernel', 'other_vmas', 'model_version', 'tlb', 'max_map_count']

export function isOps(row: ReportRow): boolean {
  return row.result.spec.workload === OPS
}

export function isOrderSystem(row: ReportRow): boolean {
  return row.result.spec.workload === ORDER_SYSTEM
}

/** The value of a field that all rows share; undefined if they do not. */
export function shared<K extends keyof RunSpec>(rows: readonly ReportRow[], field: K): RunSpec[K] | undefined {
  const first = rows[0]?.result.spec[field]
  return rows.every(row => row.result.spec[field] === first) ? first : undefined
}

/** Whether lanes that did all of the work differ in a count. */
export function isApart(rows: readonly ReportRow[], name: CounterName): boolean {
  const completed = rows.filter(row => row.result.outcome.state === 'completed')
  return completed.some(row => row.result.counts[name] !== completed[0]!.result.counts[name])
}

/** `TPC-C-like, 10,000,000 page accesses, 16K units, clock, seed 1`. */
export function title(rows: readonly ReportRow[]): string {
  const workload = shared(rows, 'workload')
  const accesses = shared(rows, 'accesses')
  const unitBytes = shared(rows, 'unitBytes')
  const seed = shared(rows, 'seed')
  const parts = [workload === undefined ? 'several workloads' : workloadTitle(workload)]
  if (accesses !== undefined) parts.push(counted(accesses, 'page access', 'page accesses') + warmupText(rows))
  if (workload === OPS) return parts.join(', ')
  if (unitBytes !== undefined) parts.push(`${formatSize(unitBytes)} units`)
  parts.push(shared(rows, 'policy') ?? '')
  if (seed !== undefined) parts.push(`seed ${seed}`)
  return parts.filter(part => part !== '').join(', ')
}

/** `16 GiB /dev/shm file, 1 GiB window, i386 PAE, ...`: sizes, machine, and what is out of the ordinary. */
export function setting(rows: readonly ReportRow[]): string {
  const parts: string[] = []
  const backing = shared(rows, 'backing')
  const fileBytes = shared(rows, 'fileBytes')
  const windowBytes = shared(rows, 'windowBytes')
  const contents = shared(rows, 'contents')
  const limit = shared(rows, 'maxMapCount')
  const reclaim = shared(rows, 'reclaim')
  const otherFaults = shared(rows, 'otherFaults')
  const isMemfd = rows.some(({ result: { measured } }) => measured?.file === 'memfd')
  const file = isMemfd ? 'memfd' : backing === undefined ? 'file' : (BACKINGS[backing] ?? `file (${backing})`)
  if (fileBytes !== undefined) parts.push(`${exactSize(fileBytes)} ${file}`)
  if (contents !== undefined && contents !== 'written')
    parts.push(contents === 'sparse' ? contents : `${contents} written`)
  if (windowBytes !== undefined) parts.push(`${exactSize(windowBytes)} window`)
  const machines = new Set(rows.map(row => row.result.machine))
  parts.push(machines.size === 1 ? [...machines][0]! : 'several kernels')
  for (const [field, what] of [
    ['processes', 'processes'],
    ['cpus', 'CPUs to share'],
    ['threads', 'CPUs per process'],
  ] as const) {
    const value = shared(rows, field)
    if (value !== undefined && value > 1) parts.push(`${grouped(value)} ${what}`)
  }
  if (reclaim !== undefined && reclaim > 0)
    parts.push(`memory pressure every ${counted(reclaim, 'access', 'accesses')}`)
  if (limit !== undefined && limit !== 'lifted')
    parts.push(limit === 'stock' ? 'stock vma limit' : `vma limit ${grouped(limit)}`)
  if (otherFaults !== undefined && otherFaults !== '0%') parts.push(`faults elsewhere before ${otherFaults} of remaps`)
  return parts.join(', ')
}

/** `warehouses=219, inserts=heap`; empty if there are none or they differ. */
export function parameters(rows: readonly ReportRow[]): string {
  return (shared(rows, 'params') ?? '').replaceAll(';', ', ')
}

/** The lines over each lane's column. */
export function heads(rows: readonly ReportRow[]): readonly (readonly string[])[] {
  const manyKernels = shared(rows, 'kernel') === undefined
  const others = differences(rows)
  return rows.map(({ result: { spec } }, i) => [spec.strategy, ...(manyKernels ? [spec.kernel] : []), ...others[i]!])
}

/** One name per lane, for sentences: `map-fixed`, `map-fixed on linux-2.5.42-mail (unit 4K)`. */
export function names(rows: readonly ReportRow[]): readonly string[] {
  const manyKernels = shared(rows, 'kernel') === undefined
  const others = differences(rows)
  return rows.map(({ result: { spec } }, i) => {
    const aside = others[i]!.length > 0 ? ` (${others[i]!.join(', ')})` : ''
    return spec.strategy + (manyKernels ? ` on ${spec.kernel}` : '') + aside
  })
}

/** Whether lanes stand below each other: several kernels, or more lanes than go side by side. */
export function isLong(rows: readonly ReportRow[]): boolean {
  return rows.length > MOST_SIDE_BY_SIDE || shared(rows, 'kernel') === undefined
}

/** The lanes of each number of processes, as people write it. */
function byProcesses(rows: readonly ReportRow[]): ReadonlyMap<string, readonly ReportRow[]> {
  return groupsOf(rows, row => grouped(row.result.spec.processes))
}

/** The lanes of each kernel, in the order in which the kernels first come. */
export function byKernel(rows: readonly ReportRow[]): ReadonlyMap<string, readonly ReportRow[]> {
  return groupsOf(rows, row => row.result.spec.kernel)
}

/** Kernels, or numbers of processes, or both: `linux-2.4, linux-4.0`, `1, 10 processes`, `linux-2.4 with 10 processes`. */
export function settingsOf(some: readonly ReportRow[], rows: readonly ReportRow[]): string {
  const all = byProcesses(rows).size
  const kernels = groupsOf([...byKernel(some)], ([, lanes]) =>
    byProcesses(lanes).size < all ? processesText(lanes, ', ') : '',
  )
  const isOne = shared(rows, 'kernel') !== undefined
  const texts = [...kernels].map(([processes, of]) => {
    const names = of.map(([kernel]) => kernel).join(', ')
    return isOne ? processes : processes === '' ? names : `${names} with ${processes}`
  })
  return texts.join('; ')
}

/** `1, 10 processes`: the numbers of them that these rows had. */
export function processesText(rows: readonly ReportRow[], last = ' and '): string {
  const numbers = [...byProcesses(rows).keys()]
  return `${listed(numbers, last)} ${numbers.join() === '1' ? 'process' : 'processes'}`
}

/** Some of the rows in a sentence: `map-fixed and linear`, `map-fixed on linux-2.4 and linux-4.0`, `map-fixed on every kernel`. */
export function namesOf(some: readonly ReportRow[], rows: readonly ReportRow[]): string {
  if (shared(rows, 'processes') === undefined) return namesWithProcesses(some, rows)
  const kernels = byKernel(rows)
  const plain = new Map(
    [...kernels.values()].flatMap(lanes => names(lanes).map((name, i) => [lanes[i]!, name] as const)),
  )
  if (kernels.size === 1) return listed(some.map(row => plain.get(row)!))
  // `a on k, b on k` is said as `a and b on k`.
  const phrases = groupsOf([...groupsOf(some, row => plain.get(row)!)], ([, lanes]) =>
    lanes.length === kernels.size ? 'every kernel' : listed(lanes.map(row => row.result.spec.kernel)),
  )
  return listed([...phrases].map(([where, lanes]) => `${listed(lanes.map(([name]) => name))} on ${where}`))
}

/** The same where rows differ in their processes: `map-fixed and linear with 10 and 50 processes`. */
function namesWithProcesses(some: readonly ReportRow[], rows: readonly ReportRow[]): string {
  const alike = ({ result }: ReportRow) => JSON.stringify({ ...result.spec, processes: 1 })
  const all = byProcesses(rows).size
  const lanes = [...groupsOf(some, alike).values()]
  const phrases = groupsOf(lanes, of => (of.length === all ? '' : ` with ${processesText(of)}`))
  const single = (row: ReportRow) => ({ ...row, result: { ...row.result, spec: { ...row.result.spec, processes: 1 } } })
  const parts = [...phrases].map(([processes, of]) => {
    const firsts = of.map(([first]) => single(first!))
    const others = rows.map(single).filter(row => firsts.every(first => alike(first) !== alike(row)))
    return namesOf(firsts, [...firsts, ...new Map(others.map(row => [alike(row), row])).values()]) + processes
  })
  return listed(parts)
}

/** The same, with the mere name of a kernel of which all lanes are meant. */
export function subjectsOf(some: readonly ReportRow[], rows: readonly ReportRow[]): string {
  const kernels = byKernel(rows)
  if (kernels.size === 1) return namesOf(some, rows)
  const whole = [...byKernel(some)].flatMap(([kernel, lanes]) =>
    lanes.length === kernels.get(kernel)!.length ? [kernel] : [],
  )
  const rest = some.filter(row => !whole.includes(row.result.spec.kernel))
  return [...whole, ...(rest.length > 0 ? [namesOf(rest, rows)] : [])].join(', ')
}

/** `a, b and c`. */
export function listed(items: readonly string[], last = ' and '): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')}${last}${items.at(-1)}`
}

/** What has the same key, in the order in which the keys first come. */
export function groupsOf<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

/** What sets a lane apart besides strategy and kernel: `unit 4K`, `policy lru`. */
function differences(rows: readonly ReportRow[]): readonly (readonly string[])[] {
  const columns = SPEC_COLUMNS.filter(
    column => !KERNELS_OWN.includes(column.name) && new Set(rows.map(row => column.value(row))).size > 1,
  )
  return rows.map(row =>
    columns.map(column => {
      const value = column.value(row)
      const isSize = column.name.endsWith('_bytes') && typeof value === 'number'
      return isSize ? `${column.name.slice(0, -6)} ${formatSize(value)}` : `${column.name} ${value ?? 'none'}`
    }),
  )
}

function workloadTitle(workload: string): string {
  if (workload === ORDER_SYSTEM) return 'TPC-C-like'
  return workload === OPS ? 'Window operations from a file' : workload
}

function warmupText(rows: readonly ReportRow[]): string {
  const warmup = shared(rows, 'warmup')
  if (warmup === undefined || warmup === 0) return ''
  return ` after ${grouped(warmup)} uncounted${rows.every(isOps) ? ' rows' : ''}`
}
