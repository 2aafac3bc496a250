/* Dates in and out (expressions.md 8.5, 9.1, 9.2). Results were obtained from .NET class-library code. */
import { describe, expect, test } from 'vitest'
import { compileExpression } from './compile.ts'
import { quote } from './print.ts'

const now = Date.UTC(2025, 6, 30, 12)

function valueOf(text: string): unknown {
  const compiled = compileExpression(text)
  if (!compiled.ok) throw new Error(compiled.error.message)
  const evaluation = compiled.value.evaluate({}, { now })
  return evaluation.outcome === 'value' ? evaluation.value : evaluation.outcome
}

const reformat = (text: string, format: string, styles = ''): unknown =>
  valueOf(`FormatDateTime("${text}", ${styles}, "${format.replaceAll('\\', '\\\\')}", "yyyy-MM-ddTHH:mm:ss.fffffffK")`)

describe('FormatDateTime reads', () => {
  test.each([
    ['8/15/2025 1:00:00 AM', 'M/d/yyyy hh:mm:ss tt', 'error'],
    ['12/1/2025 12:30 AM', 'M/d/yyyy h:mm tt', '2025-12-01T00:30:00.0000000'],
    ['12/1/2025 12:30', 'M/d/yyyy h:mm', '2025-12-01T00:30:00.0000000'],
    ['12/1/2025 0:30 AM', 'M/d/yyyy h:mm tt', 'error'],
    ['12/1/2025 13:30 AM', 'M/d/yyyy H:mm tt', 'error'],
    ['49-01-01', 'yy-MM-dd', '2049-01-01T00:00:00.0000000'],
    ['50-01-01', 'yy-MM-dd', '1950-01-01T00:00:00.0000000'],
    ['2025-02-29', 'yyyy-MM-dd', 'error'],
    ['Thu 2020-01-02', 'ddd yyyy-MM-dd', '2020-01-02T00:00:00.0000000'],
    ['Fri 2020-01-02', 'ddd yyyy-MM-dd', 'error'],
    ['02-jaNuary-2020', 'dd-MMMM-yyyy', '2020-01-02T00:00:00.0000000'],
    ['10:15', 'HH:mm', '2025-07-30T10:15:00.0000000'],
    ['2020', 'yyyy', '2020-01-01T00:00:00.0000000'],
    ['03-04', 'MM-dd', '2025-03-04T00:00:00.0000000'],
    ['2020-01-02T03:04:05.1', 'yyyy-MM-ddTHH:mm:ss.FFF', '2020-01-02T03:04:05.1000000'],
    ['2020-01-02T03:04:05', 'yyyy-MM-ddTHH:mm:ss.FFF', '2020-01-02T03:04:05.0000000'],
    ['2020-01-02T03:04:05.1', 'yyyy-MM-ddTHH:mm:ss.fff', 'error'],
    ['2021-06-30+08:00', 'yyyy-MM-ddzzz', '2021-06-29T16:00:00.0000000Z'],
    ['2021-06-30+08', 'yyyy-MM-ddzz', '2021-06-29T16:00:00.0000000Z'],
    ['2025-12-31', 'yyyy-MM-ddzzz', 'error'],
    ['2021-06-30Z', 'yyyy-MM-ddK', '2021-06-30T00:00:00.0000000Z'],
    ['2021-06-30-02:00', 'yyyy-MM-ddK', '2021-06-30T02:00:00.0000000Z'],
    ['2021-06-30', 'yyyy-MM-ddK', '2021-06-30T00:00:00.0000000'],
    ['20150123105347.1Z', 'yyyyMMddHHmmss.fZ', '2015-01-23T10:53:47.1000000Z'],
    ['2009-06-15T13:45:30.0000000Z', 'o', '2009-06-15T13:45:30.0000000Z'],
    ['Mon, 15 Jun 2009 13:45:30 GMT', 'r', '2009-06-15T13:45:30.0000000'],
    ['2020 week 02 01', "yyyy 'week' dd MM", '2020-01-02T00:00:00.0000000'],
    ['2020-01-02 ', 'yyyy-MM-dd', '2020-01-02T00:00:00.0000000'],
    ['x', 'q', 'error'],
    ['2020-01-02', "yyyy-MM-dd'", 'error'],
  ])('%s by %s', (text, format, result) => {
    expect(reformat(text, format)).toBe(result)
  })

  test.each([
    ['"None"', ' 2020-01-02', 'error'],
    ['"AllowWhiteSpaces"', ' 2020 - 01-02 ', '2020-01-02T00:00:00.0000000'],
    ['"assumeuniversal, AdjustToUniversal"', '2020-01-02', '2020-01-02T00:00:00.0000000Z'],
    ['"RoundtripKind, AssumeUniversal"', '2020-01-02', 'error'],
    ['"Sometimes"', '2020-01-02', 'error'],
  ])('with the styles %s', (styles, text, result) => {
    expect(reformat(text, 'yyyy-MM-dd', styles)).toBe(result)
  })
})

describe('FormatDateTime writes', () => {
  const write = (format: string): unknown =>
    valueOf(`FormatDateTime(CDate("2009-06-05T13:04:07.0500000Z"), , "", ${quote(format)})`)
  test.each([
    ['d', '06/05/2009'],
    ['D', 'Friday, 05 June 2009'],
    ['f', 'Friday, 05 June 2009 13:04'],
    ['F', 'Friday, 05 June 2009 13:04:07'],
    ['g', '06/05/2009 13:04'],
    ['G', '06/05/2009 13:04:07'],
    ['M', 'June 05'],
    ['o', '2009-06-05T13:04:07.0500000Z'],
    ['r', 'Fri, 05 Jun 2009 13:04:07 GMT'],
    ['s', '2009-06-05T13:04:07'],
    ['t', '13:04'],
    ['T', '13:04:07'],
    ['u', '2009-06-05 13:04:07Z'],
    ['Y', '2009 June'],
    ['%d %M %h %H', '5 6 1 13'],
    ['y yy yyyy yyyyy', '9 09 2009 02009'],
    ['h hh t tt', '1 01 P PM'],
    ['f ff .F .FF .FFF', '0 05  .05 .05'],
    ['z zz zzz K', '+0 +00 +00:00 Z'],
    [`d\\d 'd' "d"`, '5d d d'],
    ['gg', 'A.D.'],
  ])('%s', (format, result) => {
    expect(write(format)).toBe(result)
  })

  test.each(['x', '%', 'yyyy\\', "'open", 'ffffffff'])('%s is no format', (format) => {
    expect(write(format)).toBe('error')
  })
})

describe('CDate', () => {
  test.each([
    ['2020/3/6', '3/6/2020 12:00:00 AM'],
    ['3/6/2020 4:05 pm', '3/6/2020 4:05:00 PM'],
    ['2020-03-06T04:05:06.1234567+05:30', '3/5/2020 10:35:06 PM'],
    ['0001-01-01', '1/1/0001 12:00:00 AM'],
    ['0001-01-01+01:00', 'error'],
    ['2020-03-06 24:00', 'error'],
    ['2020-03-06 13:00 PM', 'error'],
    ['06.03.2020', 'error'],
    ['2020-03-06t04:05', 'error'],
    ['2020-03-06+15:00', 'error'],
  ])('%s', (text, result) => {
    expect(valueOf(`CDate("${text}")`)).toBe(result)
  })
})

describe('arithmetic', () => {
  test.each([
    ['DateAdd("m", 1, "2024-01-31")', '2/29/2024 12:00:00 AM'],
    ['DateAdd("yyyy", -2023, "2024-01-31")', '1/31/0001 12:00:00 AM'],
    ['DateAdd("yyyy", -2024, "2024-01-31")', 'error'],
    ['DateAdd("s", 9223372036854775807, "2024-01-31")', 'error'],
    ['DateDiff("s", "2024-01-01T00:00:00.9999999Z", "2024-01-01T00:00:02.9999998Z")', '1'],
    ['DateDiff("s", "2024-01-01T00:00:02.9999998Z", "2024-01-01T00:00:00.9999999Z")', '-1'],
    ['DateDiff("ww", "2024-01-07", "2024-01-06T23:59:59Z")', '0'],
    ['NumFromDate("9999-12-31T23:59:59.9999999Z")', '2650467743999999999'],
    ['DateFromNum(2650467743999999999)', '12/31/9999 11:59:59 PM'],
    ['DateFromNum(2650467744000000000)', 'error'],
    ['DateFromNum(-1)', 'error'],
    ['NumFromDate(DateAdd("d", 1, "2020-12-31T23:59:59.0000001Z"))', '132540191990000001'],
  ])('%s', (text, result) => {
    expect(valueOf(text)).toBe(result)
  })
})
