/*
 * The names of .NET's DateTimeStyles, as FormatDateTime takes them (expressions.md 8.5). The service's zone is UTC (D2),
 * so the styles about zones decide only which combinations are refused.
 */
import { trim } from './white-space.ts'

export interface DateStyles {
  readonly allowsLeadingWhite: boolean
  readonly allowsTrailingWhite: boolean
  readonly allowsInnerWhite: boolean
  /** A time without a date is one of 0001-01-01 instead of today. */
  readonly hasNoCurrentDate: boolean
  /** The text is understood as UTC even without a zone, which `K` then writes. */
  readonly assumesZone: boolean
}

export const defaultStyles: DateStyles = {
  allowsLeadingWhite: true,
  allowsTrailingWhite: true,
  allowsInnerWhite: false,
  hasNoCurrentDate: false,
  assumesZone: false,
}

const styleNames: ReadonlySet<string> = new Set([
  'none',
  'allowleadingwhite',
  'allowtrailingwhite',
  'allowinnerwhite',
  'allowwhitespaces',
  'nocurrentdatedefault',
  'adjusttouniversal',
  'assumelocal',
  'assumeuniversal',
  'roundtripkind',
])

/** The styles, or what is wrong with them. */
export function readDateStyles(written: string): DateStyles | string {
  const names = written.split(',').map((name) => trim(name).toLowerCase())
  const unknown = names.find((name) => !styleNames.has(name))
  if (unknown !== undefined)
    return `"${unknown}" is no name of a DateTimeStyles value such as None or AllowWhiteSpaces.`
  const has = (name: string): boolean => names.includes(name)
  if (has('assumelocal') && has('assumeuniversal')) return 'AssumeLocal and AssumeUniversal exclude each other.'
  const aboutZones = ['assumelocal', 'assumeuniversal', 'adjusttouniversal'].filter(has)
  if (has('roundtripkind') && aboutZones.length > 0) return 'RoundtripKind excludes the other styles about zones.'
  const allowsAll = has('allowwhitespaces')
  return {
    allowsLeadingWhite: allowsAll || has('allowleadingwhite'),
    allowsTrailingWhite: allowsAll || has('allowtrailingwhite'),
    allowsInnerWhite: allowsAll || has('allowinnerwhite'),
    hasNoCurrentDate: has('nocurrentdatedefault'),
    assumesZone: has('assumelocal') || has('assumeuniversal'),
  }
}
