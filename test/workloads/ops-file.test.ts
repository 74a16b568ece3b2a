import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TraceError } from '../../engine/errors.ts'
import { OP_REMAP, OP_TOUCH_READ, OP_TOUCH_WRITE } from '../../engine/window-ops.ts'
import { parseOps } from '../../workloads/ops-file.ts'

const HEADER = 'op,vpn,pages,pgoff\n'

function refusal(text: string, windowPages = 1024): string {
  try {
    parseOps(text, 'ops.csv', windowPages)
  } catch (error) {
    assert.ok(error instanceof TraceError, String(error))
    assert.ok(!error.message.includes('\n'))
    return error.message
  }
  return assert.fail(`accepted ${text}`)
}

test('rows become columns', () => {
  const rows = parseOps(`${HEADER}remap,1020,4,4294967295\nread,0,1,\nwrite,1,1023,\n`, 'ops.csv', 1024)
  assert.equal(rows.length, 3)
  assert.deepEqual([...rows.op.subarray(0, 3)], [OP_REMAP, OP_TOUCH_READ, OP_TOUCH_WRITE])
  assert.deepEqual([...rows.vpn.subarray(0, 3)], [1020, 0, 1])
  assert.deepEqual([...rows.pages.subarray(0, 3)], [4, 1, 1023])
  assert.deepEqual([...rows.pgoff.subarray(0, 3)], [2 ** 32 - 1, 0, 0])
})

test('a byte-order mark, CRLF, blank lines, spaces and a missing last line break are forgiven', () => {
  const rows = parseOps(Buffer.from('\ufeffop, vpn, pages, pgoff\r\n\r\nread, 0, 1,\r\nremap,0,1, 7'), 'ops.csv', 1024)
  assert.deepEqual([rows.length, rows.pgoff[1]], [2, 7])
})

test('everything else is refused with its line', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['remap,0,1,0\nread,1,0,', /^ops\.csv:3: pages "0": must be 1 to 1023, the pages from vpn 1 to the window's end$/],
    ['read,1024,1,', /^ops\.csv:2: vpn "1024": must be a page of the window, 0 to 1023$/],
    ['read,1000,25,', /^ops\.csv:2: pages "25": must be 1 to 24/],
    ['read,-1,1,', /:2: vpn "-1"/],
    ['read,0.5,1,', /:2: vpn "0\.5"/],
    ['read,0x1,1,', /:2: vpn "0x1"/],
    ['read,1e1,1,', /:2: vpn "1e1"/],
    ['read,,1,', /:2: vpn ""/],
    ['read,0,1,5', /:2: pgoff "5": must be empty for read$/],
    ['remap,0,1,', /:2: pgoff "": must be a page of the file, 0 to 4294967295$/],
    ['remap,0,1,4294967296', /:2: pgoff "4294967296"/],
    ['rmap,0,1,0', /:2: op "rmap": must be remap, read, write or reclaim; did you mean remap\?$/],
    ['toString,0,1,0', /:2: op "toString"/],
    ['read,0,1', /:2: 3 fields; a row has 4/],
    ['remap,0,1,0,0', /:2: 5 fields; a row has 4/],
    ['read,0,1,\nread,0,1,\n"read,0,1,', /^ops\.csv:4: /],
    ['re"ad,0,1,', /^ops\.csv:2: /],
  ]
  for (const [text, message] of cases) assert.match(refusal(`${HEADER}${text}`), message)
})

test('a file without header or without rows is refused', () => {
  assert.match(refusal(''), /^ops\.csv:1: empty; a file of window operations begins with op,vpn,pages,pgoff$/)
  assert.match(refusal('\n\n'), /^ops\.csv:1: empty/)
  assert.match(refusal('remap,0,1,0\n'), /^ops\.csv:1: the header must be op,vpn,pages,pgoff, not "remap,0,1,0"$/)
  assert.match(refusal(HEADER), /^ops\.csv:2: no operation after the header$/)
  assert.match(refusal('\u0000\u0001binary'), /^ops\.csv:1: the header must be/)
})

test('quotes have no meaning, so one that is never closed does not swallow the file', () => {
  assert.match(
    refusal(`${HEADER}"read,0,1,\n${'read,0,1,\n'.repeat(1000)}`),
    /^ops\.csv:2: op "\\"read": must be remap, read, write or reclaim/,
  )
})
