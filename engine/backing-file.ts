// The file behind the window: its length, and which of its pages are in the page cache.
//
// A page that is not there is made present by the first fault or blocking population that asks for it and stays for good:
// no reclaim, no read-ahead.

/** What holds the file: shmem is tmpfs (/dev/shm); pagecache is an ordinary file system. Their code paths differ. */
export type Backing = 'shmem' | 'pagecache'

export class BackingFile {
  readonly pages: number
  readonly backing: Backing
  /** Pages in the page cache. */
  presentPages: number
  /** 1 where a page is absent; null while every page of the file is present. */
  private readonly absent: Uint8Array | null
  /** Pages past the end that the kernel was talked into reading (filemap_populate's 32-bit wrap). */
  private readonly beyond = new Set<number>()

  constructor(pages: number, backing: Backing, isAbsent: ((page: number) => boolean) | null = null) {
    this.pages = pages
    this.backing = backing
    this.absent = isAbsent && Uint8Array.from({ length: pages }, (_, page) => (isAbsent(page) ? 1 : 0))
    this.presentPages = pages - (this.absent?.reduce((sum, flag) => sum + flag, 0) ?? 0)
  }

  /** Whether every page of the file was present from the start. */
  get complete(): boolean {
    return this.absent === null
  }

  has(page: number): boolean {
    if (page >= this.pages) return this.beyond.has(page)
    return this.absent === null || this.absent[page] === 0
  }

  /** Makes an absent page present. */
  bring(page: number): void {
    this.presentPages++
    if (page >= this.pages) this.beyond.add(page)
    else this.absent![page] = 0
  }
}
