// Sentences of the mail that no run of this program can test, each with the reason.

import type { UntestedClaim } from './claim.ts'

export const UNTESTED: readonly UntestedClaim[] = [
  {
    id: 'no-other-system',
    title: 'no other system has it',
    quote: "nonlinear mappings (not present in any other OS i'm aware of)",
    untested: 'A statement about other systems and about what its author knew; only Linux is modelled.',
  },
  {
    id: 'all-unices',
    title: 'mmap() is linear everywhere',
    quote: 'This is a basic property of mmap() on all unices.',
    untested: 'Only Linux is modelled.',
  },
  {
    id: 'working-system',
    title: 'a whole system prefaults',
    quote:
      "i've also tested the patch by unconditionally enabling prefaulting in mmap(), which produced a fully working system",
    untested: 'One window of one program is modelled, no system that could work or not.',
  },
  {
    id: 'dynamic-linker',
    title: 'MAP_NONBLOCK helps the dynamic linker',
    quote: 'This can be useful for the dynamic linker, especially when prelinking is enabled.',
    untested: 'No linker is modelled: private mappings of libraries are left out.',
  },
  {
    id: 'radix-tree-walk',
    title: 'walking page cache and page tables at once is faster',
    quote:
      "It would be faster to iterate the pagecache mapping's radix tree and the pagetables at once, but it's also *much* more complex.",
    untested: 'There is no such code whose steps could be counted.',
  },
]
