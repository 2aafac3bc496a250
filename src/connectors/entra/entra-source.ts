/*
 * A tenant of Microsoft Entra as the source: the mirror is brought up to date and then read as Muster's own directory, so that
 * everything that looks at the source sees the same. Only few objects at a time are asked for in the tenant itself.
 */
import type { ObjectTypeName, SourceObject } from '../../vocabulary/index.ts'
import type { SourceConnector } from '../source.ts'
import type { Tenant } from './follow-tenant.ts'
import { refusalOf, type GraphClient } from './graph-client.ts'
import { sourceAttributes } from './property-names.ts'
import { readList } from './read-list.ts'
import { isPersonOrGroup } from './read-page.ts'

export interface EntraSourceOptions {
  readonly tenant: Tenant
  readonly client: GraphClient
  /** The mirror, read as Muster's own directory. */
  readonly mirrored: SourceConnector
  /** The plain form of a guest's address, as the directory gives it (spec 3.5). */
  readonly plainUserPrincipalName: (userPrincipalName: string) => string
}

export function createEntraSource(options: EntraSourceOptions): SourceConnector {
  const { tenant, client, mirrored, plainUserPrincipalName } = options

  /** What the tenant says of an object that the mirror has, or has not yet; its assignments are the mirror's. */
  async function asInTenant(
    objectType: ObjectTypeName,
    anchor: string,
    known: SourceObject | undefined,
  ): Promise<SourceObject | null> {
    const properties = await tenant.select(objectType)
    const plain = properties.filter((name) => name !== 'manager' && name !== 'members').join(',')
    const expand = properties.includes('manager') ? '&$expand=manager($select=id)' : ''
    const set = objectType === 'User' ? 'users' : 'groups'
    const reading = await client.read(`/${set}/${encodeURIComponent(anchor)}?$select=${plain}${expand}`)
    // Deleted, or not to be had: what the mirror knows is more than nothing.
    if (reading.status === 404) return known ?? null
    if (reading.status >= 300) throw refusalOf(reading, objectType === 'User' ? 'a person' : 'a group')
    const attributes = { ...known?.attributes, ...sourceAttributes(objectType, reading.body) }
    if (expand !== '' && reading.body['manager'] === undefined) Object.assign(attributes, { manager: null })
    const raw = attributes['userPrincipalName']
    return {
      objectType,
      anchor,
      presence: 'present',
      assignments: known?.assignments ?? [],
      attributes: {
        ...attributes,
        ...(objectType === 'User' && typeof raw === 'string'
          ? { userPrincipalName: plainUserPrincipalName(raw), originalUserPrincipalName: raw }
          : {}),
        ...(objectType === 'Group' ? { members: await membersOf(anchor) } : {}),
      },
    }
  }

  async function membersOf(groupId: string): Promise<readonly string[]> {
    const list = await readList(
      client,
      `/groups/${encodeURIComponent(groupId)}/members?$select=id&$top=999`,
      'members of a group',
    )
    const ids = (list ?? []).filter(isPersonOrGroup).map((each) => each['id'])
    return ids.filter((id) => typeof id === 'string').sort()
  }

  /** The first import is not waited for. */
  async function catchUpIfWhole(): Promise<void> {
    if (await tenant.isComplete()) await tenant.catchUp()
  }

  async function readAfresh(objectType: ObjectTypeName, anchors: readonly string[]): Promise<readonly SourceObject[]> {
    await catchUpIfWhole()
    const known = new Map((await mirrored.readObjects(objectType, anchors)).map((object) => [object.anchor, object]))
    const found = await Promise.all(anchors.map((anchor) => asInTenant(objectType, anchor, known.get(anchor))))
    return found.filter((object) => object !== null)
  }

  const source: SourceConnector = {
    ...mirrored,
    describe: () => ({ ...mirrored.describe(), name: 'Microsoft Entra' }),
    async checkCredentials() {
      await client.get('/users?$top=1&$select=id', 'users')
    },
    async *readChanges(request) {
      await tenant.catchUp()
      yield* mirrored.readChanges(request)
    },
    async readObject(objectType, anchor) {
      const [object] = await readAfresh(objectType, [anchor])
      return object === undefined || object.presence === 'hardDeleted' ? null : object
    },
    afresh: () => ({ ...source, readObjects: readAfresh }),
  }
  return source
}
