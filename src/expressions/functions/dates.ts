/*
 * The functions over dates (expressions.md 8.5). Null and `""` carry no date: the result is null then.
 */
import { readDateStyles, defaultStyles } from '../date-styles.ts'
import { formatInstant, readDateFormat } from '../date-format.ts'
import {
  addMonths,
  addMs,
  calendarTime,
  dayOfWeek,
  elapsedUnits,
  fileTimeOf,
  instantAt,
  instantOfFileTime,
  msPerDay,
} from '../instants.ts'
import type { Instant } from '../instants.ts'
import { settleInteger } from '../decimals.ts'
import { parseExact } from '../parse-exact.ts'
import type { ParsedDate } from '../parse-exact.ts'
import type { Evaluate, Run } from '../run.ts'
import type { Node } from '../tree.ts'
import { fail, shown, toInstant, toInteger, toText } from '../values.ts'
import type { Integer, Site, Value } from '../values.ts'
import type { Call, Finding, FunctionDefinition, Places } from './definition.ts'
import { argumentAt, constantText, literalText, optional, optionalAt, required } from './definition.ts'

/** Case-sensitive; `q`, `y` and `w` of Connect sync are refused. */
const intervals = ['yyyy', 'm', 'd', 'ww', 'h', 'n', 's'] as const
type Interval = (typeof intervals)[number]

function intervalNamed(name: string | null): Interval | null {
  return intervals.find((interval) => interval === name) ?? null
}

const intervalRule = `One of the intervals ${intervals.join(', ')} is expected`

function checkInterval({ fixed }: Places): Finding | null {
  const [node] = fixed
  const name = literalText(node)
  if (node === undefined || node === null || name === null || intervalNamed(name) !== null) return null
  return { kind: 'argument', position: node.start, message: `${intervalRule}, but "${name}" was given.` }
}

function intervalOf(call: Call): (run: Run) => Interval {
  const { site } = call
  const argument = argumentAt(call, 0)
  const constant = intervalNamed(constantText(argument, site) ?? null)
  if (constant !== null) return () => constant
  return (run) => {
    const name = toText(argument.evaluate(run), site)
    return (
      intervalNamed(name) ?? fail(site, `${intervalRule}, but ${name === null ? 'null' : shown(site, name)} was given.`)
    )
  }
}

const msPerUnit: Readonly<Record<'ww' | 'd' | 'h' | 'n' | 's', number>> = {
  ww: 7 * msPerDay,
  d: msPerDay,
  h: 3_600_000,
  n: 60_000,
  s: 1000,
}

function currentInstant(run: Run, site: Site): Instant {
  const { now } = run.context
  if (now === undefined) fail(site, 'The current time is not known here.')
  return instantAt(Math.trunc(now)) ?? fail(site, 'The current time is outside the years 1 to 9999.')
}

const now: FunctionDefinition = {
  name: 'Now',
  parameters: [],
  documentation: 'The current time in UTC, the same throughout one cycle.',
  examples: [
    {
      expression: 'Now()',
      attributes: {},
      context: { now: Date.UTC(2021, 6, 2, 15, 33, 38) },
      result: '7/2/2021 3:33:38 PM',
    },
  ],
  build: (call) => (run) => currentInstant(run, call.site),
}

const cDate: FunctionDefinition = {
  name: 'CDate',
  parameters: [required('expression')],
  documentation:
    'The text as a date in UTC: 2025-01-31, 1/31/2025, either with a time and a zone. Text in no such form is an error.',
  examples: [
    {
      expression: 'CDate([StatusHireDate])',
      attributes: { StatusHireDate: '2020-03-16-07:00' },
      result: '3/16/2020 7:00:00 AM',
    },
  ],
  build: (call) => {
    const { evaluate } = argumentAt(call, 0)
    return (run) => toInstant(evaluate(run), call.site)
  },
}

/** Further than this from any date lies no date, so larger numbers need not be exact. */
const unitsMax = 1e13

const dateAdd: FunctionDefinition = {
  name: 'DateAdd',
  parameters: [required('interval'), required('value', 'Integer'), required('dateTime', 'DateTime')],
  documentation:
    'The date a number of units later, or earlier when it is negative. The interval is yyyy, m, d, ww, h, n (minutes) or s; years and months keep to the end of a shorter month.',
  examples: [
    {
      expression: 'DateAdd("d", 7, CDate([StatusHireDate]))',
      attributes: { StatusHireDate: '2012-03-16' },
      result: '3/23/2012 12:00:00 AM',
    },
  ],
  failsOnNull: [0],
  check: checkInterval,
  build: (call) => {
    const { site } = call
    const interval = intervalOf(call)
    const value = argumentAt(call, 1).evaluate
    const dateTime = argumentAt(call, 2).evaluate
    return (run) => {
      const count = value(run)
      const from = toInstant(dateTime(run), site)
      if (from === null || isAbsent(count, site)) return null
      const unit = interval(run)
      const units = clamp(toInteger(count, site))
      return addUnits(from, unit, units) ?? fail(site, 'The date would lie outside the years 1 to 9999.')
    }
  },
}

function isAbsent(value: Value, site: Site): boolean {
  return value === null || (typeof value !== 'number' && (toText(value, site) ?? '') === '')
}

function clamp(value: Integer): number {
  return Math.max(-unitsMax, Math.min(unitsMax, Number(value)))
}

function addUnits(from: Instant, unit: Interval, count: number): Instant | null {
  switch (unit) {
    case 'yyyy':
      return addMonths(from, count * 12)
    case 'm':
      return addMonths(from, count)
    case 'ww':
    case 'd':
    case 'h':
    case 'n':
    case 's':
      return addMs(from, count * msPerUnit[unit])
  }
}

const dateDiff: FunctionDefinition = {
  name: 'DateDiff',
  parameters: [required('interval'), required('date1', 'DateTime'), required('date2', 'DateTime')],
  documentation:
    'How many units date2 is later than date1. Years and months are counted by the calendar, weeks by their Sundays; d, h, n (minutes) and s are elapsed time, cut toward zero.',
  examples: [
    {
      expression: 'DateDiff("d", CDate([start]), CDate([end]))',
      attributes: { start: '2021-08-18', end: '2021-08-31' },
      result: '13',
    },
  ],
  failsOnNull: [0],
  check: checkInterval,
  build: (call) => {
    const { site } = call
    const interval = intervalOf(call)
    const date1 = argumentAt(call, 1).evaluate
    const date2 = argumentAt(call, 2).evaluate
    return (run) => {
      const from = toInstant(date1(run), site)
      const to = toInstant(date2(run), site)
      return from === null || to === null ? null : unitsBetween(from, to, interval(run))
    }
  },
}

/** The rules of VB.NET's DateDiff (D1). */
function unitsBetween(from: Instant, to: Instant, unit: Interval): number {
  switch (unit) {
    case 'yyyy':
      return calendarTime(to).year - calendarTime(from).year
    case 'm': {
      const first = calendarTime(from)
      const last = calendarTime(to)
      return (last.year - first.year) * 12 + last.month - first.month
    }
    case 'ww':
      return Math.trunc(elapsedUnits(sundayBefore(from), sundayBefore(to), msPerDay) / 7) + 0
    case 'd':
    case 'h':
    case 'n':
    case 's':
      return elapsedUnits(from, to, msPerUnit[unit])
  }
}

/** The time of day stays; it may lie before the year 1, so it is no date to go on with. */
function sundayBefore(instant: Instant): Instant {
  return { ...instant, ms: instant.ms - dayOfWeek(instant) * msPerDay }
}

const formatDateTime: FunctionDefinition = {
  name: 'FormatDateTime',
  parameters: [
    required('source', 'DateTime'),
    optional('dateTimeStyles'),
    required('inputFormat'),
    required('outputFormat'),
  ],
  documentation:
    "A date text in another form. The source is read by inputFormat and written by outputFormat, both in .NET's notation; a zone in the source makes it UTC. With three places the styles are left out. A source that is a date already ignores inputFormat.",
  examples: [
    {
      expression: 'FormatDateTime([extensionAttribute1], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")',
      attributes: { extensionAttribute1: '20150123105347.1Z' },
      result: '2015-01-23',
    },
  ],
  failsOnNull: [2, 3],
  arrange: arrangeFormat,
  build: buildFormatDateTime,
}

/** The three-place form leaves the styles out (D4). */
function arrangeFormat(places: readonly (Node | null)[]): readonly (Node | null)[] {
  const [source, inputFormat, outputFormat] = places
  if (places.length !== 3) return places
  return [source ?? null, null, inputFormat ?? null, outputFormat ?? null]
}

function buildFormatDateTime(call: Call): Evaluate {
  const { site } = call
  const source = argumentAt(call, 0).evaluate
  const styles = optionalAt(call, 1)
  const inputFormat = argumentAt(call, 2)
  const outputFormat = argumentAt(call, 3)
  return (run) => {
    const value = source(run)
    const parsed = dateOf(value, site) ?? parsedDate(value, run)
    if (parsed === null) return null
    const written = toText(outputFormat.evaluate(run), site) ?? ''
    const format =
      readDateFormat(written, 'output') ?? fail(site, `The output format ${shown(site, written)} is no date format.`)
    return formatInstant(parsed.instant, format, parsed.isUtc)
  }

  function parsedDate(value: Value, run: Run): ParsedDate | null {
    const text = toText(value, site)
    if (text === null || text === '') return null
    const stylesText = styles === null ? null : toText(styles.evaluate(run), site)
    const chosen = stylesText === null ? defaultStyles : readDateStyles(stylesText)
    if (typeof chosen === 'string')
      fail(site, site.hidesValues ? 'The styles are no names of DateTimeStyles values.' : chosen)
    const written = toText(inputFormat.evaluate(run), site) ?? ''
    const format =
      readDateFormat(written, 'input') ?? fail(site, `The input format ${shown(site, written)} is no date format.`)
    return (
      parseExact(text, format, chosen, () => currentInstant(run, site)) ??
      fail(site, `The text ${shown(site, text)} does not fit the input format ${shown(site, written)}.`)
    )
  }
}

/** A value that is a date already needs no reading (D5). */
function dateOf(value: Value, site: Site): ParsedDate | null {
  const isDate = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'instant'
  const instant = isDate ? toInstant(value, site) : null
  return instant === null ? null : { instant, isUtc: true }
}

const numFromDate: FunctionDefinition = {
  name: 'NumFromDate',
  parameters: [required('value', 'DateTime')],
  documentation:
    'The date as an Active Directory file time: 100 ns units since 1601-01-01 UTC. Earlier dates are an error.',
  examples: [
    {
      expression: 'NumFromDate(CDate([expires]))',
      attributes: { expires: '2012-01-01 23:00:00' },
      result: '129699324000000000',
    },
  ],
  build: (call) => {
    const { site } = call
    const { evaluate } = argumentAt(call, 0)
    return (run) => {
      const instant = toInstant(evaluate(run), site)
      if (instant === null) return null
      const fileTime = fileTimeOf(instant) ?? fail(site, 'The date lies before 1601-01-01, where file times begin.')
      return settleInteger(fileTime)
    }
  },
}

const dateFromNum: FunctionDefinition = {
  name: 'DateFromNum',
  parameters: [required('value', 'Integer')],
  documentation:
    'The date of an Active Directory file time. Numbers beyond the year 9999 are an error, so also the one that means "never".',
  examples: [
    {
      expression: 'DateFromNum([lastLogon])',
      attributes: { lastLogon: '129699324000000000' },
      result: '1/1/2012 11:00:00 PM',
    },
  ],
  build: (call) => {
    const { site } = call
    const { evaluate } = argumentAt(call, 0)
    return (run) => {
      const value = evaluate(run)
      if (isAbsent(value, site)) return null
      const instant = instantOfFileTime(BigInt(toInteger(value, site)))
      return instant ?? fail(site, 'This number is no file time between 1601-01-01 and the end of the year 9999.')
    }
  },
}

export const dateFunctions: readonly FunctionDefinition[] = [
  now,
  cDate,
  dateAdd,
  dateDiff,
  formatDateTime,
  numFromDate,
  dateFromNum,
]
