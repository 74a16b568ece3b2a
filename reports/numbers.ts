// Numbers as people read them: grouped, in a fitting unit, rounded. Files for machines never pass through here.

import { formatSize, grouped as groupedNumber } from '../engine/units.ts'

/** What stands where there is no number. */
export const NONE = '-'

/** A whole number: 10,000,000; one with decimals as it is; or none. */
export function grouped(value: number | null): string {
  return value === null ? NONE : groupedNumber(value)
}

/** `1 page access`, `2 page accesses`. */
export function counted(value: number, one: string, many: string): string {
  return `${grouped(value)} ${value === 1 ? one : many}`
}

/** An exact size: 16 GiB, 1000 bytes. */
export function exactSize(bytes: number): string {
  const text = formatSize(bytes)
  return /\d$/.test(text) ? `${text} bytes` : `${text.slice(0, -1)} ${text.slice(-1)}iB`
}

/** A rounded amount of memory: 8.5 MiB. */
export function memory(bytes: number | null): string {
  if (bytes === null) return NONE
  for (const [unit, factor] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= factor) return `${(bytes / factor).toFixed(1)} ${unit}`
  }
  return `${bytes} B`
}

/** A share of a whole, 67.2 %; none of nothing. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? NONE : `${((100 * part) / whole).toFixed(1)} %`
}

/** How many times `b` goes into `a`; none if either is nothing. */
export function ratio(a: number | null, b: number | null): string {
  if (!a || !b) return NONE
  const value = a / b
  if (value > 0 && value < 0.005) return '< 0.01'
  return value >= 99.995 ? grouped(Math.round(value)) : value.toFixed(2)
}

/** A mean to two decimals, 1.20, or a whole number, 5. */
export function mean(sum: number, count: number): string {
  const text = (sum / count).toFixed(2).replace(/\.00$/, '')
  return text.includes('.') ? text : grouped(Number(text))
}

/** Nanoseconds from low to high in one unit, two digits: `9.0 - 33 s`, or `4.3 s` if both read the same. */
export function timeRange(lowNs: number, highNs: number): string {
  const [unit, factor] = (
    [
      ['s', 1e9],
      ['ms', 1e6],
      ['us', 1e3],
    ] as const
  ).find(([, factor]) => highNs >= factor) ?? ['ns', 1]
  return `${range(lowNs / factor, highNs / factor)} ${unit}`
}

/** Two bounds to two digits, or one figure if both read the same. */
export function range(low: number, high: number): string {
  const from = twoDigits(low)
  const to = twoDigits(high)
  return from === to ? to : `${from} - ${to}`
}

/** To two digits, from ten on to a whole number: 2,106, 4.2, 0.35. */
export function twoDigits(value: number): string {
  if (value >= 9.95) return grouped(Math.round(value))
  return value === 0 ? '0' : value < 0.95 ? String(Number(value.toPrecision(2))) : value.toFixed(1)
}
