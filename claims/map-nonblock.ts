// MAP_NONBLOCK: what is in the page cache is mapped, what is not costs no I/O. And what becomes of the rest.

import { PAGE_BYTES } from '../engine/units.ts'
import { claim } from './claim.ts'
import { MAIL_KERNEL, STEADY } from './runs.ts'

const NONBLOCK = 'remap-file-pages-nonblock'
const LANES = `--unit 16K --strategy ${NONBLOCK} --kernel ${MAIL_KERNEL},linux-2.6.20,linux-3.10,linux-6.18`
const DISK = '--workload uniform --file 64M --window 4M --touch unit --accesses 50000 --backing disk'

export const mapNonblock = claim({
  id: 'map-nonblock',
  title: 'MAP_NONBLOCK: all cached pages mapped, no I/O',
  quote:
    "i've added MAP_NONBLOCK as well, which enables applications to prefault all pages that are in the pagecache already, but cause no further IO.",
  runs: {
    cached: `${STEADY} ${LANES}`,
    half: `${STEADY} --contents 50% ${LANES}`,
    disk: `${DISK} --contents 50% ${LANES}`,
  },
  kernel: MAIL_KERNEL,
  numbers: {
    faults: [
      'page faults for each remap, all pages cached',
      `cached:${NONBLOCK}.page_faults / cached:${NONBLOCK}.remaps`,
    ],
    reads: [
      'pages read or allocated without a fault of the user, half of the file cached',
      `half:${NONBLOCK}.file_reads - half:${NONBLOCK}.page_faults`,
    ],
    stale: [
      'pages for each remap that neither the call nor a fault replaced',
      `( half:${NONBLOCK}.remaps * half:${NONBLOCK}.unit_bytes / ${PAGE_BYTES} - half:${NONBLOCK}.ptes_installed ) / half:${NONBLOCK}.remaps`,
    ],
    refused: ['remaps refused, file on disk, half of it cached', `disk:${NONBLOCK}.failed_remaps`],
  },
  judge: ({ faults, reads, stale, refused }) => {
    if (faults > 0) {
      return { verdict: 'does not hold', why: 'Cached pages fault all the same after the call.', reversals: [] }
    }
    if (reads > 0) return { verdict: 'does not hold', why: 'The call reads pages.', reversals: [] }
    if (stale === 0 && refused === 0) {
      return { verdict: 'holds', why: 'Cached pages are mapped, the others fault later.', reversals: [] }
    }
    return {
      verdict: 'holds if',
      condition: 'the file is on shmem, and nobody reads the pages that were not cached',
      why: 'On shmem a page that is not cached is skipped: what the slot held before stays mapped there, and is read without a fault. On a file in the page cache the call fails with ENOMEM at the first such page.',
      reversals: [
        {
          what: 'share of the file that is in the page cache (--contents)',
          at: 'less than 100%',
          range: null,
          source: 'the file decides; the call is of no use where it is 100%',
        },
      ],
    }
  },
  source: 'shmem_populate and filemap_populate of the mail: "if (!page) return -ENOMEM", executed: npm run executed',
})
