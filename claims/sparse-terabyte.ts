// A page table for every page of a file that is mapped as a whole and used sparsely, on a 64-bit kernel.
//
// 16 GB stand for the terabyte: a used page has a page table of its own at any size, if the next one is 2 MB away. Counted
// are last-level tables; pages more than 1 GB apart would need tables of the level above, too.

import { linux310 } from '../engine/kernel/linux-3.10.ts'
import { PAGE_BYTES } from '../engine/units.ts'
import { claim } from './claim.ts'
import { reads } from './runs.ts'

const RUN = '--workload sparse --file 16G --window 16M --unit 4K --contents sparse --accesses 60000'
const LANES = '--kernel linux-3.10,linux-6.18 --strategy linear,map-fixed,remap-file-pages'
const HALF = linux310.tablePages / 2
const tables = (lane: string) => `${lane}.page_table_bytes_peak / ${PAGE_BYTES}`

export const sparseTerabyte = claim({
  id: 'sparse-terabyte',
  title: 'really large, really sparse files: a page table for every page',
  quote:
    'even on 64-bit systems, when mapping really large (terabyte size) and really sparse files, sparse mappings can be a disadvantage - in the worst-case there can be as much as 1 more pagetable page allocated for every file page that is mapped in.',
  runs: { far: `${RUN} ${LANES}`, near: `${RUN} --param stride=${HALF} ${LANES}` },
  kernel: 'linux-3.10',
  numbers: {
    far: [
      'page tables for each page used, pages 2 MB apart, whole file mapped',
      `${tables('far:linear')} / far:linear.file_reads`,
    ],
    near: ['the same, pages 1 MB apart', `${tables('near:linear')} / near:linear.file_reads`],
    used: ['pages used, 2 MB apart', 'far:linear.file_reads'],
    window: ['page tables of the remapped window, remap-file-pages', tables('far:remap-file-pages')],
  },
  judge: ({ far, near }) => ({
    verdict: reads(far, 1) && near < far ? 'holds' : 'does not hold',
    why: 'Mapped as a whole, every page used brings its own page table; the 16 GB of the run stand for the terabyte. A window that is remapped needs those of its own addresses only, by remap_file_pages() or by mmap(). Tables above the last level are not counted; they make it more than one if pages are over 1 GB apart.',
    reversals: [
      {
        what: 'pages from one used page to the next (--param stride)',
        at: linux310.tablePages - 1,
        range: [linux310.tablePages, Number.MAX_SAFE_INTEGER],
        source: '"worst-case": not two in the 2 MB of a page table of x86-64',
      },
    ],
  }),
  source: 'page tables of x86-64 map 512 pages: arch/x86/include/asm/pgtable_64_types.h; 3.10 and 6.18 measured',
})
