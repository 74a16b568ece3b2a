// The sizes of one run and the arithmetic between them: file, window, unit; block and slot.

import { UsageError } from './errors.ts'
import { formatSize, PAGE_BYTES, PAGE_SHIFT } from './units.ts'

/** Sizes of one run, all in pages. Made by `geometry()`, which validates them once. */
export interface Geometry {
  readonly filePages: number
  readonly windowPages: number
  /** A power of two. */
  readonly unitPages: number
  /** log2 of unitPages. */
  readonly unitShift: number
}

/** Page numbers of file and window stay below 2^31, so that a typed array of 32-bit integers holds them and -1. */
const MAX_FILE_BYTES = 8 * 2 ** 40
/** Checks the sizes (bytes) and turns them into pages; throws a UsageError that names the option. */
export function geometry(fileBytes: number, windowBytes: number, unitBytes: number): Geometry {
  const unitPages = unitBytes / PAGE_BYTES
  if (!Number.isInteger(Math.log2(unitPages)) || unitPages < 1) {
    throw new UsageError(
      `--unit ${formatSize(unitBytes)}: a cache unit is 4K times a power of two: 4K, 8K, 16K, 32K, ...`,
    )
  }
  requireRange('--file', fileBytes, unitBytes, MAX_FILE_BYTES)
  requireRange('--window', windowBytes, unitBytes, MAX_FILE_BYTES)
  if (windowBytes > fileBytes) {
    throw new UsageError(`--window ${formatSize(windowBytes)}: larger than the file (--file ${formatSize(fileBytes)})`)
  }
  for (const [option, bytes] of [
    ['--file', fileBytes],
    ['--window', windowBytes],
  ] as const) {
    if (bytes % unitBytes !== 0) {
      throw new UsageError(
        `${option} ${formatSize(bytes)}: must be a multiple of the unit (--unit ${formatSize(unitBytes)})`,
      )
    }
  }
  return Object.freeze({
    filePages: fileBytes / PAGE_BYTES,
    windowPages: windowBytes / PAGE_BYTES,
    unitPages,
    unitShift: Math.log2(unitBytes) - PAGE_SHIFT,
  })
}

function requireRange(option: string, bytes: number, least: number, most: number): void {
  if (bytes < least || bytes > most) {
    throw new UsageError(
      `${option} ${formatSize(bytes)}: must be between one unit (${formatSize(least)}) and ${formatSize(most)}`,
    )
  }
}
