/*
 * Which texts are dates to CDate, NumFromDate and wherever a date is wanted (expressions.md 9.2). No zone means UTC (D2).
 */
import { addMs, instantFrom } from './instants.ts'
import type { Instant } from './instants.ts'
import { trim } from './white-space.ts'

const form =
  /^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})\/(\d{1,2})\/(\d{1,2})|(\d{1,2})\/(\d{1,2})\/(\d{4}))(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?(?: ?([AaPp][Mm]))?)?(?: ?(?:(Z)|([+-])(\d{1,2})(?::?(\d{2}))?))?$/

/** No text in one of the forms is longer. */
const formLengthMax = 50

/** .NET allows offsets of up to fourteen hours. */
const offsetMinutesMax = 14 * 60

/** Null when the text is in none of the forms or names no day. */
export function readDate(text: string): Instant | null {
  const written = trim(text)
  const match = written.length > formLengthMax ? null : form.exec(written)
  if (match === null) return null
  const [, dashYear, dashMonth, dashDay, slashYear, slashMonth, slashDay, usMonth, usDay, usYear] = match
  const [
    hours = '0',
    minutes = '0',
    seconds = '0',
    fraction = '',
    half,
    ,
    sign,
    offsetHours = '0',
    offsetMinutes = '0',
  ] = match.slice(10)
  const hour = hourOfDay(Number(hours), half?.toUpperCase())
  if (hour === null) return null
  const local = instantFrom({
    year: Number(dashYear ?? slashYear ?? usYear),
    month: Number(dashMonth ?? slashMonth ?? usMonth),
    day: Number(dashDay ?? slashDay ?? usDay),
    hour,
    minute: Number(minutes),
    second: Number(seconds),
    fraction: Number(fraction.padEnd(7, '0')),
  })
  if (local === null || sign === undefined) return local
  const offset = Number(offsetHours) * 60 + Number(offsetMinutes)
  if (Number(offsetMinutes) > 59 || offset > offsetMinutesMax) return null
  return addMs(local, (sign === '-' ? offset : -offset) * 60_000)
}

/** With AM or PM the hour is 1 to 12. */
export function hourOfDay(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour
  if (hour < 1 || hour > 12) return null
  return (hour % 12) + (half === 'PM' ? 12 : 0)
}
