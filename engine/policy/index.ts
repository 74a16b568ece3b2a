// The list of replacement policies. Adding one is a file and a line here.

import { clock } from './clock.ts'
import { lru } from './lru.ts'
import type { PolicyEntry } from './policy.ts'

export const POLICIES: readonly PolicyEntry[] = [clock, lru]
