// npm run fuzz -- --ops 1e7 [--seed N]: the engine against the naive model for as long as asked.

import { parseArgs } from 'node:util'
import { parseCount } from '../../engine/units.ts'
import { fuzz } from './fuzz.ts'

const { values } = parseArgs({
  options: { ops: { type: 'string', default: '1e6' }, seed: { type: 'string', default: '1' } },
})
const operations = parseCount(values.ops)
const seed = parseCount(values.seed)
if (Number.isNaN(operations) || Number.isNaN(seed)) {
  console.error('usage: npm run fuzz -- --ops 1e7 [--seed 1]')
  process.exit(2)
}
let reported = 0
fuzz(operations, seed, done => {
  if (done - reported < 1e6) return
  reported = done
  console.log(`${done} operations equal`)
})
console.log(`equal: ${operations} operations, seed ${seed}`)
