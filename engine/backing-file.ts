// The file behind the window: its length, which of its pages are in the page cache, and which of those are dirty.
//
// A page that is not there is made present by the first fault, population or copy that asks for it and stays until it is
// evicted: no read-ahead, no write-back. A file on disk starts clean (written back before the run); a page of shmem or
// ramfs that was written has nowhere to be written back to and stays dirty; one that a read allocated is clean.

/**
 * What holds the file. shmem is tmpfs (/dev/shm); ramfs keeps its pages in the page cache and never writes them back; disk
 * is a file system that accounts dirty pages, such as ext2 or ext4.
 */
export type Backing = 'shmem' | 'ramfs' | 'disk'

/**
 * Which pages of a file do not exist yet if `share` of them, 0 to 1, was written; null for none. Spread evenly by Knuth's
 * multiplicative hash (2^32 over the golden ratio), the same for every seed.
 */
export function absentPages(share: number): ((page: number) => boolean) | null {
  return share >= 1 ? null : page => Math.imul(page, 0x9e3779b1) >>> 0 >= share * 2 ** 32
}

export class BackingFile {
  readonly pages: number
  readonly backing: Backing
  /** Pages in the page cache. */
  presentPages: number
  /** One bit per page: it is absent; null while every page of the file is present. */
  private absent: Int32Array | null
  /** One bit per page: it is clean; null where every page is dirty for good. */
  private readonly clean: Int32Array | null
  /** Pages past the end that the kernel was talked into reading (filemap_populate's 32-bit wrap). */
  private readonly beyond = new Set<number>()

  /** `isAbsent`: the pages that do not exist yet; null for none. */
  constructor(pages: number, backing: Backing, isAbsent: ((page: number) => boolean) | null = null) {
    this.pages = pages
    this.backing = backing
    this.presentPages = pages
    this.absent = isAbsent && bitmap(pages)
    if (isAbsent) this.presentPages -= setBits(this.absent!, pages, isAbsent)
    const staysDirty = backing !== 'disk' && this.absent === null
    this.clean = staysDirty ? null : backing === 'disk' ? bitmap(pages).fill(-1) : this.absent!.slice()
  }

  /** Whether every page of the file was present from the start. */
  get complete(): boolean {
    return this.absent === null
  }

  /** Whether every page is dirty and stays so. */
  get alwaysDirty(): boolean {
    return this.clean === null
  }

  has(page: number): boolean {
    if (page >= this.pages) return this.beyond.has(page)
    return this.absent === null || !isSet(this.absent, page)
  }

  /** Drops a page from memory; the next look-up has to read it again. */
  evict(page: number): void {
    if (page >= this.pages || !this.has(page)) return
    this.absent ??= bitmap(this.pages)
    this.absent[page >>> 5] |= 1 << (page & 31)
    this.presentPages--
  }

  /** Makes an absent page present. */
  bring(page: number): void {
    this.presentPages++
    if (page >= this.pages) this.beyond.add(page)
    else this.absent![page >>> 5] &= ~(1 << (page & 31))
  }

  isDirty(page: number): boolean {
    return this.clean === null || !isSet(this.clean, page)
  }

  markDirty(page: number): void {
    if (this.clean !== null && page < this.pages) this.clean[page >>> 5] &= ~(1 << (page & 31))
  }
}

/** One bit for each page of the file. */
function bitmap(pages: number): Int32Array {
  return new Int32Array((pages >>> 5) + 1)
}

/** Sets the bits of the pages that are to have one, word by word; returns how many. */
function setBits(bits: Int32Array, pages: number, isMember: (page: number) => boolean): number {
  let members = 0
  for (let page = 0; page < pages; ) {
    const at = page >>> 5
    let word = 0
    for (const end = Math.min(page + 32, pages); page < end; page++) {
      if (!isMember(page)) continue
      word |= 1 << (page & 31)
      members++
    }
    bits[at] = word
  }
  return members
}

function isSet(bits: Int32Array, page: number): boolean {
  return ((bits[page >>> 5] >>> (page & 31)) & 1) !== 0
}
