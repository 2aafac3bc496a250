/*
 * How a job's mapping and a SCIM 2.0 service name the same attribute.
 */
import type { TargetAttributes, TargetValue } from '../../../vocabulary/index.ts'
import { ConnectorError } from '../../../vocabulary/index.ts'
import type { AttributePath } from './attribute-path.ts'
import { printPath, readPath } from './attribute-path.ts'
import type { Scim2Profile } from './profile.ts'

export interface AttributeNames {
  /** Throws a ConnectorError when the name is none of SCIM's. */
  pathOf(attribute: string): AttributePath
  /** The same values under the profile's own names. */
  othersFor(values: TargetAttributes): TargetAttributes
}

export function attributeNames(profile: Scim2Profile): AttributeNames {
  const known = new Map<string, AttributePath>()
  const aliases = Object.entries(profile.attributes).map(([alias, name]) => [alias, shownName(name)] as const)

  return {
    pathOf(attribute) {
      const before = known.get(attribute)
      if (before !== undefined) return before
      const path = readPath(profile.attributes[attribute] ?? attribute)
      if (path === null) {
        throw new ConnectorError(
          `${attribute} is no attribute name of SCIM 2.0, so the object was not written; correct it in the mapping, or give it a place under "attributes" in the profile.`,
          { code: 'SchemaAttributeNotFound', scope: 'object', retry: 'backoff' },
        )
      }
      known.set(attribute, path)
      return path
    },
    othersFor(values) {
      const others: Record<string, TargetValue> = {}
      for (const [alias, name] of aliases) {
        const value = values[name]
        if (value !== undefined) others[alias] = value
      }
      return others
    },
  }
}

/** As a resource that is read spells it: the manager by its reference alone. */
function shownName(name: string): string {
  const path = readPath(name)
  if (path === null) return name
  return printPath(path).replace(/:manager\.value$/, ':manager')
}
