// The operations of the test program that real kernels were measured with (test/fixtures/oracle), bit for bit: a 31-bit
// linear congruential generator, and ten rules for which window pages operation k maps to which file pages.
//
// Known from the program's definition and from the hashes it printed. Pure: numbers in, numbers out.

export interface TraceCase {
  /** A rule of PLACES, with `w_` before it if the window is read once first, and `_nt` after it for no touches. */
  readonly trace: string
  readonly unitPages: number
  /** Counted operations. */
  readonly ops: number
  readonly filePages: number
  readonly windowPages: number
}

/** Operation k maps window pages vpn[k].. to file pages pgoff[k].., one unit each. */
export interface TraceOps {
  readonly vpn: Uint32Array
  readonly pgoff: Uint32Array
}

export interface OracleTrace {
  /** Every window page is read once before anything is counted. */
  readonly warm: boolean
  /** Operations that are not counted, each touched; mostly none. */
  readonly before: TraceOps
  readonly counted: TraceOps
  /** Whether the pages of a counted operation are read after it, ascending. */
  readonly touched: boolean
}

/** What a rule may ask: sizes in pages (W, F, u) and in units (S, FU), and the generator. */
interface Place {
  readonly W: number
  readonly F: number
  readonly u: number
  readonly S: number
  readonly FU: number
  /** File page each slot was left with by the operations before the counted ones. */
  readonly shown: Uint32Array
  rnd(): number
}

/** `s` is asked first, then `f`: the order in which numbers are drawn. */
interface Rule {
  readonly s: (k: number, place: Place) => number
  readonly f: (s: number, k: number, place: Place) => number
  /** 2 S operations of `rand` come first, uncounted. */
  readonly afterRandom?: true
}

const inTurn = (k: number, { S, u }: Place) => (k % S) * u
const inReverse = (k: number, { S, u }: Place) => (S - 1 - (k % S)) * u
const behindWindow = (s: number, _k: number, { W }: Place) => W + s
const anywhere = (_k: number, { W, u, rnd }: Place) => rnd() % (W - u + 1)

const RAND: Rule = {
  s: (_k, { S, u, rnd }) => (rnd() % S) * u,
  f: (_s, _k, { FU, u, rnd }) => (rnd() % FU) * u,
}

const PLACES: Readonly<Record<string, Rule>> = {
  rand: RAND,
  lin: { s: inTurn, f: s => s },
  seqoff: { s: inTurn, f: behindWindow },
  revslot: { s: inReverse, f: behindWindow },
  evod: {
    s: (k, { S, u }) => {
      const i = k % S
      const evens = Math.floor((S + 1) / 2)
      return (i < evens ? 2 * i : 2 * (i - evens) + 1) * u
    },
    f: behindWindow,
  },
  rev: { s: inTurn, f: (_s, k, place) => inReverse(k, place) },
  strad: { s: anywhere, f: (_s, _k, { F, u, rnd }) => rnd() % (F - u + 1) },
  stradl: { s: anywhere, f: behindWindow },
  relin: { s: inTurn, f: s => s, afterRandom: true },
  same: { s: inTurn, f: (s, _k, { shown, u }) => shown[s / u]!, afterRandom: true },
}

export const TRACE_NAMES = Object.keys(PLACES)

export function isTrace(name: string): boolean {
  return Object.hasOwn(PLACES, ruleOf(name))
}

export function oracleTrace({ trace, unitPages, ops, filePages, windowPages }: TraceCase): OracleTrace {
  const rule = PLACES[ruleOf(trace)]!
  const S = Math.floor(windowPages / unitPages)
  const place: Place = {
    W: windowPages,
    F: filePages,
    u: unitPages,
    S,
    FU: Math.floor(filePages / unitPages),
    shown: Uint32Array.from({ length: S }, (_, slot) => slot * unitPages),
    rnd: generator(),
  }
  const before = generate(RAND, rule.afterRandom ? 2 * S : 0, place)
  before.vpn.forEach((vpn, k) => {
    place.shown[vpn / unitPages] = before.pgoff[k]!
  })
  return {
    warm: trace.startsWith('w_'),
    before,
    counted: generate(rule, ops, place),
    touched: !trace.endsWith('_nt'),
  }
}

/** FNV-1a, 32 bits, over the first `count` operations: s and f of each as 32-bit little-endian words. */
export function traceFnv({ vpn, pgoff }: TraceOps, count: number): number {
  let hash = 0x811c9dc5
  const add = (word: number) => {
    for (let shift = 0; shift < 32; shift += 8) hash = Math.imul(hash ^ ((word >>> shift) & 0xff), 0x01000193)
  }
  for (let k = 0; k < count; k++) {
    add(vpn[k]!)
    add(pgoff[k]!)
  }
  return hash >>> 0
}

function generate(rule: Rule, count: number, place: Place): TraceOps {
  const ops = { vpn: new Uint32Array(count), pgoff: new Uint32Array(count) }
  for (let k = 0; k < count; k++) {
    const s = rule.s(k, place)
    ops.vpn[k] = s
    ops.pgoff[k] = rule.f(s, k, place)
  }
  return ops
}

/** x = x * 1103515245 + 12345 mod 2^31, from 12345 on; the lowest eight bits are dropped. */
function generator(): () => number {
  let x = 12345
  return () => {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff
    return x >>> 8
  }
}

function ruleOf(trace: string): string {
  return trace.replace(/^w_/, '').replace(/_nt$/, '')
}
