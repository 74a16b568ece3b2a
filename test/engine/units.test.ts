import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatSize, parseCount, parseSize } from '../../engine/units.ts'

test('sizes are powers of 1024, in every way people write them', () => {
  for (const text of ['16K', '16k', '16KiB', '16384', '16_384', '16384B']) assert.equal(parseSize(text), 16_384, text)
  assert.equal(parseSize('1G'), 2 ** 30)
  assert.equal(parseSize('2TiB'), 2 ** 41)
})

test('what is no size is NaN, never a guess', () => {
  for (const text of ['', 'K', '-1', '1.5G', '16KB', '1e3', '0x10', '16 K', '99999999999T'])
    assert.equal(parseSize(text), Number.NaN, text)
})

test('counts are powers of 1000', () => {
  for (const text of ['10M', '10_000_000', '1e7', '10000000']) assert.equal(parseCount(text), 10_000_000, text)
  for (const text of ['', '-1', '1.5M', 'M', '1e99', 'abc']) assert.equal(parseCount(text), Number.NaN, text)
})

test('a formatted size reads back as itself', () => {
  for (const bytes of [1, 4096, 16_384, 3 * 2 ** 20, 2 ** 30, 16 * 2 ** 30, 2 ** 41, 5000])
    assert.equal(parseSize(formatSize(bytes)), bytes)
  assert.equal(formatSize(2 ** 34), '16G')
})
