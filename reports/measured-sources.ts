// Where each counter of the running kernel comes from.

/** Where a measured value comes from: tracepoints by their names, what the process can ask, what it did itself. */
const SOURCES: Readonly<Record<string, string>> = {
  failed_remaps: 'call results',
  syscalls: 'sys_enter',
  page_faults: 'page_fault_user',
  populate_faults: 'ru_minflt, rest',
  tlb_full_flushes: 'tlb_flush',
  tlb_range_flushes: 'tlb_flush',
  ipi_rounds: 'tlb_flush',
  vma_allocs: 'kmem tracepoint',
  vma_frees: 'kmem tracepoint',
  vmas: '/proc/self/maps',
  writebacks: 'calls made',
  bytes_copied: 'call results',
  kernel_entries: 'their parts',
  ru_minflt: 'getrusage',
}
/** The same without tracepoints. */
const BASIC_SOURCES: Readonly<Record<string, string>> = {
  syscalls: 'calls made',
  page_faults: 'page-faults:u',
}

/** Of a column that was measured; what the database counts of itself needs no other source. */
export function sourceOf(column: string, level: 'full' | 'basic'): string {
  return (level === 'basic' && BASIC_SOURCES[column]) || SOURCES[column] || 'calls made'
}
