// What the program prints is ASCII: logs and terminals need not know UTF-8, and one sign stands for one thing.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const COMMENT = /^\s*(\/\/|\/?\*)/

test('no text of the program has other than ASCII characters', () => {
  for (const room of ['bin', 'claims', 'engine', 'reports', 'workloads']) {
    for (const name of readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue
      const lines = readFileSync(join(root, room, name), 'utf8').split('\n')
      const wrong = lines.filter(line => !COMMENT.test(line) && /[^\t -~]/.test(line))
      assert.deepEqual(wrong, [], `${room}/${name}`)
    }
  }
})
