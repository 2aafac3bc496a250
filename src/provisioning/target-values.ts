/*
 * Makes of a mapping's result what the target attribute takes: by its type, one value or several (spec 5.4).
 */
import type { AttributeDefinition, TargetValue } from '../vocabulary/index.ts'

export type ConvertedValue =
  | { readonly name: string; readonly kind: 'value'; readonly value: TargetValue }
  | { readonly name: string; readonly kind: 'failed'; readonly code: string; readonly message: string }

/** RFC 7643 2.3.5: a day with a time. */
const dateTime = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/
/** RFC 7643 2.3.6: base64. */
const binary = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** An attribute without definition takes one text. A list that is empty is no value, and not for this to decide. */
export function toTargetValue(
  mapping: { readonly target: string; readonly definition: AttributeDefinition | undefined },
  value: string | readonly string[],
): ConvertedValue {
  const { target: name, definition } = mapping
  if (typeof value === 'object') {
    if (definition?.multivalued === true) return { name, kind: 'value', value }
    const [only, ...others] = value
    if (others.length === 0) return toTargetValue(mapping, only ?? '')
    const message = `${name} takes one value, the mapping gives ${String(value.length)}.`
    return { name, kind: 'failed', code: 'SchemaPropertyCanOnlyAcceptValue', message }
  }
  if (definition?.multivalued === true) return { name, kind: 'value', value: [value] }
  switch (definition?.type) {
    case 'Boolean': {
      const word = value.trim().toLowerCase()
      if (word === 'true' || word === 'false') return { name, kind: 'value', value: word === 'true' }
      return unfit(name, 'a Boolean', value)
    }
    case 'Integer': {
      const number = /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : Number.NaN
      return Number.isSafeInteger(number) ? { name, kind: 'value', value: number } : unfit(name, 'an Integer', value)
    }
    case 'DateTime':
      return value === '' || dateTime.test(value)
        ? { name, kind: 'value', value }
        : unfit(name, 'a DateTime such as 2026-11-26T08:00:00Z', value)
    case 'Binary':
      return binary.test(value) ? { name, kind: 'value', value } : unfit(name, 'a Binary in base64', value)
    case 'String':
    case 'Reference':
    case undefined:
      return { name, kind: 'value', value }
  }
}

function unfit(name: string, type: string, value: string): ConvertedValue {
  return {
    name,
    kind: 'failed',
    code: 'UnprocessableEntity',
    message: `${name} is ${type}; the mapping gives "${value}".`,
  }
}
