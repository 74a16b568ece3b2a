import assert from 'node:assert/strict'
import { test } from 'node:test'
import { draw, mutantsOf } from '../helpers/mutants.ts'

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
