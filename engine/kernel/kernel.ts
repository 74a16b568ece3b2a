// The system calls a strategy may use, and one kernel version as numbers.
//
// Calls return 0 or a negative errno, as the kernel does; an access returns 0 or a negative signal number.
// Addresses are pages of the window: vpn 0 is its first page.

/** Flags of mmapFixed and remapFilePages; values of the patch, include/asm-i386/mman.h (mail of 14 Oct 2002). */
export const MAP_POPULATE = 0x8000
export const MAP_NONBLOCK = 0x10000

/** The system-call surface, in pages. Byte-level argument rules are in syscalls.ts. */
export interface Kernel {
  /** mmap(MAP_SHARED|MAP_FIXED|flags) of file pages pgoff.. over window pages vpn..; pages >= 1. */
  mmapFixed(vpn: number, pages: number, pgoff: number, flags: number): number
  /** remap_file_pages() of window pages vpn.. to file pages pgoff..; pages >= 1. */
  remapFilePages(vpn: number, pages: number, pgoff: number, flags: number): number
  /** One user access; `write` is 1 for a write, 0 for a read. Returns 0, -SIGBUS or -SIGSEGV. */
  touch(vpn: number, write: number): number
}
