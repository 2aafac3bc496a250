/*
 * Numbers without loss: integers of any size and decimals as digits with a scale (expressions.md 5.1).
 */

/** `unscaled` divided by ten to the power of `scale`; the scale keeps the zeros that were written. */
export interface Decimal {
  readonly kind: 'decimal'
  readonly unscaled: bigint
  readonly scale: number
}

type Numeric = number | bigint | Decimal

/** The exact JavaScript number where there is one, so that ordinary integers need no bigint. */
export function settleInteger(value: bigint): number | bigint {
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

/** Reads digits with an optional sign, point or power of ten; null for anything else. */
export function decimalFromText(text: string): Numeric | null {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,4}))?$/i.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '0', fraction = '', power = '0'] = match
  if (fraction === '' && power === '0' && whole.length <= 15) return Number(`${sign}${whole}`) + 0
  const digits = BigInt(whole + fraction)
  const unscaled = sign === '-' ? -digits : digits
  const scale = fraction.length - Number(power)
  if (scale > 0) return { kind: 'decimal', unscaled, scale }
  return settleInteger(unscaled * 10n ** BigInt(-scale))
}

export function decimalText(value: Decimal): string {
  const isNegative = value.unscaled < 0n
  const digits = (isNegative ? -value.unscaled : value.unscaled).toString().padStart(value.scale + 1, '0')
  const point = digits.length - value.scale
  return `${isNegative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Cut toward zero. */
export function truncateNumber(value: Numeric): number | bigint {
  if (typeof value !== 'object') return value
  return settleInteger(value.unscaled / 10n ** BigInt(value.scale))
}

export function isZero(value: Numeric): boolean {
  return typeof value === 'object' ? value.unscaled === 0n : value === 0 || value === 0n
}

/** Negative, zero or positive, as `left` is below, equal to or above `right`. */
export function compareNumbers(left: Numeric, right: Numeric): number {
  if (typeof left !== 'object' && typeof right !== 'object') return left < right ? -1 : left > right ? 1 : 0
  const scale = Math.max(scaleOf(left), scaleOf(right))
  const difference = rescaled(left, scale) - rescaled(right, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function scaleOf(value: Numeric): number {
  return typeof value === 'object' ? value.scale : 0
}

function rescaled(value: Numeric, scale: number): bigint {
  const unscaled = typeof value === 'object' ? value.unscaled : BigInt(value)
  return unscaled * 10n ** BigInt(scale - scaleOf(value))
}
