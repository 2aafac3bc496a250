/*
 * Reads the path of a v2 operation or of v1's `meta.attributes`: attribute, bracket, sub-attribute.
 * Extensions are followed by a colon or a dot; Slack's samples show both (slack.md 2.6).
 */
import type { Dialect } from './dialect.ts'
import { Refusal } from './refusal.ts'

export interface PatchPath {
  /** A plain name, an extension's URN, or `URN:manager`. */
  readonly attribute: string
  /** What stands in square brackets. */
  readonly filter: string | null
  readonly sub: string | null
}

const plainPath = /^([A-Za-z]+)(?:\[([^\]]*)\])?(?:\.([A-Za-z]+))?$/

export function parsePatchPath(text: string, dialect: Dialect): PatchPath {
  for (const urn of [dialect.enterprise, dialect.guest, dialect.profile]) {
    if (text.slice(0, urn.length).toLowerCase() === urn.toLowerCase()) return extensionPath(text, urn)
  }
  const core = `${dialect.coreUser}:`
  const rest = text.startsWith(core) ? text.slice(core.length) : text
  const match = plainPath.exec(rest)
  if (match?.[1] === undefined) throw new Refusal('invalid_request_payload')
  return { attribute: match[1], filter: match[2] ?? null, sub: match[3] ?? null }
}

function extensionPath(text: string, urn: string): PatchPath {
  const rest = text.slice(urn.length)
  if (rest === '') return { attribute: urn, filter: null, sub: null }
  const match = /^[:.]([A-Za-z]+)(?:[:.]([A-Za-z]+))?$/.exec(rest)
  const [, first, second] = match ?? []
  if (first === undefined) throw new Refusal('invalid_request_payload')
  if (second === undefined) return { attribute: urn, filter: null, sub: first }
  if (first !== 'manager') throw new Refusal('invalid_request_payload')
  return { attribute: `${urn}:manager`, filter: null, sub: second }
}
