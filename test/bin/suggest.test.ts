import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean, editDistance } from '../../engine/suggest.ts'

test('the edit distance counts insertions, deletions and substitutions', () => {
  assert.equal(editDistance('kitten', 'sitting'), 3)
  assert.equal(editDistance('', 'run'), 3)
  assert.equal(editDistance('clock', 'clock'), 0)
  assert.equal(editDistance('mapfixed', 'map-fixed'), 1)
})

test('a misspelt name gets the nearest, a shortened one the first that continues it, nonsense gets none', () => {
  const kernels = ['linux-2.4', 'linux-2.5.42-remap', 'linux-2.5.42-mail']
  assert.equal(didYouMean('linux-2.5.42', kernels), '; did you mean linux-2.5.42-remap?')
  assert.equal(didYouMean('linux24', kernels), '; did you mean linux-2.4?')
  assert.equal(didYouMean('rnu', ['run', 'list']), '; did you mean run?')
  assert.equal(didYouMean('CLOK', ['clock', 'lru']), '; did you mean clock?')
  assert.equal(didYouMean('xyz', ['clock', 'lru', 'arc']), '')
  assert.equal(didYouMean('anything', []), '')
})
