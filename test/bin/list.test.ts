import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listCommand } from '../../bin/commands/list.ts'
import { COST_MODELS } from '../../engine/cost/index.ts'
import { COUNTERS } from '../../engine/counters.ts'
import { UsageError } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { WORKLOADS } from '../../workloads/index.ts'

const lines = (text: string) => text.trimEnd().split('\n')

test('a kind is listed one line each, names first', () => {
  const listed = lines(listCommand('kernels', false))
  assert.deepEqual(
    listed.map(line => line.split(' ')[0]),
    [...KERNELS.map(kernel => kernel.name), 'host'],
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
})

test('the prices of this machine are listed as what they are before anybody asked for them', () => {
  const names = lines(listCommand('costs', false)).map(line => line.split(' ')[0])
  assert.deepEqual(names, [...COST_MODELS.map(({ name }) => name), 'host'])
  assert.match(
    listCommand('costs', true),
    /^host +this machine, measured when asked for .*\n +prices, in ns, what modern-core prices/m,
  )
})

test('--verbose prints every price with its range, its cause and what it rests on, and where a whole flush begins to pay', () => {
  const costs = listCommand('costs', true)
  for (const { items } of COST_MODELS) {
    for (const { counter, low, best, high, what, cause, source } of items) {
      const cycles = low === high ? `${best} cycles` : `${best} (${low} to ${high}) cycles`
      const line = lines(costs).find(line => line.endsWith(`${cycles}, ${what}; ${cause} [${source}]`))
      assert.ok(line?.includes(`${COUNTERS[counter].column}`), what)
    }
  }
  assert.match(costs, /populate_faults and page_faults: 2160 /)
  // (400 + 64 * 30) / 300 on the Pentium 4; (270 + 64 * 20) / 450 and (600 + 64 * 45) / 200.
  assert.match(costs, /^ +from 7\.7 pages on \(3\.4 to 17\.4\) a whole flush is cheaper/m)
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
