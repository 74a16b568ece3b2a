// The list of strategies. Adding one is a file and a line here.

import { mapFixed } from './map-fixed.ts'
import { remapFilePages } from './remap-file-pages.ts'
import type { StrategyEntry } from './strategy.ts'

export const STRATEGIES: readonly StrategyEntry[] = [mapFixed, remapFilePages]
