/*
 * Where an attribute of the mapping lives in a SCIM 2.0 resource: `name.givenName`, `emails[type eq "work"].value`,
 * `urn:...:User:department` (RFC 7643, RFC 7644 3.10).
 */
import { enterpriseUrn } from './urns.ts'

export interface AttributePath {
  /** Of an extension; `null` for the core schema. */
  readonly urn: string | null
  readonly name: string
  /** Which entry of a list: `type eq "work"`, `primary eq true`. */
  readonly filter: { readonly attribute: string; readonly value: string | boolean } | null
  readonly sub: string | null
}

const form = /^(?:(urn:[\w:.-]+):)?([A-Za-z]\w*)(?:\[(\w+) eq (?:"([^"]*)"|(true|false))\])?(?:\.(\w+))?$/i

/** `null` when the name has another form. */
export function readPath(text: string): AttributePath | null {
  const match = form.exec(text)
  if (match === null) return null
  const [, urn, name = '', filtered, quoted, bare, sub] = match
  const filter =
    filtered === undefined ? null : { attribute: filtered, value: filterValue(filtered, quoted ?? bare ?? '') }
  // The manager is a reference whose one writable part is the id (RFC 7643 4.3).
  const isManager = urn === enterpriseUrn && name === 'manager' && sub === undefined
  return { urn: urn ?? null, name, filter, sub: isManager ? 'value' : (sub ?? null) }
}

/** A mapping may write the boolean as a text, as Microsoft's do: `primary eq "True"`. */
function filterValue(attribute: string, text: string): string | boolean {
  return attribute === 'primary' ? text.toLowerCase() === 'true' : text
}

/** The whole entry or attribute, without its sub-attribute. */
export function printHolder({ urn, name, filter }: AttributePath): string {
  const value = filter === null ? '' : `[${filter.attribute} eq ${JSON.stringify(filter.value)}]`
  return `${urn === null ? '' : `${urn}:`}${name}${value}`
}

export function printPath(path: AttributePath): string {
  return path.sub === null ? printHolder(path) : `${printHolder(path)}.${path.sub}`
}
