import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { draw, mutantsOf, namedIn, shown } from '../helpers/mutants.ts'

const SOURCE = `// a < b
import { a } from './a.js';
    summary: 'a < 1',
    limitAt: 'hole',
    maxMapCount: 65536, // a < 5
    if (a < b && c === 1)
    c.pageFaults++;
}`

test('mutants change code alone: comparisons, numbers, words of models, statements; no comments and no texts', () => {
  const other = "    limitAt: 'each-cut',"
  const sources = new Map([
    ['a.js', SOURCE],
    ['b.js', other],
  ])
  assert.deepEqual(
    mutantsOf(sources).map(({ file, line, after }) => [file, line, after.trim()]),
    [
      ['a.js', 3, "limitAt: 'each-cut',"],
      ['a.js', 4, 'maxMapCount: 65537,'],
      ['a.js', 5, 'if (a < b && c !== 1)'],
      ['a.js', 5, 'if (a <= b && c === 1)'],
      ['a.js', 5, 'if (a < b || c === 1)'],
      ['a.js', 5, 'if (a < b && c === 2)'],
      ['a.js', 6, 'c.pageFaults--;'],
      ['a.js', 6, ''],
      ['b.js', 0, "limitAt: 'hole',"],
    ],
  )
})

test('a seed draws the same mutants, no line twice', () => {
  const mutants = mutantsOf(new Map([['a.js', SOURCE]]))
  const drawn = draw(mutants, 99, 7)
  assert.deepEqual(draw(mutants, 99, 7), drawn)
  assert.deepEqual(drawn.map(({ line }) => line).sort(), [4, 5, 6])
  assert.equal(draw(mutants, 2, 7).length, 2)
})

test('for one that changes nothing another is drawn, and the others stay', () => {
  const mutants = mutantsOf(new Map([['a.js', SOURCE]]))
  const [first, second, third] = draw(mutants, 3, 7)
  assert.deepEqual(
    draw(mutants, 2, 7, mutant => mutant === second),
    [first, third],
  )
})

test('the list of mutants that change nothing has a reason for each, and names none that there is not', () => {
  const root = new URL('../../../', import.meta.url)
  const folder = new URL('dist/engine/kernel/', root)
  const files = readdirSync(folder).filter(name => name.endsWith('.js'))
  const sources = new Map(files.map(name => [`engine/kernel/${name}`, readFileSync(new URL(name, folder), 'utf8')]))
  const all = new Set(mutantsOf(sources).map(shown))
  const list = namedIn(readFileSync(new URL('test/helpers/equivalent-mutants.txt', root), 'utf8'))
  for (const [mutant, reason] of list) {
    assert.ok(all.has(mutant), `there is no ${mutant}`)
    assert.match(reason, /.{20,}/)
  }
  assert.throws(() => namedIn('a < b -> a <= b'), /no reason/)
})
