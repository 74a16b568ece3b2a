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
  for (const { basis, guesses } of KERNELS) for (const text of [basis, ...guesses]) assert.ok(kernels.includes(text))
  const workloads = listCommand('workloads', true)
  for (const { params } of WORKLOADS)
    for (const key of Object.keys(params)) assert.ok(workloads.includes(`--param ${key}: `))
  assert.match(listCommand('costs', true), /^ +page_faults: \d+ .*cycles, .* \[.+\]$/m)
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
