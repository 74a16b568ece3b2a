// Published layouts: the arithmetic of mm/slab.c worked out by hand for the builds of 2002.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slabCache, slabsBytes } from '../../engine/slab.ts'

test('vma objects pack as the kernel packs them: 40 a page on a Pentium III, 30 on a Pentium 4', () => {
  assert.deepEqual(slabCache(68, 32, true), { objectBytes: 96, objectsPerSlab: 40, slabBytes: 4096 })
  assert.deepEqual(slabCache(68, 128, true), { objectBytes: 128, objectsPerSlab: 30, slabBytes: 4096 })
  assert.deepEqual(slabCache(68, 16, true), { objectBytes: 80, objectsPerSlab: 48, slabBytes: 4096 })
})

test('unaligned objects pack tighter: 2.6.0 holds 58 or 59 vmas of 64 bytes a page', () => {
  assert.equal(slabCache(64, 128, false).objectsPerSlab, 58)
  assert.equal(slabCache(64, 32, false).objectsPerSlab, 59)
})

test('pte chains: 113 a page on a Pentium III, 30 on a Pentium 4, 126 of PAE with HIGHPTE on a Pentium III', () => {
  assert.equal(slabCache(32, 32, false).objectsPerSlab, 113)
  assert.equal(slabCache(128, 128, false).objectsPerSlab, 30)
  assert.equal(slabCache(28, 32, false).objectsPerSlab, 126)
})

test('131,072 vmas take 3,277 pages on a Pentium III and 4,370 on a Pentium 4', () => {
  assert.equal(slabsBytes(slabCache(68, 32, true), 131_072), 3277 * 4096)
  assert.equal(slabsBytes(slabCache(68, 128, true), 131_072), 4370 * 4096)
  assert.equal(slabsBytes(slabCache(68, 128, true), 0), 0)
})
