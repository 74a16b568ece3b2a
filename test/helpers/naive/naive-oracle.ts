// The naive model of the kernel eras as a machine of the oracle suite: whoever judges the engine is judged by the
// measured kernels as well.

import type { Boot, OracleRow } from '../oracle-suite.ts'
import { NaiveEra } from './naive-era.ts'
import type { Era } from './naive-era-rules.ts'

const MAP_POPULATE = 0x8000
const MAP_NONBLOCK = 0x10000
const WINDOW_BASE = 0x50000000

interface MeasuredProcess {
  readonly era: Era
  /** Vmas of the test program besides its window. */
  readonly otherVmas: number
  readonly mapLimit: number
}

const MEASURED: Readonly<Record<string, MeasuredProcess>> = {
  '2.6.20-i386': { era: 'v267', otherVmas: 6, mapLimit: 65_536 },
  '3.10.30-i386pae': { era: 'v2623', otherVmas: 7, mapLimit: 65_530 },
  '3.10.30-x86_64': { era: 'v2623', otherVmas: 7, mapLimit: 65_530 },
  '6.18': { era: 'v61', otherVmas: 9, mapLimit: 65_530 },
}

export const bootNaive: Boot = (row: OracleRow) => {
  const { era, otherVmas, mapLimit } = MEASURED[row.kernel]!
  const kernel = new NaiveEra({
    era,
    windowBase: WINDOW_BASE,
    windowPages: row.windowPages,
    filePages: row.filePages,
    backing: row.backing,
    mapLimit: row.mapLimit ?? mapLimit,
    otherVmas,
    absent: () => row.sparse,
  })
  kernel.mmapFixed(0, row.windowPages, 0, 0)
  return {
    remap: (strategy, vpn, pages, pgoff) => {
      if (strategy === 'M') return kernel.mmapFixed(vpn, pages, pgoff, 0)
      if (strategy === 'MP') return kernel.mmapFixed(vpn, pages, pgoff, MAP_POPULATE)
      if (strategy === 'R0') return kernel.remapFilePages(vpn, pages, pgoff, 0)
      if (strategy === 'RN') return kernel.remapFilePages(vpn, pages, pgoff, MAP_NONBLOCK)
      throw new Error(`no strategy ${strategy}`)
    },
    touch: (vpn, write) => kernel.touch(vpn, write),
    observe: () => ({
      vmas: kernel.windowVmas(),
      page_faults: kernel.pageFaults,
      populate_faults: kernel.populateFaults,
      full_flushes: kernel.tlbFullFlushes,
      range_flushes: kernel.tlbRangeFlushes,
      page_invalidations: kernel.tlbPageInvalidations,
      page_tables: kernel.ptePages,
    }),
    check: () => kernel.check(),
  }
}
