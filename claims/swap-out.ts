// What becomes of nonlinear mappings under memory pressure, without and with the two remedies that the mail names.

import { claim } from './claim.ts'
import { MAIL_KERNEL } from './runs.ts'

const RUN = '--file 1G --window 64M --accesses 100000 --reclaim 1000'
const KERNELS = `--kernel ${MAIL_KERNEL},linux-2.6.20,linux-3.10`
/** Later kernels bring pages back by themselves and have no such lane. */
const HANDLED = `handler:${MAIL_KERNEL}/remap-file-pages-sigbus`

export const swapOut = claim({
  id: 'swap-out',
  title: 'nonlinear mappings do not survive swapping unless locked, or put back by a handler',
  quote:
    'Since all the mapping information of nonlinear vmas lives in the pagetables, they either have to be MAP_LOCKED (for databases or virtualization software) or need a special SIGBUS handler to reinstall mappings across swapping (for more complex uses such as memory debuggers).',
  runs: {
    plain: `${RUN} --strategy remap-file-pages,remap-file-pages-locked ${KERNELS}`,
    handler: `${RUN} --strategy remap-file-pages-sigbus ${KERNELS}`,
  },
  kernel: MAIL_KERNEL,
  numbers: {
    taken: ['pages taken back, remap-file-pages', 'plain:remap-file-pages.pages_reclaimed'],
    wrong: ['faults that showed another page of the file', 'plain:remap-file-pages.wrong_pages'],
    kept: ['pages taken back of a MAP_LOCKED window', 'plain:remap-file-pages-locked.pages_reclaimed'],
    wrongKept: ['wrong pages there', 'plain:remap-file-pages-locked.wrong_pages'],
    signals: ['signals whose handler put a page back', `${HANDLED}.signals_handled`],
    wrongHandled: ['wrong pages there', `${HANDLED}.wrong_pages`],
  },
  judge: ({ taken, wrong, kept, wrongKept, signals, wrongHandled }) => {
    if (taken > 0 && wrong === 0) {
      return {
        verdict: 'does not hold',
        why: 'Neither is needed: a file pte brings back the page that was mapped.',
        reversals: [],
      }
    }
    const isRemedied = kept === 0 && wrongKept === 0 && signals > 0 && wrongHandled === 0
    return {
      verdict: isRemedied ? 'holds' : 'does not hold',
      why: isRemedied
        ? 'Without either, a page that was taken back is silently another page of the file, until its slot is remapped: the fault maps what the vma says. Both remedies work. MAP_LOCKED needs CAP_IPC_LOCK, and did nothing before 2.5.37; the handler needs PROT_NONE on the window, as the comment of the patch says.'
        : 'A remedy does not help.',
      reversals: [],
    }
  },
  source:
    'zap_pte and install_page of the mail, try_to_unmap, 2.5.42 mm/rmap.c; file ptes since 2.5.66, 3.10 measured; guess: which pages go',
})
