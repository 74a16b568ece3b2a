// Decimal numbers as people type them, exactly: a limit of 0.01 * 2^53 must not depend on rounding.

/** num / den, den > 0. */
export interface Rational {
  readonly num: bigint
  readonly den: bigint
}

const DECIMAL = /^([+-]?)(\d+(?:_\d+)*)(?:\.(\d+))?(?:e([+-]?\d{1,2}))?$/i
const MOST_DIGITS = 40

/** `0.01`, `65_530`, `1e6`, `-3`; null if it is not a decimal number of at most 40 digits. */
export function parseDecimal(text: string): Rational | null {
  const match = DECIMAL.exec(text)
  if (!match || text.length > MOST_DIGITS) return null
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const digits = BigInt(whole.replaceAll('_', '') + fraction)
  const shift = Number(exponent) - fraction.length
  const num = sign === '-' ? -digits : digits
  return shift >= 0 ? { num: num * 10n ** BigInt(shift), den: 1n } : { num, den: 10n ** BigInt(-shift) }
}

export function times(a: Rational, b: Rational): Rational {
  return { num: a.num * b.num, den: a.den * b.den }
}

/** Negative, 0 or positive as a is less than, equal to or more than b. */
export function compare(a: Rational, b: Rational): -1 | 0 | 1 {
  const left = a.num * b.den
  const right = b.num * a.den
  return left < right ? -1 : left > right ? 1 : 0
}

/** A count: a safe integer. */
export function whole(value: number): Rational {
  return { num: BigInt(value), den: 1n }
}

/** As a person would write it: up to six digits after the point. */
export function decimalText({ num, den }: Rational): string {
  const digits = 1_000_000n
  const scaled = (num * digits) / den
  const sign = scaled < 0n ? '-' : ''
  const size = scaled < 0n ? -scaled : scaled
  const fraction = String(size % digits)
    .padStart(6, '0')
    .replace(/0+$/, '')
  return `${sign}${size / digits}${fraction === '' ? '' : `.${fraction}`}`
}
