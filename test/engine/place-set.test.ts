import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlaceSet } from '../../engine/place-set.ts'
import { Rng } from '../../engine/rng.ts'

const PLACES = 5000

for (const [how, members] of [
  ['dense', 3000],
  ['sparse', 12],
] as const) {
  test(`a ${how} set finds the nearest members on both sides as a sorted list does`, () => {
    const set = new PlaceSet(PLACES)
    const rng = new Rng(members)
    const inside = new Set<number>()
    for (let i = 0; i < 4 * members; i++) {
      const place = rng.below(PLACES)
      if (inside.size < members) {
        inside.add(place)
        set.add(place)
      } else {
        const gone = [...inside][rng.below(inside.size)]!
        inside.delete(gone)
        set.delete(gone)
      }
      if (i % 16 > 0) continue
      const sorted = [...inside].sort((a, b) => a - b)
      for (const probe of [place, rng.below(PLACES), 0, PLACES - 1]) {
        assert.equal(set.has(probe), inside.has(probe))
        assert.equal(set.floor(probe), sorted.filter(other => other <= probe).at(-1) ?? -1)
        assert.equal(set.ceil(probe), sorted.find(other => other >= probe) ?? -1)
      }
    }
  })
}

test('three in a row are seen across the edge of a word', () => {
  const set = new PlaceSet(100)
  for (const place of [31, 32, 33, 63, 65]) set.add(place)
  assert.deepEqual(
    [32, 33, 64].map(place => set.hasThree(place)),
    [true, false, false],
  )
})

test('beyond either end there is nothing', () => {
  const set = new PlaceSet(10)
  set.add(4)
  assert.deepEqual([set.floor(-1), set.floor(3), set.ceil(5), set.ceil(9)], [-1, -1, -1, -1])
})
