// The options of `remapbench run`, `claims`, `certify` and `compare`, declared once: the parser, the help and the defaults
// come from this table.

export interface Flag {
  readonly name: string
  /** How the help writes its value; empty for a switch. */
  readonly value: string
  /** What it is without being given; empty where the help says it in words. */
  readonly default: string
  readonly help: string
  /** May be given several times. */
  readonly repeats?: boolean
}

export interface FlagGroup {
  readonly title: string
  readonly flags: readonly Flag[]
}

export const RUN_FLAGS: readonly FlagGroup[] = [
  {
    title: 'Accesses',
    flags: [
      flag('workload', 'NAME', 'tpcc', 'where the accesses come from'),
      { ...flag('param', 'KEY=VALUE', '', 'a parameter of the workload; repeatable'), repeats: true },
      flag('ops', 'FILE', '', 'instead: window operations, CSV of op,vpn,pages,pgoff'),
      flag('accesses', 'COUNT', '10M', 'page accesses counted'),
      flag('warmup', 'COUNT', '0', 'page accesses (rows of --ops) before counting'),
      flag('touch', 'WHAT', 'page', 'touched after a remap: page, or the whole unit'),
      flag('seed', 'N', '1', 'the only source of randomness'),
    ],
  },
  {
    title: 'Lanes: each strategy on each kernel (a list, or all)',
    flags: [
      { ...flag('strategy', 'LIST', 'map-fixed,remap-file-pages', ''), repeats: true },
      { ...flag('kernel', 'LIST', 'linux-2.5.42-remap', 'host: the running one'), repeats: true },
    ],
  },
  {
    title: 'Buffer pool and machine',
    flags: [
      flag('policy', 'NAME', 'clock', 'replacement policy of the pool'),
      flag('file', 'SIZE', '16G', 'backing file'),
      flag('backing', 'KIND', 'shmem', 'what holds it: shmem (tmpfs), ramfs or disk'),
      flag('memfd', '', '', 'host: a memfd, which needs no room in /dev/shm'),
      flag('contents', 'WHAT', 'written', 'which of its pages exist: or sparse, or 80%'),
      flag('window', 'SIZE', '1G', 'window of addresses it is seen through'),
      flag('unit', 'SIZE', '16K', 'cache unit'),
      flag('processes', 'LIST', '1', 'processes that share the file; a run for each'),
      flag('cpus', 'N', '1', 'CPUs they share: a switch empties the TLB'),
      flag('threads', 'N', '1', 'CPUs that run the process: flushes reach all'),
      flag('tlb', 'ENTRIES', '64', 'data TLB, or none'),
      flag('max-map-count', 'LIMIT', 'lifted', 'vma limit: lifted, stock, or a number'),
      flag('other-vmas', 'COUNT', '', "vmas of the rest of the process [the kernel's]"),
      flag('reclaim', 'COUNT', '0', 'accesses between sweeps of memory pressure'),
      flag('other-faults', 'SHARE', '0%', 'of the remaps come after a fault elsewhere'),
    ],
  },
  {
    title: 'Results',
    flags: [
      flag('breakdown', '', '', 'counts by relation and kernel step (text, JSON)'),
      { ...flag('explain', 'LIST', '', 'how numbers arose, such as page_faults'), repeats: true },
      flag('verify', '', '', 'host: also looks whether each touch sees its page'),
      flag('time', 'ROUNDS', '', 'times lanes on host, too (text, JSON)'),
      flag('cost', 'NAME', '', "prices for modelled times [the kernel's, if any]"),
      flag('format', 'NAME', '', 'what stdout gets [text on a terminal, else csv]'),
      { ...flag('out', 'FILE', '', 'also write a file; the extension decides; repeatable'), repeats: true },
      flag('quiet', '', '', 'no progress, no notes'),
      flag('no-color', '', '', 'no colour (also NO_COLOR; FORCE_COLOR)'),
    ],
  },
]

export const CLAIMS_FLAGS: readonly FlagGroup[] = [
  {
    title: 'Results',
    flags: [
      flag('format', 'NAME', 'text', 'what stdout gets: text, markdown or json'),
      { ...flag('out', 'FILE', '', 'also write a file: .txt, .md or .json; repeatable'), repeats: true },
      flag('quiet', '', '', 'no progress, no notes'),
    ],
  },
]

export const CERTIFY_FLAGS: readonly FlagGroup[] = [
  {
    title: 'What is tried',
    flags: [
      flag('traces', 'COUNT', '24', 'for each strategy: random ones and workloads'),
      flag('seed', 'N', '1', 'the only source of randomness'),
      { ...flag('strategy', 'LIST', '', 'all, or some [those that need no privilege]'), repeats: true },
      flag('file', 'SIZE', '4G', 'backing file in /dev/shm, fully written'),
      flag('memfd', '', '', 'a memfd instead, which needs no room in /dev/shm'),
      flag('window', 'SIZE', '128M', 'window of addresses it is seen through'),
      flag('limit', '', '', 'also past vm.max_map_count: every refusal'),
    ],
  },
  {
    title: 'Results',
    flags: [
      flag('format', 'NAME', 'text', 'what stdout gets: text or json'),
      { ...flag('out', 'FILE', '', 'also write a file: .txt or .json; repeatable'), repeats: true },
      flag('quiet', '', '', 'no progress, no notes'),
    ],
  },
]

export const COMPARE_FLAGS: readonly FlagGroup[] = [
  {
    title: 'What passes',
    flags: [
      { ...flag('allow', 'RULE', '', 'take some worse counts; repeatable'), repeats: true },
      { ...flag('assert', 'EXPR', '', 'must be true of CURRENT; repeatable'), repeats: true },
      { ...flag('explain', 'METRIC', '', 'which parts of a count changed; repeatable'), repeats: true },
      flag('update', '', '', 'make CURRENT the baseline instead; says what changed'),
    ],
  },
  {
    title: 'Results',
    flags: [
      flag('format', 'NAME', 'text', 'what stdout gets: text, markdown or json'),
      flag('junit', 'FILE', '', 'also write JUnit XML'),
      flag('gab', 'FILE', '', 'also write data for github-action-benchmark'),
    ],
  },
]

/** The default of an option of `run`. */
export function defaultOf(name: string): string {
  return RUN_FLAGS.flatMap(group => group.flags).find(flag => flag.name === name)?.default ?? ''
}

function flag(name: string, value: string, fallback: string, help: string): Flag {
  return { name, value, default: fallback, help }
}
