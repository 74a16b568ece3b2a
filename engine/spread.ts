// What is said of samples: their median and quartiles.

export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** Median and quartiles of one or more samples, between neighbours in proportion. */
export function spread(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const below = sorted[Math.floor(place)]!
    return below + (place % 1) * (sorted[Math.ceil(place)]! - below)
  }
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}
