/*
 * Plain SCIM 2.0 (RFC 7643, RFC 7644) as a dialect, bent to one service by its profile.
 */
import type { TargetValue } from '../../../vocabulary/index.ts'
import type { ScimDialect } from '../dialect.ts'
import { isRecord, listOf, textOf } from '../json.ts'
import { attributeNames } from './attribute-names.ts'
import { createBody2, disableBody2, membersBody2, storedValue, updateBody2 } from './bodies.ts'
import { filterRefusals2, memberRefusals2, scimTypes, statusMeanings } from './error-meanings.ts'
import type { Scim2Profile } from './profile.ts'
import { readScim2Resource } from './read-resource.ts'

export const workEmail2 = 'emails[type eq "work"].value'

export function scim2Dialect(profile: Scim2Profile, canFilter: () => boolean): ScimDialect {
  const names = attributeNames(profile)
  const perSecond = profile.requestsPerSecond
  const limit = perSecond === null ? null : { perMinute: perSecond * 60, burst: Math.max(1, Math.floor(perSecond)) }
  const filterNames = {
    User: new Map([
      ['userName', 'userName'],
      // A type cannot stand in a filter's path (RFC 7644 figure 1): what is found is looked at once more.
      [workEmail2, 'emails.value'],
      ['externalId', 'externalId'],
    ]),
    Group: new Map([
      ['displayName', 'displayName'],
      ['externalId', 'externalId'],
    ]),
  } as const
  return {
    name: 'scim2',
    targetName: profile.name,
    basePath: '',
    contentType: 'application/scim+json',
    capabilities: {
      list: true,
      filterable: { User: [...filterNames.User.keys()], Group: ['displayName'] },
      softDelete: { User: true, Group: false },
      deleteDeactivates: { User: false, Group: false },
      membersPerWriteMax: profile.membersPerWriteMax,
      writeOnly: { User: profile.writeOnly, Group: [] },
      concurrencyMax: 16,
    },
    errorNames: scimTypes,
    statusMeanings,
    filterRefusals: filterRefusals2,
    memberRefusals: memberRefusals2,
    // Of one budget, all requests of the service.
    readsSettleAfterMs: 0,
    rateLimits: limit === null ? null : { allReads: limit, allWrites: limit, endpoints: {} },
    // Members of a group may be many thousands, and matching needs its name alone (spec 15.2).
    findQuery: (objectType) => (objectType === 'Group' ? 'excludedAttributes=members' : ''),
    canFilter,
    filterName: (objectType, attribute) => filterNames[objectType].get(attribute),
    filteredValues: (objectType, resource, attribute) => {
      if (objectType === 'User' && attribute === workEmail2) {
        return listOf(resource.emails)
          .map((email) => (isRecord(email) ? textOf(email.value) : undefined))
          .filter((value) => value !== undefined)
      }
      const value = textOf(resource[attribute])
      return value === undefined ? [] : [value]
    },
    readResource: (objectType, resource) => readScim2Resource(names, objectType, resource),
    createBody: (objectType, attributes) => createBody2(names, objectType, attributes),
    updateBody: (objectType, changes, known) => updateBody2(names, profile, objectType, changes, known),
    membersBody: (changes) => membersBody2(profile, changes),
    disableBody: disableBody2,
    asStored: (_objectType, attributes) => {
      const stored: Record<string, TargetValue> = {}
      for (const [attribute, value] of Object.entries(attributes)) {
        // A blank text and a missing value are the same (RFC 7643 2.5).
        if (typeof value !== 'string' || value.trim() !== '') stored[attribute] = storedValue(attribute, value)
      }
      return stored
    },
    identity: { User: ['userName', workEmail2], Group: ['displayName'] },
  }
}
