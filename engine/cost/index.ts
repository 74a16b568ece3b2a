// The list of cost models. Adding one is a file and a line here.

import type { CostModel } from '../cost.ts'
import { modernCore } from './modern-core.ts'
import { p32002 } from './p3-2002.ts'
import { p42002 } from './p4-2002.ts'

export const COST_MODELS: readonly CostModel[] = [p42002, p32002, modernCore]
