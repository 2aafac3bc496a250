/*
 * The first round of a delta: everybody who is there, in pages of the same size. A group with many members fills several
 * pages, and comes again on each with the next of them.
 */
import type { DirectoryObject } from '../../store/store.ts'
import type { JsonObject } from '../../vocabulary/index.ts'
import { deltaItem, linkItems, type DeltaPage, type DeltaRequest } from './delta-objects.ts'

/** Objects, and members of them, on a page. */
const objectsMax = 200
const linksMax = 1000

const noChange: ReadonlySet<string> = new Set()

export async function statePage(request: DeltaRequest): Promise<DeltaPage> {
  const { directory, objectType, token } = request
  const state = token.state ?? { after: null, within: null }
  const items: JsonObject[] = []
  let room = linksMax

  if (state.within !== null) {
    const { groupId, after } = state.within
    const [group] = await directory.objects([groupId])
    if (group?.presence === 'present') {
      const members = await membersFrom(request, groupId, after, room)
      items.push({ id: groupId, 'members@delta': members.items })
      if (members.next !== null) return goOn(state.after, { groupId, after: members.next })
      room -= members.items.length
    }
  }

  const rows = await nextObjects(request, state.after)
  let last = state.after
  for (const { object, position } of rows) {
    last = position
    const { item, next } = await stateItem(request, object, room)
    items.push(item)
    room -= Array.isArray(item['members@delta']) ? item['members@delta'].length : 0
    if (next !== null) return goOn(last, { groupId: object.objectId, after: next })
    if (room <= 0) return goOn(last, null)
  }
  return rows.length < objectsMax ? { items, next: { ...token, state: null }, isLast: true } : goOn(last, null)

  function goOn(after: string | null, within: { groupId: string; after: string | null } | null): DeltaPage {
    return { items, next: { ...token, state: { after, within } }, isLast: false }
  }

  async function nextObjects(
    { token: { ids } }: DeltaRequest,
    after: string | null,
  ): Promise<readonly { readonly object: DirectoryObject; readonly position: string }[]> {
    if (ids === null) {
      return await directory.listObjects({
        objectType,
        presence: 'present',
        order: 'objectId',
        isDescending: false,
        narrowing: null,
        after,
        limit: objectsMax,
      })
    }
    const objects = await directory.objects(ids)
    return objects
      .filter((object) => object.objectType === objectType && object.presence === 'present')
      .filter(({ objectId }) => after === null || objectId > after)
      .map((object) => ({ object, position: object.objectId }))
  }
}

async function stateItem(
  request: DeltaRequest,
  object: DirectoryObject,
  room: number,
): Promise<{ readonly item: JsonObject; readonly next: string | null }> {
  const { directory, tracked } = request
  const { objectId, attributes } = object
  const item: Record<string, JsonObject[string]> = { ...deltaItem(object, tracked.properties, noChange) }
  if (tracked.manager && typeof attributes['manager'] === 'string')
    item['manager@delta'] = await linkItems(directory, [attributes['manager']])
  if (tracked.owners) {
    const owners = await linkItems(directory, (await directory.owners([objectId])).get(objectId) ?? [])
    if (owners.length > 0) item['owners@delta'] = owners
  }
  if (!tracked.members) return { item, next: null }
  const members = await membersFrom(request, objectId, null, room)
  if (members.items.length > 0) item['members@delta'] = members.items
  return { item, next: members.next }
}

async function membersFrom(
  { directory }: DeltaRequest,
  groupId: string,
  after: string | null,
  room: number,
): Promise<{ readonly items: readonly JsonObject[]; readonly next: string | null }> {
  const ids = await directory.listMembers({ groupIds: [groupId], objectType: null, after, limit: room + 1 })
  const shown = ids.slice(0, room)
  return { items: await linkItems(directory, shown), next: ids.length > room ? (shown.at(-1) ?? after) : null }
}
