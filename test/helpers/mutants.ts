// One-line mutations of the kernel models: what could be written wrong in one line, and would then have to be noticed.
//
// Lines of the compiled engine/kernel/*.js; comments, imports and texts for people are left alone. Which lines and which change
// is drawn from a seed.

import { Rng } from '../../engine/rng.ts'

export interface Mutant {
  /** Path below dist/. */
  readonly file: string
  /** 0-based. */
  readonly line: number
  readonly before: string
  readonly after: string
}

/** Fields whose texts are for people, and what belongs to no behaviour. */
const FOR_PEOPLE =
  /^\s*(name|summary|machine|basis|what|source|reason|why|cost)\b\s*:|^\s*['"`].*['"`],?$|EXECUTED|MEASURED/
const NO_CODE = /^\s*(\/\/|\*|\/\*|import |export \{|[\])}]*[,;]?$)/
/** What may stand for what. Each is tried wherever it fits in a line. */
const SWAPS: readonly (readonly [RegExp, string])[] = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/\+\+/g, '--'],
  [/ \+= /g, ' -= '],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
]
const NUMBER = /(?<![\w.'"-])(\d+)(?![\w.'"])/g
const STATEMENT = /^\s+(?:this\.|m\.|c\.|[a-z]+\.)[\w.]+(?:\(.*\)|\+\+| [+-]?= .*);$/
const WORD = /^(\s*(\w+): )'([\w-]+)'(,?)$/

/** All mutations there are, in the order of files and lines. */
export function mutantsOf(sources: ReadonlyMap<string, string>): readonly Mutant[] {
  const words = wordsOf(sources)
  return [...sources].flatMap(([file, text]) =>
    text
      .split('\n')
      .flatMap((before, line) =>
        NO_CODE.test(before) || FOR_PEOPLE.test(before)
          ? []
          : changesOf(before, words).map(after => ({ file, line, before, after })),
      ),
  )
}

/** Some of them, each line at most once; others for those that are known to change nothing. */
export function draw(
  mutants: readonly Mutant[],
  count: number,
  seed: number,
  changesNothing: (mutant: Mutant) => boolean = () => false,
): readonly Mutant[] {
  const rng = new Rng(seed)
  const left = [...mutants]
  const drawn: Mutant[] = []
  const lines = new Set<string>()
  while (left.length > 0 && drawn.length < count) {
    const [mutant] = left.splice(rng.below(left.length), 1)
    const line = `${mutant!.file}:${mutant!.line}`
    if (!lines.has(line) && !changesNothing(mutant!)) drawn.push(mutant!)
    lines.add(line)
  }
  return drawn
}

/** How a mutant is shown, and named in the list of those that change nothing; lines come and go above it. */
export function shown({ file, before, after }: Mutant): string {
  return `${file} ${before.trim()} -> ${after.trim() || '(nothing)'}`
}

/** The mutants of a list, each line `MUTANT  # why no test could notice it`, blank lines aside. */
export function namedIn(list: string): ReadonlyMap<string, string> {
  const lines = list.split('\n').filter(line => line !== '')
  return new Map(
    lines.map(line => {
      const at = line.lastIndexOf('  # ')
      if (at < 0) throw new Error(`no reason: ${line}`)
      return [line.slice(0, at), line.slice(at + 4)]
    }),
  )
}

function changesOf(line: string, words: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const code = line.replace(/\s*\/\/.*$/, '')
  const swaps = SWAPS.flatMap(([pattern, to]) =>
    [...code.matchAll(pattern)].map(
      ({ index, 0: found }) => code.slice(0, index) + to + code.slice(index + found.length),
    ),
  )
  const numbers = [...code.matchAll(NUMBER)].map(
    ({ index, 0: found }) => `${code.slice(0, index)}${Number(found) + 1}${code.slice(index + found.length)}`,
  )
  const dropped = STATEMENT.test(code) ? [''] : []
  const [, head, key, word, tail] = WORD.exec(code) ?? []
  const others = (words.get(key ?? '') ?? []).filter(other => other !== word)
  return [...swaps, ...numbers, ...dropped, ...others.map(other => `${head}'${other}'${tail}`)]
}

/** The words that each field of a model may have. */
function wordsOf(sources: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, string[]>()
  for (const line of [...sources.values()].flatMap(text => text.split('\n'))) {
    const [, , key, word] = WORD.exec(line.replace(/\s*\/\/.*$/, '')) ?? []
    if (key === undefined || word === undefined) continue
    const known = words.get(key) ?? []
    words.set(key, known.includes(word) ? known : [...known, word])
  }
  return words
}
