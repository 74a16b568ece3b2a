// Sizes and counts as people write them, and the one page size of the modelled machines.
//
// i386 and x86-64 map 4 KB pages (large pages are left out). Sizes are powers of 1024, counts powers of 1000.

/** log2 of the page size in bytes; i386 and x86-64, arch/i386 include/asm-i386/page.h. */
export const PAGE_SHIFT = 12
/** Bytes per page. */
export const PAGE_BYTES = 4096

const SIZE = /^(\d+(?:_\d+)*)(?:(k|m|g|t)(?:ib)?|b)?$/i
const SIZE_FACTOR: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }
const COUNT = /^(\d+(?:_\d+)*)(?:e(\d{1,2})|(k|m|g))?$/i
const COUNT_FACTOR: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9 }

/** Bytes of a size such as `16K`, `16KiB`, `1G` or `4096`; NaN if it is not one, or above 2^53. */
export function parseSize(text: string): number {
  const match = SIZE.exec(text.trim())
  return match ? exact(digits(match[1]) * (SIZE_FACTOR[(match[2] ?? '').toLowerCase()] ?? 1)) : Number.NaN
}

/** A count such as `10M`, `1_000_000` or `1e6`; NaN if it is not one, or above 2^53. */
export function parseCount(text: string): number {
  const match = COUNT.exec(text.trim())
  if (!match) return Number.NaN
  const factor = match[2] !== undefined ? 10 ** Number(match[2]) : (COUNT_FACTOR[(match[3] ?? '').toLowerCase()] ?? 1)
  return exact(digits(match[1]) * factor)
}

/** A size in the largest unit that keeps it whole, `16K` or `1G`; the form `parseSize` reads. */
export function formatSize(bytes: number): string {
  for (const [unit, factor] of [
    ['T', 2 ** 40],
    ['G', 2 ** 30],
    ['M', 2 ** 20],
    ['K', 2 ** 10],
  ] as const) {
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`
  }
  return `${bytes}`
}

/** A whole number for people: 10,000,000. */
export function grouped(value: number): string {
  return Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : String(value)
}

function digits(text: string): number {
  return Number(text.replaceAll('_', ''))
}

function exact(value: number): number {
  return Number.isSafeInteger(value) ? value : Number.NaN
}
