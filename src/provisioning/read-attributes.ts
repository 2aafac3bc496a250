/*
 * Makes source attributes of JSON nobody has looked at yet: what somebody tries an expression with instead of a person.
 */
import type { SourceAttributes, SourceValue } from '../vocabulary/index.ts'

export type ReadAttributesResult =
  { readonly kind: 'ok'; readonly attributes: SourceAttributes } | { readonly kind: 'failed'; readonly message: string }

/** Names are those of the mapping; an object in an object is read as Graph spells it, `{"a": {"b": 1}}` as `a.b`. */
export function readAttributes(json: unknown): ReadAttributesResult {
  if (!isRecord(json)) {
    const message =
      'Attributes are one JSON object, e.g. {"displayName": "Mira Okafor", "mailNickname": "mira", "accountEnabled": true}.'
    return { kind: 'failed', message }
  }
  const read: [string, SourceValue][] = []
  for (const [name, value] of Object.entries(json)) {
    const parts: readonly (readonly [string, unknown])[] = isRecord(value)
      ? Object.entries(value).map(([part, inner]) => [`${name}.${part}`, inner])
      : [[name, value]]
    for (const [path, inner] of parts) {
      if (!isValue(inner)) {
        const message = `The attribute "${path}" is to be a text, a number, true, false, null or a list of texts.`
        return { kind: 'failed', message }
      }
      read.push([path, inner])
    }
  }
  return { kind: 'ok', attributes: Object.fromEntries(read) }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isValue(value: unknown): value is SourceValue {
  return (
    value === null ||
    ['string', 'number', 'boolean'].includes(typeof value) ||
    (Array.isArray(value) && value.every((each) => typeof each === 'string'))
  )
}
