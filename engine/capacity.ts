// How many processes fit into memory that they share.

/** Far more than any machine runs. */
const MOST = 2 ** 40

/**
 * The most processes whose memory is at most `availableBytes`; `bytesOf(n)`, what n of them take together, does not fall
 * as n grows. Infinity if they take nothing.
 */
export function processesThatFit(availableBytes: number, bytesOf: (processes: number) => number): number {
  let fit = 0
  let step = 1
  while (step <= MOST && bytesOf(step) <= availableBytes) {
    fit = step
    step *= 2
  }
  if (step > MOST) return Number.POSITIVE_INFINITY
  // The answer lies from `fit` on and below `step`.
  for (let half = fit / 2; half >= 1; half /= 2) if (bytesOf(fit + half) <= availableBytes) fit += half
  return fit
}
