/*
 * Values kept as JSON text. JSON knows no integers beyond 2^53, so a `bigint` of the source is written as
 * `{"$bigint":"12345678901234567890"}`, which no source value can be mistaken for (`SourceValue` has no objects).
 */
import type { SourceAttributes, SourceValue } from '../../vocabulary/index.ts'

const bigintTag = '$bigint'

export function attributesToText(attributes: SourceAttributes): string {
  if (!Object.values(attributes).some((value) => typeof value === 'bigint')) return JSON.stringify(attributes)
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        typeof value === 'bigint' ? { [bigintTag]: value.toString() } : value,
      ]),
    ),
  )
}

export function attributesFromText(text: string): SourceAttributes {
  const parsed = JSON.parse(text) as Record<string, SourceValue | { readonly [bigintTag]: string }>
  // The tag can only stand in a text that contains it; most do not, and are taken as they are.
  if (!text.includes(bigintTag)) return parsed as SourceAttributes
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [name, isTagged(value) ? BigInt(value[bigintTag]) : value]),
  )
}

function isTagged(value: unknown): value is { readonly [bigintTag]: string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A column this store wrote itself: believed, not checked again. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T
}
