// npm run executed -- FOLDER: the engine against a folder of executed kernel code; the last line counts the equal steps.

import { runExecuted } from './executed-suite.ts'

const folder = process.argv[2]
if (folder === undefined) {
  console.error(
    'usage: npm run executed -- FOLDER   (a folder with scenarios.csv, ops.csv, results.csv and/or bulk_*.csv)',
  )
  process.exit(2)
}
let equal = 0
let steps = 0
for (const result of runExecuted(folder)) {
  equal += result.equal
  steps += result.steps
  console.log(
    `${result.scenario}: ${result.equal} of ${result.steps}${result.firstDifference ? `; first difference: ${result.firstDifference}` : ''}`,
  )
}
console.log(`equal ${equal} of ${steps} steps`)
process.exit(steps === 0 ? 3 : equal === steps ? 0 : 1)
