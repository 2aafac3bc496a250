/*
 * A whole new user or group, in both versions of Slack's API: the same resource under other URNs.
 */
import type { ObjectTypeName, TargetAttributes } from '../../vocabulary/index.ts'
import type { WriteBody } from '../scim/index.ts'
import type { AttributeWrite } from '../target.ts'
import type { AddressPart } from './attributes.ts'
import {
  addressEntry,
  asSent,
  emailEntry,
  groupName,
  phoneEntries,
  photoEntry,
  placementOf,
  roleEntry,
  scalarText,
} from './body-parts.ts'
import { isTrue } from './stored-values.ts'
import type { WireNames } from './wire-names.ts'

/** A group comes without members: they follow in calls of their own (provisioning-service.md 6.4). */
export function createBody(names: WireNames, objectType: ObjectTypeName, attributes: TargetAttributes): WriteBody {
  const changes = Object.entries(attributes).map(([attribute, value]): AttributeWrite => ({
    attribute,
    kind: 'set',
    value,
  }))
  if (objectType === 'Group') {
    const displayName = groupName(changes)
    const name = displayName === undefined ? {} : { displayName }
    return { body: { schemas: [names.group], ...name }, sent: changes, warnings: [] }
  }
  return { body: userBody(names, attributes), sent: changes.map(asSent), warnings: [] }
}

function userBody(names: WireNames, attributes: TargetAttributes): Record<string, unknown> {
  const body: Record<string, unknown> = { schemas: [names.user] }
  const name: Record<string, string> = {}
  const enterprise: Record<string, unknown> = {}
  const address = new Map<AddressPart, string>()
  const phones = new Map<'mobile' | 'work', string>()
  for (const [attribute, value] of Object.entries(attributes)) {
    const placement = placementOf(attribute)
    switch (placement.kind) {
      case 'active':
        body.active = isTrue(value)
        break
      case 'scalar':
        body[placement.key] = scalarText(placement, value)
        break
      case 'name':
        name[placement.key] = String(value)
        break
      case 'workEmail':
        body.emails = [emailEntry(String(value))]
        break
      case 'address':
        address.set(placement.key, String(value))
        break
      case 'phone':
        phones.set(placement.slot, String(value))
        break
      case 'role':
        body.roles = [roleEntry(String(value))]
        break
      case 'photo':
        body.photos = [photoEntry(String(value))]
        break
      case 'enterprise':
        enterprise[placement.key] = String(value)
        break
      case 'manager':
        enterprise.manager = { managerId: String(value) }
        break
    }
  }
  if (Object.keys(name).length > 0) body.name = name
  if (address.size > 0) body.addresses = [addressEntry(address, {}, null)]
  if (phones.size > 0) body.phoneNumbers = phoneEntries(phones, {}, null)
  if (Object.keys(enterprise).length > 0) {
    body.schemas = [names.user, names.enterprise]
    body[names.enterprise] = enterprise
  }
  return body
}
