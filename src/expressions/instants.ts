/*
 * Instants in UTC with a resolution of 100 ns, and the calendar .NET counts them in: proleptic Gregorian, years 1 to
 * 9999 (expressions.md 5.1). Milliseconds are exact in a JavaScript number; the rest of the tick count is kept beside.
 */

export interface Instant {
  readonly kind: 'instant'
  /** Milliseconds since 1970-01-01 UTC. */
  readonly ms: number
  /** 100 ns units within the millisecond, 0 to 9999. */
  readonly ticks: number
}

/** A date and time of day as the calendar writes them; `month` is 1 to 12. */
export interface CalendarTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** 100 ns units within the second, 0 to 9999999. */
  readonly fraction: number
}

export const msPerDay = 86_400_000
const firstMs = Date.UTC(2000, 0, 1) - 730_119 * msPerDay
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const ticksPerMs = 10_000

/** Null outside the years 1 to 9999. */
export function instantAt(ms: number, ticks = 0): Instant | null {
  return ms >= firstMs && ms <= lastMs ? { kind: 'instant', ms, ticks } : null
}

/** Null for a day or time that does not exist. */
export function instantFrom(time: CalendarTime): Instant | null {
  const { year, month, day, hour, minute, second, fraction } = time
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const ms = Math.trunc(fraction / ticksPerMs)
  return instantAt(utcMs(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 + ms, fraction % ticksPerMs)
}

export function calendarTime(instant: Instant): CalendarTime {
  const date = new Date(instant.ms)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    fraction: date.getUTCMilliseconds() * ticksPerMs + instant.ticks,
  }
}

/** 0 is Sunday. */
export function dayOfWeek(instant: Instant): number {
  return new Date(instant.ms).getUTCDay()
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function utcMs(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day)
}

/** The day is moved back to the month's end where that is earlier; null outside the years 1 to 9999. */
export function addMonths(instant: Instant, months: number): Instant | null {
  const time = calendarTime(instant)
  const counted = time.year * 12 + time.month - 1 + months
  const year = Math.floor(counted / 12)
  const month = counted - year * 12 + 1
  if (year < 1 || year > 9999) return null
  return instantFrom({ ...time, year, month, day: Math.min(time.day, daysInMonth(year, month)) })
}

export function addMs(instant: Instant, ms: number): Instant | null {
  return instantAt(instant.ms + ms, instant.ticks)
}

export function compareInstants(left: Instant, right: Instant): number {
  return left.ms - right.ms || left.ticks - right.ticks
}

/** Whole units of `unitMs` from `from` to `to`, cut toward zero. */
export function elapsedUnits(from: Instant, to: Instant, unitMs: number): number {
  const ms = to.ms - from.ms
  const ticks = to.ticks - from.ticks
  // A tick beyond the whole milliseconds can move the sum across a unit, in the direction against its sign.
  const whole = ms > 0 && ticks < 0 ? ms - 1 : ms < 0 && ticks > 0 ? ms + 1 : ms
  return Math.trunc(whole / unitMs) + 0
}

const fileTimeEpochMs = Date.UTC(1601, 0, 1)

/** 100 ns units since 1601-01-01, the file time of Active Directory; null before. */
export function fileTimeOf(instant: Instant): bigint | null {
  const ms = instant.ms - fileTimeEpochMs
  return ms < 0 ? null : BigInt(ms) * BigInt(ticksPerMs) + BigInt(instant.ticks)
}

export function instantOfFileTime(fileTime: bigint): Instant | null {
  if (fileTime < 0n) return null
  const ms = fileTime / BigInt(ticksPerMs)
  return instantAt(Number(ms) + fileTimeEpochMs, Number(fileTime % BigInt(ticksPerMs)))
}

/** `M/d/yyyy h:mm:ss tt` of the invariant culture (5.3). */
export function instantText(instant: Instant): string {
  const { year, month, day, hour, minute, second } = calendarTime(instant)
  const hour12 = hour % 12 === 0 ? 12 : hour % 12
  return `${month}/${day}/${padded(year, 4)} ${hour12}:${padded(minute, 2)}:${padded(second, 2)} ${hour < 12 ? 'AM' : 'PM'}`
}

export function padded(value: number, width: number): string {
  return value.toString().padStart(width, '0')
}
