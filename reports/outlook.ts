// How far a verdict carries: for which units it holds, what limits the lane that leads, and which price would turn it.

import { unitOf } from '../engine/cost.ts'
import { type TurningPrice, turningPrice } from '../engine/turning-price.ts'
import { settingsOf } from './lanes.ts'
import { largestCause } from './modelled.ts'
import { grouped, memory, twoDigits } from './numbers.ts'
import type { ReportRow } from './report.ts'
import { unitRangeText } from './unit-range.ts'
import { type Judgement, judgements, spokenOf } from './verdict.ts'

/** A price that would have to change by more turns nothing. */
const FARTHEST = 100
/** Less than this share of lowmem is no limit. */
const WORTH_SAYING = 0.01

/** A paragraph for each kernel (and number of processes) that was judged. */
export function outlook(rows: readonly ReportRow[]): readonly string[] {
  const judged = judgements(rows)
  return judged.flatMap(judgement => {
    const sentences = sentencesOf(judgement)
    if (sentences.length === 0) return []
    return [spokenOf(judged.length === 1 ? '' : settingsOf(judgement.rows, rows), sentences.join(' '))]
  })
}

/**
 * The price at which the two best lanes would take equally long. Null without prices, or if none can do that: of a lane that
 * leads within a hundredfold of what is assumed, where nothing is decided within its range.
 */
export function turnOf({ leader, first, second }: Judgement): TurningPrice | null {
  if (!first?.price || !second?.price) return null
  const turn = turningPrice(second.result.counts, first.result.counts, first.price.model)
  if (turn === null) return null
  const { at, item } = turn
  const reach = leader === null ? 1 : FARTHEST
  return at <= item.high * reach && at >= item.low / reach ? turn : null
}

function sentencesOf(judgement: Judgement): readonly string[] {
  const { leader } = judgement
  const range = leader?.units ? [`So ${unitRangeText(leader.units)}.`] : []
  const limits = leader ? limitsOf(leader) : []
  const cause = leader ? largestCause(leader) : null
  return [
    ...range,
    ...turnText(judgement),
    ...(limits.length > 0 ? [`Limits: ${limits.join('; ')}.`] : []),
    ...(cause === null ? [] : [`Most time: ${cause}.`]),
  ]
}

/** Room that the leading lane has left: vmas, and lowmem if it takes a share of it to speak of. */
function limitsOf(leader: ReportRow): readonly string[] {
  const { counts, spec } = leader.result
  const lowmem = counts.lowmemBytesPeak ?? 0
  return [
    ...(leader.stockMapCount !== undefined && counts.mapCountPeak !== null && spec.processes === 1
      ? [`${grouped(counts.mapCountPeak)} of ${grouped(leader.stockMapCount)} vmas`]
      : []),
    ...(counts.lowmemAvailableBytes !== null && lowmem >= WORTH_SAYING * counts.lowmemAvailableBytes
      ? [`${memory(lowmem)} of ${memory(counts.lowmemAvailableBytes)} lowmem`]
      : []),
  ]
}

function turnText(judgement: Judgement): readonly string[] {
  const turn = turnOf(judgement)
  if (turn === null) return judgement.leader?.price ? ['No single price turns it.'] : []
  const { what, low, high } = turn.item
  const range = low === high ? `${twoDigits(low)}` : `${twoDigits(low)} to ${twoDigits(high)}`
  const at = `${twoDigits(turn.at)} ${unitOf(judgement.first!.price!.model)}`
  return judgement.leader
    ? [`Turns if ${what} costs ${at} (${range}).`]
    : [`Hangs on ${what}: at ${at} (${range}) both take equally long.`]
}
