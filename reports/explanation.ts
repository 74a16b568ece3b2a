// What --explain found, in lines: the parts of a count that changed, the largest change first.

import type { Explanation, PartChange } from '../engine/gate/explain.ts'
import { wrapped } from './lines.ts'
import { counted, grouped } from './numbers.ts'

/** More would hide the first ones; JSON has all. */
const MOST_PARTS = 12

/** Each explanation as a title and what stands below it. */
export function explanationLines(explanations: readonly Explanation[]): string[] {
  return explanations.flatMap(explanation => [
    ...wrapped(titleOf(explanation), '  '),
    ...partLines(explanation.parts),
    '',
  ])
}

/** `page_faults of linux-6.18/map-fixed: 8,602 -> 15,982, in 3 parts`, or why there is none. */
export function titleOf({ metric, lane, baseline, current, parts, obstacle }: Explanation): string {
  const subject = `${metric} of ${lane}`
  if (obstacle !== null) return `${subject} is not explained: ${obstacle}`
  if (parts.length === 0) return `${subject}: ${grouped(current)}, unchanged in every part`
  return `${subject}: ${grouped(baseline)} -> ${grouped(current)}, changed in ${counted(parts.length, 'part', 'parts')}`
}

/** `stock, fault`. */
export function placeOf({ relation, step }: PartChange): string {
  return relation === null ? step : `${relation}, ${step}`
}

export function valuesOf({ baseline, current }: PartChange): string {
  return `${grouped(baseline)} -> ${grouped(current)}`
}

export function changeOf({ baseline, current }: PartChange): string {
  return `${current < baseline ? '-' : '+'}${grouped(Math.abs(current - baseline))}`
}

function partLines(parts: readonly PartChange[]): string[] {
  const shown = parts.slice(0, MOST_PARTS)
  const width = (text: (part: PartChange) => string) => Math.max(0, ...shown.map(part => text(part).length))
  const widths = [width(placeOf), width(valuesOf), width(changeOf)] as const
  const lines = shown.map(
    part =>
      `  ${placeOf(part).padEnd(widths[0])}  ${valuesOf(part).padStart(widths[1])}  ${changeOf(part).padStart(widths[2])}`,
  )
  const more = parts.length - shown.length
  return more > 0
    ? [...lines, `  and ${counted(more, 'smaller change', 'smaller changes')} (all in --format json)`]
    : lines
}
