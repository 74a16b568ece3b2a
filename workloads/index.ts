// The workloads, the default one first.

import { scan } from './scan.ts'
import { sparse } from './sparse.ts'
import { tpcc } from './tpcc.ts'
import { uniform } from './uniform.ts'
import type { Workload } from './workload.ts'
import { zipf } from './zipf.ts'

export const WORKLOADS: readonly Workload[] = [tpcc, uniform, scan, zipf, sparse]
