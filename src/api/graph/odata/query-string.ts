/*
 * Takes the query of an address apart (graph-api.md 1.3): `+` is a blank, `$` may be left out or encoded, names have no case.
 * What nobody asked for is refused by name, never passed over.
 */
import { badRequest, unsupportedQuery } from '../graph-problem.ts'

export const queryOptions = [
  'filter',
  'select',
  'expand',
  'top',
  'skip',
  'orderby',
  'count',
  'search',
  'skiptoken',
  'deltatoken',
] as const

export type QueryOption = (typeof queryOptions)[number]

export type Query = Readonly<Partial<Record<QueryOption, string>>>

export function readQuery(text: string): Query {
  const query: Partial<Record<QueryOption, string>> = {}
  for (const part of text.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const rawName = decode(equals < 0 ? part : part.slice(0, equals))
    const name = rawName.replace(/^\$/, '').toLowerCase()
    const option = queryOptions.find((each) => each === name)
    if (option === undefined)
      throw unsupportedQuery(`The query parameter '${rawName.slice(0, 100)}' is not supported. Leave it out.`)
    if (query[option] !== undefined) throw badRequest(`The query parameter '$${option}' is given twice.`)
    query[option] = equals < 0 ? '' : decode(part.slice(equals + 1))
  }
  return query
}

/** Refuses options this address does not take. */
export function onlyOptions(query: Query, allowed: readonly QueryOption[]): void {
  for (const option of queryOptions) {
    if (query[option] !== undefined && !allowed.includes(option))
      throw unsupportedQuery(
        `The query option '$${option}' is not supported here. ${
          allowed.length === 0
            ? 'This address takes none.'
            : `Taken are ${allowed.map((each) => `$${each}`).join(', ')}.`
        }`,
      )
  }
}

function decode(text: string): string {
  return decodeText(text.replaceAll('+', ' '))
}

export function decodeText(text: string): string {
  try {
    const decoded = decodeURIComponent(text)
    if (!decoded.includes('\0')) return decoded
  } catch (error) {
    if (!(error instanceof URIError)) throw error
  }
  throw badRequest('The address holds a character that is not encoded as UTF-8 with %, or a NUL.')
}
