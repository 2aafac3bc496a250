/*
 * How Slack changes what it is given (slack.md 3.2 and 3.4): what the connector can know beforehand, so that nobody is
 * written again and again because Slack spells a name its own way.
 */
import type { TargetAttributes, TargetValue } from '../../vocabulary/index.ts'
import type { Placement } from './attributes.ts'
import { placements } from './attributes.ts'

/** An e-mail address is cut to its local part, capitals become small, other characters underscores. */
export function storedUserName(userName: string): string {
  const at = userName.indexOf('@')
  const local = at > 0 ? userName.slice(0, at) : userName
  return local.toLowerCase().replace(/[^a-z0-9._-]/gu, '_')
}

export function storedLocale(locale: string): string {
  return locale.replaceAll('-', '_')
}

/** Attributes as they would be read back; a text that is blank is absent, and `"True"` is a boolean. */
export function storedAttributes(attributes: TargetAttributes): TargetAttributes {
  const stored: Record<string, TargetValue> = {}
  for (const [attribute, value] of Object.entries(attributes)) {
    const placement = placements.get(attribute)
    const held = placement === undefined ? value : storedValue(placement, value)
    if (held !== undefined) stored[attribute] = held
  }
  return stored
}

function storedValue(placement: Placement, value: TargetValue): TargetValue | undefined {
  if (placement.kind === 'active') return isTrue(value)
  const text = String(value)
  if (text.trim() === '') return undefined
  if (placement.kind === 'workEmail') return text.toLowerCase()
  if (placement.kind !== 'scalar') return text
  if (placement.isLocale === true) return storedLocale(text)
  return placement.key === 'userName' || placement.key === 'nickName' ? storedUserName(text) : text
}

/** Slack's own schema calls `active` a string, and mapping expressions give "True" and "False" (slack.md 3.2 and 8). */
export function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}
