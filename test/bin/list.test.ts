import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listCommand } from '../../bin/commands/list.ts'
import { UsageError } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { WORKLOADS } from '../../workloads/index.ts'

const lines = (text: string) => text.trimEnd().split('\n')

test('a kind is listed one line each, names first', () => {
  const listed = lines(listCommand('kernels', false))
  assert.deepEqual(
    listed.map(line => line.split(' ')[0]),
    KERNELS.map(kernel => kernel.name),
  )
  assert.equal(listCommand('kernel', false), listCommand('kernels', false))
})

test('without a kind every kind is listed under its heading', () => {
  const headings = lines(listCommand(undefined, false)).filter(line => /^\w/.test(line))
  assert.deepEqual(headings, ['workloads', 'strategies', 'kernels', 'policies', 'costs', 'formats'])
})

test('--verbose adds what each rests on', () => {
  const kernels = listCommand('kernels', true)
  for (const { basis, guesses, rules, lacks } of KERNELS) {
    for (const text of [basis, ...guesses, ...Object.values(lacks)]) assert.ok(kernels.includes(text))
    for (const { what, evidence, source } of rules) {
      assert.ok(kernels.includes(`${evidence}: ${what}`) && kernels.includes(`[${source}]`), what)
    }
  }
  const workloads = listCommand('workloads', true)
  for (const { params } of WORKLOADS)
    for (const key of Object.keys(params)) assert.ok(workloads.includes(`--param ${key}: `))
  assert.match(listCommand('costs', true), /^ +page_faults: \d+ .*cycles, .* \[.+\]$/m)
})

test('a strategy says what it needs, and what keeps which kernels from it', () => {
  const strategies = listCommand('strategies', true)
  assert.match(strategies, /^remap-file-pages .*\n +needs: remap_file_pages\(\)\n +not on linux-2\.4: .*\n/m)
  assert.match(
    strategies,
    /^linear .*\n +maps the whole file at once\n +a file of at most 2 GiB on .*linux-2\.5\.42-remap/m,
  )
  assert.doesNotMatch(strategies, /at most .*linux-6\.18/)
  assert.match(strategies, /^map-fixed .*\n\S/m) // needs nothing
})

test('an unknown kind is refused with the nearest', () => {
  assert.throws(
    () => listCommand('polices', false),
    (error: unknown) => {
      assert.ok(error instanceof UsageError)
      assert.match(error.message, /^list polices: unknown kind; allowed: .*; did you mean policies\?$/)
      return true
    },
  )
})
