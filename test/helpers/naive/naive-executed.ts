// The naive model as a machine of the executed suite: whoever judges the engine is judged by the kernel's code as well.

import { type ExecutedMachine, isAbsent, type Row } from '../executed-suite.ts'
import { NaiveKernel } from './naive-kernel.ts'

const MB = 2 ** 20

export function bootNaive(scenario: Row): ExecutedMachine {
  const number = (key: string) => Number(scenario[key])
  const twoLevel = scenario.build === 'up2l'
  const kernel = new NaiveKernel({
    windowBase: number('window_base'),
    windowPages: number('window_pages'),
    filePages: number('file_pages'),
    backing: scenario.backing as 'shmem' | 'pagecache',
    mapLimit: number('map_limit'),
    otherVmas: number('other_vmas'),
    otherBase: number('other_base'),
    absent: isAbsent(scenario) ?? (() => false),
    pteTable: { regionBytes: (twoLevel ? 4 : 2) * MB, pgdBytes: (twoLevel ? 4 : 1024) * MB },
    gatherPages: scenario.build === 'smp' && number('cpus') > 1 ? 506 : Number.POSITIVE_INFINITY,
  })
  return {
    mmap: (start, length, pgoff, flags) => kernel.mmapBytes(start, length, pgoff, flags),
    remap: (start, length, pgoff, flags) => kernel.remapBytes(start, length, pgoff, flags),
    touch: (vpn, write) => kernel.touch(vpn, write),
    observe: () => ({
      vmas: kernel.vmaCount(),
      faults: kernel.pageFaults,
      full_flushes: kernel.tlbFullFlushes,
      invlpg: kernel.tlbPageInvalidations,
      vma_allocs: kernel.vmaAllocs,
      vma_frees: kernel.vmaFrees,
      splits: kernel.vmaSplits,
      find_vma_calls: kernel.findVmaCalls,
      mmap_cache_hits: kernel.vmaCacheHits,
      ptes_present: kernel.ptesPresent(),
      hash_ptes: kernel.hashPtes(),
      hash_vmas: kernel.hashVmas(),
      tree_walks: kernel.treeWalks,
      walk_nodes: kernel.vmaLookupLevels,
      rmap_adds: kernel.ptesInstalled,
      rmap_removes: kernel.ptesZapped,
      pte_pages: kernel.ptePages,
      file_pages: kernel.filePagesPresent,
      rss: kernel.rss,
    }),
    check: () => {},
  }
}
