/*
 * Turns what a file holds into a value of the directory, or says why it is none. Blank text is `null`: a CSV cell or
 * an LDIF value cannot tell empty from absent.
 */
import type { SourceValue } from '../../vocabulary/index.ts'
import type { AttributeName } from './attribute-names.ts'

export type CheckedValue = { readonly value: SourceValue } | { readonly reason: string }

const guid = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/iu

/** The id in lower case without braces, or undefined when the text is no GUID. */
export function readGuid(text: string): string | undefined {
  return guid.exec(text.trim())?.[1]?.toLowerCase()
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', '1', 'enabled'].map((word): [string, boolean] => [word, true]),
  ...['false', 'no', '0', 'disabled'].map((word): [string, boolean] => [word, false]),
])

export function readBoolean(text: string): boolean | undefined {
  return booleans.get(text.trim().toLowerCase())
}

/** Checks one text value of an attribute. */
export function checkText(attribute: AttributeName, raw: string): CheckedValue {
  if (raw.includes('\0') || !raw.isWellFormed()) {
    return { reason: 'The value holds a character that is no text (NUL or half of a surrogate pair). Remove it.' }
  }
  const text = raw.trim()
  if (text === '') return checkEmpty(attribute)
  switch (attribute.kind) {
    case 'text':
      return checkNamedText(attribute.name, text, raw)
    case 'boolean':
    case 'invertedBoolean': {
      const value = readBoolean(text)
      if (value === undefined) return { reason: `${attribute.name} must be True or False.` }
      return { value: attribute.kind === 'boolean' ? value : !value }
    }
    case 'date':
      return { value: readInstant(text) ?? text }
    case 'list':
      return { value: splitList(text) }
    default:
      return attribute.kind satisfies never
  }
}

function checkEmpty(attribute: AttributeName): CheckedValue {
  switch (attribute.name) {
    case 'userPrincipalName':
      return {
        reason: 'The userPrincipalName is empty. It identifies the person, so a row without one cannot be used.',
      }
    case 'displayName':
      return { reason: 'The displayName is empty. A directory object always has one: fill it in.' }
    case 'accountEnabled':
      return { reason: 'accountEnabled is empty, which could mean either. Write True or False.' }
    default:
      return { value: attribute.kind === 'list' ? [] : null }
  }
}

/** Ids and addresses lose blanks around them; all other text is taken letter by letter. */
function checkNamedText(name: string, text: string, raw: string): CheckedValue {
  switch (name) {
    case 'objectId': {
      const id = readGuid(text)
      return id === undefined
        ? {
            reason:
              'An object id is a GUID (8-4-4-4-12 hexadecimal digits). If your ids are of another kind, leave the column out.',
          }
        : { value: id }
    }
    case 'userPrincipalName':
      return isAddress(text)
        ? { value: text }
        : { reason: 'A userPrincipalName has the form name@domain, without blanks. Correct it.' }
    case 'mail':
      return isAddress(text)
        ? { value: text }
        : { reason: 'A mail address has the form name@domain, without blanks. Correct or empty it.' }
    case 'userType': {
      const word = text.toLowerCase()
      if (word === 'member') return { value: 'Member' }
      if (word === 'guest') return { value: 'Guest' }
      return { reason: 'userType must be Member or Guest.' }
    }
    default:
      return { value: raw }
  }
}

function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  return at > 0 && at < text.length - 1 && !/\s/u.test(text)
}

/** Lists in one cell are separated by semicolons, commas, `+` (Microsoft 365 admin center) or line breaks. */
function splitList(text: string): readonly string[] {
  const separator = /[;\n]/u.test(text)
    ? /[;\n]/u
    : text.includes('+SMTP:') || text.includes('+smtp:')
      ? /\+(?=smtp:)/iu
      : /,/u
  return text
    .replace(/^\[|\]$/gu, '')
    .split(separator)
    .map((item) => item.trim().replace(/^"(.*)"$/u, '$1'))
    .filter((item) => item !== '')
}

const americanTime =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:,? (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AP]M))?)?(?: ?\+00:00| ?Z)?$/iu
const ldapTime = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:\.\d+)?Z$/u

/**
 * An instant in ISO 8601, or undefined when the text is in no form known here: ISO itself, the admin center's
 * `8/19/2021 1:25:31 PM` (month first, UTC), LDAP's generalized time.
 */
export function readInstant(text: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$/u.test(text)) {
    const time = Date.parse(text)
    return Number.isNaN(time) ? undefined : text
  }
  const american = americanTime.exec(text)
  if (american !== null) {
    const [, month, day, year, hour = '0', minute = '0', second = '0', half] = american
    const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0)
    return instant(Number(year), Number(month), Number(day), hours, Number(minute), Number(second))
  }
  const ldap = ldapTime.exec(text)
  if (ldap === null) return undefined
  const [, year, month, day, hour, minute, second = '0'] = ldap
  return instant(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second))
}

function instant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): string | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return undefined
  return `${new Date(Date.UTC(year, month - 1, day, hour, minute, second)).toISOString().slice(0, 19)}Z`
}
