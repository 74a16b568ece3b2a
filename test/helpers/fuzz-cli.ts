// npm run fuzz -- --ops 1e7 [--seed N] [--kernel NAME|all]: the engine against the naive models for as long as asked.

import { parseArgs } from 'node:util'
import { KERNELS } from '../../engine/kernel/index.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import { parseCount } from '../../engine/units.ts'
import { fuzz } from './fuzz-kernels.ts'

const { values } = parseArgs({
  options: {
    ops: { type: 'string', default: '1e6' },
    seed: { type: 'string', default: '1' },
    kernel: { type: 'string', default: linux2542Remap.name },
  },
})
const operations = parseCount(values.ops)
const seed = parseCount(values.seed)
const kernels = values.kernel === 'all' ? KERNELS : KERNELS.filter(model => model.name === values.kernel)
if (Number.isNaN(operations) || Number.isNaN(seed)) {
  console.error('usage: npm run fuzz -- --ops 1e7 [--seed 1] [--kernel all]')
  process.exit(2)
}
if (kernels.length === 0) {
  console.error(`--kernel ${values.kernel}: must be all or one of ${KERNELS.map(model => model.name).join(', ')}`)
  process.exit(2)
}
let reported = 0
fuzz({
  kernels,
  operations,
  seed,
  onMachine: done => {
    if (done - reported < 1e6) return
    reported = done
    console.log(`${done} operations equal`)
  },
})
console.log(`equal: ${operations} operations, seed ${seed}`)
